"""The witness' rule: what it calls broken and mended, and when."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.docker.sights import Sight, Spell, spells

EVERY_S = 0.1
TOOK_S = 0.02


def looks(pattern: str) -> list[Sight]:
    """A look every tenth of a second: `.` is good, `x` is bad, `?` is bad while the machine stood still."""
    return [
        Sight(n * EVERY_S, n * EVERY_S + TOOK_S, mark == ".", mark == "?") for n, mark in enumerate(pattern)
    ]


def test_a_failure_lies_between_the_looks_around_its_ends() -> None:
    """Each mark is the middle of the good and the bad look between which it changed."""
    (spell,) = spells(looks("." * 10 + "x" * 10 + "." * 20))
    assert spell.broke == pytest.approx((0.9 + 1.0 + TOOK_S) / 2)
    assert spell.mended == pytest.approx((1.9 + 2.0 + TOOK_S) / 2)


@pytest.mark.parametrize(
    "pattern", ["." * 30, "..x" + "." * 30, "..xxxxx" + "." * 30, "..x" + "." * 22 + "x."]
)
def test_a_hiccup_is_no_failure(pattern: str) -> None:
    """What is over within half a second, or comes again after two, is none."""
    assert spells(looks(pattern)) == []


def test_what_fails_now_and_then_is_broken_all_the_while() -> None:
    """Good looks between bad ones mend nothing before they go on for long enough."""
    (spell,) = spells(looks("...x.....x.....x.........x" + "." * 20))
    assert spell.broke == pytest.approx((0.2 + 0.3 + TOOK_S) / 2)
    assert spell.mended == pytest.approx((2.5 + 2.6 + TOOK_S) / 2)


def test_what_is_not_mended_says_so() -> None:
    """A failure at the end of the looks, or before too few good ones, goes on."""
    assert [spell.mended for spell in spells(looks("..xxxxxxxxx"))] == [None]
    assert [spell.mended for spell in spells(looks("..xxxxxxxxx.........."))] == [None]


def test_failures_come_in_their_order() -> None:
    """Each begins after the one before was mended."""
    found = spells(looks(("." * 20 + "x" * 10) * 3 + "." * 20))
    assert len(found) == 3
    assert all(one.mended is not None and one.mended < other.broke for one, other in pairwise(found))
    assert all(isinstance(each, Spell) for each in found)


def test_a_machine_that_stands_still_breaks_nothing() -> None:
    """Looks from then are no failure, and do not put off a cure; what fails on afterwards began with them."""
    assert spells(looks("....????????....????????" + "." * 20)) == []
    (spell,) = spells(looks("....????xxxxxxxx..??" + "." * 20))
    assert spell.broke == pytest.approx((0.3 + 0.4 + TOOK_S) / 2)
    assert spell.mended == pytest.approx((1.5 + 1.6 + TOOK_S) / 2)
