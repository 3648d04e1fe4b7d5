"""The report is awaited from the moment at which all works again, whenever the team comes to hear of it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from scoring import marks
from scoring.timeline import Confirmed, Injected, Reported
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
