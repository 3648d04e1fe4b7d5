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
    """A text is wrong; `words` are those that are missing, and what stands in their place."""

    def __init__(self, text: str, words: frozenset[str]) -> None:
        super().__init__("wrong", f"the page does not say {text!r}")
        self.words = words


@dataclass(frozen=True, slots=True)
class Note:
    """A note under /opt/erp/issues with every field of the runbook's form."""

    path: str
    size: int
    text: str


def proofread(page: str) -> None:
    """Raise FlawError for the first of TEXTS that `page` does not hold."""
    for text in TEXTS:
        if text not in page:
            there, right = _words(page[:PAGE_LIMIT]), _words(text)
            strange = there - _words(" ".join(TEXTS))  # what is right elsewhere tells of no mistake
            near = {each for word in right for each in difflib.get_close_matches(word, strange, 1, LIKENESS)}
            raise FlawError(text, frozenset(right - there | near))


def unless_noted(look: Look, disk: Path, tickets: Callable[[], Iterable[Ticket]]) -> Look:
    """`look`, satisfied too by a flaw that is noted and has a P4 ticket."""

    def do(until: Deadline) -> None:
        try:
            look(until)
        except FlawError as flaw:
            if not any(ticket.severity == "P4" for ticket in tickets()) or not notes(disk, flaw.words):
                raise

    return do


def notes(disk: Path, words: Iterable[str] = ()) -> list[Note]:
    """The notes on `disk` about a mistake in a text: they call it one, or hold one of `words`."""
    whole = (rf"\b{re.escape(word)}\b" for word in words)
    wanted = re.compile("|".join((*map(re.escape, TERMS), *whole)), re.IGNORECASE)
    return [note for note in _filled(disk) if wanted.search(note.text)]


def _filled(disk: Path) -> list[Note]:
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
