"""Onset, windows, resolution, detection."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.marks import (
    Interval,
    detection,
    failing,
    false_alarms,
    hold_is_over,
    onset,
    open_window,
    recovery,
    resolution,
)
from scoring.timeline import (
    CheckFailed,
    CheckHeld,
    Confirmed,
    Found,
    Injected,
    Posted,
    Restarted,
    Ticket,
    Unobserved,
    Withdrawn,
)
from tests.scoring.story import OPENED, T0, Story, told, until, without

FAILED = CheckFailed(T0 + 1, "health", T0 + 0.5, "503")
HELD = CheckHeld(T0 + 100, "health", T0 + 99.5)
BROKEN = (OPENED, Injected(T0), FAILED)


def test_interval_middle() -> None:
    """The middle is the estimate and half the width is its error."""
    assert (Interval(10, 11).middle, Interval(10, 11).error_s) == (10.5, 0.5)


def test_onset_is_the_first_failure_after_the_injection() -> None:
    """Failures before the injection are no onset, and the order of writing does not matter."""
    early = CheckFailed(T0 - 5, "qc", T0 - 6, "not seen yet")
    late = CheckFailed(T0 + 3, "page", T0 + 2.5, "503")
    assert onset((OPENED, early, Injected(T0), late, FAILED)) == Interval(T0 + 0.5, T0 + 1)
    assert onset((OPENED, early, Injected(T0))) is None
    assert onset((OPENED, FAILED)) is None


def test_onset_is_never_before_the_injection() -> None:
    """A last good observation before the injection does not move the onset before its cause."""
    assert onset((OPENED, Injected(T0), replace(FAILED, after=T0 - 2))) == Interval(T0, T0 + 1)


def test_a_stall_widens_the_onset() -> None:
    """What was not observed makes the onset less certain, also through spans that overlap."""
    stalls = (Unobserved(T0 + 1.5, T0 + 0.8), Unobserved(T0 + 2, T0 + 1.4), Unobserved(T0 + 9, T0 + 8))
    assert onset((*BROKEN, *stalls)) == Interval(T0 + 0.5, T0 + 2)


def test_failing_at_a_time() -> None:
    """A check fails from its failure to its recovery, whichever was written first."""
    timeline = (OPENED, Injected(T0), HELD, FAILED)
    assert failing(timeline, T0) == {}
    assert failing(timeline, T0 + 50) == {"health": "503"}
    assert failing(timeline, T0 + 100) == {}


def test_window_opens_with_the_last_check_that_holds() -> None:
    """No window while one check fails; then it starts where the last one came to hold."""
    page = CheckFailed(T0 + 2, "page", T0 + 1.5, "503")
    broken = (*BROKEN, page, HELD)
    assert open_window(broken) is None
    assert open_window((*broken, CheckHeld(T0 + 120, "page", T0 + 119))) == Interval(T0 + 119, T0 + 120)
    assert open_window((OPENED, Injected(T0), HELD)) is None


def test_the_hold_starts_anew_when_a_check_fails() -> None:
    """A restart loop that is green between probes never holds."""
    timeline = (*BROKEN, HELD)
    assert not hold_is_over(timeline, T0 + 159)
    assert hold_is_over(timeline, T0 + 160)
    again = (*timeline, CheckFailed(T0 + 150, "health", T0 + 149.5, "503"))
    assert not hold_is_over(again, T0 + 1000)
    assert not hold_is_over((*again, CheckHeld(T0 + 155, "health", T0 + 154.5)), T0 + 200)


def test_a_stall_is_not_holding_time() -> None:
    """The hold is longer by what was not observed, each second counted once."""
    stalls = (Unobserved(T0 + 130, T0 + 110), Unobserved(T0 + 135, T0 + 120))
    timeline = (*BROKEN, HELD, *stalls)
    assert not hold_is_over(timeline, T0 + 184)
    assert hold_is_over(timeline, T0 + 185)


def test_resolution_is_the_start_of_the_confirmed_window() -> None:
    """The hold is not added, and what the referee's own restart breaks does not count."""
    story = Story()
    assert resolution(story.tell()) == Interval(story.fixed - 0.5, story.fixed)


