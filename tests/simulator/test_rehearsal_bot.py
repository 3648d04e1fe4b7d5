"""The rehearsal's bot, whose drill may end at any time under its hands; the server is never asked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from faults.api_crash import ApiCrash
from scoring.timeline import CheckFailed, Ended, Event, Injected, Voided
from simulator import operations
from simulator.errors import DrillError, NotFound
from simulator.rehearsal import Bot
from simulator.store import Store
from tests.simulator.samples import opened, order

BROKEN = (Injected(1010.0), CheckFailed(1011.0, "health", 1010.5, "502"))
VOID = (Voided(1012.0, "the engine went away"), Ended(1012.0, "void"))


class LastWords(Bot):
    """Finds no server when it wants to declare: the drill may have ended just before."""

    ends_with: tuple[Event, ...] = ()

    def declare(self) -> None:
        with Store.open() as store:
            store.append(self.drill_id, self.ends_with)
            store.update(self.drill_id, state="ended")
        raise NotFound("the server of D-1 is gone", "see `drill status`")


@pytest.fixture
def bot(monkeypatch: pytest.MonkeyPatch) -> Iterator[LastWords]:
    """A bot in a drill that is broken already; nobody starts a referee for it."""
    monkeypatch.setattr(operations, "revive", lambda _drill: False)
    with Store.open() as store:
        drill_id = store.begin(order(scenario="api-crash")).id
        store.append(drill_id, [opened(drill_id, scenario="api-crash"), *BROKEN])
        yield LastWords(drill_id, "bot", ApiCrash(7), lambda _event: None)


def test_a_drill_that_ended_is_told_as_it_ended(bot: LastWords) -> None:
    """Not by what the bot could not do any more."""
    bot.ends_with = VOID
    bot.play((), give_up=True)
    assert bot.timeline[-1] == VOID[-1]


def test_what_fails_in_a_drill_that_runs_is_an_error(bot: LastWords) -> None:
    """Nobody plays it any more."""
    with pytest.raises(DrillError, match="is gone"):
        bot.play((), give_up=True)
