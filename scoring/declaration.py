"""What declares an incident: a ticket, or a message in the severity's channel in the runbook's form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scoring.plans import PLANS
from scoring.resolved import is_resolved
from scoring.timeline import Opened, Posted, Ticket, Timeline
from scoring.vocabulary import ANYTHING, CHECKS, SERVICES, SYSTEM, UNRELATED
from scoring.wording import says

_SERVICE = re.compile(r"(?<![\w-])(?:erp-)?([a-z]+(?:-[a-z]+)*)(?![\w-])")
_SEVERITY = re.compile(r"(?<!\w)(P[1-4])(?!\w)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Declaration:
    """Somebody said that something is broken (time in seconds since the epoch)."""

    who: str
    at: float
    words: str
    severity: str
    event: Ticket | Posted

    def names(self, failing: Mapping[str, str], drill: Opened) -> bool:
        """Whether it names something of what fails: a check, its service, or the drill's cause."""
        if not failing:
            return False
        terms = list(drill.affects)
        for check in failing:
            terms += [check, *CHECKS.get(check, ())]
        told = {*drill.affects, *(word for why in failing.values() for word in _SERVICE.findall(why))}
        for service in told & SERVICES.keys():
            terms += [service, *SERVICES[service]]
        if self.severity == drill.severity == "P1":
            terms += SYSTEM + ANYTHING
            if says(self.words, UNRELATED):
                terms = [term for term in terms if term not in ANYTHING]
        return says(self.words, terms)


def declarations(timeline: Timeline) -> tuple[Declaration, ...]:
    """Every declaration in order of time, true or not."""
    return tuple(sorted(_declared(timeline), key=lambda said: said.at))


def declared_in(post: Posted) -> str | None:
    """The severity that the message declares in the runbook's form; None where it declares nothing."""
    severity = severity_of(post.text)
    if severity is None or is_resolved(post.text):
        return None
    plan = PLANS[severity]
    form = rf"(?<!\w){severity}(?!\w)\s*[:\-–—]|(?<!\w){plan.name}(?!\w)|🚨|⚠"
    in_form = re.search(form, post.text, re.IGNORECASE) is not None
    return severity if in_form and same_channel(post.channel, plan.channel) else None


def severity_of(text: str) -> str | None:
    """The one severity that the text names; None where it names none or several."""
    named = {match.upper() for match in _SEVERITY.findall(text)}
    return named.pop() if len(named) == 1 else None


def same_channel(one: str, other: str | None) -> bool:
    """Whether both name the same channel, with or without `#`."""
    return other is not None and one.strip().lstrip("#").lower() == other.lstrip("#").lower()


def _declared(timeline: Timeline) -> Iterator[Declaration]:
    for event in timeline:
        if isinstance(event, Ticket):
            severity = severity_of(event.severity)
            words = f"{event.affects}: {event.summary}" if event.affects else event.summary
        elif isinstance(event, Posted):
            severity, words = declared_in(event), event.text
        else:
            continue
        if severity is not None:
            yield Declaration(event.who, event.at, words, severity, event)
