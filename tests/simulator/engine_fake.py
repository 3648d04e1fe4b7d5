"""A small container engine behind a Unix socket, as the control half finds it."""

from __future__ import annotations

import http.server
import json
import socketserver
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from simulator.box.control import engine
from simulator.box.control.ask import serve
from simulator.box.control.engine import CONTAINERS


class FakeEngine(socketserver.ThreadingUnixStreamServer):
    """The engine's API with the stack's containers; `status` is how each is, `listed` what its list kept."""

    daemon_threads = True

    def __init__(self, path: Path) -> None:
        super().__init__(str(path), _EngineHandler)
        self.asked: list[str] = []
        self.status = dict.fromkeys(CONTAINERS, "Up 3 minutes (healthy)")
        self.listed: dict[str, str] = {}


class _EngineHandler(http.server.BaseHTTPRequestHandler):
    server: FakeEngine

    def do_GET(self) -> None:
        listed = [
            {"Names": [f"/{name}"], "State": "running" if "Up" in status else "exited", "Status": status}
            for name, status in (self.server.status | self.server.listed).items()
        ]
        status = self.server.status.get(self.path.split("/")[2], "")
        about = {
            "State": {
                "Running": "Up" in status,
                "Status": "running" if "Up" in status else "exited",
                "Health": {"Status": "unhealthy" if "(unhealthy)" in status else "healthy"},
            },
            "Config": {"Healthcheck": {"Test": ["CMD", "true"]}, "Image": "erp/stack:1"},
            "HostConfig": {"Memory": 1 << 30, "RestartPolicy": {"Name": "unless-stopped"}},
        }
        self.send_response_only(200)
        self.end_headers()
        self.wfile.write(json.dumps(listed if "all=1" in self.path else about).encode())

    def do_POST(self) -> None:
        self.server.asked.append(self.path)
        self.send_response_only(204 if self.path.split("/")[2] in self.server.status else 404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nobody reads it."""


@contextmanager
def fake_engine(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeEngine]:
    """The engine at `path`, found under this process's own root; it passes for the genuine one."""
    monkeypatch.setattr(engine, "SOCKET", str(path).lstrip("/"))
    monkeypatch.setattr(engine, "PROGRAM", sys.executable)
    server = FakeEngine(path)
    thread = serve(server, "engine")
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
