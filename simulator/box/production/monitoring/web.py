"""What the dashboard, the log index and the log search share: each answers GET on one port."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import SplitResult, urlsplit


@dataclass(frozen=True)
class Answer:
    text: str
    status: int = 200
    kind: str = "text/html"


NOT_FOUND = Answer("not found", 404)
Look = Callable[[SplitResult], Answer]


class Server(ThreadingHTTPServer):
    """Gives everyone what `look` makes of the address that they ask for."""

    def __init__(self, port: int, look: Look) -> None:
        self.look = look
        super().__init__(("", port), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        answer = self.server.look(urlsplit(self.path))
        data = answer.text.encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", f"{answer.kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Views are no news, and the log index would fill with its own searches."""


def listen(name: str, port: int, look: Look) -> threading.Event:
    """Answer from now on; the event is set when the container is told to stop."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    threading.Thread(target=Server(port, look).serve_forever, daemon=True).start()
    print(f"{name} listens on {port}")
    return stop
