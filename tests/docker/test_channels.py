"""Alerts and complaints reach the incident channels as in life, from the real monitoring."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from faults import catalogue
from simulator.wait import wait_until
from tests.docker import boxes
from tests.docker.boxes import Team

pytestmark = pytest.mark.docker

ALERT_WITHIN_S = 45
"""A scrape, the rule's own 10 s, Alertmanager's grouping; a full disk slows each."""
COMPLAINT_WITHIN_S = 60
"""Three failures over 20 s, and the next attempt of that user."""


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder for the whole module, which shares one server."""
    with boxes.data_folder(tmp_path_factory.mktemp("home")) as folder:
        yield folder


@pytest.fixture(scope="module")
def team(home: Path) -> Iterator[Team]:
    """A healthy server that the tests break themselves, one after the other."""
    with boxes.team() as here:
        yield here


def test_a_healthy_server_is_silent(team: Team) -> None:
    """Neither an alert nor a complaint comes before anything breaks."""
    assert not team.facts("alert") and not team.facts("complaint")


@pytest.mark.parametrize(
    ("scenario", "alert"),
    [("api-crash", "BackendDown")],
)
def test_an_incident_is_heard_in_the_channels(team: Team, scenario: str, alert: str) -> None:
    """The alert fires and resolves in #erp-emergency; users complain in #erp-support, in plain words."""
    fault = catalogue.find(scenario)(7)
    complained = len(team.facts("complaint"))
    fault.inject(team.server)
    assert team.hears("alert", ALERT_WITHIN_S, name=alert, firing=True), team.facts("alert")
    assert f"alertmanager: 🔥 FIRING: {alert}" in team.types(
        "script -qec \"slack '#erp-emergency'\" /dev/null"
    )
    assert wait_until(lambda: len(team.facts("complaint")) > complained, within_s=COMPLAINT_WITHIN_S)
    said = team.facts("complaint")[-1]
    assert said["channel"] == "#erp-support" and scenario not in said["text"]
    assert said["text"] in team.types("script -qec \"slack '#erp-support'\" /dev/null")
    fault.heal(team.server)
    assert team.gets_green(), team.failing()
    assert team.hears("alert", ALERT_WITHIN_S, name=alert, firing=False), team.facts("alert")
