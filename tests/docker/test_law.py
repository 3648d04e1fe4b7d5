"""The law of the faults, over every fault and level of the catalogue: a new one is taken up by itself."""

from __future__ import annotations

import pytest

from faults.contract import Fault
from scoring.scorecard import score
from tests.docker import keeper, law, results
from tests.docker.playing import Playing, ours

pytestmark = pytest.mark.docker


@pytest.mark.parametrize("fault", law.cases(whole=False))
def test_the_law(playing: Playing, fault: type[Fault], monkeypatch: pytest.MonkeyPatch) -> None:
    """Healthy, broken as seen from outside, not resolved by doing nothing, 8 of 8 by the runbook's remedy.

    Then on the same server: broken again, healed twice, healthy, and in the end nothing is left.
    """
    monkeypatch.setattr("simulator.referee.spawn", keeper.spawn)
    monkeypatch.setattr("simulator.rehearsal.Bot", law.IdleBot)
    card = score(playing.rehearse(fault))
    missed = law.missed(card)
    results.record(fault, results.REHEARSAL, "right", card.points == 8, "; ".join(missed))
    assert (card.points, missed, card.findings) == (8, [], ())

    game = playing.again(card.drill)
    assert not game.has_cause, "the cause outlives the remedy"
    law.break_again(game)
    assert game.causes(), "the injection leaves no cause"
    game.fault.heal(game.server)
    game.fault.heal(game.server)
    assert game.recovers(), f"healed, and yet: {game.drill.follower.trouble()}"
    assert not game.has_cause, "the cause outlives its healing"
    playing.clear()
    assert ours(card.drill) == []


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("fault", law.cases(whole=True))
def test_wrong_remedies_are_rejected_and_right_ones_accepted(playing: Playing, fault: type[Fault]) -> None:
    """Each wrong remedy fails on a server on which the runbook's, and every other right one, passes."""
    verdicts = law.try_all(playing, fault, (results.RUNBOOK, *fault.other_remedies))
    assert [verdict for verdict in verdicts if not verdict.is_right] == []


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("fault", law.cases(whole=True))
def test_no_cheat_is_accepted(playing: Playing, fault: type[Fault]) -> None:
    """Faked answers, users kept out, and after the cure rights for all, no limits, a new database."""
    assert [verdict for verdict in law.try_cheats(playing, fault) if not verdict.is_right] == []
