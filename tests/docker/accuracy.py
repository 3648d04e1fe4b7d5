"""How far the drill's times lie from the witness'; its table: `python -m tests.docker.accuracy`."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from faults import catalogue
from faults.contract import Fault
from tests.docker import records
from tests.docker.records import Record

FILE = Path(__file__).parents[2] / "build" / "accuracy" / "errors.jsonl"
WITHIN_S = 0.6
"""How far the drill's times may lie from the witness'."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Errors(Record):
    """What the drill told, minus what the witness measured, in seconds."""

    onset_s: float
    detect_s: float
    resolve_s: float

    @property
    def largest_s(self) -> float:
        """The worst of the three."""
        return max(abs(self.onset_s), abs(self.detect_s), abs(self.resolve_s))


def record(fault: type[Fault], onset_s: float, detect_s: float, resolve_s: float) -> Errors:
    """Write the errors of a drill down, and give them back."""
    errors = Errors(
        scenario=fault.name, level=fault.level, onset_s=onset_s, detect_s=detect_s, resolve_s=resolve_s
    )
    records.append(FILE, errors)
    return errors


def latest() -> list[Errors]:
    """The last measurement of every scenario that the catalogue still has."""
    last = records.latest(FILE, Errors)
    known = [(fault.name, fault.level) for fault in catalogue.scenarios()]
    return [last[key] for key in known if key in last]


def table(measured: Iterable[Errors]) -> list[str]:
    """The table's lines in Markdown: the largest error of each scenario, of all its levels."""
    rows: dict[str, list[Errors]] = defaultdict(list)
    for errors in measured:
        rows[errors.scenario].append(errors)
    return [
        "| scenario | onset | detection | resolution |",
        "| --- | --- | --- | --- |",
        *(
            f"| {scenario} | {_most(each.onset_s for each in found)} "
            f"| {_most(each.detect_s for each in found)} | {_most(each.resolve_s for each in found)} |"
            for scenario, found in sorted(rows.items())
        ),
    ]


def _most(errors: Iterable[float]) -> str:
    return f"{max(map(abs, errors)):.2f} s"


def main() -> int:
    """Print the table; 1 when a time lay too far off."""
    measured = latest()
    print("\n".join(table(measured)))
    done = {each.key for each in measured}
    for fault in catalogue.scenarios():
        if (fault.name, fault.level) not in done:
            print(f"not measured yet: {fault.name} ({fault.level})", file=sys.stderr)
    wrong = [each for each in measured if each.largest_s > WITHIN_S]
    for each in wrong:
        print(f"{each.scenario} ({each.level}) is {each.largest_s:.2f} s off", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
