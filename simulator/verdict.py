"""Whether a cure counts: what the referee looks at before it says that an incident is over."""

from __future__ import annotations

from dataclasses import dataclass

from faults.contract import Fault
from scoring import marks
from scoring.timeline import Confirmed, Restarted, Withdrawn
from simulator.errors import CommandFailed, UsageProblem
from simulator.evidence import Evidence
from simulator.follower import Follower
from simulator.server import ProductionServer

RECHECK_EVERY_S = 2.0


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
        return not self._evidence.removed() and not self.cause_is_present()

    def is_pending(self) -> bool:
        """Whether the referee was killed between its restart of the services and the verdict on it."""
        steps = [e for e in self.follower.timeline if isinstance(e, Restarted | Confirmed | Withdrawn)]
        return bool(steps) and isinstance(steps[-1], Restarted)

    def restart_touched(self) -> str | None:
        """Note once, and restart, what the fault touched; why it cannot be, which is the team's to repair."""
        if not self.is_pending():
            started = self.follower.now
            lost = self._evidence.findings(kinds=("data loss",))
            self.follower.append(*lost, Restarted(started, self.fault.touches))
        try:
            self.server.restart(self.fault.touches)
        except UsageProblem as refusal:
            return f"what was broken cannot be restarted: {refusal.message}"
        return None

    def cause_is_present(self) -> bool:
        """Where the look itself fails, nothing is repaired: nobody ends a drill by breaking its tools."""
        try:
            return self.fault.cause(self.server)
        except CommandFailed:
            return True

    @property
    def _evidence(self) -> Evidence:
        return Evidence(self.server, self.follower)
