"""The journal: what outlives a kill of the control half."""

from __future__ import annotations

from pathlib import Path

from simulator.box.control.journal import Journal


def test_entries_outlive_their_writer(tmp_path: Path) -> None:
    """Who opens the file again reads every entry, oldest first, as it was written."""
    path = tmp_path / "store" / "said.jsonl"
    assert Journal(path).entries() == []
    for text in ("🚨 one\n - two", "a\u2028b\x85c"):
        Journal(path).add({"text": text})
    assert Journal(path).entries() == [{"text": "🚨 one\n - two"}, {"text": "a\u2028b\x85c"}]


def test_a_torn_entry_costs_no_other(tmp_path: Path) -> None:
    """A kill in the middle of a write, in the middle of a letter even, costs that entry only."""
    path = tmp_path / "said.jsonl"
    journal = Journal(path)
    journal.add({"text": "one"})
    journal.add({"text": "🚨"})
    path.write_bytes(path.read_bytes()[:-4])
    Journal(path).add({"text": "three"})
    assert Journal(path).entries() == [{"text": "one"}, {"text": "three"}]


def test_only_so_many_are_kept_on_the_disk(tmp_path: Path) -> None:
    """With a limit the newest are there, and the file never holds more than twice as many."""
    path = tmp_path / "said.jsonl"
    for number in range(100):
        journal = Journal(path, newest=5)
        journal.add({"number": number})
        journal.add({"number": number})
        assert len(path.read_bytes().splitlines()) <= 11
    assert journal.entries()[-5:] == [{"number": number} for number in (97, 98, 98, 99, 99)]
