"""The production half's Docker engine, asked over its socket.

Untrusted: bounded in time and size, and never a verdict by itself, only one more thing that must hold.
"""

from __future__ import annotations

import hashlib
import http.client
import itertools
import json
import os
import socket
import stat
import struct
from typing import Any

from .erp import FailedError
from .untrusted import opened
from .wire import Connection, Deadline, Request

SOCKET = "run/docker.sock"
SERVICES = (
    "postgres",
    "redis",
    "backend",
    "nginx",
    "prometheus",
    "alertmanager",
    "elasticsearch",
    "kibana",
    "grafana",
    "node-exporter",
    "postgres-exporter",
    "redis-exporter",
)
PROGRAM = "/usr/sbin/dockerd"
"""The control half's own copy of the engine's program: the golden disk was made from the same image."""
PEER = struct.Struct("3i")
"""The kernel's struct ucred: process, user, group."""
STOP_S = 5
CONTAINERS = tuple(f"erp-{service}" for service in SERVICES)
NAME_WITHIN_S = 0.1
UNHEALTHY = "(unhealthy)"


class Engine:
    """The engine inside the production half whose first process is `process`."""

    def __init__(self, process: int) -> None:
        self.follow(process)
        self._own: str | None = None
        self._seen: tuple[tuple[int, int, int], bool] | None = None
        self._turns = itertools.cycle(CONTAINERS)
        self._doubted: set[str] = set()

    def follow(self, process: int) -> None:
        """From now on ask the engine of the production half with this first process."""
        self._root = f"/proc/{process}/root"

    def get(self, path: str, deadline: Deadline) -> Any:
        """The JSON answer to GET `path`; FailedError if there is none in time."""
        try:
            return json.loads(self._exchange(Request("GET", path, {}), 200, deadline))
        except (ValueError, RecursionError) as error:
            raise FailedError("wrong", "the engine's answer is no JSON") from error

    def restart(self, service: str, deadline: Deadline) -> None:
        """Restart the service's container, with STOP_S for a clean stop; FailedError if it cannot be."""
        path = f"/containers/erp-{service}/restart?t={STOP_S}"
        self._exchange(Request("POST", path, {}), 204, deadline)

    def runs(self, service: str, deadline: Deadline) -> bool:
        """Whether the service's container runs; an engine that does not answer runs none."""
        try:
            return self.get(f"/containers/erp-{service}/json", deadline)["State"]["Running"] is True
        except (FailedError, TypeError, KeyError):
            return False

    def is_genuine(self, deadline: Deadline) -> bool | None:
        """Whether Debian's own engine listens at the socket, by the kernel's word; None if nothing does."""
        try:
            with self._connect(deadline) as plain:
                peer = plain.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, PEER.size)
            program = f"/proc/{PEER.unpack(peer)[0]}/exe"
            status = os.stat(program)
        except OSError:
            return None
        if self._own is None:
            self._own = _digest(PROGRAM)
        # The change time cannot be forged inside: there, nobody may set the clock.
        seen = (status.st_dev, status.st_ino, status.st_ctime_ns)
        if self._seen is None or self._seen[0] != seen:
            self._seen = (seen, _digest(program) == self._own)
        return self._seen[1]

    def _exchange(self, request: Request, expected: int, deadline: Deadline) -> bytes:
        try:
            connection = Connection(self._connect(deadline), "docker")
            try:
                reply = connection.exchange(request, deadline)
            finally:
                connection.close()
        except TimeoutError as error:
            raise FailedError("slow", "the engine does not answer in time") from error
        except (OSError, http.client.HTTPException) as error:
            raise FailedError("unreachable", f"the engine cannot be asked: {error}") from error
        if reply.status != expected:
            raise FailedError("error", f"the engine answers {reply.status}")
        return reply.body

    def _connect(self, deadline: Deadline) -> socket.socket:
        plain = socket.socket(socket.AF_UNIX)
        try:
            plain.settimeout(deadline.left())
            with opened(self._root, SOCKET, os.O_PATH) as descriptor:
                if not stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                    raise OSError("docker.sock is no socket")
                plain.connect(f"/proc/self/fd/{descriptor}")
        except BaseException:
            plain.close()
            raise
        return plain

    def services(self, deadline: Deadline) -> None:
        """All containers of the stack run, and none is unhealthy. One that starts is judged over the wire.

        The engine's list stays as it was where it could not be written: a container that stopped or started
        on a full disk is listed wrongly ever after. So each is asked for itself in turn, and every one that
        does not seem to run.
        """
        listed = self._listed(deadline)
        doubted = {next(self._turns), *self._doubted, *(n for n in CONTAINERS if listed.get(n) != "running")}
        states = listed | {name: self._own_state(name, deadline) for name in doubted & listed.keys()}
        self._doubted = {name for name in doubted if states.get(name) != "running"}
        seen = [(name, states.get(name, "missing")) for name in CONTAINERS]
        if bad := [f"{name} {state}" for name, state in seen if state != "running"]:
            raise FailedError("error", ", ".join(bad))

    def _listed(self, deadline: Deadline) -> dict[str, str]:
        """The state of every container by its name, as the engine's list has it."""
        found = self.get("/containers/json?all=1", deadline)
        try:
            return {name.lstrip("/"): _state(each) for each in found for name in each["Names"]}
        except (TypeError, KeyError, AttributeError) as error:
            raise FailedError("wrong", "the engine's list of containers is none") from error

    def _own_state(self, name: str, deadline: Deadline) -> str:
        """`running`, or what keeps the container from counting as such, by what the engine knows of it."""
        about = self.get(f"/containers/{name}/json", deadline)
        try:
            state = about["State"]
            ails = state["Status"] == "running" and (state.get("Health") or {}).get("Status") == "unhealthy"
            return "unhealthy" if ails else str(state["Status"])[:20]
        except (TypeError, KeyError, AttributeError) as error:
            raise FailedError("wrong", f"what the engine tells of {name} is no state") from error

    def name_of(self, container: str) -> str:
        """The name of a container by its id; the id's beginning where the engine does not tell."""
        try:
            name = self.get(f"/containers/{container}/json", Deadline(NAME_WITHIN_S))["Name"]
        except (FailedError, TypeError, KeyError):
            return f"container {container[:12]}"
        return str(name).lstrip("/")[:40]


def _state(container: dict[str, Any]) -> str:
    """`running`, or what keeps a container from counting as such."""
    if container["State"] == "running" and UNHEALTHY in str(container["Status"]):
        return "unhealthy"
    return str(container["State"])[:20]


def _digest(program: str) -> str:
    with open(program, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
