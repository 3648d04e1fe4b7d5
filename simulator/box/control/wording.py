"""What the sign-in page must say, and whether a mistake in it was noted as the runbook has it for a P4.

A mistake in a text need not be mended at once: it is dealt with when a note under /opt/erp/issues names it
and a P4 ticket exists. So the check `wording` fails for a mistake that nobody has dealt with.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from .desk_office import Ticket
from .erp import FailedError
from .journal import Journal
from .probe import Look
from .untrusted import opened, read_regular
from .wire import Deadline

TEXTS = (
    "Production planning and warehouse",
    "Please sign in with your personal account.",
    "Wrong user name or password.",
    "Too many attempts, please wait a minute.",
    "Forgotten your password? Call the IT department.",
    "Unfinished transfers are released automatically.",
)
ISSUES = "opt/erp/issues"
FIELDS = ("Title", "Severity", "Reporter", "Date", "Description")
TERMS = ("typo", "spell", "spelt", "misspel", "wording", "wrong word", "wrong letter")
"""How people call a mistake in a text."""
MOST_NOTES = 200
NOTE_LIMIT = 1 << 16
LIKENESS = 0.75
"""How alike a word and its misspelling are, of 1: that of `wait` and `wiat`."""
PAGE_LIMIT = 1 << 14
"""Bytes and characters: a longer one is the team's, and reading it must not hold up the probes."""


class FlawError(FailedError):
    """`text` is wrong; `flaws` are the mistakes on the page, each as the words by which a note names it."""

    def __init__(self, text: str, flaws: frozenset[frozenset[str]]) -> None:
        super().__init__("wrong", f"the page does not say {text!r}")
        self.flaws = flaws


@dataclass(frozen=True, slots=True)
class Note:
    """A note under /opt/erp/issues with every field of the runbook's form."""

    path: str
    size: int
    text: str


def proofread(page: str) -> None:
    """Raise FlawError where `page` does not hold one of TEXTS."""
    wrong = [text for text in TEXTS if text not in page]
    if wrong:
        there = _words(page[:PAGE_LIMIT])
        raise FlawError(wrong[0], frozenset().union(*(_flaws(text, there) for text in wrong)))


class Notes:
    """The one judge of the notes on `disk`: for the check, and for whoever asks later.

    It keeps the words of the flaws that were seen last, for a note goes on to tell of a text that was
    mended since, and in a journal, for the control half may be started again.
    """

    def __init__(self, disk: Path, journal: Path, tickets: Callable[[], Iterable[Ticket]]) -> None:
        self._disk = disk
        self._tickets = tickets
        self._journal = Journal(journal, newest=1)
        self._words = frozenset[str]()
        for entry in self._journal.entries():
            self._words = frozenset(entry["words"])

    def told(self) -> list[Note]:
        """The notes about a mistake in a text."""
        return _about(_filled(self._disk), self._words)

    def unless_noted(self, look: Look) -> Look:
        """`look`, satisfied too by flaws of which each is noted, with a P4 ticket."""

        def do(until: Deadline) -> None:
            try:
                look(until)
            except FlawError as error:
                self._keep(frozenset().union(*error.flaws))
                if not any(ticket.severity == "P4" for ticket in self._tickets()):
                    raise
                filled = _filled(self._disk)
                if not all(_about(filled, words) for words in error.flaws):
                    raise

        return do

    def _keep(self, words: frozenset[str]) -> None:
        if words != self._words:
            self._words = words
            self._journal.add({"words": sorted(words)})


def _flaws(text: str, there: set[str]) -> set[frozenset[str]]:
    """For each misspelling of a word of `text`: it, and the word itself where that is not `there` at all.

    A text that is gone is a flaw without words: each of its own is one that any note may hold.
    """
    strange = there - _words(" ".join(TEXTS))  # what is right elsewhere tells of no mistake
    found = {
        frozenset({near, *({word} - there)})
        for word in _words(text)
        for near in difflib.get_close_matches(word, strange, 1, LIKENESS)
    }
    return found or {frozenset()}


def _about(filled: Iterable[Note], words: Iterable[str]) -> list[Note]:
    """Those about a mistake in a text: they call it one, or hold one of `words`."""
    whole = (rf"\b{re.escape(word)}\b" for word in words)
    wanted = re.compile("|".join((*map(re.escape, TERMS), *whole)), re.IGNORECASE)
    return [note for note in filled if wanted.search(note.text)]


def _filled(disk: Path) -> list[Note]:
    """The notes in the runbook's form, for a P4."""
    found = []
    for name in _names(disk):
        try:
            with opened(str(disk), f"{ISSUES}/{name}") as descriptor:
                text = read_regular(descriptor, NOTE_LIMIT).decode("utf-8", "replace")
        except OSError:
            continue  # gone since it was listed, or no regular file
        if all(_field(text, name) for name in FIELDS) and _field(text, "Severity").upper().startswith("P4"):
            found.append(Note(f"/{ISSUES}/{name}", len(text.encode()), text))
    return found


def _field(text: str, name: str) -> str:
    """What the note states there; empty where the form's placeholder still stands."""
    stated = re.search(rf"(?mi)^[ \t*-]*{name}[* ]*:[* ]*(\S.*)$", text)
    return "" if stated is None or re.fullmatch(r"\[[^\]]*\]\s*", stated[1]) else stated[1]


def _names(disk: Path) -> list[str]:
    try:
        with opened(str(disk), ISSUES, os.O_RDONLY | os.O_DIRECTORY) as descriptor:
            return sorted(os.listdir(descriptor))[-MOST_NOTES:]
    except OSError:
        return []  # not there, a link, or replaced while it was read


def _words(text: str) -> set[str]:
    return set(re.findall(r"[a-z]{2,}", re.sub(r"<[^<>]*>", " ", text).lower()))
