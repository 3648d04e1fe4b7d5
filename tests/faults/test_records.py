"""What the tests on the real engine write down: whole lines, of which the last of each key counts."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.docker import accuracy, records
from tests.docker.accuracy import Errors
from tests.docker.records import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Note(Record):
    """A record with something in it."""

    text: str


FIRST = Note(scenario="api-crash", level="runbook", text="first", at=1.0)
OFF = Errors(scenario="api-crash", level="runbook", onset_s=0.1, detect_s=0.0, resolve_s=-0.7, at=1.0)


def test_before_the_first_record_there_is_none(tmp_path: Path) -> None:
    """A missing file is no error."""
    assert records.latest(tmp_path / "none.jsonl", Note) == {}


def test_the_last_record_of_a_key_counts(tmp_path: Path) -> None:
    """By the time it was found out at, not by its place in the file; each level has one of its own."""
    file = tmp_path / "new" / "notes.jsonl"
    second, expert = replace(FIRST, text="second", at=2.0), replace(FIRST, level="expert")
    for note in (second, FIRST, expert):
        records.append(file, note)
    assert records.latest(file, Note) == {second.key: second, expert.key: expert}


def test_tests_side_by_side_write_whole_lines(tmp_path: Path) -> None:
    """No line is torn by another, however long it is."""
    file = tmp_path / "notes.jsonl"
    notes = [replace(FIRST, scenario=str(n), text=f"{n} " * 20_000) for n in range(40)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda note: records.append(file, note), notes))
    assert {json.loads(line)["text"] for line in file.read_text().splitlines()} == {n.text for n in notes}


@pytest.mark.parametrize(("resolve_s", "code"), [(-0.5, 0), (-0.7, 1)], ids=["near", "too far off"])
def test_a_time_too_far_off_is_an_error(
    resolve_s: float,
    code: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The exit code tells, the table has the largest errors, and what is not measured yet is named."""
    monkeypatch.setattr(accuracy, "FILE", tmp_path / "errors.jsonl")
    records.append(accuracy.FILE, replace(OFF, resolve_s=resolve_s))
    assert accuracy.main() == code
    told = capsys.readouterr()
    assert told.out.splitlines()[2:] == [f"| api-crash | 0.10 s | 0.00 s | {-resolve_s:.2f} s |"]
    assert ("api-crash (runbook) is 0.70 s off" in told.err) == bool(code)
    assert "not measured yet: disk-full (runbook)" in told.err
