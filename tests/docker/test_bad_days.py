"""Trouble with the engine, the host and the build: one clear error, and nothing is lost or left behind."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from docker.errors import APIError
from docker.models.volumes import VolumeCollection

from faults import catalogue
from faults.api_crash import ApiCrash
from scoring import marks
from scoring.scorecard import score
from scoring.timeline import CheckHeld, Confirmed, Ended, Timeline, Voided
from simulator import belongings, engine, operations, referee
from simulator.server import ProductionServer
from simulator.wait import wait_until
from tests.docker.boxes import command
from tests.docker.checkout import Checkout, is_being_made
from tests.docker.gate import before_the_engine
from tests.docker.playing import Playing, order, ours

PATIENCE_S = 150.0

pytestmark = pytest.mark.docker


def test_a_host_without_space_voids_the_drill_and_keeps_nothing(
    playing: Playing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The record tells that space is missing and what to do; container and volume are gone."""

    def full(*_: object, **__: object) -> None:
        raise APIError("no", explanation="write /var/lib/docker/x: no space left on device")

    row = playing.store.begin(order(catalogue.find("api-crash")))
    with monkeypatch.context() as patch:
        patch.setattr(VolumeCollection, "create", full)
        referee.run(row.id)
    why = next(event.why for event in playing.store.timeline(row.id) if isinstance(event, Voided))
    assert "no space left" in why and "free some space" in why and "\n" not in why
    assert playing.store.drill(row.id).state == "ended" and ProductionServer.find(row.id) is None


def test_what_does_not_exist_is_told_by_name(playing: Playing, capsys: pytest.CaptureFixture[str]) -> None:
    """An id, a scenario, a level, a remedy that is not there: exit code, one line, the nearest name."""
    for code, hint, *arguments in (
        (3, "drill", "score", "D-1"),
        (3, "drill", "abort", "D-1"),
        (3, "did you mean api-crash", "start", "--scenario", "api-crahs"),
        (3, "--level", "rehearse", "api-crash", "--level", "wizard"),
        (3, "stand-in", "rehearse", "api-crash", "--wrong", "stand-inn"),
        (2, "10080", "start", "--scenario", "api-crash", "--limit", "-5"),
        (2, "account", "start", "--scenario", "api-crash", "--members", "Ana Bell"),
    ):
        told = command(capsys, *map(str, arguments))
        assert told.code == code and told.out == "" and told.err.count("\n") == 1, (arguments, told)
        assert str(hint) in told.err, told.err
    assert playing.store.drills() == ()


def meets(playing: Playing, drill: str, condition: Callable[[Timeline], object]) -> bool:
    """Whether the drill's timeline comes to meet the condition."""
    return wait_until(lambda: bool(condition(playing.store.timeline(drill))), within_s=PATIENCE_S)


def says_what_to_do(line: str) -> bool:
    """Whether it tells that the engine is gone, and what somebody can do about it."""
    return "engine" in line and ("start Docker" in line or "drill doctor" in line)


def refuse_for_want_of_an_engine(capsys: pytest.CaptureFixture[str]) -> None:
    """Every command that needs the engine says in one line that it is gone and what to do; exit code 5."""
    for arguments in (
        ("start", "--scenario", "api-crash", "--team", "other"),
        ("say", "#erp-support", "hello"),
        ("declare", "--severity", "P1", "--affects", "erp", "--summary", "down"),
        ("shell",),
        ("clean",),
    ):
        told = command(capsys, *arguments)
        assert (told.code, told.out, told.err.count("\n")) == (5, "", 1), (arguments, told)
        assert says_what_to_do(told.err), told.err


def test_a_drill_outlives_an_engine_that_stops_and_comes_back(
    playing: Playing, capsys: pytest.CaptureFixture[str]
) -> None:
    """Meanwhile each command says what to do; afterwards the incident is there, is resolved and scored."""
    beside = engine.connect()
    with before_the_engine() as way:
        drill = operations.begin(order(ApiCrash))
        assert meets(playing, drill, marks.onset)
        production = ProductionServer.existing(drill)
        stopped = production.clock()
        way.shut()
        beside.containers.get(belongings.name(drill)).kill()
        refuse_for_want_of_an_engine(capsys)
        told = command(capsys, "status")
        assert told.code == 0 and drill in told.out and "engine" in told.out, told
        way.open()
        assert meets(playing, drill, lambda t: [e for e in t if isinstance(e, CheckHeld) and e.at > stopped])
        assert meets(playing, drill, lambda t: marks.failing(t, float("inf")))
        assert wait_until(lambda: production.inside.succeeds("docker start erp-backend"), within_s=PATIENCE_S)
        assert meets(playing, drill, lambda t: [e for e in t if isinstance(e, Confirmed)])
        operations.stop(drill)
    card = score(playing.store.timeline(drill))
    assert (card.void, card.findings, card.criteria["resolution"].points) == (None, (), 2)
    assert ours(drill) == []


def test_a_drill_whose_engine_stays_away_is_void_and_leaves_nothing(
    playing: Playing, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reason is on the record; the first command after the engine's return removes what is left."""

    def spawn(drill: str) -> None:
        subprocess.Popen([sys.executable, "-m", "tests.docker.impatient", drill], stdin=subprocess.DEVNULL)

    monkeypatch.setattr("simulator.referee.spawn", spawn)
    with before_the_engine() as way:
        drill = operations.begin(order(ApiCrash))
        assert meets(playing, drill, marks.onset)
        way.shut()
        assert meets(playing, drill, lambda t: [e for e in t if isinstance(e, Ended)])
        void = next(e for e in playing.store.timeline(drill) if isinstance(e, Voided))
        assert says_what_to_do(void.why), void.why
        assert wait_until(lambda: not referee.is_alive(playing.store.drill(drill)), within_s=PATIENCE_S)
        way.open()
        assert command(capsys, "status").code == 0
        assert wait_until(lambda: playing.store.drill(drill).state == "ended", within_s=PATIENCE_S)
        told = command(capsys, "score", drill)
    assert told.code == 8 and told.err.count("\n") == 1 and says_what_to_do(told.err), told
    assert ours(drill) == []


@pytest.mark.long
def test_a_build_that_is_killed_is_finished_by_the_next(built: None, tmp_path: Path) -> None:
    """Killed while the golden disk is made: it does not count, and the next run leaves none of it."""
    checkout = Checkout.changed(tmp_path)
    client, name = engine.connect(), checkout.tells("recipes.golden_volume()")
    try:
        first = checkout.builds()
        assert wait_until(lambda: is_being_made(name), within_s=PATIENCE_S)
        first.kill()
        first.communicate()
        assert is_being_made(name), "killed too late"
        assert checkout.tells("image.missing()") == "['golden disk']"
        second = checkout.builds()
        told = second.communicate()[1]
        assert second.returncode == 0, told
        assert checkout.tells("image.missing()") == "[]"
        everything = client.containers.list(all=True) + client.volumes.list()
        assert {each.name for each in everything if name in each.name} == {name, f"{name}-ready"}
        assert not list((tmp_path / "home").glob("*.tar"))
    finally:
        checkout.forget(name)
