"""What becomes of what is said: on the record, in the channels, in the list of tickets."""

from __future__ import annotations

import threading
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from .channel import EMERGENCY, SUPPORT, Channels
from .journal import Journal
from .record import Record
from .record_said import RefusedError, plain, said

ALERTS_AT_ONCE = 50
MOST_TICKETS = 999
"""As many as the form INC-YYYYMMDD-NNN can number."""
RATE_PER_S = 10.0
BURST = 200.0
BYTES_PER_S = 20_000.0
"""An hour of shouting adds 72 MB a budget to the record."""
BYTES_BURST = 8_000_000.0


@dataclass(frozen=True, slots=True)
class Ticket:
    """An incident ticket; times in seconds since the epoch, for showing only."""

    id: str
    severity: str
    affects: str
    summary: str
    by: str
    opened: float
    closed: float | None = None


class Bucket:
    """A budget that refills at `rate` a second up to `size`."""

    def __init__(self, rate: float, size: float) -> None:
        self._rate = rate
        self._size = size
        self._level = size
        self._at = time.monotonic()

    def take(self, amount: float) -> bool:
        """Spend `amount` if it is there."""
        now = time.monotonic()
        self._level = min(self._size, self._level + (now - self._at) * self._rate)
        self._at = now
        if amount > self._level:
            return False
        self._level -= amount
        return True


class Office:
    """Takes what is said, and keeps it in the folder `store` over a restart; any thread may call."""

    def __init__(self, record: Record, store: Path) -> None:
        self.channels = Channels(store)
        self._record = record
        self._journal = Journal(store / "tickets.jsonl")
        # A closed ticket was added again: the later entry counts, in the place of the first.
        self._tickets = {entry["id"]: Ticket(**entry) for entry in self._journal.entries()}
        self._lock = threading.Lock()
        # Typed commands have a budget of their own: a busy shell must not keep a declaration out.
        self._messages = {name: Bucket(RATE_PER_S, BURST) for name in ("typed", "alerts", "said")}
        self._bytes = {name: Bucket(BYTES_PER_S, BYTES_BURST) for name in ("typed", "alerts", "said")}

    def say(self, payload: object, size: int) -> dict[str, object]:
        """Check, record and publish what somebody says; the answer for them."""
        value = said(payload, size)
        kind, who = value["kind"], value["who"]
        self._afford("typed" if kind == "typed" else "said", size)
        answer: dict[str, object] = {"taken": kind}
        with self._lock:
            ticket = self._opened(value) if kind == "ticket" else self._closed() if kind == "close" else None
            # First on the record: what the team is shown must also count.
            self._record.write({"fact": "said", **value})
            if ticket is not None:
                answer["ticket"] = asdict(ticket)
                self._tickets[ticket.id] = ticket
                self._journal.add(asdict(ticket))
        if kind == "slack":
            self.channels.post(value["channel"], who, value["text"])
        return answer

    def alerts(self, payload: object, size: int) -> dict[str, object]:
        """Record and publish what Alertmanager's webhook sends."""
        self._afford("alerts", size)
        alerts = payload.get("alerts") if isinstance(payload, dict) else None
        if not isinstance(alerts, list) or not all(isinstance(each, dict) for each in alerts):
            raise RefusedError(400, "alerts are wanted as Alertmanager's webhook sends them")
        for alert in alerts[:ALERTS_AT_ONCE]:
            self._alert(alert)
        return {"taken": len(alerts[:ALERTS_AT_ONCE])}

    def incidents(self) -> list[Ticket]:
        """The tickets, the newest first."""
        with self._lock:
            return list(self._tickets.values())[::-1]

    def _afford(self, budget: str, size: int) -> None:
        with self._lock:
            if not (self._messages[budget].take(1) and self._bytes[budget].take(size)):
                raise RefusedError(429, "too much at once; wait a few seconds and say it again")

    def _opened(self, value: dict[str, str]) -> Ticket:
        if len(self._tickets) >= MOST_TICKETS:
            raise RefusedError(409, f"there are {MOST_TICKETS} tickets already; go on in the channel")
        now = time.time()
        number = f"INC-{time.strftime('%Y%m%d', time.gmtime(now))}-{len(self._tickets) + 1:03d}"
        return Ticket(number, value["severity"], value["affects"], value["summary"], value["who"], now)

    def _closed(self) -> Ticket:
        for ticket in reversed(self._tickets.values()):
            if ticket.closed is None:
                return replace(ticket, closed=time.time())
        raise RefusedError(409, "no incident is open; `incident open` opens one")

    def _alert(self, alert: dict[str, object]) -> None:
        labels, notes = _texts(alert.get("labels")), _texts(alert.get("annotations"))
        firing = alert.get("status") == "firing"
        name = plain(labels.get("alertname", ""), 100) or "unnamed"
        summary = plain(notes.get("summary") or notes.get("description", ""), 500)
        self._record.write({"fact": "alert", "name": name, "firing": firing, "summary": summary})
        channel = EMERGENCY if labels.get("severity") == "critical" else SUPPORT
        state = "🔥 FIRING" if firing else "✅ RESOLVED"
        self.channels.post(channel, "alertmanager", f"{state}: {name} - {summary}")


def _texts(value: object) -> dict[str, str]:
    pairs = value.items() if isinstance(value, dict) else ()
    return {name: text for name, text in pairs if isinstance(name, str) and isinstance(text, str)}
