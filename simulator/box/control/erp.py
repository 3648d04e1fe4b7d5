"""The ERP as its users reach it: verified TLS over the network, from outside the production half.

Probes and normal traffic share this client and its connections, so nobody can serve one and not the other.
"""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .wire import Connection, Deadline, Reply, Request

KEEP_ALIVE_S = 2.0
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0"


class FailedError(Exception):
    """A user did not get what the ERP owes them.

    `kind` is what a user notices: unreachable, slow, error, certificate, denied or wrong.
    """

    def __init__(self, kind: str, why: str) -> None:
        super().__init__(why)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Answer:
    """What the ERP answered to one request."""

    request: str
    status: int
    body: bytes

    def expect(self, *statuses: int) -> Answer:
        """This answer if it has one of `statuses`, else FailedError."""
        if self.status in statuses:
            return self
        kind = "error" if self.status >= 500 else "denied" if self.status in (401, 403) else "wrong"
        raise FailedError(kind, f"{self.status} for {self.request}")

    def json(self) -> dict[str, Any]:
        """The body as a JSON object."""
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            raise FailedError("wrong", f"no JSON object for {self.request}")
        return value

    def holds(self, **wanted: object) -> dict[str, Any]:
        """The body as a JSON object that has each of `wanted`."""
        value = self.json()
        for name, want in wanted.items():
            if value.get(name) != want:
                got = str(value.get(name))[:60]
                raise FailedError("wrong", f"{name} is {got!r}, not {want!r}, for {self.request}")
        return value


class Erp:
    """Requests to https://`server_name`, sent to `address`."""

    def __init__(self, address: tuple[str, int], server_name: str, ca: Path) -> None:
        self._address = address
        self._name = server_name
        self._tls = ssl.create_default_context(cafile=str(ca))
        self._idle: list[Connection] = []
        self._lock = threading.Lock()

    def request(
        self,
        method: str,
        path: str,
        deadline: Deadline,
        *,
        body: dict[str, object] | None = None,
        token: str | None = None,
        fresh: bool = False,
    ) -> Answer:
        """Ask once and read the answer; FailedError when there is none in time.

        `fresh` opens a connection of its own: it sees what the server presents now.
        """
        headers = {"User-Agent": AGENT, "Accept": "*/*"}
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        request = Request(method, path, headers, data)
        reply = self._translated(request, deadline, fresh)
        return Answer(str(request), reply.status, reply.body)

    def close(self) -> None:
        """Close every idle connection."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _translated(self, request: Request, deadline: Deadline, fresh: bool) -> Reply:
        """The border at which the network's errors become what a user sees."""
        try:
            return self._ask(request, deadline, fresh)
        except ssl.SSLCertVerificationError as error:
            raise FailedError("certificate", f"certificate: {error.verify_message}") from error
        except TimeoutError as error:
            raise FailedError("slow", f"no answer in time for {request}") from error
        except OSError as error:
            raise FailedError("unreachable", f"connection: {error.strerror or error}") from error
        except http.client.HTTPException as error:
            raise FailedError("error", f"not HTTP: {type(error).__name__} for {request}") from error

    def _ask(self, request: Request, deadline: Deadline, fresh: bool) -> Reply:
        kept = None if fresh else self._take()
        if kept is not None:
            try:
                return self._on(kept, request, deadline)
            except (ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError):
                # The server closed it while it lay idle, as any server may; a browser asks again too.
                kept.close()
        return self._on(self._open(deadline), request, deadline)

    def _on(self, connection: Connection, request: Request, deadline: Deadline) -> Reply:
        try:
            reply = connection.exchange(request, deadline)
        except BaseException:
            connection.close()
            raise
        self._give(connection)
        return reply

    def _open(self, deadline: Deadline) -> Connection:
        plain = socket.create_connection(self._address, timeout=deadline.left())
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            plain.settimeout(deadline.left())
            return Connection(self._tls.wrap_socket(plain, server_hostname=self._name), self._name)
        except BaseException:
            plain.close()
            raise

    def _take(self) -> Connection | None:
        oldest = time.monotonic() - KEEP_ALIVE_S
        with self._lock:
            old = [each for each in self._idle if each.opened < oldest]
            young = [each for each in self._idle if each.opened >= oldest]
            taken = young.pop() if young else None
            self._idle = young
        for connection in old:
            connection.close()
        return taken

    def _give(self, connection: Connection) -> None:
        if not connection.reusable or connection.opened < time.monotonic() - KEEP_ALIVE_S:
            connection.close()
            return
        with self._lock:
            self._idle.append(connection)
