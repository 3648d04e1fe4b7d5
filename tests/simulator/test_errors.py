"""The error tree."""

from __future__ import annotations

import re

import pytest

from simulator import errors
from simulator.errors import CommandFailed, DrillError


def kinds(of: type[DrillError] = DrillError) -> list[type[DrillError]]:
    """The kind and all below it."""
    return [of, *(kind for below in of.__subclasses__() for kind in kinds(below))]


def test_the_docstring_draws_the_tree() -> None:
    """Every kind stands in the docstring, under its parent, with its exit code."""
    drawn = dict(re.findall(r"(?:── |^    )(\w+) +(\d*)", errors.__doc__ or "", re.MULTILINE))
    assert set(drawn) == {kind.__name__ for kind in kinds()}
    for kind in kinds():
        if drawn[kind.__name__]:
            assert int(drawn[kind.__name__]) == kind.exit_code


def test_every_kind_has_its_own_exit_code() -> None:
    """A script can tell them apart, and none is taken for success or for a signal."""
    codes = [kind.exit_code for kind in DrillError.__subclasses__()]
    assert len(set(codes)) == len(codes)
    assert all(0 < kind.exit_code < 64 for kind in kinds())


def test_an_error_is_one_line() -> None:
    """What happened and what to do next, without line breaks or signs that steer a terminal."""
    error = errors.StoreProblem("a\nb\x1b[31m\tc", "do  this\n")
    assert str(error) == "a b [31m c; do this"


@pytest.mark.parametrize("output", ["", "x" * 10_000, "last\nwords"])
def test_a_failed_command_is_kept_whole_and_told_short(output: str) -> None:
    """The output stays readable by the program; the line shows its end."""
    error = CommandFailed("df -h /\n", 3, output)
    assert (error.status, error.output) == (3, output)
    assert "`df -h /`" in str(error) and "exit code 3" in str(error) and len(str(error)) < 700
