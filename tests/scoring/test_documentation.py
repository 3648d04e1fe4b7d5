"""The rules of the documentation."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scoring.documentation import rules
from scoring.outline import FIELDS
from scoring.placeholders import TEMPLATE
from scoring.report import parse
from scoring.template import template
from scoring.timeline import Confirmed, Ended, Reported, Saved, Timeline, Typed
from scoring.wording import is_filled
from tests.scoring.story import OPENED, REPORT, T0, Story, told, without


def failed(timeline: Timeline) -> set[str]:
    """The names of the rules that are not met."""
    return {rule.name for rule in rules(timeline) if not rule.passed}


def test_a_right_report_meets_every_rule() -> None:
    """The runbook's template, filled truthfully, is all that is asked."""
    assert failed(told()) == set()


@pytest.mark.parametrize("section", FIELDS)
def test_a_missing_section(section: str) -> None:
    """Each section of the template is needed."""
    assert f"section {section} is filled" in failed(told(report=REPORT.replace(f"## {section}", "## Other")))


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("INC-{day}-001", "INC-1", "the id has the form INC-YYYYMMDD-NNN and the incident's date"),
        (
            "INC-{day}-001",
            "INC-{day}-001 or INC-20260118-001",
            "the id has the form INC-YYYYMMDD-NNN and the incident's date",
        ),
        (
            "INC-{day}-001",
            "INC-{day}-001-2",
            "the id has the form INC-YYYYMMDD-NNN and the incident's date",
        ),
        ("**Date/Time**: {date} {began} UTC", "**Date/Time (WIB)**: {date} {began}", "date and time agree"),
        ("- **Status**: RESOLVED\n", "", "section Summary is filled"),
        ("INC-{day}-001", "INC-20250119-001", "the id has the form INC-YYYYMMDD-NNN and the incident's date"),
        ("{date} {began} UTC", "{date} 15:32 UTC", "date and time agree"),
        ("{date} {began} UTC", "{began} UTC", "date and time agree"),
        ("{minutes} minutes (", "18 minutes (", "the duration agrees"),
        ("P1 (Critical)", "P2 (High)", "the severity is right"),
        ("All (~500 users)", "[Who, how many]", "section Impact is filled"),
        ("- **Data Loss**: None\n", "", "section Impact is filled"),
        (
            "The backend process crashed and stayed down.",
            "The backend ran out of memory.",
            "the root cause names what happened",
        ),
        ("- {began} - ERP down", "- 09:00 - ERP down", "the times of the timeline lie within the incident"),
        (
            "1. Added an alert for a backend that is down",
            "1. [Measure]",
            "section Preventive Measures Implemented is filled",
        ),
        ("- Look at `docker-compose ps` first", "", "section Lessons Learned is filled"),
        (
            "- [ ] Team training (scheduled for Friday)",
            "- [ ] [Action]",
            "section Post-Incident Actions is filled",
        ),
        ("Commander: Ana", "Commander: [Name]", "signed off by a name"),
        ("Commander: Ana", "Commander: [name]", "section Sign-off is filled"),
        ("Commander: Ana", "Commander: 42", "signed off by a name"),
    ],
)
def test_what_is_not_filled_or_not_true(old: str, new: str, rule: str) -> None:
    """Each statement that is missing, left as a placeholder or untrue is its own loss."""
    assert old in REPORT
    assert rule in failed(told(report=REPORT.replace(old, new)))


