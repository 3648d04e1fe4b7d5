"""The ledger of acknowledged orders."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from simulator.box.control.erp import Answer, FailedError
from simulator.box.control.ledger import NEWEST, SAMPLE, Ledger, Order


def order(number: int) -> Order:
    """An acknowledged order."""
    return Order(number, f"MO-{number}", "Polo Shirt", 10, "sewing")


def found(value: Order) -> Answer:
    """The ERP's answer with an order."""
    return Answer("GET", 200, json.dumps({**asdict(value), "status": "APPROVED"}).encode())


def test_survives_a_restart(tmp_path: Path) -> None:
    """Orders acknowledged before a restart of the control half are in the ledger after it."""
    ledger = Ledger(tmp_path / "store" / "ledger.jsonl")
    ledger.add(order(1))
    again = Ledger(tmp_path / "store" / "ledger.jsonl")
    again.add(order(2))
    assert (again.acknowledged, again.newest) == (2, 2)


def test_a_torn_line_costs_nothing_else(tmp_path: Path) -> None:
    """A kill in the middle of a write leaves the entries before and after it readable."""
    path = tmp_path / "ledger.jsonl"
    path.write_text(json.dumps(asdict(order(1))) + '\n{"id": 2, "num')
    ledger = Ledger(path)
    ledger.add(order(3))
    ledger = Ledger(path)
    assert (ledger.acknowledged, ledger.newest) == (2, 3)


def test_audit_tells_lost_from_kept_and_from_unknown(tmp_path: Path) -> None:
    """Gone or changed is lost; an ERP that does not answer proves neither."""
    ledger = Ledger(tmp_path / "ledger.jsonl")
    for number in range(1, 5):
        ledger.add(order(number))

    def fetch(number: int) -> Answer:
        if number == 2:
            return Answer("GET", 404, b"{}")
        if number == 3:
            return found(replace(order(3), quantity=99))
        if number == 4:
            raise FailedError("slow", "no answer")
        return found(order(number))

    audit = ledger.audit(fetch)
    assert (audit.acknowledged, audit.checked, audit.lost, audit.hidden) == (4, 3, [2, 3], 0)


@pytest.mark.parametrize(
    ("refused", "silent", "hidden"), [(range(1, 4), (), 3), ((), range(1, 31), 30), ((), range(1, 4), 0)]
)
def test_audit_tells_what_an_erp_keeps_to_itself(
    tmp_path: Path, refused: Sequence[int], silent: Sequence[int], hidden: int
) -> None:
    """Errors for old orders, or silence for most: an ERP that works and gives them not back hides them."""
    ledger = Ledger(tmp_path / "ledger.jsonl")
    for number in range(1, 41):
        ledger.add(order(number))

    def fetch(number: int) -> Answer:
        if number in silent:
            raise FailedError("slow", "no answer")
        return Answer("GET", 503, b"") if number in refused else found(order(number))

    audit = ledger.audit(fetch)
    assert (audit.checked, audit.lost, audit.hidden) == (40 - len(refused) - len(silent), [], hidden)


def test_an_erp_that_hangs_does_not_hold_the_audit_up(tmp_path: Path) -> None:
    """When its time is up the audit ends, and what it did not read is unknown."""
    ledger = Ledger(tmp_path / "ledger.jsonl")
    for number in range(1, 501):
        ledger.add(order(number))

    def fetch(number: int) -> Answer:
        time.sleep(0.05)
        raise FailedError("slow", "no answer")

    began = time.monotonic()
    audit = ledger.audit(fetch, within_s=0.2)
    assert time.monotonic() - began < 2
    assert (audit.acknowledged, audit.checked, audit.lost) == (500, 0, [])


def test_of_many_the_newest_are_all_read_back(tmp_path: Path) -> None:
    """A large ledger is sampled, and the sample holds every one of the newest."""
    ledger = Ledger(tmp_path / "ledger.jsonl")
    for number in range(1, SAMPLE + 501):
        ledger.add(order(number))
    asked: list[int] = []

    def fetch(number: int) -> Answer:
        asked.append(number)
        return found(order(number))

    audit = ledger.audit(fetch)
    assert audit.checked == SAMPLE == len(set(asked))
    assert set(range(SAMPLE + 501 - NEWEST, SAMPLE + 501)) <= set(asked)
