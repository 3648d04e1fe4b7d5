"""Commands inside a server: what becomes of an answer that the engine loses."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from simulator.errors import EngineGone
from simulator.inside import END, TRIES, answered, whole


def losing(count: int) -> Callable[[], str]:
    """A command whose first answers are lost."""
    told: Iterator[str] = iter([""] * count + ["1.5"])
    return lambda: next(told)


def test_a_lost_answer_is_asked_for_again() -> None:
    """The engine may lose what a short command printed, and the drill goes on."""
    assert answered(losing(0)) == "1.5"
    assert answered(losing(TRIES - 1)) == "1.5"


def test_the_end_of_what_was_printed_is_known() -> None:
    """Nothing printed and everything lost are told apart by the mark that the end has."""
    assert (whole(END), whole(f"a\nb{END}")) == ("", "a\nb")
    for lost in ("", "a\nb"):
        with pytest.raises(EngineGone, match="loses what the server answers"):
            whole(lost)


def test_an_engine_that_loses_every_answer_is_an_error() -> None:
    """It is said in one line, with what to do next; nothing is made up."""
    with pytest.raises(EngineGone, match="loses what the server answers"):
        answered(losing(TRIES))
