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
_ASIDE = re.compile(r"\([^()]*\)")

_FORMS = (
    r"(?<!\w)SEVERITY\**(?:\s?\([^()\n]{1,40}\))?(?:\s(?:incident|alert|outage))?[*\s]{0,20}[:|–—-]",
    # At the start, behind signs and who is called, in brackets or bold letters: `@channel [P1] …`
    r"\A(?:[@!:]\w{1,30}|[^\w\n]){1,30}+(?<=[\[(*])SEVERITY[\])*]",
    r"(?:[🔴🟠🟡]|:red_circle:|:large_(?:orange|yellow)_circle:)[^\w\n]{0,4}SEVERITY(?!\w)",
    r"(?<!\w)severity(?:\slevel)?[*\s]{0,4}:[*\s]{0,4}SEVERITY(?!\w)",
    r"(?<!\w)NAME(?!\w)|🚨|⚠|:rotating_light:|:warning:",
)
"""How a first notice may be written: the runbook's `CRITICAL P1: …`, and what teams write for it."""
_ASKS = r"(?<!\w)SEVERITY[^\w\n]{0,4}(?:\?|or(?!\w))"


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
    in_form = _is_written("|".join(_FORMS), severity, post.text)
    if not in_form or _is_written(_ASKS, severity, post.text):
        return None
    return severity if same_channel(post.channel, PLANS[severity].channel) else None


def severity_of(text: str) -> str | None:
    """The one severity that the text names, or else its first line, or that line without its parentheses.

    None where that is none or several: `P1 or P2`.
    """
    headline = text.strip().partition("\n")[0]
    for part in (text, headline, _ASIDE.sub(" ", headline)):
        named: set[str] = {match.upper() for match in _SEVERITY.findall(part)}
        if len(named) == 1:
            return named.pop()
    return None


def same_channel(one: str, other: str | None) -> bool:
    """Whether both name the same channel, with or without `#`."""
    return other is not None and one.strip().lstrip("#").lower() == other.lstrip("#").lower()


def _is_written(form: str, severity: str, text: str) -> bool:
    form = form.replace("SEVERITY", severity).replace("NAME", PLANS[severity].name)
    return re.search(form, text, re.IGNORECASE) is not None


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
