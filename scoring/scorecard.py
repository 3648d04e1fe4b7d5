"""The eight points of a drill, each with its evidence: one pure function of the timeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from scoring import communication, documentation
from scoring.clocks import minutes
from scoring.declaration import Declaration
from scoring.marks import (
    UNDOES_RESOLUTION,
    Interval,
    detection,
    false_alarms,
    onset,
    opened,
    played,
    recovery,
    resolution,
)
from scoring.rule import Rule, Rules, quoted
from scoring.timeline import Ended, Found, Opened, Timeline, Voided

POINTS = 2
"""For each criterion, all or nothing."""
PASS_POINTS = 6
DETECT_WITHIN_S = 120
RESOLVE_WITHIN_S = 600
DOUBT_S = 5.0
"""A time that is uncertain by more than this, in seconds, is no proof that a limit was kept."""
QUIET = "quiet"
"""The scenario in which nothing breaks: it shows who declares blindly, and counts in no average."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One of the four criteria: 2 points when every rule is met, else 0."""

    points: int
    rules: Rules


@dataclass(frozen=True, slots=True)
class Finding:
    """Something beside the points: data loss, collateral damage, protection removed, a false alarm."""

    kind: str
    detail: str


@dataclass(frozen=True, slots=True)
class Scorecard:
    """A drill's result. Times in seconds; those named `at` or `onset` since the epoch."""

    drill: str
    team: str
    members: tuple[str, ...]
    scenario: str
    level: str
    severity: str
    opened_at: float
    target_s: float
    """The scenario's own target for the resolution, shown beside the rule of ten minutes."""
    points: int | None
    """0 to 8; None where nothing is scored: a void drill, or one in which nothing breaks."""
    passed: bool
    void: str | None
    """Why the drill cannot be scored."""
    verdict: str | None
    """`clean` or `false alarm`, for a drill in which nothing breaks."""
    counts: bool
    """Whether it enters averages: it has ended and was scored."""
    criteria: Mapping[str, Criterion]
    onset: float | None
    onset_error_s: float | None
    time_to_detect_s: float | None
    time_to_detect_error_s: float | None
    time_to_resolve_s: float | None
    time_to_resolve_error_s: float | None
    findings: tuple[Finding, ...]
    false_alarms: tuple[Declaration, ...]
    ended: str | None


def score(timeline: Timeline) -> Scorecard:
    """The card of the timeline, at any time during the drill or after it.

    Raises ValueError for a timeline that does not hold its Opened event.
    """
    timeline = played(timeline)
    drill, void = opened(timeline), _void(timeline)
    quiet = drill.scenario == QUIET
    criteria = {} if void is not None or quiet else _criteria(timeline, drill)
    points = sum(each.points for each in criteria.values()) if criteria else None
    ended = next((event.how for event in timeline if isinstance(event, Ended)), None)
    alarms = false_alarms(timeline)
    began, said, over = onset(timeline), detection(timeline), resolution(timeline)
    return Scorecard(
        drill=drill.drill,
        team=drill.team,
        members=drill.members,
        scenario=drill.scenario,
        level=drill.level,
        severity=drill.severity,
        opened_at=drill.at,
        target_s=drill.target_s,
        points=points,
        passed=points is not None and points >= PASS_POINTS,
        void=void,
        verdict=("false alarm" if alarms else "clean") if quiet and void is None else None,
        counts=points is not None and ended is not None,
        criteria=criteria,
        onset=began.middle if began else None,
        onset_error_s=began.error_s if began else None,
        time_to_detect_s=_detect_s(began, said),
        time_to_detect_error_s=began.error_s if began and said else None,
        time_to_resolve_s=_resolve_s(began, over),
        time_to_resolve_error_s=began.error_s + over.error_s if began and over else None,
        findings=_findings(timeline, alarms),
        false_alarms=alarms,
        ended=ended,
    )


def as_json(card: Scorecard) -> dict[str, Any]:
    """The card as plain data, in the shape that `--json` prints."""
    plain = {each.name: getattr(card, each.name) for each in fields(card)}
    plain["members"] = list(card.members)
    plain["criteria"] = {
        name: {"points": each.points, "rules": [asdict(rule) for rule in each.rules]}
        for name, each in card.criteria.items()
    }
    plain["findings"] = [asdict(finding) for finding in card.findings]
    plain["false_alarms"] = [
        {"who": said.who, "at": said.at, "severity": said.severity, "words": said.words}
        for said in card.false_alarms
    ]
    return plain


def _void(timeline: Timeline) -> str | None:
    for event in timeline:
        if isinstance(event, Voided):
            return event.why
        if isinstance(event, Ended) and event.how == "aborted":
            return "the drill was aborted"
    return None


def _criteria(timeline: Timeline, drill: Opened) -> dict[str, Criterion]:
    return {
        "detection": _criterion((_detected(timeline),)),
        "resolution": _criterion((_resolved(timeline, drill),)),
        "communication": _criterion(communication.rules(timeline)),
        "documentation": _criterion(documentation.rules(timeline)),
    }


def _criterion(rules: Rules) -> Criterion:
    return Criterion(POINTS if rules and all(rule.passed for rule in rules) else 0, rules)


def _detected(timeline: Timeline) -> Rule:
    name, began, said = "declared less than 2 min after onset", onset(timeline), detection(timeline)
    took = _detect_s(began, said)
    if began is None or said is None or took is None:
        why = "nobody declared what truly failed" if began else "nothing failed yet"
        return Rule(name, False, why)
    evidence = f"declared {_measured(took, began.error_s)} after onset by {said.who}: {quoted(said.words)}"
    return Rule(name, _surely(took, began.error_s) < DETECT_WITHIN_S, evidence)


def _resolved(timeline: Timeline, drill: Opened) -> Rule:
    name, began, over = "resolved less than 10 min after onset", onset(timeline), resolution(timeline)
    took = _resolve_s(began, over)
    if began is None or over is None or took is None:
        return Rule(name, False, _unresolved(timeline))
    error_s = began.error_s + over.error_s
    evidence = f"resolved {_measured(took, error_s)} after onset; " + (
        f"the scenario's own target is {minutes(drill.target_s)}"
    )
    return Rule(name, _surely(took, error_s) < RESOLVE_WITHIN_S, evidence)


def _unresolved(timeline: Timeline) -> str:
    undone = [e for e in timeline if isinstance(e, Found) and e.kind in UNDOES_RESOLUTION]
    if recovery(timeline) is not None and undone:
        return f"the checks hold, but {undone[0].kind}: {quoted(undone[0].detail)}"
    return "not resolved" if onset(timeline) else "nothing failed yet"


def _findings(timeline: Timeline, alarms: tuple[Declaration, ...]) -> tuple[Finding, ...]:
    found = tuple(Finding(e.kind, e.detail) for e in timeline if isinstance(e, Found))
    return found + tuple(Finding("false alarm", f"{said.who}: {quoted(said.words)}") for said in alarms)


def _detect_s(began: Interval | None, said: Declaration | None) -> float | None:
    return max(0.0, said.at - began.middle) if began and said else None


def _resolve_s(began: Interval | None, over: Interval | None) -> float | None:
    return max(0.0, over.middle - began.middle) if began and over else None


def _surely(seconds: float, error_s: float) -> float:
    """What is held against the limit: where much was not observed, the longest that it can have been."""
    return seconds + (error_s if error_s > DOUBT_S else 0.0)


def _measured(seconds: float, error_s: float) -> str:
    return f"{minutes(seconds)} ± {error_s:.1f} s"
