"""Reports that somebody wrote, and reports that are only filled."""

from __future__ import annotations

import pytest

from scoring.own_words import PROSE, cause_rule
from scoring.report import parse
from tests.scoring.story import OPENED, REPORT, told
from tests.scoring.test_documentation import failed

PROSE_RULE = "3 different lines on what was done and learned"
CAUSE = "The backend process crashed and stayed down."


def with_prose(*texts: str) -> str:
    """The right report with other texts in its four sections of prose."""
    report = REPORT
    for name, text in zip(PROSE, texts, strict=True):
        head, body = report.split(f"## {name}\n")
        report = f"{head}## {name}\n{text}\n\n{body[body.index('## ') :]}"
    return report


@pytest.mark.parametrize(
    "filler",
    [
        *("n/a", "x", "xx", "see above", "same as above", "to be done", "TODO: fill in later", "none", "ok"),
        *("Lorem ipsum dolor sit amet", "- [x] done\n- [ ] to be added", "No idea yet.", "belum ada", "42"),
    ],
)
def test_filler_is_no_documentation(filler: str) -> None:
    """The same nothing under every heading, however it is worded."""
    assert PROSE_RULE in failed(told(report=with_prose(*[filler] * 4)))


@pytest.mark.parametrize(
    "texts",
    [
        ("see above", "to be done", "n/a", "lorem ipsum"),
        (
            "Restarted the backend.",
            "restarted the backend",
            "- Restarted the backend",
            "1. RESTARTED THE BACKEND",
        ),
        ("Restarted the backend", "Added an alert", "none", "n/a"),
        (
            "Lorem ipsum dolor sit amet, consectetur adipiscing elit.",
            "Sed do eiusmod tempor incididunt ut labore et dolore",
            "Ut enim ad minim veniam, quis nostrud exercitation",
            "Duis aute irure dolor in reprehenderit",
        ),
        ("Restarted it. Looked at the logs. Told the users.", "n/a", "none", "see above"),
    ],
)
def test_too_little_of_its_own(texts: tuple[str, ...]) -> None:
    """Different fillers, one line four times, two lines, a printer's Latin, or all of it in one section."""
    assert failed(told(report=with_prose(*texts))) == {PROSE_RULE}


@pytest.mark.parametrize(
    "texts",
    [
        ("Restarted the backend.", "None yet", "- [ ] Write a test for the crash", "Look at the logs first"),
        ("Restart. Then checked the health page.", "none", "n/a", "- Practise it"),
        ("Restarted it", "Alert on restarts", "None needed", "None"),
        ("Backend di-restart", "Belum ada", "Tambah alert", "Periksa log dulu"),
        ("| Step | Who |\n|---|---|\n| Restart | Ana |", "Alert added", "Training", "x"),
    ],
)
def test_little_to_tell_is_told(texts: tuple[str, ...]) -> None:
    """Short lines count, in any language, and one section may honestly have nothing."""
    assert failed(told(report=with_prose(*texts))) == set()


@pytest.mark.parametrize(
    ("cause", "met"),
    [
        ("disk memory cert network pool lock backend crash", False),
        ("backend crash: disk, memory, certificate, role or index", False),
        ("```\nbackend crash disk memory cert network pool\n```", False),
        ("backend crashed", False),
        ("- API\n- crash.", False),
        ("the backend crashed", True),
        ("The backend died of a memory leak; pool, disk and network were fine.", True),
        ("The backend crashed.\n```\nnginx: upstream\nredis lock pool env network disk memory\n```", True),
        ("The backend was up.", False),
    ],
)
def test_a_cause_is_told_not_guessed(cause: str, met: bool) -> None:
    """Keywords of many causes, or two words, are no root cause; a pasted log does not matter."""
    report = parse(f"# Incident\n## Root Cause\n{cause}")
    assert cause_rule(report, OPENED).passed is met
