"""Nothing on the production server names the scenario, the simulator, the seed or the host."""

from __future__ import annotations

import base64
import re
import shlex
import socket
from pathlib import Path

import pytest

from faults import catalogue
from faults.contract import Fault
from simulator import flight, settings
from tests.docker import law, reach, search
from tests.docker.playing import Game, Playing

pytestmark = pytest.mark.docker

ALWAYS = ("pool-exhausted", "expert")
"""Its injection leaves the most behind: a program, a folder and a container of its own."""
SIMULATOR = (
    r"drills?", r"referees?", r"inject\w*", r"faults?", r"scenarios?", r"chaos", r"rehears\w*", r"simulat\w*",
    r"golden", r"trainees?", r"facilitators?", r"steady.state", r"wrong.remed\w*", r"training", r"fake\w*",
)  # fmt: skip
"""The words of the simulator, as whole words: `default` and `segfault` are none."""
SHORTEST_NAME = 5
"""Letters. A host or an account of fewer is a word that occurs anywhere."""
WATCHED = "/dev/shm/seen"
WATCHING = f"echo $$ > {WATCHED}.pid; while :; do ps -eo args; sleep 0.05; done"
WATCH = f"nohup setsid sh -c '{WATCHING}' > {WATCHED} 2>&1 &"
SEARCH_WITHIN_S = 170.0
BENIGN = (
    # pages, some compressed: "de.fault"; pg_dump and the statistics tell what the database holds
    r"/var/lib/docker/volumes/erp_pgdata/",
)
"""Where a word may stand, and why."""


def words(game: Game) -> list[str]:
    """What must not be found: the simulator's words, the scenario's, the drill's and the host's."""
    fault, row = game.fault, game.drill.row
    own = [row.id, row.order.team, str(row.order.seed), fault.title]
    # a scenario's name of one word ("forbidden", "typo") is the symptom's own name, which the ERP itself says
    own += [fault.name, fault.name.replace("-", "_")] if "-" in fault.name else []
    host = [socket.gethostname(), str(settings.home()), *reach.own_addresses()]
    named = [re.escape(name) for name in (*own, *host) if len(name) >= SHORTEST_NAME]
    # the production server's engine has a bridge of its own at the usual address of the host's
    named = [name for name in named if name != re.escape("172.17.0.1")]
    return [rf"(?<![a-z0-9])(?:{word})(?![a-z0-9])" for word in (*SIMULATOR, *named)]


def found(game: Game, looked_for: list[str]) -> list[str]:
    """Where root on the production server finds any of the words."""
    program = base64.b64encode(Path(search.__file__).read_bytes()).decode()
    started = flight.seconds(game.server.container.attrs["Created"])
    told = game.server.run(
        f"base64 -d <<< {program} | python3 - {started} {shlex.join(looked_for)}", timeout_s=SEARCH_WITHIN_S
    )
    return [line for line in told.splitlines() if not re.match("|".join(BENIGN), line)]


def cases() -> list[object]:
    """One fault in every run, the others where there is time."""
    every = {(fault.name, fault.level): fault for fault in (*law.BREAKING, catalogue.find("quiet"))}
    return [
        pytest.param(fault, id=law.scenario(fault), marks=[] if key == ALWAYS else [pytest.mark.long])
        for key, fault in every.items()
    ]


@pytest.mark.parametrize("fault", cases())
def test_nothing_gives_the_drill_away(playing: Playing, fault: type[Fault]) -> None:
    """Neither while the drill is armed nor after the injection, and a word that is there is found."""
    game = playing.game(fault)
    looked_for = words(game)
    game.server.run("echo a referee > /tmp/seen")
    assert [line.split(":")[0] for line in found(game, looked_for)] == ["/tmp/seen"]
    if fault.breaks:
        game.server.run("rm /tmp/seen")
        game.drill.inject()
        assert found(game, looked_for) == []


def test_no_list_of_processes_tells_what_was_done(playing: Playing) -> None:
    """Who watches the processes through an injection sees commands at work, and no program of them all."""
    game = playing.game(catalogue.find(*ALWAYS))
    game.server.run(WATCH)
    game.fault.inject(game.server)
    game.fault.cause(game.server)
    seen = game.server.run(f"kill -- -$(cat {WATCHED}.pid); sort -u {WATCHED}").splitlines()
    assert [line for line in seen if line.startswith("ps ")] != [], "nobody watched"
    assert [line for line in seen if re.match(r"(ba)?sh -c", line) and "sleep 0.05" not in line] == []
