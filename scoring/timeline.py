"""The drill's events, in order, append-only.

Every event is a fact with the time at which it happened, in seconds since the epoch on the engine's
clock. Judgements (detected, resolved, points) are never stored: they are derived from these facts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at a time (seconds since the epoch, engine's clock)."""

    at: float


@dataclass(frozen=True, slots=True)
class Opened(Event):
    """The drill began: who practises what, and what its scorecard is measured against."""

    drill: str
    team: str
    members: tuple[str, ...]
    scenario: str
    level: str
    severity: str
    """P1 to P4, by the runbook's section "Severity Classification"."""
    affects: tuple[str, ...]
    """Services and functions that a truthful declaration may name: the cause and its symptoms."""
    cause_terms: tuple[tuple[str, ...], ...]
    """The report's root cause must hold one term of every set (case is ignored)."""
    target_s: float
    """The scenario's own target for the resolution, shown beside the rule of ten minutes."""
    hold_s: float
    """How long every check must hold before the drill counts as resolved."""
    deadline_s: float
    """How long after the resolution the report is awaited."""
    seed: int


@dataclass(frozen=True, slots=True)
class Armed(Event):
    """All steady-state checks held and the facts that must not change are recorded."""


@dataclass(frozen=True, slots=True)
class Protected(Event):
    """What must not change during the drill, as it was before the injection (JSON)."""

    facts: str


@dataclass(frozen=True, slots=True)
class Injected(Event):
    """The fault is about to go in (stamped before its first action)."""


@dataclass(frozen=True, slots=True)
class Voided(Event):
    """The drill cannot be scored, and why."""

    why: str


@dataclass(frozen=True, slots=True)
class CheckFailed(Event):
    """A steady-state check began to fail between `after` (its last good observation) and `at`."""

    check: str
    after: float
    why: str


@dataclass(frozen=True, slots=True)
class CheckHeld(Event):
    """A steady-state check holds again: it began to between `after` (its last bad one) and `at`."""

    check: str
    after: float


@dataclass(frozen=True, slots=True)
class Unobserved(Event):
    """The machine stalled: nothing is known of the time from `since` to `at`."""

    since: float


@dataclass(frozen=True, slots=True)
class Ticket(Event):
    """Somebody opened an incident ticket."""

    who: str
    severity: str
    affects: str
    summary: str


@dataclass(frozen=True, slots=True)
class TicketClosed(Event):
    """Somebody closed the incident ticket."""

    who: str


@dataclass(frozen=True, slots=True)
class Posted(Event):
    """Somebody of the team wrote in a channel."""

    who: str
    channel: str
    text: str


@dataclass(frozen=True, slots=True)
class Mailed(Event):
    """Somebody of the team sent a mail."""

    who: str
    to: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Typed(Event):
    """Somebody of the team typed a command on the server."""

    who: str
    command: str


@dataclass(frozen=True, slots=True)
class Reported(Event):
    """Somebody filed the incident report. A later one replaces it."""

    who: str
    text: str


@dataclass(frozen=True, slots=True)
class Saved(Event):
    """A file with the services' logs was found under /archives."""

    path: str
    size: int


@dataclass(frozen=True, slots=True)
class Alerted(Event):
    """Alertmanager told the channel that an alert fires, or no longer does."""

    name: str
    firing: bool
    summary: str


@dataclass(frozen=True, slots=True)
class Complained(Event):
    """A user of the ERP complained in a channel."""

    who: str
    channel: str
    text: str


@dataclass(frozen=True, slots=True)
class Restarted(Event):
    """Every check had held for the hold, so the referee restarted what the fault had touched."""

    services: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Withdrawn(Event):
    """After the referee's restart the symptom came back: the last resolution does not count."""

    why: str


@dataclass(frozen=True, slots=True)
class Confirmed(Event):
    """After the referee's restart everything holds: the last resolution counts."""


@dataclass(frozen=True, slots=True)
class Found(Event):
    """A finding beside the points: `data loss`, `protection removed`, or `not seen` where a look failed."""

    kind: str
    detail: str


@dataclass(frozen=True, slots=True)
class EndAsked(Event):
    """The facilitator asked that the drill end: `stopped` (and scored) or `aborted`."""

    how: str


@dataclass(frozen=True, slots=True)
class Ended(Event):
    """The drill is over: `documented`, `deadline`, `limit`, `quiet`, `stopped`, `aborted` or `void`."""

    how: str


Timeline = tuple[Event, ...]

KINDS: Mapping[str, type[Event]] = {kind.__name__: kind for kind in Event.__subclasses__()}


def to_record(event: Event) -> tuple[str, dict[str, Any]]:
    """The event as its kind and JSON-ready fields, for a store."""
    return type(event).__name__, asdict(event)


def from_record(kind: str, data: Mapping[str, Any]) -> Event:
    """The event that `to_record` wrote. Raises KeyError for a kind that does not exist."""
    cls = KINDS[kind]
    return cls(**{field.name: _frozen(data[field.name]) for field in fields(cls)})


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list | tuple) else value
