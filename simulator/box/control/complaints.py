"""What users say when the ERP fails them: in their own words, and not at once.

A user complains about an action after at least 3 failures of it over at least 20 s, none of them followed
by a success. Users talk to each other: about each kind of failure one of them writes at most every 30 s.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

FAILURES = 3
PATIENCE_S = 20.0
SILENCE_S = 30.0

WORDINGS = {
    "unreachable": (
        "The ERP does not open at all, the browser says it cannot connect. I wanted to {what}.",
        "Is the ERP down? I cannot {what}, the site cannot be reached.",
        "Cannot reach the ERP from our department, trying to {what}. Anybody else?",
    ),
    "slow": (
        "The ERP hangs, it keeps loading when I try to {what}.",
        "Waiting for ages to {what}, the page never finishes.",
        "It is so slow that I cannot {what}. Tried several times now.",
    ),
    "error": (
        "I get an error page whenever I try to {what}.",
        "Tried to {what} and it says server error. Tried again, same thing.",
        "Please help, cannot {what}, only an error comes up. The line is waiting.",
    ),
    "certificate": (
        "My browser warns that the ERP is not secure and does not let me in. Should I continue?",
        "There is a big red security warning when I open the ERP. Is this our site?",
        "The ERP says my connection is not private. I do not dare to click on.",
    ),
    "denied": (
        "The ERP says I am not allowed to {what}. It worked before.",
        "I can no longer {what}, the ERP refuses it with 403.",
        "Access denied when I try to {what}, but that is my job.",
    ),
    "wrong": (
        "Something is odd in the ERP: I tried to {what} and what it shows is not right.",
        "I tried to {what}, and the ERP does not do what it should. Please check.",
        "Strange data in the ERP when I {what}. Can somebody have a look?",
    ),
}
WHAT = {
    "health": "see whether the ERP is up",
    "page": "open the ERP",
    "login": "log in",
    "me": "open my profile",
    "stock": "look up stock",
    "search": "search for a SKU",
    "stock-search": "search the stock of a shelf",
    "orders": "create a manufacturing order",
    "order-list": "see the list of orders",
    "work-orders": "enter a work order for cutting",
    "work-order-list": "see the work orders of cutting",
    "transfers": "hand goods over to sewing",
    "qc": "record a QC result",
    "approve": "approve an order",
}


@dataclass(slots=True)
class _Trouble:
    since: float
    failures: int = 0


class Complaints:
    """Who was failed how often, and who has said so. The same seed and failures give the same words."""

    def __init__(self, seed: int, say: Callable[[str, str], None]) -> None:
        self._seed = seed
        self._say = say
        self._troubles: dict[tuple[str, str], _Trouble] = {}
        self._last: dict[str, float] = {}
        self._said = Counter[str]()
        self._lock = threading.Lock()

    def worked(self, who: str, action: str) -> None:
        """`who` could do `action`: earlier failures of it are forgiven."""
        with self._lock:
            self._troubles.pop((who, action), None)

    def failed(self, who: str, action: str, kind: str, now: float) -> None:
        """`who` could not do `action` (`kind` as in erp.FailedError; `now` in seconds, monotonic)."""
        with self._lock:
            trouble = self._troubles.setdefault((who, action), _Trouble(now))
            trouble.failures += 1
            fed_up = trouble.failures >= FAILURES and now - trouble.since >= PATIENCE_S
            if action not in WHAT or not fed_up or now - self._last.get(kind, -SILENCE_S) < SILENCE_S:
                return
            self._last[kind] = now
            words = self._words(kind, action)
        self._say(who, words)

    def _words(self, kind: str, action: str) -> str:
        # The wordings of a kind take turns, from a start that the seed draws.
        wordings = WORDINGS[kind]
        first = random.Random(f"{self._seed}/{kind}").randrange(len(wordings))
        self._said[kind] += 1
        return wordings[(first + self._said[kind]) % len(wordings)].format(what=WHAT[action])
