"""What counts as the cause of a typo: a wrong text, and no note of it in a whole answer."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from faults.typo import Typo
from tests.faults.fake_server import FakeServer

NOTED = json.dumps([{"path": "/opt/erp/issues/20261201_issue.txt", "size": 90, "text": "Title: Typo"}])


@dataclass
class Texts(FakeServer):
    """A server whose texts hold the mistake so many times, with the control half's answer about the notes."""

    wrong: str = "1\n"
    notes: str = "[]\n"

    def run(self, command: str, *, timeout_s: float = 60) -> str:
        """How often it is there."""
        return self.wrong

    def control(self, *command: str) -> str:
        """The notes, as the verb `issues` lists them."""
        return self.notes


@pytest.mark.parametrize(
    ("server", "present"),
    [(Texts(), True), (Texts(notes=NOTED), False), (Texts(wrong="0\n"), False), (Texts(wrong=""), True)],
    ids=["as injected", "noted", "mended", "the texts cannot be read"],
)
def test_a_text_is_mended_or_noted(server: Texts, present: bool) -> None:
    """Either will do; the file that is gone is neither."""
    assert Typo(0).cause(server) is present


@pytest.mark.parametrize("lost", ["", NOTED[:30]], ids=["all of it", "its end"])
def test_an_answer_that_was_lost_is_no_note(lost: str) -> None:
    """The engine loses what short commands print: the judge hears of it, and nothing is cured by it."""
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        Typo(0).cause(Texts(notes=lost))
