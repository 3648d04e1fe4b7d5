"""The scorecard as people read it: the points, each rule with its evidence, times with their error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from simulator.screen.console import clock, printable, say


def show_scorecard(card: Mapping[str, Any]) -> None:
    """Show a card in the shape that `drill score --json` prints."""
    parts: list[RenderableType] = [] if card["points"] is None else [_times(card)]
    for name, criterion in card["criteria"].items():
        parts += [Text(), _criterion(name, criterion)]
    if card["findings"]:
        parts += [Text(), Text("beside the points", "bold")]
        parts += [Text(f"  ! {printable(_finding(finding))}", "yellow") for finding in card["findings"]]
    if card["points"] is None:
        verdict = Text(f"not scored: {card['verdict']}")  # nothing breaks in such a drill
    else:
        verdict = Text(f"{card['points']} of 8 points: {'passed' if card['passed'] else 'not passed'}")
    verdict.stylize("bold green" if card["passed"] else "bold red")
    title = f"drill {card['drill']} · {card['scenario']} ({card['level']})"
    say(Panel(Group(*parts, Text(), verdict), title=Text(title, "bold"), title_align="left"))


def _times(card: Mapping[str, Any]) -> Table:
    table = Table.grid(padding=(0, 2))
    for label, key in (("detected", "time_to_detect"), ("resolved", "time_to_resolve")):
        seconds, error = card[f"{key}_s"], card[f"{key}_error_s"]
        shown = "never" if seconds is None else f"{clock(round(seconds))} ± {error:.1f} s after the onset"
        table.add_row(Text(label), Text(shown, "bold"))
    return table


def _criterion(name: str, criterion: Mapping[str, Any]) -> RenderableType:
    points = criterion["points"]
    head = Text(f"{name}: {points} of 2", "bold green" if points else "bold red")
    rules = Table.grid(padding=(0, 1))
    rules.add_column(width=3, justify="right")
    rules.add_column(ratio=2)
    rules.add_column(ratio=3)
    for rule in criterion["rules"]:
        mark = Text("✓", "green") if rule["passed"] else Text("✗", "red")
        rules.add_row(mark, Text(printable(rule["name"])), Text(printable(rule["evidence"]), "dim"))
    return Group(head, rules)


def _finding(finding: Any) -> str:
    if isinstance(finding, Mapping):
        return ": ".join(str(value) for value in finding.values())
    return str(finding)
