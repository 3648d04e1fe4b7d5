"""A drill's events in words, a line each."""

from __future__ import annotations

from datetime import UTC, datetime

from scoring import timeline as t

_LONGEST = 160
_SHORTEST_STALL_S = 1.0
"""Shorter ones are in the record and in the errors of the times; a busy machine has many."""


def in_words(event: t.Event, secret: bool = False) -> str | None:
    """The event as a line with its time (UTC); None for one that is not told, or not yet."""
    words = _words(event, secret)
    if words is None:
        return None
    return f"{datetime.fromtimestamp(event.at, UTC):%H:%M:%S}  {' '.join(words.split())}"


def _words(event: t.Event, secret: bool) -> str | None:
    match event:
        case t.Injected():
            return None if secret else "injected: the fault goes in"
        case t.Protected():
            return None  # facts for the referee, not for readers
        case t.Opened():
            scenario = "a surprise" if secret else f"{event.scenario} ({event.level})"
            return f"drill {event.drill}: team {event.team} ({', '.join(event.members)}) practises {scenario}"
        case t.CheckFailed():
            return f"✗ {event.check} fails: {_short(event.why)}"
        case t.CheckHeld():
            return f"✓ {event.check} holds"
        case t.Unobserved():
            if event.at - event.since < _SHORTEST_STALL_S:
                return None
            return f"the machine stalled for {event.at - event.since:.1f} s; nothing is known of that time"
        case t.Restarted():
            return f"everything held; the referee restarts {', '.join(event.services) or 'nothing'} once"
        case _:
            return _of_team(event) or _of_referee(event)


def _of_team(event: t.Event) -> str | None:
    match event:
        case t.Ticket():
            return f"{event.who} opened a {event.severity} ticket ({event.affects}): {_short(event.summary)}"
        case t.TicketClosed():
            return f"{event.who} closed the ticket"
        case t.Posted():
            return f"{event.who} in {event.channel}: {_short(event.text)}"
        case t.Mailed():
            return f"{event.who} mailed {event.to}: {_short(event.subject)}"
        case t.Typed():
            return f"{event.who} $ {_short(event.command)}"
        case t.Reported():
            return f"{event.who} filed the incident report ({len(event.text)} characters)"
        case t.Complained():
            return f"{event.who} (user) in {event.channel}: {_short(event.text)}"
        case _:
            return None


def _of_referee(event: t.Event) -> str:
    match event:
        case t.Armed():
            return "armed: all checks hold; the incident may come at any time"
        case t.Voided():
            return f"void, not scored: {_short(event.why)}"
        case t.Saved():
            return f"logs saved: {event.path} ({event.size} bytes)"
        case t.Alerted():
            return f"alert {event.name} {'fires' if event.firing else 'is over'}: {_short(event.summary)}"
        case t.Withdrawn():
            return f"the incident is back: {_short(event.why)}"
        case t.Confirmed():
            return "resolved: everything holds after the restart; now its documentation is awaited"
        case t.Found():
            return f"finding: {event.kind}: {_short(event.detail)}"
        case t.EndAsked():
            return f"asked to end: {event.how}"
        case t.Ended():
            return f"ended: {event.how}"
        case _:
            return type(event).__name__


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
