"""When a check counts as failing or holding."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from simulator.box.control.window import Change, Observation, Window


def run(looks: list[bool]) -> tuple[Window, list[tuple[int, Change]]]:
    """Observe `looks`, number n from n to n + 0.25; the changes by the number that completed them."""
    window = Window(-1.0)
    changes = []
    for number, ok in enumerate(looks):
        change = window.observe(Observation(number, number + 0.25, ok, "" if ok else f"broken {number}"))
        if change is not None:
            changes.append((number, change))
    return window, changes


def test_starts_bad_and_turns_good_at_the_first_of_four() -> None:
    """A check is healthy once it was seen so four times in a row, and then from the first of them on."""
    window, changes = run([True] * 3)
    assert (window.ok, window.why, changes) == (False, "not seen yet", [])
    _, changes = run([True] * 4)
    assert changes == [(3, Change(True, "", -1.0, 0.25))]


def test_one_failure_is_no_outage() -> None:
    """A single failure in four observations changes nothing."""
    window, changes = run([True] * 4 + [False, True, True, True, False, True, True, True])
    assert window.ok
    assert len(changes) == 1


def test_two_of_four_are_marked_at_the_first() -> None:
    """Bad, good, good, bad is an outage that began at the first bad one, after the good one before it."""
    _, changes = run([True] * 5 + [False, True, True, False])
    assert changes[1:] == [(8, Change(False, "broken 5", 4.0, 5.25))]


def test_green_between_the_restarts_is_no_recovery() -> None:
    """Three good observations in a row, again and again, never turn a bad check good."""
    window, changes = run([True] * 4 + [False, False, *([True] * 3 + [False]) * 10])
    assert not window.ok
    assert [change.ok for _, change in changes] == [True, False]


@given(st.lists(st.booleans(), max_size=60))
def test_states_follow_the_rule(looks: list[bool]) -> None:
    """By the rule stated as plainly as possible: 2 bad of the last 4 make bad, 4 good in a row make good."""
    state, expected = False, []
    for number in range(len(looks)):
        span = looks[max(0, number - 3) : number + 1]
        before = state
        if state and span.count(False) >= 2:
            state = False
        elif not state and span == [True] * 4:
            state = True
        if state != before:
            expected.append((number, state))
    window, changes = run(looks)
    assert [(number, change.ok) for number, change in changes] == expected
    assert window.ok is state


@given(st.lists(st.booleans(), max_size=60))
def test_marks_enclose_the_change(looks: list[bool]) -> None:
    """What lies at a mark is of the new state, what lies before it of the old one, and marks are in order."""
    _, changes = run(looks)
    for _, change in changes:
        first = int(change.first)
        assert looks[first] is change.ok
        assert change.after == (first - 1 if first else -1.0)
        assert first == 0 or looks[first - 1] is not change.ok
    firsts = [change.first for _, change in changes]
    assert firsts == sorted(set(firsts))
