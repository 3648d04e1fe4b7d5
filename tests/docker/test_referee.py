"""The referee may be killed at any time, and the server's container too: the record goes on."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from faults.api_crash import ApiCrash
from scoring import marks
from scoring.scorecard import score
from scoring.timeline import CheckHeld, Confirmed, Restarted, Timeline
from simulator import operations, referee
from simulator.box.control.channel import EMERGENCY
from simulator.server import ProductionServer
from simulator.wait import wait_until
from tests.docker import law
from tests.docker.mortal import POINTS
from tests.docker.playing import MEMBER, Playing, order, ours

ONCE = ("Opened", "Armed", "Injected", "Confirmed", "Reported", "Ended")
RESOLVES_WITHIN_S = 60.0
"""The bot types at once, and the backend starts within seconds: nothing of a referee's death is in it."""

PATIENCE_S = 120.0

pytestmark = pytest.mark.docker


class Deaths:
    """Stands where a referee is started: each one dies at the next point, until none is left."""

    def __init__(self, points: list[str]) -> None:
        self.points = points
        self.met: list[tuple[str, subprocess.Popen[bytes]]] = []
        self.spawn = referee.spawn

    def __call__(self, drill_id: str) -> None:
        if not self.points:
            self.spawn(drill_id)
            return
        point = self.points.pop(0)
        command = [sys.executable, "-m", "tests.docker.mortal", point, drill_id]
        self.met.append((point, subprocess.Popen(command)))

    def died_elsewhere(self) -> Iterator[str]:
        """The points at which a referee was not killed but ended some other way."""
        for point, process in self.met:
            if (code := process.wait(timeout=10)) != -9:
                yield f"{point}: exit code {code}"


@pytest.fixture
def deaths(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Deaths:
    """The points of the case, met by one referee after another."""
    planned = Deaths(list(request.param))
    monkeypatch.setattr("simulator.referee.spawn", planned)
    return planned


def kinds(timeline: Timeline) -> dict[str, int]:
    """How often each thing happened that happens once in a drill."""
    counted = Counter(type(event).__name__ for event in timeline)
    return {kind: counted[kind] for kind in ONCE}


def spoken(server: ProductionServer) -> list[tuple[str, str]]:
    """Who said what in the emergency channel, as the team can read it."""
    return [(each["who"], each["text"]) for each in server.ask("channel", {"name": EMERGENCY})]


ALL_IN_ONE = pytest.param(tuple(POINTS), id="every-point-of-one-drill")
ONE_EACH = [pytest.param((point,), id=point, marks=pytest.mark.long) for point in POINTS]


@pytest.mark.parametrize("deaths", [ALL_IN_ONE, *ONE_EACH], indirect=True)
def test_a_killed_referee_changes_nothing(playing: Playing, deaths: Deaths) -> None:
    """Killed at a point, or at all of them in one drill, it ends with the score of an undisturbed drill."""
    timeline = playing.rehearse(ApiCrash)
    assert (list(deaths.died_elsewhere()), deaths.points) == ([], [])
    card = score(timeline)
    assert (card.points, law.missed(card), card.findings, card.ended) == (8, [], (), "documented")
    assert kinds(timeline) == dict.fromkeys(ONCE, 1)
    assert any(isinstance(event, Restarted) for event in timeline), "the cure was not put to the test"
    assert card.time_to_resolve_s is not None and card.time_to_resolve_s < RESOLVES_WITHIN_S
    assert ours(card.drill) == []


def test_a_drill_goes_on_when_its_servers_container_is_killed(playing: Playing) -> None:
    """The container is started again from its disk; what the team said and the incident are still there."""
    drill_id = operations.begin(order(ApiCrash))

    def meets(condition: Callable[[Timeline], object]) -> bool:
        return wait_until(lambda: bool(condition(playing.store.timeline(drill_id))), within_s=PATIENCE_S)

    assert meets(marks.onset)
    server = ProductionServer.existing(drill_id)
    ticket = server.type_as(MEMBER, "incident open --severity P1 --affects backend --summary down").split()[0]
    server.type_as(MEMBER, f"slack '{EMERGENCY}' 'we are on it'")
    killed = server.clock()
    server.container.kill()
    assert meets(lambda timeline: [e for e in timeline if isinstance(e, CheckHeld) and e.at > killed])
    assert meets(lambda timeline: marks.failing(timeline, float("inf")))
    assert f"{ticket}  P1  OPEN" in server.type_as(MEMBER, "incident status")
    assert (MEMBER, "we are on it") in spoken(server)
    assert wait_until(lambda: server.inside.succeeds("docker start erp-backend"), within_s=PATIENCE_S)
    assert meets(lambda timeline: [e for e in timeline if isinstance(e, Confirmed)])
    assert server.type_as(MEMBER, "incident close") == f"{ticket} closed\n"
    operations.stop(drill_id)
    card = score(playing.store.timeline(drill_id))
    assert (card.void, card.findings, card.criteria["resolution"].points) == (None, (), 2)
    assert ours(drill_id) == []
