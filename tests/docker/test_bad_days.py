"""Trouble with the engine, the host and the build: one clear error, and nothing is lost or left behind."""

from __future__ import annotations

import pytest
from docker.errors import APIError
from docker.models.volumes import VolumeCollection

from faults import catalogue
from scoring.timeline import Voided
from simulator import referee
from simulator.server import ProductionServer
from tests.docker.boxes import command
from tests.docker.playing import Playing, order

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
