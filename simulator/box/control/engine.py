"""The production half's Docker engine, asked over its socket.

Untrusted: bounded in time and size, and never a verdict by itself, only one more thing that must hold.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import socket
import stat
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
CONTAINERS = tuple(f"erp-{service}" for service in SERVICES)
HEALTH = re.compile(r"\((healthy|unhealthy|health: starting)\)")


class Engine:
    """The engine inside the production half whose first process is `process`."""

    def __init__(self, process: int) -> None:
        self._root = f"/proc/{process}/root"

    def get(self, path: str, deadline: Deadline) -> Any:
        """The JSON answer to GET `path`; FailedError if there is none in time."""
        try:
            connection = Connection(self._connect(deadline), "docker")
            try:
                reply = connection.exchange(Request("GET", path, {}), deadline)
            finally:
                connection.close()
            if reply.status != 200:
                raise FailedError("error", f"the engine answers {reply.status}")
            return json.loads(reply.body)
        except TimeoutError as error:
            raise FailedError("slow", "the engine does not answer in time") from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise FailedError("unreachable", f"the engine cannot be asked: {error}") from error

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
        """All containers of the stack run, and are healthy where they have a health check."""
        found = self.get("/containers/json?all=1", deadline)
        try:
            states = {name.lstrip("/"): _state(each) for each in found for name in each["Names"]}
        except (TypeError, KeyError, AttributeError) as error:
            raise FailedError("wrong", "the engine's list of containers is none") from error
        seen = [(name, states.get(name, "missing")) for name in CONTAINERS]
        if bad := [f"{name} {state}" for name, state in seen if state != "running"]:
            raise FailedError("error", ", ".join(bad))


def _state(container: dict[str, Any]) -> str:
    """`running`, or what keeps a container from counting as such."""
    health = HEALTH.search(str(container["Status"]))
    if container["State"] != "running" or health is None or health[1] == "healthy":
        return str(container["State"])[:20]
    return health[1]
