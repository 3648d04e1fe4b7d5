"""The law of the faults, over every fault and level of the catalogue: a new one is taken up by itself."""

from __future__ import annotations

import pytest

from faults.contract import Fault
from scoring.scorecard import score
from tests.docker import law, results
from tests.docker.playing import Playing, ours

NOTHING_DONE_S = 10.0
"""How much longer than the hold nothing is done."""

pytestmark = pytest.mark.docker


@pytest.mark.parametrize("fault", law.cases())
def test_it_breaks_stays_broken_and_heals(playing: Playing, fault: type[Fault]) -> None:
    """Healthy, broken as seen from outside, not resolved by doing nothing, healed (twice), healthy, gone."""
    game = playing.game(fault)
    assert not game.fault.cause(game.server), "the cause is there before the injection"
    game.drill.inject()
    assert game.fault.cause(game.server), "the injection leaves no cause"
    accepted, why = law.judged(game, game.hold_s + NOTHING_DONE_S)
    assert results.record(fault, results.NOTHING, "nothing", accepted, why).is_right, "it heals by itself"
    game.fault.heal(game.server)
    game.fault.heal(game.server)
    assert game.recovers(), f"healed, and yet: {game.drill.follower.trouble()}"
    assert not game.fault.cause(game.server), "the cause outlives its healing"
    playing.over(game)
    assert ours(game.id) == []


@pytest.mark.parametrize("fault", law.cases())
def test_the_runbooks_remedy_earns_every_point(playing: Playing, fault: type[Fault]) -> None:
    """A whole drill, played by the bot with the runbook's commands, scores 8 of 8."""
    card = score(playing.rehearse(fault))
    failed = [
        f"{name}: {rule}"
        for name, criterion in card.criteria.items()
        for rule in criterion.rules
        if not rule.passed
    ]
    results.record(fault, results.RUNBOOK, "right", card.points == 8, "; ".join(failed))
    assert (card.points, failed, card.findings) == (8, [], ())
    assert ours(card.drill) == []


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("fault", law.cases(whole=True))
def test_wrong_remedies_are_rejected_and_right_ones_accepted(playing: Playing, fault: type[Fault]) -> None:
    """Each wrong remedy fails on a server on which the runbook's, and every other right one, passes."""
    verdicts = law.try_all(playing, fault, (results.RUNBOOK, *fault.other_remedies))
    assert [verdict for verdict in verdicts if not verdict.is_right] == []
