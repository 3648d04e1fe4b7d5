"""A healthy server holds, also on a machine that is busy: the judge never cries wolf."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from faults.api_crash import ApiCrash
from scoring import marks
from scoring.timeline import CheckFailed, Unobserved
from tests.docker.playing import Playing

LOOKS_S = float(os.environ.get("DRILL_STEADY_S", "600"))
"""How long it is watched, in seconds."""
SEEN_SHARE = 0.9
"""Of that time something must have been seen: a judge with closed eyes is no proof."""

LOOP = "import os, sys\nwhile os.getppid() == int(sys.argv[1]): pass"
"""Busy for as long as the test lives, however that ends. Its process is named: it may be gone already."""

pytestmark = [pytest.mark.docker, pytest.mark.long, pytest.mark.measured]


@pytest.fixture
def busy() -> Iterator[None]:
    """A loop that never rests, for every core of the machine."""
    loop = [sys.executable, "-c", LOOP, str(os.getpid())]
    loops = [subprocess.Popen(loop) for _ in range(os.cpu_count() or 1)]
    try:
        yield
    finally:
        for each in loops:
            each.kill()
            each.wait()


@pytest.mark.timeout(LOOKS_S + 300)
@pytest.mark.usefixtures("busy")
def test_no_check_fails_on_a_healthy_server_of_a_busy_machine(playing: Playing) -> None:
    """Ten minutes of a day's traffic with every core loaded: no check fails, and the time was observed."""
    game = playing.game(ApiCrash)
    armed = game.drill.follower.now
    game.follows(lambda: False, LOOKS_S)
    later = [event for event in game.drill.timeline if event.at > armed]
    unobserved = sum(event.at - event.since for event in later if isinstance(event, Unobserved))
    assert [event for event in later if isinstance(event, CheckFailed)] == []
    assert marks.failing(game.drill.timeline, float("inf")) == {}
    assert unobserved < (1 - SEEN_SHARE) * LOOKS_S