def test_no_resolution_without_confirmation() -> None:
    """Neither an open window nor a restart alone resolves."""
    assert resolution(without(told(), Confirmed)) is None
    assert resolution(without(told(), Restarted)) is None
    assert resolution((*BROKEN, HELD)) is None


def test_a_withdrawn_resolution_does_not_count() -> None:
    """After a withdrawal only the window of a later restart counts."""
    first = (*BROKEN, HELD, Restarted(T0 + 160, ()), Withdrawn(T0 + 220, "503"))
    assert resolution(first) is None
    failed = CheckFailed(T0 + 161, "health", T0 + 160.5, "503")
    held = CheckHeld(T0 + 300, "health", T0 + 299)
    second = (*first, failed, held, Restarted(T0 + 360, ()), Confirmed(T0 + 380))
    assert resolution(second) == Interval(T0 + 299, T0 + 300)


def test_a_second_restart_for_one_verdict_moves_nothing() -> None:
    """A referee that was killed after its restart restarts again: neither restart's own failures count."""
    failed, held = CheckFailed(T0 + 161, "health", T0 + 160.5, "503"), CheckHeld(T0 + 165, "health", T0 + 164)
    again, back = CheckFailed(T0 + 201, "health", T0 + 200.5, "503"), CheckHeld(T0 + 205, "health", T0 + 204)
    once = (*BROKEN, HELD, Restarted(T0 + 160, ()), failed, held)
    twice = (*once, Restarted(T0 + 200, ()), again, back, Confirmed(T0 + 210))
    assert resolution(twice) == resolution((*once, Confirmed(T0 + 170))) is not None


def test_a_withdrawn_window_does_not_stand_again() -> None:
    """With no further failure the next window starts at the withdrawal, not before it."""
    timeline = (*BROKEN, HELD, Restarted(T0 + 160, ()), Withdrawn(T0 + 220, "the cause is present"))
    assert open_window(timeline) == Interval(T0 + 220, T0 + 220)


@pytest.mark.parametrize(
    ("kind", "counts"), [("data loss", False), ("protection removed", False), ("collateral damage", True)]
)
def test_findings_that_undo_the_resolution(kind: str, counts: bool) -> None:
    """With data loss or a protection removed nothing is resolved, though the checks recovered."""
    timeline = told(extra=(Found(T0 + 310, kind, "3 orders"),))
    assert (resolution(timeline) is not None) == counts
    assert recovery(timeline) is not None


def test_detection_is_the_first_true_declaration() -> None:
    """A declaration that names nothing of what fails stops no clock; the next true one does."""
    vague = Ticket(T0 + 5, "budi", "P1", "printer", "no paper")
    found = detection(told(extra=(vague,)))
    assert found is not None
    assert (found.who, found.at, found.severity) == ("ana", T0 + 31, "P1")


@pytest.mark.parametrize(
    "text",
    [
        "🚨 CRITICAL P1: ERP System Down",
        "CRITICAL P1 - the API is down",
        "p1: users cannot log in",
        "🚨 P1 backend exited",
    ],
)
def test_a_message_in_the_runbooks_form_detects(text: str) -> None:
    """A message in the severity's channel is a declaration as good as a ticket."""
    found = detection((*BROKEN, Posted(T0 + 20, "ana", "#erp-emergency", text)))
    assert found is not None
    assert found.words == text


@pytest.mark.parametrize(
    ("channel", "text"),
    [
        ("#erp-support", "🚨 CRITICAL P1: ERP System Down"),
        ("#erp-emergency", "the ERP is down"),
        ("#erp-emergency", "is this a P1? the ERP is slow"),
        ("#erp-emergency", "✅ RESOLVED: P1 ERP System Down"),
        ("#erp-emergency", "🚨 CRITICAL P1: the coffee machine"),
    ],
)
def test_other_messages_detect_nothing(channel: str, text: str) -> None:
    """The wrong channel, no form, an all-clear, or nothing that fails: the clock runs on."""
    assert detection((*BROKEN, Posted(T0 + 20, "ana", channel, text))) is None


