"""What people call the report's sections."""

from __future__ import annotations

import pytest

from scoring.outline import FIELDS
from scoring.report import parse
from tests.scoring.story import REPORT, Story, told
from tests.scoring.test_documentation import failed


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("Summary", "Summary of the incident"),
        ("Summary", "Overview"),
        ("Impact", "Impact Analysis"),
        ("Impact", "Business Impact"),
        ("Root Cause", "RCA"),
        ("Root Cause", "Root Cause and Contributing Factors"),
        ("Timeline", "Timeline – all times UTC"),
        ("Timeline", "Timeline, UTC"),
        ("Timeline", "4. Detailed timeline [UTC]"),
        ("Resolution", "Resolution & Recovery"),
        ("Resolution", "Fix"),
        ("Preventive Measures Implemented", "Preventative Measures"),
        ("Preventive Measures Implemented", "Corrective & preventive measures"),
        ("Post-Incident Actions", "Follow-up"),
        ("Post-Incident Actions", "Next Steps"),
        ("Lessons Learned", "What we learned"),
        ("Sign-off", "Signed off"),
        ("Sign-off", "Sign-off / Approval"),
    ],
)
def test_headings_that_say_it_in_other_words(name: str, heading: str) -> None:
    """A team that edits a heading a little has still written the section."""
    assert failed(told(report=REPORT.replace(f"## {name}\n", f"## {heading}\n"))) == set()


@pytest.mark.parametrize("heading", ["Root cause and fix", "Annex", "Incident report: the fix", "Factsheet"])
def test_headings_that_are_no_section_of_the_template(heading: str) -> None:
    """One that names two sections is neither, and a word within a word names none."""
    assert parse(f"# Incident\n## Summary\nx\n## {heading}\ny").section("Summary").lines == ["x"]
    assert set(parse(f"# Incident\n## {heading}\ny").sections) == set()


def test_the_title_and_deeper_headings_are_no_sections() -> None:
    """The report's own title may hold any word, and a part of a section stays in it."""
    text = "# API outage, root cause unknown\nby ana\n## Timeline\n### Fix and recovery\n- 14:32 - down"
    report = parse(text)
    assert set(report.sections) == {"Timeline"}
    assert report.section("Timeline").lines == ["14:32 - down"]


def test_the_templates_own_headings_are_known() -> None:
    """Whatever else is known, each heading of the template is its own section."""
    assert list(parse(Story().fill(REPORT)).sections) == list(FIELDS)
