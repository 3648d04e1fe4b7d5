"""A drill as it goes on: the live view on a terminal, lines everywhere else."""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from rich.console import Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.text import Text

from scoring.timeline import Armed, CheckFailed, CheckHeld, Confirmed, Ended, Event, Voided, Withdrawn
from simulator.screen.console import OUT, clock, printable, say
from simulator.screen.wording import in_words

Beat = Callable[[], Mapping[str, str] | None]

_REDRAW_S = 0.5
_SHOWN_EVENTS = 12


@dataclass
class View:
    """What the live view knows of a drill."""

    drill: str
    team: str
    began: float
    """Seconds since the epoch, this machine's clock."""
    secret: bool
    join: Callable[[], list[str]]
    """The lines that tell how to log in, asked when the drill is armed."""
    phase: str = "preparing the server"
    checks: dict[str, str] = field(default_factory=dict)
    """Each check seen so far and why it fails, empty when it holds."""
    joining: list[str] = field(default_factory=list)
    last: deque[str] = field(default_factory=lambda: deque(maxlen=_SHOWN_EVENTS))

    def take(self, event: Event) -> None:
        """Note an event."""
        line = in_words(event, self.secret)
        if line is not None:
            self.last.append(line)
        match event:
            case CheckFailed():
                self.checks[event.check] = event.why
            case CheckHeld():
                self.checks[event.check] = ""
            case Confirmed():
                self.phase = "resolved, the incident report is awaited"
            case Withdrawn():
                self.phase = "the incident is back"
            case Ended() | Voided():
                self.phase = "over"
            case Armed():
                self.phase = "on call"
                self.joining = self.join()

    def beat(self, failing: Mapping[str, str] | None) -> None:
        """Note what fails this second; None when nothing is known."""
        if failing is not None:
            self.checks = {name: failing.get(name, "") for name in sorted({*self.checks, *failing})}

    def draw(self, height: int) -> RenderableType:
        """The view as it stands now, for a terminal of this many lines: the oldest events give way first."""
        head = f"drill {self.drill} · team {self.team} · {self.phase} · {clock(time.time() - self.began)}"
        checks = Text("  ").join(_mark(name, why) for name, why in self.checks.items())
        failing = [Text(printable(f"  {name}: {why}"), "red") for name, why in self.checks.items() if why]
        parts: list[RenderableType] = [Text(printable(line), "cyan") for line in self.joining]
        parts += [checks if self.checks else Text("no check was seen yet", "dim"), *failing]
        room = max(1, height - len(parts) - 6)
        shown = Text("\n".join(map(printable, list(self.last)[-room:])), no_wrap=True, overflow="ellipsis")
        parts.append(Panel(shown, title="last events", title_align="left"))
        parts.append(Text("Ctrl-C leaves the drill running", "dim"))
        return Panel(Group(*parts), title=Text(printable(head), "bold"), title_align="left")


def _mark(name: str, why: str) -> Text:
    return Text(f"✗ {printable(name)}", "bold red") if why else Text(f"✓ {printable(name)}", "green")


def watch(view: View, events: Iterator[Event], beat: Beat) -> None:
    """Show the drill until its last event."""
    if OUT.is_terminal:
        _watch_live(view, events, beat)
    else:
        _watch_lines(view, events)


def _watch_lines(view: View, events: Iterator[Event]) -> None:
    for event in events:
        line = in_words(event, view.secret)
        if line is not None:
            say(line)
        if isinstance(event, Armed):
            for joining in view.join():
                say(f"          {joining}")


def _watch_live(view: View, events: Iterator[Event], beat: Beat) -> None:
    """Events arrive in a thread of their own, so that the clock goes on while none comes."""
    arrived: queue.Queue[Event | BaseException | None] = queue.Queue()

    def follow() -> None:
        try:
            for event in events:
                arrived.put(event)
            arrived.put(None)
        except BaseException as error:  # told in the thread that shows it
            arrived.put(error)

    threading.Thread(target=follow, daemon=True).start()
    with Live(view.draw(OUT.height), console=OUT, auto_refresh=False) as live:
        while True:
            item = _next(arrived)
            if isinstance(item, BaseException):
                raise item
            if item is None:
                return
            if isinstance(item, Event):
                view.take(item)
            else:
                view.beat(beat())
            live.update(view.draw(OUT.height), refresh=True)


class _Quiet:
    """Nothing arrived in time."""


def _next(arrived: queue.Queue[Event | BaseException | None]) -> Event | BaseException | _Quiet | None:
    try:
        return arrived.get(timeout=_REDRAW_S)
    except queue.Empty:
        return _Quiet()
