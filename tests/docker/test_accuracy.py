"""The marks of a drill against a measurement of the test's own."""

from __future__ import annotations

import time

import pytest

from faults.api_crash import ApiCrash
from faults.contract import Fault
from faults.disk_full import DiskFull
from scoring import marks
from scoring.scorecard import score
from scoring.timeline import Armed, Event, Injected, Restarted, Timeline
from simulator.rehearsal import Bot
from simulator.server import ProductionServer
from tests.docker.playing import Playing
from tests.docker.witness import Witness

WITHIN_S = 0.6
"""How far the drill's times may lie from the witness'."""

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
            self.witness = Witness(ProductionServer.existing(marks.opened(self.seen).drill))
            self.witness.start()

    def first(self, kind: type[Event]) -> float:
        """When the first event of the kind happened."""
        return next(event.at for event in self.seen if isinstance(event, kind))


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> Called:
    """A witness to be called, who also watches the bot's hands."""
    found = Called()
    enter = Bot.enter

    def watched(bot: Bot, command: str, *, may_fail: bool = False) -> None:
        enter(bot, command, may_fail=may_fail)
        if command.startswith("incident open"):
            found.ticket_at = time.time()

    monkeypatch.setattr(Bot, "enter", watched)
    return found


@pytest.mark.parametrize("fault", [ApiCrash, DiskFull], ids=lambda fault: fault.name)
def test_detection_and_resolution_are_as_somebody_else_measures_them(
    playing: Playing, called: Called, fault: type[Fault]
) -> None:
    """Time to detect and time to resolve lie within 0.6 s of what the witness saw."""
    card = score(playing.rehearse(fault, on_event=called, wait_s=5))
    assert called.witness is not None
    onset = called.witness.onset(called.first(Injected))
    recovery = called.witness.recovery(onset, called.first(Restarted))
    measured = {"detect": called.ticket_at - onset, "resolve": recovery - onset}
    told = {"detect": card.time_to_detect_s, "resolve": card.time_to_resolve_s}
    print(f"onset {card.onset} against {onset}, told {told}, measured {measured}")
    assert card.onset == pytest.approx(onset, abs=WITHIN_S)
    assert told == pytest.approx(measured, abs=WITHIN_S)