def test_a_recovered_failure_is_not_truly_failing() -> None:
    """A declaration made while every check holds names nothing that fails then."""
    assert detection((*BROKEN, HELD, Ticket(T0 + 200, "ana", "P1", "backend", "down"))) is None


def test_a_declaration_in_a_lull_is_true() -> None:
    """Where everything holds for a moment and fails again, whoever names what failed has detected it."""
    lull = (*BROKEN, HELD, Ticket(T0 + 110, "ana", "P1", "backend", "down"))
    found = detection((*lull, CheckFailed(T0 + 150, "health", T0 + 149.5, "503")))
    assert found is not None
    assert found.at == T0 + 110
    assert detection((*lull, Restarted(T0 + 160, ()), Withdrawn(T0 + 220, "the cause is there"))) is not None


def test_a_lull_ends_where_the_cure_takes() -> None:
    """What the referee's restart makes fail is nothing new: who declares after the cure is late."""
    cured = (*BROKEN, HELD, Ticket(T0 + 110, "ana", "P1", "backend", "down"), Restarted(T0 + 160, ()))
    failed = CheckFailed(T0 + 161, "health", T0 + 160.5, "503")
    held = CheckHeld(T0 + 165, "health", T0 + 164)
    assert detection((*cured, failed)) is None
    assert detection((*cured, failed, held, Confirmed(T0 + 170))) is None


def test_a_container_that_restarts_makes_no_lull() -> None:
    """Who declares after the cure cannot make it true by breaking something else."""
    cured = (*BROKEN, HELD, Ticket(T0 + 110, "ana", "P1", "backend", "down"))
    services = CheckFailed(T0 + 150, "services", T0 + 149.5, "erp-kibana restarting")
    other = CheckFailed(T0 + 150, "qc", T0 + 149.5, "502")
    assert detection((*cured, services)) is None
    assert detection((*cured, other)) is None


def test_a_lull_is_no_licence() -> None:
    """In a lull too a declaration must name what failed."""
    lull = (*BROKEN, HELD, Ticket(T0 + 110, "ana", "P1", "printer", "no paper"))
    assert detection((*lull, CheckFailed(T0 + 150, "health", T0 + 149.5, "503"))) is None


def test_early_declarations_are_false_alarms() -> None:
    """A declaration before the injection or the onset is kept as a false alarm and detects nothing."""
    before = (Ticket(T0 - 10, "ana", "P1", "backend", "down"), Ticket(T0 + 0.2, "ana", "P1", "ERP", "down"))
    timeline = (*BROKEN, *before)
    assert [said.at for said in false_alarms(timeline)] == [T0 - 10, T0 + 0.2]
    assert detection(timeline) is None


@settings(deadline=None)
@given(st.lists(st.floats(-50, 400), max_size=6))
def test_a_false_alarm_never_stops_the_clock(early: list[float]) -> None:
    """However often somebody cries before the onset, detection stays where it was."""
    story = Story()
    cries = tuple(Ticket(story.onset - 0.5 - abs(s), "eve", "P1", "backend", "down") for s in early)
    timeline = replace(story, extra=cries).tell()
    assert detection(timeline) == detection(story.tell())
    assert len(false_alarms(timeline)) == len(cries)


SPANS = st.builds(
    lambda since, long: Unobserved(T0 + since + long, T0 + since), st.floats(-20, 400), st.floats(0, 60)
)


@settings(deadline=None)
@given(st.lists(SPANS, max_size=6), st.floats(-70, 800))
def test_intervals_are_ordered(spans: list[Unobserved], at: float) -> None:
    """At every moment and with any stalls, each mark's `after` is not later than its `at`."""
    timeline = until(told(extra=tuple(spans)), T0 + at)
    for mark in (onset(timeline), open_window(timeline), resolution(timeline)):
        assert mark is None or mark.after <= mark.at
