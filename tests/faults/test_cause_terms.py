"""What counts as a root cause: any honest wording of it, and nothing that is only a symptom or untrue."""

from __future__ import annotations

import time
from collections.abc import Mapping

import pytest

from faults import catalogue
from faults.contract import Fault
from scoring.wording import mentions
from tests.faults.true_causes import TRUE, Causes
from tests.faults.untrue_causes import UNTRUE

Key = tuple[str, str]
FAULTS: Mapping[Key, type[Fault]] = {(fault.name, fault.level): fault for fault in catalogue.scenarios()}
LEAST_TRUE, LEAST_UNTRUE = 5, 4
LONGEST_S = 10
"""Of computing; what grew with the square of the text would take hours."""
LOCKS_AGAIN, LOCKS_ONCE = ("query-timeouts", "runbook"), ("work-orders-blocked", "runbook")
LOCKS_BY_A_JOB = ("work-orders-blocked", "expert")
ALIKE: Mapping[tuple[Key, Key], tuple[int, str]] = {
    (LOCKS_AGAIN, LOCKS_ONCE): (1, "in both a colleague's session holds a lock on a table"),
    (LOCKS_BY_A_JOB, LOCKS_AGAIN): (1, "in both the lock comes back again and again"),
}
"""Whose true cause is taken for whose, how many of them at the most, and why that is right."""


def counts(told: str, fault: type[Fault]) -> bool:
    """Whether the report's rule takes it for the root cause."""
    return all(mentions(told, terms) for terms in fault.cause_terms)


def each(causes: Causes) -> list[object]:
    """Every text with its fault, named so that a failure tells which."""
    return [
        pytest.param(key, told, id=f"{'-'.join(key)}-{number}")
        for key, texts in causes.items()
        for number, told in enumerate(texts, 1)
    ]


@pytest.mark.parametrize("key", FAULTS, ids="-".join)
def test_every_scenario_has_true_and_untrue_causes(key: Key) -> None:
    """Who adds a scenario or a level writes down what a report may say of it, and what not."""
    assert len(set(TRUE.get(key, ()))) >= LEAST_TRUE
    assert len(set(UNTRUE.get(key, ()))) >= LEAST_UNTRUE


def test_nothing_is_kept_for_a_scenario_that_is_gone() -> None:
    """The texts are those of the catalogue."""
    assert set(TRUE) == set(UNTRUE) == set(FAULTS)


@pytest.mark.parametrize(("key", "told"), each(TRUE))
def test_an_honest_cause_counts_in_any_wording(key: Key, told: str) -> None:
    """A mechanic tells what happened, and need not know which words are looked for."""
    assert [terms for terms in FAULTS[key].cause_terms if not mentions(told, terms)] == []


@pytest.mark.parametrize(("key", "told"), each(UNTRUE))
def test_a_symptom_or_another_cause_does_not(key: Key, told: str) -> None:
    """Who did not find the cause does not get the points by telling what everybody saw."""
    assert not counts(told, FAULTS[key])


@pytest.mark.parametrize("key", FAULTS, ids="-".join)
def test_the_example_counts_whatever_was_drawn(key: Key) -> None:
    """Each seed's own example of a root cause is one."""
    fault = FAULTS[key]
    assert [seed for seed in range(1, 60) if not counts(fault(seed).cause_example, fault)] == []


def test_the_true_cause_of_one_scenario_is_no_others() -> None:
    """But for pairs that are alike; what is listed and no longer taken is to be struck from the list."""
    taken = {
        (true_of, taken_for): found
        for true_of, texts in TRUE.items()
        for taken_for, fault in FAULTS.items()
        if true_of != taken_for and (found := sum(counts(told, fault) for told in texts))
    }
    assert taken == {pair: most for pair, (most, _why) in ALIKE.items()}


@pytest.mark.parametrize("piece", ["x ", "took the ", "not  ", "-"])
def test_a_huge_report_is_read_in_time(piece: str) -> None:
    """A megabyte does not hold up the score, however many words are looked for in it."""
    told = piece * (1_000_000 // len(piece))
    began = time.process_time()
    counts(told, FAULTS["network-cut", "runbook"])
    assert time.process_time() - began < LONGEST_S
