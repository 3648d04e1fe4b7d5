"""The card: points, times, void and quiet drills, and what never changes them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.scorecard import as_json, score
from scoring.timeline import (
    Alerted,
    CheckFailed,
    CheckHeld,
    Complained,
    Confirmed,
    Ended,
    Event,
    Found,
    Injected,
    Mailed,
    Posted,
    Reported,
    Restarted,
    Saved,
    Ticket,
    Timeline,
    Typed,
    Unobserved,
    Voided,
    Withdrawn,
    from_record,
    to_record,
)
from tests.scoring.story import OPENED, T0, Story, told, until, without

TIMES = st.floats(T0 - 50, T0 + 600)
WORDS = st.text(max_size=60)
UNRELATED: st.SearchStrategy[Event] = st.one_of(
    st.builds(Alerted, TIMES, WORDS, st.booleans(), WORDS),
    st.builds(Complained, TIMES, st.just("tini"), st.just("#erp-emergency"), WORDS),
    st.builds(Typed, TIMES, st.just("ana"), WORDS),
    st.builds(Mailed, TIMES, st.just("ana"), st.just("a@b.example"), WORDS, WORDS),
    st.builds(Posted, TIMES, st.just("ana"), st.just("#lunch"), WORDS),
    st.builds(CheckHeld, st.floats(T0 - 50, T0 - 1), st.just("page"), st.just(T0 - 51)),
)
ANYTHING: st.SearchStrategy[Event] = st.one_of(
    UNRELATED,
    st.builds(CheckFailed, TIMES, st.just("health"), st.just(T0), WORDS),
    st.builds(Ticket, TIMES, st.just("eve"), st.just("P1"), st.just("backend"), WORDS),
    st.builds(Found, TIMES, st.just("data loss"), WORDS),
    st.builds(Reported, TIMES, st.just("eve"), WORDS),
    st.builds(Restarted, TIMES, st.just(())),
    st.builds(Withdrawn, TIMES, WORDS),
    st.builds(Voided, TIMES, WORDS),
    st.builds(Ended, TIMES, st.just("stopped")),
)


def points(timeline: Timeline) -> dict[str, int]:
    """The points of each criterion."""
    return {name: each.points for name, each in score(timeline).criteria.items()}


def test_a_right_drill_has_eight_points() -> None:
    """Detected, resolved, told and documented in time: 8 of 8, with times and their errors."""
    card = score(told())
    assert (card.points, card.passed, card.counts, card.ended) == (8, True, True, "documented")
    assert (card.onset, card.time_to_detect_s, card.time_to_detect_error_s) == (T0 + 0.75, 30.25, 0.25)
    assert (card.time_to_resolve_s, card.time_to_resolve_error_s) == (240.0, 0.5)
    assert card.criteria["detection"].rules[0].evidence == (
        "declared 0:30 ± 0.2 s after onset by ana: 'backend: the API does not answer'"
    )


def test_the_resolutions_evidence_has_its_error_and_the_scenarios_target() -> None:
    """The errors of both marks add up, and the scenario's own target stands beside the rule."""
    (rule,) = score(told()).criteria["resolution"].rules
    assert rule.evidence == "resolved 4:00 ± 0.5 s after onset; the scenario's own target is 5:00"


def test_four_points_do_not_pass() -> None:
    """Without documentation and communication 4 points are left, and the drill is not passed."""
    card = score(without(told(), Posted, Reported))
    assert (card.points, card.passed, card.counts) == (4, False, True)


@pytest.mark.parametrize(("detect_s", "met"), [(119.7, 2), (119.75, 0), (200, 0)])
def test_detection_is_below_two_minutes(detect_s: float, met: int) -> None:
    """The middle of the onset's interval decides."""
    assert points(told(detect_s=detect_s))["detection"] == met


@pytest.mark.parametrize(("fixed_s", "met"), [(599.9, 2), (600, 0), (900, 0)])
def test_resolution_is_below_ten_minutes(fixed_s: float, met: int) -> None:
    """The window's start decides, and the hold is not added."""
    assert points(told(fixed_s=fixed_s))["resolution"] == met


def test_a_limit_that_nobody_saw_kept_was_not_kept() -> None:
    """Where minutes were not observed, the longest time that it can have been is held against the limit."""
    stalled = (Unobserved(T0 + 901, T0 + 131),)
    card = score(told(fixed_s=900, extra=stalled))
    assert card.time_to_resolve_s is not None and card.time_to_resolve_s < 600
    assert card.criteria["resolution"].points == 0
    assert points(told(fixed_s=300, extra=(Unobserved(T0 + 301, T0 + 131),)))["resolution"] == 2


def test_data_loss_loses_the_resolution_only() -> None:
    """The card says that the checks hold and what was lost; the other criteria keep their points."""
    card = score(told(extra=(Found(T0 + 310, "data loss", "3 orders"),)))
    assert (card.points, card.passed, card.time_to_resolve_s) == (6, True, None)
    assert card.criteria["resolution"].rules[0].evidence == "the checks hold, but data loss: '3 orders'"
    assert [(finding.kind, finding.detail) for finding in card.findings] == [("data loss", "3 orders")]


def test_a_void_drill_has_no_points() -> None:
    """A fault that did not take, or an aborted drill, is never scored and counts nowhere."""
    for timeline in (told(extra=(Voided(T0 + 31, "no symptom"),)), (OPENED, Ended(T0, "aborted"))):
        card = score(timeline)
        assert card.void
        assert (card.points, card.passed, card.counts, card.criteria) == (None, False, False, {})


