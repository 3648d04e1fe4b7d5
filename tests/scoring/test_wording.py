"""Labelled fields, placeholders, words."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.placeholders import TEMPLATE
from scoring.wording import LABELS, fields_of, is_filled, mentions, missing, says


@pytest.mark.parametrize(
    "text",
    [
        "down\n - Detected: 14:32\n - Impact: all\n - ETA to resolution: 10 min",
        "down - Detected: 14:32 - Impact: all - ETA: 10 min",
        "down\n**Detected**: 14:32\n**Impact:** all\n• eta: 10 min",
    ],
)
def test_fields_on_lines_or_in_one(text: str) -> None:
    """Fields are read however the message is laid out."""
    assert fields_of(text) == {"Detected": "14:32", "Impact": "all", "ETA": "10 min"}


@pytest.mark.parametrize(
    "value",
    [
        "",
        " - ",
        "[TIME]",
        "[ hh:mm ]",
        "[Duration]",
        "[Brief description]",
        "Investigating [ISSUE]",
        "[P1 (Critical)]",
        "TBD",
        "[Name]",
        "[What we're doing]",
    ],
)
def test_placeholders_are_not_filled(value: str) -> None:
    """A placeholder that was left standing is not a value."""
    assert not is_filled(value)


@pytest.mark.parametrize(
    "value",
    [
        "14:32",
        "None",
        "[Scheduled for tomorrow 10:00]",
        "[x] done",
        "[a page](https://e)",
        "[Ana]",
        "[error] 502",
        "nginx: [emerg] x",
    ],
)
def test_what_somebody_wrote_is_filled(value: str) -> None:
    """Ticked boxes, links, log lines and other brackets that the runbook does not have are somebody's."""
    assert is_filled(value)


@settings(deadline=None)
@given(st.sampled_from(re.findall(r"\[[^\[\] ][^\[\]]*\]", TEMPLATE)), st.text(max_size=20), st.booleans())
def test_every_placeholder_of_the_template_is_known(placeholder: str, beside: str, small: bool) -> None:
    """Whatever stands beside it, in capitals or not, what the template asks for was not answered."""
    assert not is_filled(f"{beside} {placeholder.lower() if small else placeholder}")


def test_missing_names_the_labels() -> None:
    """What is absent and what is not filled are both missing, in the order asked."""
    assert missing("Impact: all\nETA: [TIME]", ("Detected", "Impact", "ETA")) == ("Detected", "ETA")


def test_says_whole_words_and_mentions_beginnings() -> None:
    """`says` takes whole words in singular or plural; `mentions` lets a word go on."""
    assert says("Work-orders fail", ["work order"])
    assert not says("it crashed", ["crash"])
    assert mentions("it CRASHED", ["crash"])
    assert not mentions("gatecrash", ["crash"])


@settings(deadline=None)
@given(st.text(max_size=400))
def test_any_text_can_be_read(text: str) -> None:
    """Whatever somebody writes, reading it gives known labels and no error."""
    assert set(fields_of(text)) <= set(LABELS)
    is_filled(text)
