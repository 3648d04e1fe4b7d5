"""The table of the law: the last verdict counts, and a judge that was wrong is seen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from faults.api_crash import ApiCrash
from tests.docker import records, results
from tests.docker.results import Verdict

RIGHT = Verdict(
    scenario="api-crash", level="runbook", remedy="runbook", kind="right", accepted=True, why="", at=1.0
)
WRONG = replace(RIGHT, remedy="stand-in", kind="wrong", accepted=False, why="orders (404)")
NOTHING = replace(RIGHT, remedy="nothing", kind="nothing", accepted=False, why="health (502)")


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Results of the test's own."""
    path = tmp_path / "law" / "results.jsonl"
    monkeypatch.setattr(results, "FILE", path)
    return path


def test_what_was_recorded_is_read_again() -> None:
    """A verdict comes back as it was given."""
    recorded = results.record(ApiCrash, "stand-in", "wrong", False, "orders (404)")
    assert results.latest() == [recorded]


def test_the_last_verdict_on_a_remedy_counts(file: Path) -> None:
    """A later run replaces an earlier one, and remedies that are no more are forgotten."""
    gone, again = replace(RIGHT, remedy="no-more"), replace(RIGHT, accepted=False, at=2.0)
    for each in (again, RIGHT, gone):
        records.append(file, each)
    assert results.latest() == [again]


def test_the_table_counts_what_was_as_it_must_be() -> None:
    """Right ones accepted of right ones, and all else rejected of all else."""
    taken = replace(WRONG, remedy="restart-redis", accepted=True)
    assert results.table([RIGHT, WRONG, NOTHING, taken])[2:] == ["| api-crash | runbook | 1 of 1 | 2 of 3 |"]


@pytest.mark.parametrize(
    ("accepted", "code"), [(True, 0), (False, 1)], ids=["a right one accepted", "a right one rejected"]
)
def test_a_wrong_judge_is_an_error(accepted: bool, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    """The exit code tells, and so does a line with the remedy and the reason."""
    results.record(ApiCrash, "runbook", "right", accepted, "health (502)")
    assert results.main() == code
    assert ("api-crash (runbook): runbook was rejected: health (502)" in capsys.readouterr().err) == bool(
        code
    )


def test_no_results_are_no_errors(capsys: pytest.CaptureFixture[str]) -> None:
    """Before the first run the table is empty, and what is not tried yet is named."""
    assert results.main() == 0
    told = capsys.readouterr()
    assert told.out.count("\n") == 2
    assert "not tried yet: api-crash (runbook): stand-in" in told.err
