"""drill report."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.simulator import fakes
from tests.simulator.command import Drill

REPORT = "# Incident Report\n\n## Summary\n- **Incident ID**: INC-20261128-001\n"


class TestReport:
    """drill report."""

    def test_a_report_is_filed(
        self, drill: Drill, fake: fakes.Operations, running: str, tmp_path: Path
    ) -> None:
        """As it is, by the member."""
        file = tmp_path / "report.md"
        file.write_text(REPORT)
        assert drill("report", "submit", str(file), "--as", "budi").code == 0
        assert fake.calls[-1] == ("file_report", running, "budi", REPORT)

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"", "empty"),
            (b" \n\n", "empty"),
            (b"# x\n" + b"x" * 20_000_000, "larger than 1 MiB"),
            (bytes(range(256)), "UTF-8"),
            (b"# x\n\x00\x01", "control"),
            (b"just words", "heading"),
        ],
    )
    def test_what_is_no_report_is_refused(
        self, drill: Drill, fake: fakes.Operations, running: str, tmp_path: Path, content: bytes, words: str
    ) -> None:
        """Empty, large, binary and unstructured files reach nobody."""
        file = tmp_path / "report.md"
        file.write_bytes(content)
        drill("report", "submit", str(file)).error(2, words)
        assert fake.calls == []

    def test_a_file_that_cannot_be_read(self, drill: Drill, running: str, tmp_path: Path) -> None:
        """Missing files and folders say so."""
        drill("report", "submit", str(tmp_path / "none.md")).error(2, "No such file")
        drill("report", "submit", str(tmp_path)).error(2, "directory")

    def test_after_the_end_none_is_taken(self, drill: Drill, running: str, tmp_path: Path) -> None:
        """A drill that has ended is closed."""
        file = tmp_path / "report.md"
        file.write_text(REPORT)
        drill("stop")
        drill("report", "submit", str(file), "--drill", running).error(4, "has ended")

    def test_the_template_is_a_file_to_fill(self, drill: Drill, running: str) -> None:
        """Markdown on standard output, or in JSON."""
        text = drill("report", "template").out
        assert text.startswith("# Incident Report")
        assert drill("report", "template", "--json").json["template"].strip() == text.strip()
