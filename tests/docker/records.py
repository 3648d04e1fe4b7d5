"""What the tests on the real engine found, kept in build/ from run to run: a JSON line each."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TypeVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What was found out about a scenario; it replaces what an earlier run found out about the same."""

    scenario: str
    level: str
    at: float = field(default_factory=time.time)
    """Seconds since the epoch."""

    @property
    def key(self) -> tuple[str, ...]:
        """What it tells of."""
        return (self.scenario, self.level)


Kind = TypeVar("Kind", bound=Record)


def append(file: Path, found: Record) -> None:
    """Write it down. The line is written at once, at the end: tests run side by side."""
    file.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps(asdict(found)).encode() + b"\n"
    with file.open("ab", buffering=0) as end:
        if end.write(line) != len(line):
            raise OSError(f"{file} took only a part of a line; remove that part once there is space")


def latest(file: Path, kind: type[Kind]) -> dict[tuple[str, ...], Kind]:
    """The last record of each key; none before the first was written."""
    lines = file.read_text().splitlines() if file.exists() else []
    found = sorted((kind(**json.loads(line)) for line in lines), key=lambda each: each.at)
    return {each.key: each for each in found}
