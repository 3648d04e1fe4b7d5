"""What a team ordered: who practises what, and with which times. Checked where it is made."""

from __future__ import annotations

import re
from dataclasses import dataclass

from simulator.errors import UsageProblem

LONGEST_MIN = 7 * 24 * 60
"""No drill and no report is waited for longer than a week."""

BOT = "rehearsal-"
"""The teams of the rehearsal's bot begin like this."""

TAKEN = frozenset(
    {
        "root", "daemon", "bin", "sys", "sync", "games", "man", "lp", "mail", "news", "uucp", "proxy",
        "www-data", "backup", "list", "irc", "_apt", "nobody", "sshd",
    }
)  # fmt: skip
"""The accounts that the server has before anybody practises on it; nobody can log in by them."""

_ACCOUNT = re.compile(r"[a-z][a-z0-9_-]{0,30}")
_TEAM = re.compile(r"\S(.{0,58}\S)?")


@dataclass(frozen=True, slots=True)
class Order:
    """A drill as it was asked for. Times are in the unit that their name ends with."""

    team: str
    members: tuple[str, ...]
    """Each gets an account on the server."""
    scenario: str
    level: str
    wait_s: float | None
    """Between armed and injected; None draws 0 to 120 s by the seed."""
    hold_s: float | None
    """How long everything must hold to count as resolved; None takes the fault's own."""
    deadline_min: float
    """How long the report is awaited after the resolution."""
    limit_min: float
    """When a drill that nobody resolves ends, from the injection."""
    seed: int
    secret: bool = False
    """A surprise: who runs the drill is not told the scenario either."""

    @property
    def rehearsed(self) -> bool:
        """Whether the team is the rehearsal's bot, which enters no ranking."""
        return self.team.startswith(BOT)

    def __post_init__(self) -> None:
        """Refuse what cannot be run, before anything is started. Raises UsageProblem."""
        if not _TEAM.fullmatch(self.team) or not self.team.isprintable():
            raise UsageProblem(f"{self.team!r} is not a team's name", "use 1 to 60 printable characters")
        self._check_members()
        _within("--wait", self.wait_s, 0, 3600, "s")
        _within("--hold", self.hold_s, 1, 3600, "s")
        _within("--deadline", self.deadline_min, 0, LONGEST_MIN, "min")
        _within("--limit", self.limit_min, 1, LONGEST_MIN, "min")
        if not 0 <= self.seed < 2**31:
            raise UsageProblem(f"{self.seed} is not a seed", "use a whole number from 0 to 2147483647")

    def _check_members(self) -> None:
        if not self.members:
            raise UsageProblem("nobody is named who can log in", "name people, as in --members ana,budi")
        for name in self.members:
            if name in TAKEN:
                raise UsageProblem(f"{name!r} is an account of the system's own", "use another name")
            if not _ACCOUNT.fullmatch(name):
                raise UsageProblem(
                    f"{name!r} cannot be an account on the server",
                    "use up to 31 small letters, digits, - and _, with a letter first",
                )
        if len(set(self.members)) != len(self.members):
            raise UsageProblem("a member is named twice", "name each person once")


def _within(option: str, value: float | None, least: float, most: float, unit: str) -> None:
    # written so that "not a number" is refused too
    if value is not None and not least <= value <= most:
        raise UsageProblem(
            f"{option} {value:g} is not possible", f"use a number from {least:g} to {most:g} ({unit})"
        )
