"""Of a test that was tried again the summary says why its first try failed."""

from __future__ import annotations

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A line for each: what is in it twice is a fault of ours, not of the machine."""
    for report in terminalreporter.stats.get("rerun", ()):
        crash = getattr(report.longrepr, "reprcrash", None)
        why = crash.message if crash else report.longreprtext
        terminalreporter.write_line(f"failed at first: {report.nodeid}: {why.strip().splitlines()[0]}")
