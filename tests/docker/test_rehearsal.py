"""`drill rehearse` and `drill score`, as they are typed."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.docker.playing import Playing, ours

KEYS = {
    "drill", "scenario", "level", "points", "passed", "criteria", "onset", "time_to_detect_s",
    "time_to_detect_error_s", "time_to_resolve_s", "time_to_resolve_error_s", "findings",
}  # fmt: skip
CRITERIA = {"detection", "resolution", "communication", "documentation"}
LARGEST_ERROR_S = 5.0
"""Two drills at once may cost an observation or two; accuracy has a test of its own."""

pytestmark = pytest.mark.docker


def drill(*arguments: str) -> Any:
    """The command's answer in JSON; fails with what it said when it does not end well."""
    command = [sys.executable, "-m", "simulator.cli", *arguments, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


@pytest.mark.usefixtures("playing")
def test_a_rehearsal_prints_the_card_that_the_store_gives_again() -> None:
    """8 points of 8, the documented keys, times with their errors; `drill score` says the same."""
    card = drill("rehearse", "disk-full", "--hold", "5")
    assert set(card) >= KEYS
    assert (card["scenario"], card["level"], card["points"], card["passed"]) == (
        "disk-full", "runbook", 8, True,
    )  # fmt: skip
    assert {name: criterion["points"] for name, criterion in card["criteria"].items()} == dict.fromkeys(
        CRITERIA, 2
    )
    assert 0 <= card["time_to_detect_s"] < card["time_to_resolve_s"]
    assert 0 < card["time_to_detect_error_s"] < LARGEST_ERROR_S
    assert 0 < card["time_to_resolve_error_s"] < LARGEST_ERROR_S
    assert drill("score", card["drill"]) == card
    assert ours(card["drill"]) == []


def test_a_wrong_remedy_earns_no_points_for_the_resolution(playing: Playing) -> None:
    """`--wrong` plays it to the end: detected and told, never resolved, and not passed."""
    card = drill("rehearse", "api-crash", "--hold", "5", "--wrong", "restart-redis")
    assert card["criteria"]["detection"]["points"] == 2
    assert card["criteria"]["resolution"]["points"] == 0
    assert (card["passed"], card["time_to_resolve_s"]) == (False, None)
    assert [row.state for row in playing.store.drills()] == ["ended"]
    assert ours(card["drill"]) == []
