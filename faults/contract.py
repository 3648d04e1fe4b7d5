"""What a fault is, and what it may do to the server.

A fault is one file with one class. It works from a cold process: nothing of it lives between the
injection and the healing but what it did to the server and the drill's seed.
"""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol

Severity = Literal["P1", "P2", "P3", "P4"]
Level = Literal["runbook", "expert"]


class Server(Protocol):
    """The production server as a fault sees it: a shell, its database, its disk."""

    def run(self, command: str, *, timeout_s: float = 60) -> str:
        """What `command` prints as root in /opt/erp. Raises CommandFailed when it fails."""
        ...

    def sql(self, statement: str) -> str:
        """What the statement returns, a row a line, columns split by `|` (PostgreSQL's superuser)."""
        ...

    def free_share(self) -> float:
        """The free share of the server's disk, 0 to 1, by the kernel's own figures."""
        ...

    def is_running(self, service: str) -> bool:
        """Whether the service's container runs."""
        ...

    def control(self, *command: str) -> str:
        """What a command prints in the control half, which the team cannot see (the drill's CA)."""
        ...


@dataclass(frozen=True, slots=True)
class WrongRemedy:
    """Commands that must not pass, and what they leave behind is undone by `undo`."""

    why: str
    commands: tuple[str, ...]
    undo: tuple[str, ...] = ()


class Fault(ABC):
    """One way in which production breaks.

    What depends on the seed is set anew by `__init__`; the class then shows one of the cases.

    `inject` does only what a deployment, a job, a colleague or the hardware could do. `cause` is true
    while the cause is present. `heal` removes it and may run any number of times.
    """

    name: ClassVar[str]
    level: ClassVar[Level] = "runbook"
    title: ClassVar[str]
    """What breaks, in a facilitator's words."""
    section: ClassVar[str]
    """The runbook's section that a responder works through."""
    severity: ClassVar[Severity]
    target_min: ClassVar[float] = 10
    first_reports: ClassVar[tuple[str, ...]]
    """What a user would say first; one is drawn by the seed."""
    affects: tuple[str, ...]
    """Services and functions that truly fail, the cause among them; the first one names it best."""
    touches: ClassVar[tuple[str, ...]]
    """Services that the referee restarts once to see whether the cure lasts."""
    alerts: ClassVar[tuple[str, ...]] = ()
    """The monitoring's alerts of which at least one tells of it; empty where the monitoring cannot see it."""
    skills: ClassVar[tuple[str, ...]]
    """What it trains, in the words of the runbook's "Team Responsibilities"."""
    cause_terms: ClassVar[tuple[tuple[str, ...], ...]]
    """A right root cause holds one term of every set."""
    cause_example: str
    """A root cause as a good report words it (the rehearsal's)."""
    remedy: tuple[str, ...]
    """The runbook's commands, in order."""
    other_remedies: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """Other right remedies, by name; right for every seed."""
    wrong_remedies: ClassVar[Mapping[str, WrongRemedy]]
    symptom_within_s: ClassVar[float] = 30
    """How soon after the injection a check must fail, or the drill is void."""
    hold_s: ClassVar[float] = 60
    least_hold_s: ClassVar[float] = 5
    """The shortest hold in which a cure that does not last would be seen to fail again."""
    relapse_s: ClassVar[float] = 60
    """How long after the referee's restart everything must hold again."""
    breaks: ClassVar[bool] = True
    """Whether anything breaks; where not, only a surprise draws it, and the drill ends after `lasts_s`."""
    lasts_s: float = 0
    """How long, in seconds, a drill in which nothing breaks goes on."""

    def __init__(self, seed: int) -> None:
        """Draw the drill's parameters: one seed, one drill."""
        self.seed = seed
        self.random = random.Random(f"{self.name}-{self.level}-{seed}")
        self.first_report = self.random.choice(self.first_reports)

    @abstractmethod
    def inject(self, server: Server) -> None:
        """Break it."""

    @abstractmethod
    def cause(self, server: Server) -> bool:
        """Whether the cause is present."""

    @abstractmethod
    def heal(self, server: Server) -> None:
        """Remove the cause; idempotent."""
