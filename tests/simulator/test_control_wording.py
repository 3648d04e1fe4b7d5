"""A misspelt text fails the check until it is mended, or noted in the runbook's form with a P4 ticket."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

import simulator
from faults.typo import SLIPS, Slip
from simulator.box.control.desk_office import Ticket
from simulator.box.control.erp import FailedError
from simulator.box.control.probe import TIMEOUT_S
from simulator.box.control.wire import Deadline
from simulator.box.control.wording import ISSUES, PAGE_LIMIT, TEXTS, FlawError, Notes, proofread

NOTES = Path(simulator.__file__).parent / "box" / "production" / "issues"
PAGE = "\n".join(f"<p>{text}</p>" for text in TEXTS)
FLAWED = PAGE.replace("the IT department", "the IT departement")
P4 = Ticket("INC-20261201-001", "P4", "page", "a typo", "ana", 0.0)
NOTE = (
    "Title: Sign-in page\nSeverity: P4\nReporter: Ana\nDate: 2026-12-01\nDescription: {what}\nWorkaround:\n"
)


def write(disk: Path, text: str, name: str = "20261201_issue.txt") -> Path:
    """A note on the server's disk."""
    path = disk / ISSUES / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def judge(disk: Path, *tickets: Ticket) -> Notes:
    """The judge of the notes on a server with these tickets."""
    return Notes(disk, disk / "flaws.jsonl", lambda: tickets)


def holds(disk: Path, page: str, *tickets: Ticket) -> bool:
    """Whether the check holds."""
    try:
        judge(disk, *tickets).unless_noted(lambda _: proofread(page))(Deadline(1))
    except FailedError:
        return False
    return True


def test_a_right_page_needs_no_note(tmp_path: Path) -> None:
    """Without a mistake the check holds, whatever was noted."""
    assert holds(tmp_path, PAGE)


def test_a_mistake_is_told_with_both_words() -> None:
    """The right word that is missing, and the wrong one in its place."""
    with pytest.raises(FlawError, match="IT department") as caught:
        proofread(FLAWED)
    assert caught.value.flaws == {frozenset({"department", "departement"})}


@pytest.mark.parametrize(
    "what", ["it says 'departement'", "the word department is not right", "There is a TYPO", "misspelt text"]
)
def test_a_note_and_a_ticket_deal_with_it(tmp_path: Path, what: str) -> None:
    """Both are needed; the note may name the word, or call the mistake what it is."""
    assert not holds(tmp_path, FLAWED, P4)
    write(tmp_path, NOTE.format(what=what))
    assert not holds(tmp_path, FLAWED)
    assert holds(tmp_path, FLAWED, P4)


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.wrong)
def test_the_notes_that_every_server_has_tell_of_no_slip(tmp_path: Path, slip: Slip) -> None:
    """Words that are right elsewhere do not name a mistake; its own two words do, whichever slip is drawn."""
    flawed = PAGE.replace(slip.right, slip.wrong)
    for note in NOTES.iterdir():
        write(tmp_path, note.read_text(), note.name)
    assert not holds(tmp_path, flawed, P4)
    write(tmp_path, NOTE.format(what=f"it says '{slip.wrong}'"))
    assert holds(tmp_path, flawed, P4)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "there is a typo",
        NOTE.format(what="the list of stock shows no total"),
        NOTE.format(what="[Details]"),
        NOTE.format(what="a typo").replace("P4", "P1"),
        NOTE.format(what="a typo").replace("Reporter: Ana\n", ""),
    ],
    ids=["empty", "no form", "another flaw", "placeholder", "another severity", "no reporter"],
)
def test_what_is_no_note_of_it(tmp_path: Path, text: str) -> None:
    """The runbook's form must be filled, for a P4, and tell of this mistake."""
    write(tmp_path, text)
    assert not holds(tmp_path, FLAWED, P4)


def test_notes_are_read_with_care(tmp_path: Path) -> None:
    """Links and folders among the notes are passed over; the shipped note is about something else."""
    outside = tmp_path / "outside"
    outside.write_text(NOTE.format(what="a typo"))
    write(tmp_path, NOTE.format(what="nothing"), "20260112_issue.txt")
    (tmp_path / ISSUES / "link.txt").symlink_to(outside)
    (tmp_path / ISSUES / "folder").mkdir()
    assert judge(tmp_path).told() == []
    path = write(tmp_path, NOTE.format(what="a typo"))
    assert [note.path for note in judge(tmp_path).told()] == [f"/{ISSUES}/{path.name}"]


def test_a_note_that_names_the_word_outlives_the_mistake_and_a_restart(tmp_path: Path) -> None:
    """It documents the incident when the text is mended too, and a new control half knows of the word."""
    path = write(tmp_path, NOTE.format(what="it says 'departement'"))
    assert judge(tmp_path).told() == []
    assert holds(tmp_path, FLAWED, P4)
    assert holds(tmp_path, PAGE)
    assert [note.path for note in judge(tmp_path).told()] == [f"/{ISSUES}/{path.name}"]
    assert not holds(tmp_path, PAGE.replace("your personal", "your personnal"), P4)
    assert judge(tmp_path).told() == []


def test_a_page_full_of_words_is_read_in_time(tmp_path: Path) -> None:
    """Root may serve any page; what reading it takes must not look like a stall of the machine."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = (f"se{a}{b}{c}rd" for a in letters for b in letters for c in letters)
    page = " ".join(word for word, _ in zip(words, range(PAGE_LIMIT // 8), strict=False))
    began = time.process_time()
    assert not holds(tmp_path, page, P4)
    assert time.process_time() - began < TIMEOUT_S / 3


def test_the_shipped_texts_are_the_expected_ones() -> None:
    """The file that the server has is what the check expects, and its note is no note of a mistake."""
    production = Path(__file__).parents[2] / "simulator/box/production"
    assert tuple(json.loads((production / "texts/en.json").read_text()).values()) == TEXTS


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_that_is_gone_is_told_by_no_word_of_it(tmp_path: Path, text: str) -> None:
    """Or any note would deal with it: that of every server, which holds `with` and `not`, or one like it."""
    for note in NOTES.iterdir():
        write(tmp_path, note.read_text(), note.name)
    write(
        tmp_path, NOTE.format(what="Your user and production in one minute: sign the account automatically.")
    )
    assert not holds(tmp_path, PAGE.replace(text, ""), P4)
    write(tmp_path, NOTE.format(what="the wording is gone"))
    assert holds(tmp_path, PAGE.replace(text, ""), P4)


def test_each_mistake_is_noted(tmp_path: Path) -> None:
    """One that is noted does not hide another."""
    both = FLAWED.replace("user name or password", "user name or pasword")
    write(tmp_path, NOTE.format(what="it says 'pasword'"))
    assert not holds(tmp_path, both, P4)
    write(tmp_path, NOTE.format(what="it says 'pasword' and 'departement'"))
    assert holds(tmp_path, both, P4)
