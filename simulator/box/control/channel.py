"""The incident channels as people and machines write in them: the newest messages."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import asdict, dataclass
from pathlib import Path

from .journal import Journal

EMERGENCY = "#erp-emergency"
SUPPORT = "#erp-support"
NAMES = (EMERGENCY, SUPPORT)
KEPT = 200


@dataclass(frozen=True, slots=True)
class Message:
    """One message; `at` in seconds since the epoch, for showing only."""

    at: float
    who: str
    text: str


class Channels:
    """Every channel with its last KEPT messages, those of before a restart included."""

    def __init__(self, store: Path) -> None:
        self._journals = {name: Journal(store / f"{name.strip('#')}.jsonl", KEPT) for name in NAMES}
        self._messages = {
            name: deque((Message(**entry) for entry in journal.entries()), KEPT)
            for name, journal in self._journals.items()
        }
        self._lock = threading.Lock()

    def post(self, channel: str, who: str, text: str) -> None:
        message = Message(time.time(), who, text)
        with self._lock:
            self._messages[channel].append(message)
            self._journals[channel].add(asdict(message))

    def recent(self, channel: str) -> list[Message]:
        """The channel's messages, oldest first; KeyError if there is no such channel."""
        with self._lock:
            return list(self._messages[channel])
