"""The container engine: one that answers is used as it is; where none does, Debian's is installed."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from http.client import IncompleteRead
from pathlib import Path

import docker
from docker.errors import APIError, DockerException
from testcontainers.core.docker_client import DockerClient
from urllib3.exceptions import HTTPError

from simulator.errors import EngineGone, EngineProblem, HostProblem
from simulator.wait import wait_until

FOREIGN = (DockerException, OSError, HTTPError)
"""What the engine's library raises: its own errors, the system's, and those of a stream that breaks."""
PACKAGES = ("docker.io", "iptables")
ADDRESS = "DOCKER_HOST"
"""The variable that names somebody's engine: no other one is started in its place."""
START_WITHIN_S = 60.0
ENGINE_LOG = Path("/var/log/drill-engine.log")
PID_FILE = Path("/var/run/docker.pid")


def connect() -> docker.DockerClient:
    """A client of the engine that answers. Raises EngineProblem where none does."""
    try:
        client = docker.from_env()
        client.ping()
    except FOREIGN as error:
        raise EngineGone(
            f"no container engine answers ({reason(error)})",
            "start Docker, or run `make setup` as root on Debian or Ubuntu",
        ) from error
    return client


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """The border at which the errors of an engine that answered before become ours."""
    try:
        yield
    except APIError as error:
        text = reason(error)
        if "no space left" in text.lower():
            raise HostProblem(
                f"the engine has no space left: {text}", "free some space, then try again"
            ) from error
        raise EngineProblem(f"the engine refuses: {text}", "see `drill doctor`") from error
    except FOREIGN as error:
        raise EngineGone(
            f"the engine does not answer: {reason(error)}", "is it running? see `drill doctor`"
        ) from error


def reason(error: BaseException) -> str:
    """Why it failed, in plain words: the library wraps what the system said several times over."""
    if isinstance(error, APIError) and error.explanation:
        return str(error.explanation)
    passed_on = [each for each in (*error.args, error.__cause__) if isinstance(each, BaseException)]
    if passed_on:
        return reason(passed_on[0])
    if isinstance(error, IncompleteRead):
        return "the answer broke off"
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    return str(error) or type(error).__name__


def answers() -> bool:
    """Whether an engine answers now."""
    try:
        connect().close()
    except EngineGone:
        return False
    return True


def ensure() -> docker.DockerClient:
    """A client of the engine; installs and starts Debian's where none answers and we may."""
    try:
        return connect()
    except EngineProblem as error:
        _require_right(error)
    if shutil.which("dockerd") is None:
        install(PACKAGES)
    _start()
    return connect()


def install(packages: tuple[str, ...]) -> None:
    """Install Debian packages without starting what they bring. Raises EngineProblem."""
    # a foreign source that cannot be reached fails the update, and hinders nothing that we need
    _apt("update", "-qq")
    failure = _apt("install", "-y", "-qq", "--no-install-recommends", *packages)
    if failure:
        raise EngineProblem(
            f"`apt-get install {' '.join(packages)}` failed: {failure[-200:]}",
            "install the packages by hand, then run this again",
        )


def _apt(*arguments: str) -> str:
    """What apt-get complains of; empty when it succeeds."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        ["apt-get", *arguments], env=environment, capture_output=True, text=True, check=False
    )
    return (done.stderr or done.stdout or "no reason given").strip() if done.returncode else ""


def may_install() -> bool:
    """Whether this is Debian or Ubuntu and we are root."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def _require_right(error: EngineProblem) -> None:
    """Raise EngineProblem where it is not ours to install or start an engine."""
    if ADDRESS in os.environ:
        raise EngineProblem(error.message, f"correct or unset {ADDRESS}, then run this again")
    if not may_install():
        raise EngineProblem(
            f"{error.message}, and this is not root on Debian or Ubuntu",
            "install and start Docker (Engine 20.10 or newer), or get the right to use it, then try again",
        )


def _start() -> None:
    if Path("/run/systemd/system").is_dir():
        subprocess.run(["systemctl", "start", "docker"], capture_output=True, check=False)
    else:
        _forget_dead_engine()
        with ENGINE_LOG.open("ab") as log:
            subprocess.Popen(
                ["dockerd"], stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
    if not wait_until(_answers, within_s=START_WITHIN_S, every_s=0.5):
        raise EngineProblem(
            f"Docker was started and does not answer within {START_WITHIN_S:.0f} s",
            f"read {ENGINE_LOG} or `journalctl -u docker`",
        )


def _forget_dead_engine() -> None:
    """A killed engine leaves its process id behind, which may by now be somebody else's."""
    if not PID_FILE.exists():
        return
    process = Path("/proc") / PID_FILE.read_text().strip() / "comm"
    if not process.exists() or process.read_text().strip() != "dockerd":
        PID_FILE.unlink()


def _answers() -> bool:
    try:
        connect()
    except EngineProblem:
        return False
    return True


def host() -> str:
    """The address at which the engine's published ports are reached."""
    return "127.0.0.1" if (name := DockerClient().host()) == "localhost" else name
