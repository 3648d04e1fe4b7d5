"""HTTP with one deadline for everything: connecting, the handshake, sending, and every byte of the answer.

A socket's own timeout restarts with each byte, so a server that drips could hold a probe for ever.
"""

from __future__ import annotations

import http.client
import io
import socket
import time
from dataclasses import dataclass
from typing import Any, cast

ANSWER_LIMIT = 1 << 20


class Deadline:
    """A point on the monotonic clock, in seconds."""

    def __init__(self, within_s: float) -> None:
        self.at = time.monotonic() + within_s

    def left(self) -> float:
        """Seconds until then; TimeoutError when it has passed."""
        left = self.at - time.monotonic()
        if left <= 0:
            raise TimeoutError("the deadline has passed")
        return left


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes | None = None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer, read to its end."""

    status: int
    body: bytes


class _Reader(io.RawIOBase):
    def __init__(self, owner: _Bound) -> None:
        self._owner = owner

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._owner.sock.settimeout(self._owner.deadline.left())
        return self._owner.sock.recv_into(buffer)


class _Bound:
    """What http.client needs of a socket, under the deadline of the request under way."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self.sock = sock
        self.deadline = deadline

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self))

    def sendall(self, data: bytes) -> None:
        self.sock.settimeout(self.deadline.left())
        self.sock.sendall(data)

    def close(self) -> None:
        """The connection closes the socket: http.client lets go of it before the last answer is read."""


class Connection:
    """One HTTP connection over a connected socket."""

    def __init__(self, sock: socket.socket, host: str) -> None:
        self.opened = time.monotonic()
        self._bound = _Bound(sock, Deadline(0))
        self._http = http.client.HTTPConnection(host)
        self._http.auto_open = 0
        self._http.sock = cast(socket.socket, self._bound)

    def exchange(self, request: Request, deadline: Deadline) -> Reply:
        """Send a request and read the whole answer, at most ANSWER_LIMIT bytes of it."""
        self._bound.deadline = deadline
        self._http.request(request.method, request.path, request.body, request.headers)
        response = self._http.getresponse()
        data = response.read(ANSWER_LIMIT + 1)
        if len(data) > ANSWER_LIMIT:
            raise http.client.HTTPException(f"an answer of more than {ANSWER_LIMIT} bytes")
        return Reply(response.status, data)

    @property
    def reusable(self) -> bool:
        """Whether the server keeps the connection open for another request."""
        return self._http.sock is not None

    def close(self) -> None:
        self._http.close()
        self._bound.sock.close()
