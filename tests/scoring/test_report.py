"""Reading the report, and the template."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.documentation import rules
from scoring.outline import FIELDS
from scoring.report import MAX_BYTES, NotAReport, parse
from scoring.template import template
from scoring.timeline import Ended, Posted, Reported, Ticket
from scoring.wording import is_filled
from tests.scoring.story import OPENED, REPORT, T0, Story, told, without


def test_every_section_and_field_is_read() -> None:
    """The runbook's template gives each of its sections with each of its fields."""
    report = parse(Story().fill(REPORT))
    assert set(report.sections) == set(FIELDS)
    for name, fields in FIELDS.items():
        for field in fields:
            assert is_filled(report.section(name).value(field)), field


def test_markdown_is_read_as_markdown() -> None:
    """Emphasis, other heading levels, other bullets and emoji do not matter; comments are not content."""
    report = parse(
        "### 📝 summary\n* __Incident ID:__ INC-1\n<!-- - Status: no -->\n\nLessons Learned\n---\n1. *one*"
    )
    assert report.section("Summary").value("Incident ID") == "INC-1"
    assert report.section("Summary").value("Status") == ""
    assert report.section("Lessons Learned").lines == ["one"]


def test_headings_in_code_are_no_sections() -> None:
    """A log that holds a line like a heading stays a log."""
    report = parse("# Incident Report\n## Root Cause\nIt broke.\n```\n## Resolution [none]\n```")
    assert set(report.sections) == {"Root Cause"}
    assert report.section("Root Cause").lines == ["It broke."]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        (" \n\t", "empty"),
        ("# a\n" + "x" * MAX_BYTES, "1 MiB"),
        ("# a\x00", "control character"),
        ("\x1b[31m# a", "control character"),
        ("it is fixed", "no heading"),
        ("\x89PNG\r\n", "no heading"),
    ],
)
def test_what_is_no_report_is_refused(text: str, why: str) -> None:
    """Each refusal is one line that says why."""
    with pytest.raises(NotAReport, match=why) as refused:
        parse(text)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "hostile",
    [
        "# R\n## Timeline\n" + "a | b\n--- | ---\n" * 20_000,
        "# R\n## Timeline\n| a | b |\n|---|---|\n" + "| 14:3" * 40_000,
        "# R\n## Sign-off\nSigned " + "a(a" * 80_000,
        "# R\n## " + "timeline (" * 25_000,
        "# R\n## Timeline\n- " + "1.1.1.1 " * 30_000,
    ],
)
def test_a_hostile_report_is_read_in_time_that_grows_with_it(hostile: str) -> None:
    """A report four times as long takes about four times as long: nothing is tried over and over."""
    short, long = (_seconds(hostile[: len(hostile) // part]) for part in (4, 1))
    assert long < 10 * short + 0.5


def _seconds(text: str) -> float:
    """The processor's time for reading and judging the report."""
    timeline = (*without(told(), Reported, Ended), Reported(Story().fixed + 300, "ana", text))
    start = process_time()
    assert rules(timeline)
    return process_time() - start


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    """There is no third outcome."""
    try:
        assert set(parse(text).sections) <= set(FIELDS)
    except NotAReport as why:
        assert str(why)


def test_template_holds_what_the_team_said() -> None:
    """Date, detected time and severity come from the team's own ticket; nothing of it is the truth."""
    text = template(told())
    assert "INC-20260119-001" in text
    assert "**Date/Time**: 2026-01-19 14:32 UTC" in text
    assert "**Severity**: P1 (Critical)" in text
    assert "- 14:32 - Incident detected" in text
    wrong = template((OPENED, Ticket(T0 + 600, "ana", "P3", "printer", "slow")))
    assert "14:42 UTC" in wrong
    assert "**Severity**: P3 (Medium)" in wrong


@pytest.mark.parametrize("timeline", [(OPENED,), told()])
def test_template_never_tells_the_cause(timeline: tuple[Posted, ...]) -> None:
    """No word of the cause and no scenario's name stands in it, and no section counts as filled."""
    text = template(timeline)
    assert not any(term in text for terms in OPENED.cause_terms for term in terms)
    assert OPENED.scenario not in text
    report = parse(text)
    assert set(report.sections) == set(FIELDS)
    for name in FIELDS:
        assert not all(is_filled(line) for line in report.section(name).lines), name
