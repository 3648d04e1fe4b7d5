"""Nothing breaks: the control drill, which shows who declares blindly. Only a surprise draws it."""

from __future__ import annotations

from typing import ClassVar

from faults.contract import Fault, Server, Severity

LEAST_MIN, MOST_MIN = 5.0, 10.0


class Quiet(Fault):
    """An hour on call in which nothing happens, shortened to minutes."""

    name = "quiet"
    title = "Nothing breaks"
    section = "Incident Severity Levels"
    severity: ClassVar[Severity] = "P4"
    first_reports = ("",)
    affects = ()
    touches = ()
    skills = ("How to check service status",)
    cause_terms = ()
    cause_example = "There was no incident."
    remedy = ()
    wrong_remedies = {}  # noqa: RUF012 (empty, and the contract's type says the rest)
    breaks = False

    def __init__(self, seed: int) -> None:
        """Draw how long nothing happens."""
        super().__init__(seed)
        self.lasts_s = 60 * self.random.uniform(LEAST_MIN, MOST_MIN)

    def inject(self, server: Server) -> None:
        """Leave everything as it is."""

    def cause(self, server: Server) -> bool:
        """There is none."""
        return False

    def heal(self, server: Server) -> None:
        """There is nothing to heal."""
