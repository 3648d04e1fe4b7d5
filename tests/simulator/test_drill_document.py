"""What follows the moment at which all works again: the report is awaited, and nobody complains any more."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from scoring import marks
from scoring.timeline import Complained, Confirmed, Injected, Reported, Ticket, Typed, Withdrawn
from simulator.drill import BROKEN_AGAIN, FIRST_REPORT_AFTER_S, WORKS_STILL
from tests.simulator.test_drill_killed import World, play

FILED_AFTER_S = 1.0


@dataclass
class Hasty(World):
    """A team that files its report before it is told that the incident is over, and no other one."""

    waits_for_the_cure: bool = True

    def _team(self) -> None:
        super()._team()
        if self._has(Reported) or marks.onset(self.timeline) is None:
            return
        window = marks.open_window(self.timeline) if self.waits_for_the_cure else marks.onset(self.timeline)
        if window is not None and self._has(Injected) and self.now > window.at + FILED_AFTER_S:
            self.add(Reported(self.now, "ana", "# Incident Report"))


@pytest.mark.parametrize(("after_the_cure", "ended"), [(True, "documented"), (False, "deadline")])
def test_a_report_counts_once_all_works_again(after_the_cure: bool, ended: str) -> None:
    """Filed after the cure, it ends the drill at the confirmation; filed before, another one is awaited."""
    world = Hasty(waits_for_the_cure=after_the_cure)
    card = play(world)
    filed = next(event.at for event in world.timeline if isinstance(event, Reported))
    assert filed < next(event.at for event in world.timeline if isinstance(event, Confirmed))
    assert card.ended == ended


@dataclass
class Quick(World):
    """A team that has cured it after so many seconds."""

    cured_after_s: float = 0.0

    def _team(self) -> None:
        super()._team()
        onset = marks.onset(self.timeline)
        if onset is not None and self.now > onset.at + self.cured_after_s:
            self.broken_at = None


@pytest.mark.parametrize(
    ("cured_after_s", "said"), [(FIRST_REPORT_AFTER_S - 2, 0), (FIRST_REPORT_AFTER_S + 5, 1)]
)
def test_nobody_complains_about_what_works_again(cured_after_s: float, said: int) -> None:
    """The first report comes a while after the onset, and once, unless the team was quicker."""
    world = Quick(cured_after_s=cured_after_s)
    play(world)
    assert sum(isinstance(event, Complained) for event in world.timeline) == said


@pytest.mark.parametrize(("hides", "said"), [(False, BROKEN_AGAIN), (True, WORKS_STILL)])
def test_users_say_what_they_see_of_a_cure_that_does_not_last(hides: bool, said: str) -> None:
    """Nobody calls broken what works: a cause that is back unseen is asked about."""
    world = World(relapses=True, hides=hides)
    play(world)
    withdrawn = next(event.at for event in world.timeline if isinstance(event, Withdrawn))
    heard = [
        event.text for event in world.timeline if isinstance(event, Complained) and event.at >= withdrawn
    ]
    assert heard == [said]


@dataclass
class Brief(World):
    """A team that files no report."""

    def _team(self) -> None:
        super()._team()
        self.timeline = tuple(event for event in self.timeline if not isinstance(event, Reported))


NOTED_AFTER_S = 600.0


@dataclass
class Noting(Brief):
    """A team that mends first and takes its time for the note."""

    def _team(self) -> None:
        super()._team()
        self.timeline = tuple(
            replace(event, severity=self.severity) if isinstance(event, Ticket) else event
            for event in self.timeline
        )
        onset = marks.onset(self.timeline)
        if onset is not None and self.now > onset.at + NOTED_AFTER_S and not self._has(Typed):
            self.add(Typed(self.now, "ana", "echo pasword > /opt/erp/issues/page.md"))


def test_a_p4_ends_with_its_note() -> None:
    """Nobody waits for a report that no rule asks for, and the note has as much time as one."""
    world = Noting(severity="P4")
    assert play(world).ended == "documented"
    onset = marks.onset(world.timeline)
    assert onset is not None and 0 < world.now - onset.at - NOTED_AFTER_S < 60


@pytest.mark.parametrize("severity", ["P3", "P4"])
def test_who_writes_nothing_is_waited_for_until_the_deadline(severity: str) -> None:
    """Half an hour, whatever was due."""
    assert play(Brief(severity=severity)).ended == "deadline"
