"""The report's timeline."""

from __future__ import annotations

import pytest

from tests.scoring.story import REPORT, told
from tests.scoring.test_documentation import failed

ENTRIES = "- {began} - ERP down\n- {over} - All services healthy"
DOWN, UP = "- 14:32 - ERP down\n", "- 14:36 - healthy"


def with_entries(entries: str, heading: str = "## Timeline") -> set[str]:
    """The rules that the report with this timeline does not meet."""
    assert ENTRIES in REPORT
    return failed(told(report=REPORT.replace("## Timeline", heading).replace(ENTRIES, entries)))


@pytest.mark.parametrize(
    "entries",
    [
        "_All times WIB (UTC+7)_\n\n- 21:32 - ERP down\n- 21:36 - healthy",
        "All times are WIB.\nThe shift had begun at 14:00 UTC.\n\n21:32 - ERP down\n21:36 - healthy",
        "| Time (WIB) | Event |\n|---|---|\n| 21:32 | ERP down |\n| 21:36 | healthy |",
        "| Time | What | Who |\n|---|---|---|\n| **14:32** | ERP down | ana |\n| 14:36 | healthy | budi |",
        "| Time (WIB) | Time (UTC) | Event |\n|---|---|---|\n| 21:32 | 14:32 | x |\n| 21:36 | 14:36 | y |",
    ],
)
def test_layouts_and_zones(entries: str) -> None:
    """The zone may stand above the entries or in a table's head, and a row of a table is an entry."""
    assert with_entries(entries) == set()


@pytest.mark.parametrize(
    "entries",
    [
        DOWN + "- 14:34 - diagnosed: exited, it had been up since\n  09:12 UTC (docker ps)\n" + UP,
        DOWN + UP + "\n\nTotal downtime: 6:48",
        DOWN + "- Note: server runs PostgreSQL 15.10\n" + UP,
        DOWN + "- (git log: deployed at 13:50 UTC)\n" + UP,
        DOWN + UP + "\n- 15:30 - post-incident review (planned)",
        DOWN + UP + "\n- 16:00 UTC - meeting with Daniel about it",
        DOWN + "```\n2026-01-19T09:12:11Z started\n2026-01-19T14:32:01Z killed\n```\n" + UP,
        DOWN + "- ...\n" + UP,
        DOWN + "\n⬇️\n\n" + UP,
        "- 10:15 - end of shift, terminals went down\n" + DOWN + UP,
        "The desk is in Jakarta and lives by WIB, the server does not.\n\n" + DOWN + UP,
        "- 11:12 - certificate ended, no alert was declared for it\n" + DOWN + UP,
        "- 02:00 - nightly job failed, not detected by anybody\n" + DOWN + UP,
        "- Mon, 19 Jan, at 14:32 - ERP down\n- around 14:36 UTC: healthy",
        "- T+0 min (14:32) ERP down\n- T+4 min (14:36) healthy",
        "- The ERP went down at 14:32.\n- Ana restarted the backend, healthy at 14:36.",
        "```\n14:32 down\n14:36 up\n```\nSee the log of the shift.",
    ],
)
def test_only_rows_that_begin_with_a_time_are_entries(entries: str) -> None:
    """Notes, logs and plans around the entries hold other times; where no row begins with one, any counts."""
    assert with_entries(entries) == set()


@pytest.mark.parametrize(
    "entries",
    [
        DOWN + "- 17:10 - Reviewed it all, healthy",
        DOWN + "- 17:10 - All healthy, preview of the next release",
        "- 09:00 - ERP went down\n" + DOWN + UP,
        "- 09:00 - outage, not detected\n" + DOWN + UP,
        "- 13:50 UTC - deployed in WIB\n- 21:32 - ERP down\n- 21:36 - healthy",
        "- It had been up since 09:12.\n- It was up again at 17:12.",
        "```\n09:00 down\n09:04 up\n```",
        "| Time (WIB) | Event |\n|---|---|\n| 14:32 | ERP down |\n| 14:36 | healthy |",
    ],
)
def test_entries_of_another_time(entries: str) -> None:
    """An entry that is neither of the drill, nor before it, nor planned is wrong in each layout."""
    assert with_entries(entries) == {"the times of the timeline lie within the incident"}


@pytest.mark.parametrize("heading", ["## Timeline – times in WIB", "## Timeline, WIB", "## Timeline [WIB]"])
def test_the_zone_in_an_edited_heading(heading: str) -> None:
    """A heading with a zone behind its name is the timeline, in that zone."""
    assert with_entries("- 21:32 - ERP down\n- 21:36 - healthy", heading) == set()
