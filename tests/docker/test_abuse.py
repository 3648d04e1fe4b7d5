"""A trainee uses up what there is: the control half and the host keep theirs, and the drill can be ended."""

from __future__ import annotations

from itertools import pairwise

import pytest

from simulator import box_options, flight, operations
from simulator.box.control import cgroups
from simulator.wait import wait_until
from tests.docker import boxes
from tests.docker.boxes import MEMBERS, Team
from tests.docker.playing import ours

pytestmark = pytest.mark.docker

HOG = "python3 -c \"kept = [b'x' * (1 << 26) + bytes([n]) for n in range(200)]\""
"""Asks for 13 GB, and writes on every page."""
BOMB = "bash -c 'b() { b | b & }; b; wait'"
KILLED = 137
FULL_SHARE = 0.9
"""Of the production half's tasks: the bomb's own forks fail from there on."""
FULL_WITHIN_S = 60.0
BEATS = 10
BEATS_WITHIN_S = 40.0
LATEST_S = 5.0
"""Between two beats, which come every second on a machine that has time."""


def beats(team: Team, since: float) -> list[float]:
    """When the control half gave a sign of life, in seconds since the epoch."""
    raw = team.server.container.logs(timestamps=True, stdout=True, stderr=False, stream=True, follow=False)
    found = (line.at for line in flight.lines(raw, None) if line.fact["fact"] == "beat")
    return [at for at in found if at >= since]


def goes_on(team: Team, since: float) -> bool:
    """Whether the beats come for a while, and none late."""
    came = wait_until(lambda: len(beats(team, since)) >= BEATS, within_s=BEATS_WITHIN_S, every_s=1)
    return came and all(later - earlier < LATEST_S for earlier, later in pairwise(beats(team, since)))


def tasks(team: Team) -> int:
    """How many tasks the whole box has, by the engine's figures."""
    return int(team.server.container.stats(stream=False)["pids_stats"]["current"])


def test_a_hog_and_a_bomb_harm_neither_the_record_nor_the_host(built: None) -> None:
    """13 GB, then every task there is: limits hold, facts go on, the drill ends and leaves nothing."""
    with boxes.team() as team:
        began = team.server.clock()
        status = team.types(f"{HOG}; echo $?").split()[-1]
        assert status == str(KILLED)
        assert goes_on(team, began)
        team.server.container.reload()
        assert team.server.is_up() and not team.server.container.attrs["State"]["OOMKilled"]
        limits = team.server.container.attrs["HostConfig"]
        assert (limits["Memory"], limits["PidsLimit"]) == (box_options.MEMORY, box_options.TASKS)
        assert team.gets_green(), team.failing()

        team.server.container.exec_run(
            ["python3", "-m", "control.enter", "--as", MEMBERS[0], "bash", "-lc", BOMB], detach=True
        )
        assert wait_until(lambda: tasks(team) > FULL_SHARE * cgroups.TASKS, within_s=FULL_WITHIN_S)
        assert goes_on(team, team.server.clock())
        assert tasks(team) < box_options.TASKS, "the production half has what is the control half's"
        operations.abort(team.drill)
        assert ours(team.drill) == []
