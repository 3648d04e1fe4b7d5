"""The marks of a drill against a measurement of the test's own."""

from __future__ import annotations

import shlex
from dataclasses import replace

import pytest

from faults.contract import Fault
from faults.quiet import Quiet
from scoring import marks
from scoring.scorecard import score
from scoring.timeline import Armed, Ended, Event, Injected, Restarted, Timeline, Withdrawn
from simulator import rehearsal
from simulator.rehearsal import Bot
from simulator.server import ProductionServer
from tests.docker import accuracy, law
from tests.docker.accuracy import WITHIN_S
from tests.docker.playing import Playing, order
from tests.docker.witness import Witness

WAIT_S = 8
"""Before the fault goes in: the witness looks around on the healthy server first."""
CUT_OFF_S = 5.0
"""The last look, and on a busy machine that is a long one, goes with the server."""
CLOCK = "date +%s.%N"

pytestmark = [pytest.mark.docker, pytest.mark.measured]


class Called:
    """Calls the witness when the drill is armed, and notes when the ticket was there."""

    def __init__(self) -> None:
        self.seen: Timeline = ()
        self.witness: Witness | None = None
        self.ticket_at = 0.0

    def __call__(self, event: Event) -> None:
        self.seen += (event,)
        if isinstance(event, Armed):
            drill = marks.opened(self.seen)
            self.witness = Witness(ProductionServer.existing(drill.drill), drill.scenario)
            self.witness.start()

    def open_ticket(self, bot: Bot, command: str) -> None:
        """Type the command as the bot does, with a look at the server's clock before it and after it."""
        line = f"erp-typed -- {shlex.quote(command)}; {CLOCK} && {command} && {CLOCK}"
        told = ProductionServer.existing(bot.drill_id).type_as(bot.who, line).split()
        self.ticket_at = (float(told[0]) + float(told[-1])) / 2
        assert self.witness is not None
        self.witness.ticketed = True

    def first(self, kind: type[Event]) -> float:
        """When the first event of the kind happened."""
        return next(event.at for event in self.seen if isinstance(event, kind))

    def measured(self) -> tuple[float, float]:
        """When it broke and when it was mended, by the witness."""
        assert self.witness is not None
        injected = self.first(Injected)
        restarted = max(event.at for event in self.seen if isinstance(event, Restarted))
        withdrawn = [event.at for event in self.seen if isinstance(event, Withdrawn)]
        print("\n".join(self.witness.told(injected)))
        onset = self.witness.onset(injected)
        # What was withdrawn was not resolved, however well all looked: nothing to be seen from outside.
        return onset, max(self.witness.recovery(onset, restarted), *withdrawn, 0.0)


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> Called:
    """A witness to be called, who also watches the bot's hands."""
    found = Called()
    enter = Bot.enter

    def watched(bot: Bot, command: str, *, may_fail: bool = False) -> None:
        if command.startswith("incident open") and not found.ticket_at:
            found.open_ticket(bot, command)
        else:
            enter(bot, command, may_fail=may_fail)

    monkeypatch.setattr(Bot, "enter", watched)
    return found


@pytest.mark.parametrize("fault", law.cases(whole=True))
def test_onset_detection_and_resolution_are_as_somebody_else_measures_them(
    playing: Playing, called: Called, fault: type[Fault]
) -> None:
    """Onset, time to detect and time to resolve lie within 0.6 s of what the witness saw.

    Faults that come and go get no more: each lock of query-timeouts outlasts a user's patience seven times,
    and where a quarter of the packets is lost, every few requests meet it, so that both see it at once.
    """
    card = score(playing.rehearse(fault, on_event=called, wait_s=WAIT_S))
    assert card.onset is not None
    assert card.time_to_detect_s is not None
    assert card.time_to_resolve_s is not None
    onset, recovery = called.measured()
    detect, resolve = called.ticket_at - onset, recovery - onset
    found = accuracy.record(
        fault, card.onset - onset, card.time_to_detect_s - detect, card.time_to_resolve_s - resolve
    )
    print(found, f"\nmeasured: detected after {detect:.2f} s, resolved after {resolve:.2f} s")
    assert found.largest_s <= WITHIN_S


@pytest.mark.long
def test_nobody_sees_an_onset_where_nothing_breaks(playing: Playing, called: Called) -> None:
    """In the drill without a fault neither the card nor the witness, who looks to the end, has an onset."""
    quiet = replace(order(Quiet), limit_min=1)
    card = score(playing.store.timeline(rehearsal.rehearse(quiet, None, called)))
    assert (card.onset, card.verdict) == (None, "clean")
    assert called.witness is not None
    armed, ended = called.first(Armed), called.first(Ended)
    assert called.witness.unseen(ended - CUT_OFF_S) == []
    assert list(called.witness.told(armed, ended)) == []  # then the server is removed, and that may show
