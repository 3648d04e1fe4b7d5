"""The tables: scenarios, drills, the leaderboard and what a drill needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from simulator.screen.console import clock, printable, say

Rows = Sequence[Mapping[str, Any]]


def show_scenarios(rows: Rows) -> None:
    """What can be practised, without what breaks."""
    columns = {"name": "scenario", "level": "level", "severity": "severity", "target_min": "target (min)"}
    say(_table(columns | {"drilled": "drilled"}, rows))
    say("drill scenarios NAME tells more; drill start --scenario NAME begins")


def show_scenario(row: Mapping[str, Any]) -> None:
    """One scenario, without the answer."""
    say(f"{row['name']} ({row['level']}), {row['severity']}")
    for number, words in enumerate(row["first_reports"]):
        say(f"  {'' if number else 'users may say:':15} {words}")
    say(f"  targets:        detect within 2 min, resolve within {row['target_min']:g} min")
    for number, skill in enumerate(row["skills"]):
        say(f"  {'' if number else 'trains:':15} {skill}")
    say(f"  drilled:        {row['drilled']}")


def show_answer(row: Mapping[str, Any]) -> None:
    """What breaks and what cures it, for the facilitator."""
    say(f"  what breaks:    {row['title']}")
    say(f"  runbook:        {row['section']}")
    say(f"  root cause:     {row['cause']}")
    say(f"  alerts:         {' or '.join(row['alerts']) or 'none: the monitoring cannot see it'}")
    say("  remedy:")
    for command in row["remedy"]:
        say(f"    {command}")
    for name, commands in row["other_remedies"].items():
        say(f"  or {name}:")
        for command in commands:
            say(f"    {command}")
    say("  must not pass (names for `drill rehearse --wrong`):")
    for name in row["wrong_remedies"]:
        say(f"    {name}: {row['wrong_remedies_why'][name]}")


def show_drills(rows: Rows) -> None:
    """Drills, oldest first."""
    columns = {"drill": "drill", "team": "team", "scenario": "scenario", "level": "level", "state": "state"}
    say(_table(columns, rows))


def show_schedule(rows: Rows) -> None:
    """The year's drills."""
    say(_table({"at": "first Tuesday", "every": "every month", "rotating": "rotating"}, rows))


def show_leaderboard(rows: Rows) -> None:
    """Teams, best first."""
    table = Table()
    for name in ("", "team", "drills", "points", "passed", "detect", "resolve", "trend"):
        table.add_column(name, justify="left" if name in ("team", "trend") else "right")
    for row in rows:
        table.add_row(
            *(
                str(row["rank"]),
                Text(printable(row["team"])),
                str(row["drills"]),
                f"{row['average_points']:.2f}",
            ),
            *(f"{row['pass_rate']:.0%}", _span(row["median_detect_s"]), _span(row["median_resolve_s"])),
            _trend(row["trend"]),
        )
    say(table)


def show_needs(rows: Rows) -> None:
    """What a drill needs from this machine: what was found, and the remedy where it is not enough."""
    table = Table(show_header=False, box=None)
    for row in rows:
        mark = Text("✓", "green") if row["ok"] else Text("✗", "bold red")
        told = Text(printable(row["found"]))
        if not row["ok"]:
            told.append(f"\n→ {printable(row['remedy'])}", "yellow")
        table.add_row(mark, Text(row["name"]), told)
    say(table)


def _table(columns: Mapping[str, str], rows: Rows) -> Table:
    table = Table()
    for title in columns.values():
        table.add_column(title)
    for row in rows:
        table.add_row(*(Text(printable(_cell(row[key]))) for key in columns))
    return table


def _cell(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _span(seconds: float | None) -> str:
    return "–" if seconds is None else clock(seconds)


def _trend(points: float | None) -> str:
    return "–" if points is None else f"{points:+.2f}"
