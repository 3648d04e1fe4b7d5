"""Reading what the team left under /archives, where root may have put anything."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from simulator.box.control.ask_archives import MOST_FILES, archives
from simulator.box.control.untrusted import opened, read_regular

LOGS = "erp-backend | GET /health 200\nerp-postgres  | ready\n" * 40


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """/archives on a disk."""
    (tmp_path / "archives").mkdir()
    return tmp_path / "archives"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (LOGS, True),
        ("backend_1  | started\n" * 80, True),
        ("\x1b[36merp-backend |\x1b[0m started\n" * 80, True),
        ("erp-backend | one line\n", False),
        ("the backend | was down\n" * 80, False),
        ("notes about the incident\n" * 80, False),
    ],
)
def test_saved_logs_are_told_from_other_files(folder: Path, text: str, expected: bool) -> None:
    """Lines as docker-compose prints them, and more than 1 KiB of them, look like saved logs."""
    (folder / "incident.log").write_text(text)
    (found,) = archives(folder.parent)
    assert (found.path, found.size) == ("/archives/incident.log", len(text.encode()))
    assert found.looks_like_logs is expected


def test_folders_are_read_and_links_are_not_followed(folder: Path) -> None:
    """Files in dated folders count; links, pipes and folders that are links do not."""
    secret = folder.parent / "secret"
    secret.mkdir()
    (secret / "file").write_text(LOGS)
    (folder / "20260119").mkdir()
    (folder / "20260119" / "a.log").write_text(LOGS)
    (folder / "link").symlink_to(secret / "file")
    (folder / "folder").symlink_to(secret)
    os.mkfifo(folder / "pipe")
    assert [each.path for each in archives(folder.parent)] == ["/archives/20260119/a.log"]


def test_archives_may_be_missing_or_a_link(folder: Path) -> None:
    """Without a real folder there is nothing."""
    folder.rmdir()
    assert archives(folder.parent) == []
    folder.symlink_to("/etc")
    assert archives(folder.parent) == []


def test_the_listing_is_bounded(folder: Path) -> None:
    """However many files there are, at most MOST_FILES are listed."""
    for number in range(MOST_FILES + 10):
        (folder / f"{number}").touch()
    assert len(archives(folder.parent)) == MOST_FILES


def test_no_path_leads_out(folder: Path) -> None:
    """Neither `..` nor an absolute path nor a link is opened, and a pipe is not read."""
    (folder / "etc").symlink_to("/etc")
    os.mkfifo(folder / "pipe")
    for path in ("../archives", "/etc/passwd", "etc/passwd", "etc"):
        with pytest.raises(OSError), opened(str(folder), path):
            pass
    with opened(str(folder), "pipe") as descriptor, pytest.raises(OSError, match="not a regular file"):
        read_regular(descriptor, 10)