@pytest.mark.parametrize(
    ("text", "met"),
    [
        ("The loop was ended by `pkill -f '[r]eports/'`.", True),
        ("Ended by:\n```\npkill -f [r]eports/\n```", True),
        ("nginx: [emerg] host not found in upstream [backend]", True),
        ("See [runbook], [error] and [What I wrote].", True),
        ("Ended by `pkill -f '[r]eports/'` at [Time].", False),
        ("[What was done to restore service]", False),
        ("```\n[What was done to restore service]\n```", False),
        ("A backtick ` and then [what was done to\nrestore service].", False),
        ("``", False),
    ],
)
def test_only_the_runbooks_placeholders_are_unfilled(text: str, met: bool) -> None:
    """Whoever writes brackets of his own has written something, in code or not."""
    filled = "Restarted the backend."
    assert filled in REPORT
    assert ("section Resolution is filled" not in failed(told(report=REPORT.replace(filled, text)))) is met


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("## Timeline", "## Timeline (UTC)"),
        ("## Summary", "## 1. Summary"),
        ("## Root Cause", "## Root Cause Analysis"),
        ("## Preventive Measures Implemented", "## Preventive Measures"),
        ("## Preventive Measures Implemented", "## PREVENTIVE MEASURES IMPLEMENTED"),
        ("## Sign-off", "### ✍️ 9) Sign off"),
        (
            "- {began} - ERP down\n- {over} - All",
            "```\n{began} - ERP down\n{over} - All healthy\n```\n- {over} - All",
        ),
        ("- {began} - ERP down\n- {over} - All services healthy", "```\n{began} - down\n{over} - up\n```"),
        ("Restarted the backend.", "```bash\ndocker-compose restart backend\n```"),
        (
            "- Incident Commander: Ana\n- Senior Developer: Budi\n- Date Reviewed",
            "Incident Commander: Ana\n**Senior Developer**: Budi\nDate Reviewed",
        ),
        ("{date} {began} UTC", "19 January 2026 {began} UTC"),
        ("{date} {began} UTC", "2026/01/19 {began} UTC"),
        ("{date} {began} UTC", "19/01/2026, {began}"),
        ("{date} {began} UTC", "{date} 21:32 WIB ({began} UTC)"),
        ("{minutes} minutes ({began} - {over})", "3:30"),
        ("{minutes} minutes ({began} - {over})", "4 menit"),
        ("- {began} - ERP down", "- 21:32 WIB - ERP down"),
        ("- {began} - ERP down", "- 14:05 - deployment of release 2\n- {began} - ERP down"),
        ("- {began} - ERP down", "- 23:50 - the backup job began\n- {began} - ERP down"),
        (
            "- {over} - All",
            "- {over} - All\n- 10:00 tomorrow - review\n- 2026-01-20 09:00 - training\n- {over} - all",
        ),
    ],
)
def test_honest_reports_differ(old: str, new: str) -> None:
    """Headings, dates, zones, layout, and what came before or is to come: each team writes in its own way."""
    assert old in REPORT
    assert failed(told(report=REPORT.replace(old, new))) == set()


SUMMARY = REPORT[REPORT.index("- **Incident ID**") : REPORT.index("\n\n## Impact")]
IMPACT = REPORT[REPORT.index("- **Affected Users**") : REPORT.index("\n\n## Root Cause")]
SIGNED = REPORT[REPORT.index("- Incident Commander") :].strip()


def table(fields: str, head: str = "| Field | Value |\n| --- | --- |\n") -> str:
    """A list of labelled fields as a table."""
    rows = [row.replace("**", "").removeprefix("- ").split(": ", 1) for row in fields.splitlines()]
    return head + "\n".join(f"| {label} | {value} |" for label, value in rows)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (SUMMARY, table(SUMMARY)),
        (SUMMARY, table(SUMMARY, "| | |\n|:--|--|\n").replace("Status", "**Status**")),
        (SUMMARY, table(SUMMARY, "").replace("001 |\n", "001 |\n|---|---|\n", 1)),
        (IMPACT, table(IMPACT)),
        (SIGNED, table(SIGNED, "Role | Who\n--- | ---\n")),
        ("Affected System", "Affected Systems"),
        ("Affected System", "Affected System(s)"),
        ("Affected Users", "Affected User"),
        ("Severity", "Severity Level"),
        ("**Date/Time**", "**Date/Time (UTC)**"),
        ("**Date/Time**", "**Date and Time:**"),
        ("**Date/Time**: {date} {began} UTC", "**Date/Time (WIB)**: {date} 21:32"),
        ("Incident Commander: ", "Incident Commander (IC): "),
        ("- Incident Commander: Ana", "- [x] Incident Commander: Ana"),
        ("Senior Developer: ", "Senior Dev: "),
        ("Date Reviewed: ", "Reviewed: "),
        (SIGNED, "Signed: Ana (incident commander), Budi (senior developer), {date}"),
        (SIGNED, "Signed off by Ana (Incident Commander) and Budi (Senior Dev), reviewed 19 January 2026"),
        (SIGNED, SIGNED.replace("- ", "").replace("Developer", "Dev").replace("Commander", "Commander (IC)")),
        ("INC-{day}-001", "[INC-{day}-001]"),
        ("INC-{day}-001", "INC-{day}-001 (ticket of ana)"),
        ("INC-{day}-001", "#inc-{day}-001."),
        ("**Status**: RESOLVED", "**Status**: [RESOLVED]"),
        ("- Look at `docker-compose ps` first", "👍\n\n- Look at `docker-compose ps` first\n- ..."),
        ("- [x] Updated the alert's threshold", "- [x] ✅\n- [x] Updated the alert's threshold"),
    ],
)
def test_fields_are_laid_out_and_called_in_many_ways(old: str, new: str) -> None:
    """Tables, labels with a word more or less, an id with a remark, and ornaments between the rows."""
    assert old in REPORT
    assert failed(told(report=REPORT.replace(old, new))) == set()


