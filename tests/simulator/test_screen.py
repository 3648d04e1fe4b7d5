"""What a terminal shows."""

from __future__ import annotations

import io
import queue
import threading
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

import pytest
from rich.console import Console

from scoring import timeline as t
from scoring.clocks import minutes
from simulator import screen
from simulator.screen import console, live, steps
from simulator.screen.live import View
from tests.simulator.samples import opened

EVIL = "\x1b[2Jred[/bold]\x07"


def event_of(kind: type[t.Event], text: str = "words") -> t.Event:
    """An event of the kind, with this text wherever it holds text."""
    if kind is t.Opened:
        return opened(text)
    values: dict[str, Any] = {"at": 1000.0, "after": 999.5, "since": 990.0, "size": 7, "firing": True}
    given: dict[str, Any] = {
        field.name: (text,) if field.name == "services" else values.get(field.name, text)
        for field in fields(kind)
    }
    return t.from_record(kind.__name__, given)


@pytest.fixture
def wide(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """A terminal of 200 columns whose output can be read."""
    written = io.StringIO()
    terminal = Console(file=written, force_terminal=True, width=200, height=60, color_system=None)
    monkeypatch.setattr(console, "OUT", terminal)
    monkeypatch.setattr(live, "OUT", terminal)
    return written


def view(secret: bool = False) -> View:
    """A view of a drill that began at the epoch."""
    return View(drill="D-1", team="blue", began=0, secret=secret, join=lambda: ["ssh ana@here"])


@pytest.mark.parametrize("kind", [kind for kind in t.KINDS.values() if kind is not t.Protected])
def test_every_event_has_words(kind: type[t.Event]) -> None:
    """One line with its time, and words rather than the name of a class."""
    line = screen.in_words(event_of(kind, "many\nlines"))
    assert line is not None and line.startswith("00:16:40  ") and "\n" not in line
    assert kind.__name__ not in line.split()


def test_a_surprise_is_not_given_away() -> None:
    """Neither the scenario nor the injection is told; otherwise both are."""
    assert "disk-full" in (screen.in_words(opened("D-1")) or "")
    assert "disk-full" not in (screen.in_words(opened("D-1"), secret=True) or "")
    assert screen.in_words(t.Injected(at=1.0)) is not None
    assert screen.in_words(t.Injected(at=1.0), secret=True) is None


def test_only_a_long_stall_of_the_machine_is_told() -> None:
    """A busy machine has many short ones: they widen the errors of the times, and would hide the news."""
    assert screen.in_words(t.Unobserved(at=10.0, since=9.6)) is None
    assert "stalled for 2.0 s" in (screen.in_words(t.Unobserved(at=10.0, since=8.0)) or "")


def test_the_live_view_shows_the_drill(wide: io.StringIO) -> None:
    """State of each check, the last events, how to join, how to leave."""
    told: Mapping[str, str] = {"health": "no answer"}
    events = [
        t.Armed(at=1.0),
        t.CheckHeld(at=2.0, check="stock", after=1.5),
        t.CheckFailed(at=3.0, check="health", after=2.5, why="no answer"),
        t.Posted(at=4.0, who="ana", channel="#x", text=EVIL),
    ]
    screen.watch(view(), iter(events), lambda: told)
    shown = wide.getvalue()
    for words in (
        "D-1",
        "on call",
        "✓ stock",
        "✗ health",
        "health: no answer",
        "ana in #x",
        "ssh ana@here",
        "Ctrl-C",
    ):
        assert words in shown, words
    assert "\x1b[2J" not in shown and "\x07" not in shown


def test_the_live_view_goes_on_while_nothing_happens(
    wide: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock is drawn again and the checks are asked for, though no event comes."""
    monkeypatch.setattr(live, "_REDRAW_S", 0.01)
    asked = threading.Event()

    def wait_until_asked() -> Iterator[t.Event]:
        yield t.Armed(at=1.0)
        assert asked.wait(5)

    def beat() -> Mapping[str, str]:
        asked.set()
        return {"orders": "refused"}

    screen.watch(view(), wait_until_asked(), beat)
    assert "orders: refused" in wide.getvalue()


def test_a_small_terminal_keeps_what_matters(wide: io.StringIO) -> None:
    """On 24 lines the way in, every check and the newest event are there."""
    shown = view()
    for event in (
        t.Armed(at=1.0),
        *(t.Posted(at=2.0 + n, who="ana", channel="#x", text=str(n)) for n in range(40)),
    ):
        shown.take(event)
    shown.beat({f"check {number}": "no answer" for number in range(8)})
    console.OUT.print(shown.draw(24))
    lines = wide.getvalue().splitlines()
    assert len(lines) <= 24
    for words in ("ssh ana@here", "check 7: no answer", "ana in #x: 39", "Ctrl-C"):
        assert words in wide.getvalue(), words


def test_an_error_while_following_is_not_lost(wide: io.StringIO) -> None:
    """What fails in the following reaches the one who watches."""

    def broken() -> Iterator[t.Event]:
        yield t.Armed(at=1.0)
        raise queue.Full

    with pytest.raises(queue.Full):
        screen.watch(view(), broken(), lambda: None)


def test_the_scorecard_shows_every_rule(wide: io.StringIO) -> None:
    """Each with pass or fail and its evidence; times with their error; findings beside the points."""
    screen.show_scorecard(
        {
            "drill": "D-1",
            "scenario": "disk-full",
            "level": "runbook",
            "points": 2,
            "passed": False,
            "time_to_detect_s": 102.4,
            "time_to_detect_error_s": 0.25,
            "time_to_resolve_s": None,
            "time_to_resolve_error_s": None,
            "target_s": 300.0,
            "verdict": None,
            "criteria": {
                "detection": {
                    "points": 2,
                    "rules": [{"name": "in time", "passed": True, "evidence": f"ana {EVIL}"}],
                },
                "resolution": {
                    "points": 0,
                    "rules": [{"name": "solved", "passed": False, "evidence": "never"}],
                },
            },
            "findings": [{"kind": "data loss", "detail": "3 orders"}],
        }
    )
    shown = wide.getvalue()
    for words in (
        *("detected  1:42 ± 0.2 s", "resolved  never", "detection: 2 of 2", "✓ in time", "✗ solved"),
        *("data loss: 3 orders", "2 of 8 points: not passed", "[/bold]"),
    ):
        assert words in shown, words
    assert "\x1b[2J" not in shown


def test_the_card_tells_a_time_once(wide: io.StringIO) -> None:
    """Its head has the seconds that the evidence of its rules has."""
    times = {"time_to_detect_s": 59.6, "time_to_resolve_s": 105.6}
    errors = {"time_to_detect_error_s": 0.3, "time_to_resolve_error_s": 0.6}
    about = {"drill": "D-1", "scenario": "api-crash", "level": "runbook", "points": 8, "passed": True}
    screen.show_scorecard({**about, **times, **errors, "criteria": {}, "findings": []})
    for label, seconds in (("detected", 59.6), ("resolved", 105.6)):
        assert f"{label}  {minutes(seconds)} ±" in wide.getvalue()


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0:00"), (102.9, "1:42"), (3605, "1:00:05"), (-0.4, "0:00"), (-61, "-1:01")]
)
def test_spans_are_told_as_people_say_them(seconds: float, words: str) -> None:
    """Minutes and seconds, hours when there are some."""
    assert console.clock(seconds) == words


def test_progress_without_a_terminal_is_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """A line at the beginning and the end of a step, and at each fifth, steps inside steps too."""
    with screen.progress() as shown, shown.step("outer"):
        shown.advance(1, 5)
        with shown.step("inner"):
            shown.advance(0, 0)
        for done in range(100):
            shown.advance(done, 100)
    lines = capsys.readouterr().err.splitlines()
    assert lines[:2] == ["outer …", "outer: 20 %"]
    assert lines[2:4] == ["inner …", "inner: done in 0:00"]
    assert lines[4:] == ["outer: 40 %", "outer: 60 %", "outer: 80 %", "outer: done in 0:00"]


def test_progress_on_a_terminal_is_bars(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bar a step, filled in the end, marked when it failed."""
    written = io.StringIO()
    monkeypatch.setattr(
        steps, "ERR", Console(file=written, force_terminal=True, width=100, color_system=None)
    )
    with pytest.raises(RuntimeError), screen.progress() as shown:
        with shown.step("base [image]"):
            shown.advance(1, 2)
        with shown.step("golden disk"):
            raise RuntimeError
    assert "✓ base [image]" in written.getvalue() and "✗ golden disk" in written.getvalue()
