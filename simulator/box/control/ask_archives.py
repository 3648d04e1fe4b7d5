"""What the team left under /archives, the saved logs among it. Untrusted files, read with bounds."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .engine import SERVICES
from .untrusted import opened, read_regular

FOLDER = "archives"
MOST_FILES = 500
MOST_ENTRIES = 5000
DEPTH = 4
HEAD = 1 << 16
LEAST_LOG = 1 << 10
PREFIX = re.compile(
    rb"(?m)^(\x1b\[[0-9;]*m)*(erp-|erp_)?(" + "|".join(SERVICES).encode() + rb")(_1|-1)?\s*\|"
)
"""A line as docker-compose prints it: the container's or the service's name, spaces, a bar."""


@dataclass(frozen=True, slots=True)
class Archived:
    """A regular file under /archives; `size` in bytes, `mtime` in seconds since the epoch (forgeable)."""

    path: str
    size: int
    mtime: float
    looks_like_logs: bool


def archives(disk: Path) -> list[Archived]:
    """The regular files under /archives on `disk`, at most MOST_FILES; none if there is no such folder."""
    found = []
    for path in _paths(disk):
        try:
            found.append(_look(disk, path))
        except OSError:
            continue  # gone since it was listed, or no regular file
        if len(found) == MOST_FILES:
            break
    return found


def _look(disk: Path, path: str) -> Archived:
    with opened(str(disk), path) as descriptor:
        head = read_regular(descriptor, HEAD)
        about = os.fstat(descriptor)
    logs = about.st_size > LEAST_LOG and PREFIX.search(head) is not None
    return Archived(f"/{path}", about.st_size, about.st_mtime, logs)


def _paths(disk: Path) -> Iterator[str]:
    """Paths relative to `disk` of what may be regular files, sorted within each folder, bounded in number."""
    budget = MOST_ENTRIES
    folders = [FOLDER]
    while folders and budget > 0:
        folder = folders.pop(0)
        for name, mode in _entries(disk, folder, budget):
            budget -= 1
            path = f"{folder}/{name}"
            if stat.S_ISREG(mode):
                yield path
            elif stat.S_ISDIR(mode) and path.count("/") < DEPTH:
                folders.append(path)


def _entries(disk: Path, folder: str, most: int) -> list[tuple[str, int]]:
    try:
        with opened(str(disk), folder, os.O_RDONLY | os.O_DIRECTORY) as descriptor:
            found = []
            with os.scandir(descriptor) as entries:
                for entry in entries:
                    found.append((entry.name, entry.stat(follow_symlinks=False).st_mode))
                    if len(found) == most:
                        break
            return sorted(found)
    except OSError:
        return []  # not there, a link, or replaced while it was read
