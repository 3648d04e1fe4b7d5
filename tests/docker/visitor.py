"""The witness' own client: verified TLS to the published port, one deadline for all that a look does."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import ssl
import time
from collections.abc import Mapping
from typing import Any

NAME = "erp.yourdomain.com"
PATIENCE_S = 0.45
"""A user's: what takes longer does not work."""
STALE = (http.client.RemoteDisconnected, ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError)
"""How a connection shows that the server closed it while nobody asked anything."""


class WrongError(Exception):
    """The answer is not what a user is owed; its status, where that is what is wrong."""

    def __init__(self, why: str, status: int = 200) -> None:
        """`status` is HTTP's."""
        super().__init__(why)
        self.status = status


class Door(http.client.HTTPSConnection):
    """A connection to the port of this machine that leads to the server, by the ERP's name."""

    def __init__(self, port: int, trust: ssl.SSLContext) -> None:
        """It is opened by the first request."""
        super().__init__("127.0.0.1", port, timeout=PATIENCE_S)
        self._trust = trust

    def connect(self) -> None:
        """Shake hands, and check the certificate against the name."""
        plain = socket.create_connection(("127.0.0.1", self.port), self.timeout)
        plain.settimeout(self.timeout)
        self.sock = self._trust.wrap_socket(plain, server_hostname=NAME)


class Visitor:
    """Somebody who does one thing again and again, on a connection of their own."""

    def __init__(self, port: int, trust: ssl.SSLContext, user: str) -> None:
        """Nobody is logged in yet."""
        self.user = user
        self.memory: dict[str, Any] = {}
        """What the visitor's earlier looks left to know."""
        self.until = 0.0
        """When this visitor's patience ends (monotonic clock)."""
        self._way = port, trust
        self._door: Door | None = None
        self._token: str | None = None

    def log_in(self) -> None:
        """As in the morning: the token is good for the whole shift."""
        told = self.ask(
            "POST", "/api/v1/auth/login", {"username": self.user, "password": f"quty-{self.user}"}
        )
        self._token = json.loads(told)["access_token"]

    def ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, object] | None = None,
        status: int = 200,
        fresh: bool = False,
    ) -> bytes:
        """The answer to one request, on a new connection where that is asked for, else on the kept one."""
        if fresh:
            self.leave()
        if self._door is not None:
            with contextlib.suppress(*STALE):
                return self._exchange(self._door, method, path, body, status)
            self.leave()
        self._door = Door(*self._way)
        return self._exchange(self._door, method, path, body, status)

    def get(self, path: str) -> Any:
        """The JSON answer to GET."""
        return json.loads(self.ask("GET", path))

    def post(self, path: str, body: Mapping[str, object], status: int) -> Any:
        """The JSON answer to POST, which must have this status."""
        return json.loads(self.ask("POST", path, body, status))

    def leave(self) -> None:
        """Hang up."""
        if self._door is not None:
            self._door.close()
            self._door = None

    def _exchange(
        self, door: Door, method: str, path: str, body: Mapping[str, object] | None, status: int
    ) -> bytes:
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError("out of patience")
        door.timeout = left
        if door.sock is not None:
            door.sock.settimeout(left)
        headers = {"Host": NAME, "Content-Type": "application/json"}
        if self._token is not None:
            headers["Authorization"] = f"Bearer {self._token}"
        door.request(method, path, None if body is None else json.dumps(body), headers)
        answer = door.getresponse()
        data = answer.read()
        if answer.status != status:
            raise WrongError(f"{answer.status} for {method} {path}", answer.status)
        return data
