"""The production half's engine as the control half asks it, and what it believes of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from simulator.box.control import engine
from simulator.box.control.ask_protections import protections
from simulator.box.control.engine import CONTAINERS, Engine
from simulator.box.control.erp import FailedError
from simulator.box.control.wire import Deadline
from tests.simulator.engine_fake import FakeEngine, fake_engine


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeEngine]:
    """A fake engine."""
    with fake_engine(tmp_path / "docker.sock", monkeypatch) as server:
        yield server


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("Up 2 minutes (unhealthy)", "erp-backend unhealthy"),
        ("Exited (1) 3 seconds ago", "erp-backend exited"),
        (None, "erp-backend missing"),
    ],
)
def test_services_must_run_and_not_be_unhealthy(docker: FakeEngine, status: str | None, words: str) -> None:
    """One container that is missing, stopped or unhealthy fails it by its name; one that starts does not."""
    Engine(os.getpid()).services(Deadline(5))
    docker.status |= {"erp-redis": "Up 3 minutes", "erp-nginx": "Up 2 seconds (health: starting)"}
    Engine(os.getpid()).services(Deadline(5))
    if status is None:
        del docker.status["erp-backend"]
    else:
        docker.status["erp-backend"] = status
    with pytest.raises(FailedError, match=words):
        Engine(os.getpid()).services(Deadline(5))


def test_a_container_that_stopped_on_a_full_disk_is_found_and_not_forgotten(docker: FakeEngine) -> None:
    """The engine's list has it as running for ever; each is asked for itself once in a while."""
    docker.status["erp-kibana"] = "Exited (0) 1 minute ago"
    docker.listed["erp-kibana"] = "Up 3 minutes"
    watched, found = Engine(os.getpid()), []
    for _ in range(2 * len(CONTAINERS)):
        try:
            watched.services(Deadline(5))
        except FailedError as error:
            found.append(str(error))
        else:
            assert found == [], "found once, and forgotten"
    assert len(found) > len(CONTAINERS) and set(found) == {"erp-kibana exited"}
    docker.status["erp-kibana"] = "Up 2 seconds"
    watched.services(Deadline(5))


def test_a_container_that_started_on_a_full_disk_runs(docker: FakeEngine) -> None:
    """The list has it as ended: whoever repairs all else could never make that right."""
    docker.listed["erp-kibana"] = "Exited (0) 1 minute ago"
    Engine(os.getpid()).services(Deadline(5))


def test_a_socket_that_is_a_link_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root inside may replace the engine's socket: by a link, a file, or nothing at all."""
    path = tmp_path / "other.sock"
    monkeypatch.setattr(engine, "SOCKET", str(path).lstrip("/"))
    path.symlink_to("/run/docker.sock")
    with pytest.raises(FailedError, match="cannot be asked"):
        Engine(os.getpid()).services(Deadline(1))
    path.unlink()
    path.write_text("no socket")
    with pytest.raises(FailedError, match="is no socket"):
        Engine(os.getpid()).services(Deadline(1))


def test_protections_tell_what_must_not_change(docker: FakeEngine) -> None:
    """Limits, policies and health checks come from the engine; what cannot be seen is null."""
    facts: Any = protections(Engine(os.getpid()), "127.0.0.1.invalid")
    assert facts["erp-backend memory limit"] == 1 << 30
    assert facts["erp-backend restart policy"] == "unless-stopped"
    assert facts["erp-backend health check"] is True
    assert facts["erp-backend image"] == "erp/stack:1"
    assert facts["erp-kibana health check"] is True
    assert facts["roles"] is facts["rows of stock"] is None


def test_a_service_runs_when_the_engine_says_so(docker: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its container's state counts; an engine that cannot be asked runs nothing."""
    assert Engine(os.getpid()).runs("backend", Deadline(5))
    docker.status["erp-backend"] = "Exited (137) 2 seconds ago"
    assert not Engine(os.getpid()).runs("backend", Deadline(5))
    monkeypatch.setattr(engine, "SOCKET", "nowhere/docker.sock")
    assert not Engine(os.getpid()).runs("redis", Deadline(5))


def test_a_restart_is_the_engine_s_own(docker: FakeEngine) -> None:
    """It goes over the socket; one that is refused is told."""
    Engine(os.getpid()).restart("backend", Deadline(5))
    assert docker.asked == ["/containers/erp-backend/restart?t=5"]
    del docker.status["erp-backend"]
    with pytest.raises(FailedError, match="answers 404"):
        Engine(os.getpid()).restart("backend", Deadline(5))


def test_whoever_listens_is_known_by_its_program(
    docker: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program of the process behind the socket must be the engine's, byte for byte; nobody is no liar."""
    assert Engine(os.getpid()).is_genuine(Deadline(5)) is True
    other = tmp_path / "dockerd"
    shutil.copy("/bin/true", other)
    monkeypatch.setattr(engine, "PROGRAM", str(other))
    assert Engine(os.getpid()).is_genuine(Deadline(5)) is False
    facts: Any = protections(Engine(os.getpid()), "127.0.0.1.invalid")
    assert facts["container engine is Debian's"] is False
    monkeypatch.setattr(engine, "SOCKET", "nowhere/docker.sock")
    assert Engine(os.getpid()).is_genuine(Deadline(5)) is None
