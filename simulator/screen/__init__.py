"""All that a terminal shows: tables, the scorecard, progress, a drill's lines and its live view."""

from simulator.screen.console import error, say, say_json, say_json_line, say_raw, terminal, warn
from simulator.screen.live import watch
from simulator.screen.scorecard import show_scorecard
from simulator.screen.steps import progress
from simulator.screen.tables import (
    show_answer,
    show_drills,
    show_leaderboard,
    show_needs,
    show_scenario,
    show_scenarios,
    show_schedule,
)
from simulator.screen.wording import in_words

__all__ = [
    "error",
    "in_words",
    "progress",
    "say",
    "say_json",
    "say_json_line",
    "say_raw",
    "show_answer",
    "show_drills",
    "show_leaderboard",
    "show_needs",
    "show_scenario",
    "show_scenarios",
    "show_schedule",
    "show_scorecard",
    "terminal",
    "warn",
    "watch",
]
