"""Labelled fields, placeholders, words."""

from __future__ import annotations

import re
import time

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
        "[P1, P2, P3 or P4 (its name)]",
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


@pytest.mark.parametrize(
    ("label", "forms"),
    [
        ("Affected Users", "Users affected|User affected|Affected|Affected department|Affected user(s)"),
        ("Detected", "Detection time|Time of detection|Detected on|Time detected|Detection"),
        ("ETA", "ETA to fix|ETA for resolution|ETA (resolution)|Estimated time to recovery"),
        ("Duration", "Downtime|Total downtime|Duration of the outage"),
        ("Root Cause", "Reason|RCA|Root cause (first guess, to be confirmed)"),
        ("Action", "Fix|Fix applied|Resolution|Solution|Action taken|What we did|Remediation"),
        ("Preventive Measures", "Preventative measures|Prevention|Preventive actions|Preventive steps"),
        ("Post-Incident Review", "PIR|Post-mortem|Postmortem|Post-incident review meeting"),
        ("Post-Incident Review", "Post incident review|Post\u2011Incident Review|Post–Incident Review"),
    ],
)
def test_labels_as_teams_write_them(label: str, forms: str) -> None:
    """A label may be another word for the same, in bold, on its own line, or a row of a table."""
    for form in forms.split("|"):
        for written in (f"{form}: so", f"**{form}:** so", f"- {form} : so", f"| {form} | so |"):
            assert fields_of(f"a message\n{written}")[label] == "so", written


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("Status: fix: we restart it", {"Status": "fix: we restart it"}),
        ("**Status:** reason: still unknown", {"Status": "reason: still unknown"}),
        ("Impact: affected: Cutting\nETA: 5 min", {"Impact": "affected: Cutting", "ETA": "5 min"}),
        ("Status: down. Reason: no disk", {"Status": "down.", "Root Cause": "no disk"}),
    ],
)
def test_a_value_may_begin_like_a_label(text: str, fields: dict[str, str]) -> None:
    """An everyday word right behind a label belongs to the value."""
    assert fields_of(text) == fields


def test_a_table_states_fields() -> None:
    """Rows of two cells are labels and values, padded or not, in bold or not."""
    rows = (
        "| Field | Value |\n|---|---|\n| **Detected** | 14:32 |\n|Impact          | all | \n| ETA | 5 min |"
    )
    assert fields_of(f"P1: down\n{rows}") == {"Detected": "14:32", "Impact": "all", "ETA": "5 min"}


NOTHINGS = ("n/a", "N.A.", "x", "XXX", "0", "none", "None.", "TBC", "t.b.d.", "idk", "asdf", "nothing")


@pytest.mark.parametrize("value", NOTHINGS)
@pytest.mark.parametrize(
    "layout", ["Impact: {0}\nETA: {0}", "Impact: {0} / ETA: {0}", "Impact: {0}\nETA: {0}\nBye!"]
)
def test_a_message_with_nothing_behind_its_labels(layout: str, value: str) -> None:
    """There always is something to tell of an incident, unlike in a report, where no data may be lost."""
    assert missing(layout.format(value), ("Impact", "ETA")) == ("Impact", "ETA")


@pytest.mark.parametrize(
    "value",
    ["none can log in", "x-ray of the logs runs", "0 users can work", "10 min", "no ETA yet", "all", "5"],
)
def test_short_answers_are_answers(value: str) -> None:
    """A word that says nothing alone may begin a sentence."""
    assert missing(f"Impact: {value}\nETA: {value}", ("Impact", "ETA")) == ()


@pytest.mark.parametrize(
    "piece", ["|", "| ", "|a", "impact", "impact (", "eta to ", "x", " ", "post-", "|a|\n"]
)
def test_a_wall_of_text_is_read_at_once(piece: str) -> None:
    """A megabyte does not hold up the score; what grew with the square of it would take hours."""
    began = time.process_time()
    missing("Impact:" + piece * (1_000_000 // len(piece)), LABELS)
    assert time.process_time() - began < 60


def test_says_whole_words_and_mentions_beginnings() -> None:
    """`says` takes whole words in singular or plural; `mentions` lets a word go on."""
    assert says("Work-orders fail", ["work order"])
    assert not says("it crashed", ["crash"])
    assert mentions("it CRASHED", ["crash"])
    assert not mentions("gatecrash", ["crash"])
    assert not mentions("it crashed", [])
    assert mentions("it wasn’t there", ["gone", "wasn't there"])


@settings(deadline=None)
@given(st.text(max_size=400))
def test_any_text_can_be_read(text: str) -> None:
    """Whatever somebody writes, reading it gives known labels and no error."""
    assert set(fields_of(text)) <= set(LABELS)
    is_filled(text)
