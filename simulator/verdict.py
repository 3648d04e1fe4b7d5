"""Whether a cure counts: what the referee looks at before it says that an incident is over.

What cannot be looked at is not cured: nobody ends a drill, or voids it, by breaking the tools of the judge.
"""

from __future__ import annotations

from dataclasses import dataclass

from faults.contract import Fault
from scoring import marks
from scoring.timeline import Confirmed, Restarted, Withdrawn
from simulator.errors import EngineGone
from simulator.evidence import UNSEEN, Evidence
from simulator.follower import Follower
from simulator.server import ProductionServer

RECHECK_EVERY_S = 2.0
LOOKS = 3
"""How often a look is repeated whose answer was lost."""
UNREADABLE = (*UNSEEN, ValueError, LookupError)
"""What a look at the cause raises where it finds something else than it asked for."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Judges by the record, the facts of the armed server, the cause, and a restart of what was broken."""

    fault: Fault
    server: ProductionServer
    follower: Follower

    def may_be_passed(self) -> bool:
        """Whether everything has held for the hold, nothing protected is removed, and the cause is gone."""
        if not marks.hold_is_over(self.follower.timeline, self.follower.now) or not self.follower.due(
            "verdict", RECHECK_EVERY_S
        ):
            return False
        try:
            return not self._evidence.changed() and not self.cause_is_present()
        except UNSEEN:
            return False

    def is_pending(self) -> bool:
        """Whether the referee was killed between its restart of the services and the verdict on it."""
        return self.back_until() is not None

    def back_until(self) -> float | None:
        """Until when all must hold again after the restart that no verdict has followed; None without one."""
        steps = [e for e in self.follower.timeline if isinstance(e, Restarted | Confirmed | Withdrawn)]
        if not steps or not isinstance(steps[-1], Restarted):
            return None
        return steps[-1].at + self.fault.relapse_s

    def restart_touched(self) -> str | None:
        """Note and restart what the fault touched; why that is of no use, for the team to repair."""
        try:
            audit = self._evidence.audit()
            lost = self._evidence.new(audit.lost)
            self.follower.append(*lost, Restarted(self.follower.now, self.fault.touches))
            if audit.hidden:
                return f"{audit.hidden} acknowledged orders cannot be read back"
            self.server.restart(self.fault.touches)
        except UNSEEN as refusal:
            return f"what was broken cannot be restarted: {refusal.message}"
        return None

    def cause_is_present(self) -> bool:
        """Where the look itself fails again and again, nothing is repaired. Raises EngineGone likewise."""
        for more in reversed(range(LOOKS)):
            try:
                return self.fault.cause(self.server)
            except UNREADABLE:  # the engine may have lost the answer: what is really broken stays unreadable
                continue
            except EngineGone:
                if not more:
                    raise
        return True

    @property
    def _evidence(self) -> Evidence:
        return Evidence(self.server, self.follower)
