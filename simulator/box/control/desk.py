"""The desk: where the production half's messages come in (HTTP, JSON).

POST /say, POST /alerts, GET /channel?name=…, GET /incident. It tells nothing about the drill and takes no
orders about it. Whoever calls is root on a server that is being broken: everything is bounded.
"""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit

from .desk_office import Office
from .record_said import REPORT_BODY_LIMIT, RefusedError
from .seats import SeatedServer

PATIENCE_S = 5.0


class DeskServer(SeatedServer):
    """Serves an office."""

    def __init__(self, address: tuple[str, int], office: Office) -> None:
        self.office = office
        super().__init__(address, _Caller)


class _Caller(BaseHTTPRequestHandler):
    server: DeskServer
    timeout = PATIENCE_S

    def do_GET(self) -> None:
        self._answer(self._tell)

    def do_POST(self) -> None:
        self._answer(self._take)

    def _tell(self) -> dict[str, object]:
        url = urlsplit(self.path)
        if url.path == "/incident":
            return {"tickets": [asdict(ticket) for ticket in self.server.office.incidents()]}
        if url.path == "/channel":
            name = parse_qs(url.query).get("name", [""])[0]
            try:
                recent = self.server.office.channels.recent(name)
            except KeyError:
                raise RefusedError(404, "there is no such channel") from None
            return {"messages": [asdict(message) for message in recent]}
        raise RefusedError(404, "nothing here")

    def _take(self) -> dict[str, object]:
        takers: dict[str, Callable[[object, int], dict[str, object]]] = {
            "/say": self.server.office.say,
            "/alerts": self.server.office.alerts,
        }
        taker = takers.get(self.path)
        if taker is None:
            raise RefusedError(404, "nothing here")
        body = self._body()
        try:
            payload = json.loads(body)
        except (ValueError, RecursionError):
            raise RefusedError(400, "the body is not JSON in UTF-8") from None
        return taker(payload, len(body))

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdecimal() and len(length) < 12):
            raise RefusedError(411, "Content-Length is wanted")
        left = int(length)
        if left > REPORT_BODY_LIMIT:
            raise RefusedError(413, f"too long: {left} bytes; a report has at most 1 MiB")
        pieces, until = [], time.monotonic() + PATIENCE_S
        while left:
            piece = self.rfile.read1(min(left, 1 << 16))
            if not piece or time.monotonic() > until:
                raise RefusedError(408, "the body did not come to its end")
            pieces.append(piece)
            left -= len(piece)
        return b"".join(pieces)

    def _answer(self, work: Callable[[], dict[str, object]]) -> None:
        try:
            status, value = 200, work()
        except RefusedError as error:
            status, value = error.status, {"error": str(error)}
        except TimeoutError:
            status, value = 408, {"error": "the body did not come in time"}
        data = json.dumps(value).encode() + b"\n"
        self.send_response_only(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        if status != 200:
            self._drain()

    def _drain(self) -> None:
        """Let a caller that is still sending read the answer: closing at once would reset the connection."""
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_WR)
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until and self.connection.recv(1 << 16):
            continue

    def log_message(self, format: str, *args: object) -> None:
        """Standard output is the flight record, and what is said is on it already."""