def test_a_quiet_drill_has_a_verdict() -> None:
    """Where nothing breaks the card says who declared blindly, and counts in no average."""
    quiet = replace(OPENED, scenario="quiet")
    clean = (quiet, Ended(T0 + 600, "limit"))
    alarm = (quiet, Ticket(T0, "eve", "P1", "ERP", "down"), Ended(T0 + 600, "limit"))
    assert (score(clean).verdict, score(clean).points, score(clean).counts) == ("clean", None, False)
    assert (score(alarm).verdict, score(alarm).void) == ("false alarm", None)
    assert score(alarm).findings[0].kind == "false alarm"
    assert score((quiet, Voided(T0, "the server died"), Ended(T0 + 1, "stopped"))).verdict is None


def test_a_running_drill_can_be_scored_at_any_time() -> None:
    """The card of each moment exists, and does not count before the end."""
    timeline = told()
    for event in timeline[:-1]:
        assert not score(until(timeline, event.at)).counts


def test_a_timeline_without_its_beginning() -> None:
    """Nothing can be measured where the drill's facts are missing."""
    with pytest.raises(ValueError, match="Opened"):
        score((Injected(T0),))


def test_the_card_as_json() -> None:
    """The shape that the commands print, and it survives JSON."""
    plain = as_json(score(told()))
    assert json.loads(json.dumps(plain)) == plain
    assert {"drill", "scenario", "level", "points", "passed", "criteria", "onset", "time_to_detect_s"} <= set(
        plain
    )
    assert {"time_to_detect_error_s", "time_to_resolve_s", "time_to_resolve_error_s", "findings"} <= set(
        plain
    )
    assert {"team", "members", "severity", "void", "target_s", "verdict", "counts"} <= set(plain)
    assert list(plain["criteria"]) == ["detection", "resolution", "communication", "documentation"]
    assert set(plain["criteria"]["detection"]["rules"][0]) == {"name", "passed", "evidence"}


@settings(deadline=None)
@given(st.lists(UNRELATED, max_size=8))
def test_unrelated_events_change_nothing(extra: list[Event]) -> None:
    """Alerts, complaints, commands and chatter elsewhere leave the card as it is, wherever they fall."""
    assert score(told(extra=tuple(extra))) == score(told())


@settings(deadline=None)
@given(st.lists(ANYTHING, max_size=8))
def test_nothing_counts_after_the_end(late: list[Event]) -> None:
    """Whatever is appended after Ended, the card stays."""
    assert score((*told(), *late)) == score(told())


@settings(deadline=None)
@given(st.lists(UNRELATED, max_size=8), st.floats(0, 4000))
def test_doing_nothing_has_no_points(extra: list[Event], limit_s: float) -> None:
    """With nobody acting there are neither points for the resolution nor for anything else."""
    idle = without(told(), Ticket, Posted, Mailed, Reported, Saved, CheckHeld, Restarted, Confirmed, Ended)
    noise = tuple(e for e in extra if isinstance(e, Alerted | Complained))
    card = score((*idle, *noise, Ended(T0 + 600 + limit_s, "limit")))
    assert (card.points, card.time_to_resolve_s) == (0, None)


@settings(deadline=None)
@given(st.lists(st.one_of(ANYTHING, st.builds(Unobserved, TIMES, st.just(T0 - 5))), max_size=10))
def test_any_timeline_has_a_card(extra: list[Event]) -> None:
    """Whatever happens, the card has whole points, ordered times and findings for each false alarm."""
    card = score(told(extra=tuple(extra)))
    assert card.points in (None, 0, 2, 4, 6, 8)
    assert all(
        t is None or t >= 0 for t in (card.time_to_detect_s, card.time_to_resolve_s, card.onset_error_s)
    )
    assert sum(finding.kind == "false alarm" for finding in card.findings) == len(card.false_alarms)


@settings(deadline=None)
@given(st.lists(ANYTHING, max_size=6))
def test_the_store_changes_nothing(extra: list[Event]) -> None:
    """The card from events that went through their records is the same card."""
    timeline = told(extra=tuple(extra))
    stored = tuple(from_record(kind, json.loads(json.dumps(data))) for kind, data in map(to_record, timeline))
    assert score(stored) == score(timeline)


def test_the_same_card_as_if_the_story_were_later() -> None:
    """Points depend on spans of time, not on the day: across midnight too."""
    shift = 9.4 * 3600
    story = Story()
    later = [
        replace(e, at=e.at + shift) for e in without(story.tell(), CheckFailed, CheckHeld, Posted, Reported)
    ]
    later += [
        replace(e, at=e.at + shift, after=e.after + shift)
        for e in story.tell()
        if isinstance(e, CheckFailed | CheckHeld)
    ]
    for event in story.tell():
        if isinstance(event, Posted | Reported):
            text = event.text
            for minute in range(30, 40):
                # 14:3x UTC plus 9 h 24 min is 23:5x of the same day, or 00:0x of the next.
                moved = (14 * 60 + minute + 564) % 1440
                text = text.replace(f"14:{minute}", f"{moved // 60:02d}:{moved % 60:02d}")
            later.append(replace(event, at=event.at + shift, text=text))
    assert score(tuple(sorted(later, key=lambda e: e.at))).points == 8
