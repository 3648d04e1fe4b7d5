"""The incident channels as people and machines write in them: the newest messages, in memory."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass

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
    """Every channel with its last KEPT messages."""

    def __init__(self) -> None:
        self._messages: dict[str, deque[Message]] = {name: deque(maxlen=KEPT) for name in NAMES}
        self._lock = threading.Lock()

    def post(self, channel: str, who: str, text: str) -> None:
        with self._lock:
            self._messages[channel].append(Message(time.time(), who, text))

    def recent(self, channel: str) -> list[Message]:
        """The channel's messages, oldest first; KeyError if there is no such channel."""
        with self._lock:
            return list(self._messages[channel])