@pytest.mark.parametrize("nothing", ["- [x] ✅", "...", "| | |\n|---|---|\n| … | – |", "Signed: on a Monday"])
def test_ornaments_alone_fill_nothing(nothing: str) -> None:
    """A section of which only dots, marks and empty cells are left is not filled."""
    assert SIGNED in REPORT
    assert "section Sign-off is filled" in failed(told(report=REPORT.replace(SIGNED, nothing)))
    lost = failed(told(report=REPORT.replace("- Look at `docker-compose ps` first", nothing)))
    assert ("section Lessons Learned is filled" in lost) is not nothing.startswith("Signed")


@pytest.mark.parametrize("field", ["Severity", "Status"])
def test_no_placeholder_of_the_template_is_an_answer(field: str) -> None:
    """Nobody loses a field because its placeholder happened to be true: it asks, and cannot be left."""
    asked = parse(TEMPLATE).section("Summary").value(field)
    right = parse(REPORT).section("Summary").value(field)
    assert not is_filled(asked)
    assert is_filled(f"[{right}]")


def test_a_placeholder_in_a_table_is_unfilled() -> None:
    """The template as a table is still the template."""
    filled = "| Action | Owner |\n|---|---|\n| Update the alert | [Name] |"
    old = "- [ ] Team training (scheduled for Friday)"
    assert "section Post-Incident Actions is filled" in failed(told(report=REPORT.replace(old, filled)))


def test_a_zone_in_the_heading_is_that_of_the_entries() -> None:
    """Who says once that the timeline is in local time need not say it in each line."""
    local = REPORT.replace("## Timeline", "## Timeline (WIB)").replace("- {began} -", "- 21:32 -")
    local = local.replace("- {over} -", "- 21:36 -")
    assert failed(told(report=local)) == set()
    assert failed(told(report=local.replace("(WIB)", ""))) != set()


@pytest.mark.parametrize(
    "entries",
    [
        "- 09:00 - ERP down\n- {over} - healthy",
        "- 09:00 - Restarted the backend\n- {over} - healthy",
        "- {began} - ERP down\n- 13:10 - Restarted the backend\n- {over} - healthy",
        "- {began} - ERP down\n- 17:10 - All services healthy",
        "- {began} - ERP down\n- {date} 17:10 - All healthy\n- {over} - x\n- 2026-01-18 14:33 - Restarted",
        "- 14:05 - deployment",
        "- 10:00 tomorrow - review",
        "it was down",
    ],
)
def test_a_timeline_that_is_not_the_incidents(entries: str) -> None:
    """What lies before the incident must not claim to be it, and the incident itself must be told."""
    told_so = REPORT.replace("- {began} - ERP down\n- {over} - All services healthy", entries)
    assert told_so != REPORT
    assert failed(told(report=told_so)) == {"the times of the timeline lie within the incident"}


def test_a_name_in_brackets_is_a_name() -> None:
    """Who keeps the template's brackets around what he wrote has filled them."""
    assert failed(told(report=REPORT.replace("Commander: Ana", "Commander: [Ana]"))) == set()


