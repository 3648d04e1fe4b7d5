"""What the law's tests found, and the README's table of it: `python -m tests.docker.results`."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from faults import catalogue
from faults.contract import Fault
from tests.docker import cheats, records
from tests.docker.records import Record

FILE = Path(__file__).parents[2] / "build" / "law" / "results.jsonl"
Kind = Literal["right", "wrong", "nothing"]
RUNBOOK = "runbook"
REHEARSAL = "rehearsal"
NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict(Record):
    """What the referee said to a remedy."""

    remedy: str
    """A name of the fault's table; `runbook` for its remedy, `rehearsal` for a drill with it; `nothing`."""
    kind: Kind
    accepted: bool
    why: str
    """What still failed, where it was not accepted."""

    @property
    def key(self) -> tuple[str, ...]:
        """Each remedy of a scenario has a verdict of its own."""
        return (self.scenario, self.level, self.remedy)

    @property
    def is_right(self) -> bool:
        """Whether right remedies were accepted and all else rejected."""
        return self.accepted == (self.kind == "right")


def record(fault: type[Fault], remedy: str, kind: Kind, accepted: bool, why: str = "") -> Verdict:
    """Write a verdict down, and give it back."""
    verdict = Verdict(
        scenario=fault.name, level=fault.level, remedy=remedy, kind=kind, accepted=accepted, why=why
    )
    records.append(FILE, verdict)
    return verdict


def latest() -> list[Verdict]:
    """The last verdict on every remedy that the catalogue still has."""
    known = {(fault.name, fault.level, remedy) for fault in catalogue.scenarios() for remedy in names(fault)}
    return [verdict for key, verdict in sorted(records.latest(FILE, Verdict).items()) if key in known]


def names(fault: type[Fault]) -> tuple[str, ...]:
    """Everything that is tried on the fault."""
    return (NOTHING, REHEARSAL, RUNBOOK, *fault.other_remedies, *fault.wrong_remedies, *cheats.NAMES)


def table(verdicts: Iterable[Verdict]) -> list[str]:
    """The table's lines in Markdown; `n of m` counts what was as it must be."""
    rows: dict[tuple[str, str], list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        rows[verdict.scenario, verdict.level].append(verdict)
    return [
        "| scenario | level | accepted | rejected |",
        "| --- | --- | --- | --- |",
        *(
            f"| {scenario} | {level} | {_share(found, right=True)} | {_share(found, right=False)} |"
            for (scenario, level), found in sorted(rows.items())
        ),
    ]


def untried(verdicts: Iterable[Verdict]) -> list[str]:
    """The remedies of the catalogue that no test has judged yet."""
    tried = {each.key for each in verdicts}
    return [
        f"{fault.name} ({fault.level}): {remedy}"
        for fault in catalogue.scenarios()
        for remedy in names(fault)
        if fault.breaks and (fault.name, fault.level, remedy) not in tried
    ]


def _share(verdicts: list[Verdict], *, right: bool) -> str:
    chosen = [each for each in verdicts if (each.kind == "right") == right]
    return f"{sum(each.is_right for each in chosen)} of {len(chosen)}"


def main() -> int:
    """Print the table; 1 when the judge was wrong about a remedy."""
    verdicts = latest()
    print("\n".join(table(verdicts)))
    wrong = [each for each in verdicts if not each.is_right]
    for each in wrong:
        said = "was accepted" if each.accepted else f"was rejected: {each.why}"
        print(f"{each.scenario} ({each.level}): {each.remedy} {said}", file=sys.stderr)
    for remedy in untried(verdicts):
        print(f"not tried yet: {remedy}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
