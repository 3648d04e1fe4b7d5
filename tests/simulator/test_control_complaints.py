"""When users complain, and how."""

from __future__ import annotations

import pytest

from simulator.box.control.complaints import WHAT, WORDINGS, Complaints


def said(seed: int, failures: list[tuple[str, str, str, float]]) -> list[tuple[str, str]]:
    """What is said after `failures` (who, action, kind, when)."""
    words: list[tuple[str, str]] = []
    complaints = Complaints(seed, lambda who, text: words.append((who, text)))
    for failure in failures:
        complaints.failed(*failure)
    return words


def test_users_are_patient() -> None:
    """Neither many failures in a short time nor two over a long one bring a complaint."""
    assert said(1, [("a", "stock", "slow", at / 10) for at in range(150)]) == []
    assert said(1, [("a", "stock", "slow", 0.0), ("a", "stock", "slow", 60.0)]) == []


def test_three_failures_over_twenty_seconds_are_enough() -> None:
    """The third failure after 20 s brings the complaint, by the user who was failed, about what they did."""
    ((who, text),) = said(1, [("clerk", "orders", "error", at) for at in (0.0, 10.0, 20.0)])
    assert who == "clerk"
    assert WHAT["orders"] in text


def test_a_success_is_forgiven() -> None:
    """After a success the count begins again."""
    words: list[str] = []
    complaints = Complaints(1, lambda _who, text: words.append(text))
    for at in (0.0, 10.0):
        complaints.failed("a", "stock", "slow", at)
    complaints.worked("a", "stock")
    complaints.failed("a", "stock", "slow", 30.0)
    assert words == []


def test_one_complaint_a_kind_every_thirty_seconds() -> None:
    """Many users with the same trouble write once in 30 s; another kind of trouble is told at once."""
    failures = [(user, "stock", "slow", float(at)) for at in range(80) for user in "abc"]
    assert len(said(1, failures)) == 2
    others = [("d", "orders", "error", float(at)) for at in range(25)]
    assert len(said(1, sorted(failures + others, key=lambda each: each[3]))) == 3


def test_the_seed_decides_the_words() -> None:
    """The same seed and failures give the same words, and wordings take turns."""
    failures = [("a", "stock", "error", float(at)) for at in range(120)]
    assert said(7, failures) == said(7, failures)
    assert len(set(said(7, failures))) == 3
    assert len({tuple(said(seed, failures)) for seed in range(20)}) > 1


@pytest.mark.parametrize("kind", WORDINGS)
def test_every_wording_can_be_said(kind: str) -> None:
    """Each wording fits each action, and none names a cause."""
    for wording in WORDINGS[kind]:
        for what in WHAT.values():
            text = wording.format(what=what).lower()
            assert not any(word in text for word in ("disk", "pool", "postgres", "nginx", "container"))