def test_the_duration_may_be_counted_from_onset_or_detection() -> None:
    """A team that was slow to notice may count from either, not from between them and beyond."""
    story = Story(detect_s=300, fixed_s=600)
    for stated, right in (
        ("5 minutes", True),
        ("10 minutes", True),
        ("13 minutes", False),
        ("2 minutes", False),
    ):
        timeline = replace(story, report=REPORT.replace("{minutes} minutes", stated)).tell()
        assert ("the duration agrees" not in failed(timeline)) is right, stated


def test_the_template_alone_is_no_documentation() -> None:
    """Filing the template as it was handed out leaves every section unfilled."""
    lost = failed(told(report=template(told()).replace("{", "{{").replace("}", "}}")))
    assert {f"section {name} is filled" for name in FIELDS} <= lost


def test_no_report_or_none_that_can_be_read() -> None:
    """Nothing filed, or something that is no report, is one failed rule with the reason."""
    assert failed(without(told(), Reported)) == {"report filed"}
    assert failed(told(report="it is fixed")) == {"report filed"}


def test_a_later_report_replaces_the_earlier() -> None:
    """The last report before the end is the one that is read."""
    draft = Reported(T0 + 310, "budi", "# draft")
    assert failed(told(extra=(draft,))) == set()


def test_a_late_report() -> None:
    """The deadline is counted from the moment at which the team is told of the resolution."""
    at = Story().fixed + OPENED.hold_s + 20 + OPENED.deadline_s
    for late_s, met in ((0, True), (1, False)):
        filed = Reported(at + late_s, "ana", Story().fill(REPORT))
        timeline = (*without(told(), Ended, Reported), filed)
        assert ("report filed within 30 min of the resolution" not in failed(timeline)) is met


def test_logs_must_be_saved() -> None:
    """No file, an empty one, or one elsewhere are no saved logs."""
    name = "the logs are saved under /archives"
    bare = without(told(), Saved)
    assert name in failed(bare)
    for path, size in (("/archives/a.log", 0), ("/tmp/a.log", 10)):
        assert name in failed((bare[0], Saved(T0 + 400, path, size), *bare[1:]))


def test_an_unresolved_incident_lasts_to_the_end() -> None:
    """Without a resolution the duration is the one to the drill's end."""
    assert "the duration agrees" in failed(without(told(), Confirmed))


@pytest.mark.parametrize(
    ("command", "met"),
    [
        ("cat > /opt/erp/issues/$(date +%Y%m%d)_issue.txt << EOF", True),
        ("sudo tee -a /opt/erp/issues/a.txt", True),
        ("cat /opt/erp/issues/a.txt", False),
        ("ls > /tmp/x; ls /opt/erp/issues/", False),
        ("cat <<'EOF' >>/opt/erp/issues/login.txt", True),
        ('echo "Title: typo" | sudo tee /opt/erp/issues/login.txt > /dev/null', True),
        ("sudo bash -c 'cat > \"/opt/erp/issues/login.txt\"'", True),
        ("cp -v /tmp/note.txt /opt/erp/issues/", True),
        ("vim +4 /opt/erp/issues/typo-v.txt", True),
        ("ls 2>/dev/null /opt/erp/issues/", False),
        ("ls 2>/opt/erp/issues/x", False),
        ("ls > /tmp/x /opt/erp/issues/", False),
        ("vim -R /opt/erp/issues/login.txt", False),
        ("cp -f /dev/null /opt/erp/issues/login.txt", False),
        ("cp /opt/erp/issues/login.txt /tmp/ # /opt/erp/issues/", False),
        ("> /opt/erp/issues/login.txt", False),
        ("true; : > /opt/erp/issues/login.txt", False),
        ("ls # cat > /opt/erp/issues/login.txt", False),
    ],
)
def test_a_p4_is_documented_by_a_note(command: str, met: bool) -> None:
    """Who writes a note among the issues has documented a P4; no report is asked."""
    opened = replace(OPENED, severity="P4")
    assert (failed((opened, Typed(T0 + 9, "ana", command))) == set()) is met
