"""A way to the engine that can be shut: for whoever goes by it, the engine stops, and comes back.

The engine itself serves others, so no test may stop it. What stops with an engine in earnest is what it runs:
a test does that to the container of its own drill.
"""

from __future__ import annotations

import contextlib
import os
import socket
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

CHUNK = 1 << 16
USUAL = "unix:///var/run/docker.sock"


class Gate:
    """A socket in front of the engine's; open at first."""

    def __init__(self, path: Path) -> None:
        address = os.environ.get("DOCKER_HOST", USUAL)
        assert address.startswith("unix://"), f"the test stands in front of a local engine, not of {address}"
        self.path = path
        self._engine = address.removeprefix("unix://")
        self._door = self._opened()
        self._held: list[socket.socket] = []

    def open(self) -> None:
        """The engine is back."""
        self._door = self._opened()

    def shut(self) -> None:
        """The engine is gone: nobody listens, and what was going on breaks off."""
        self.path.unlink(missing_ok=True)
        for each in (self._door, *self._held):
            with contextlib.suppress(OSError):  # the other end was first
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        self._held = []

    def _opened(self) -> socket.socket:
        door = socket.socket(socket.AF_UNIX)
        door.bind(str(self.path))
        door.listen(64)
        threading.Thread(target=self._serve, args=(door,), daemon=True).start()
        return door

    def _serve(self, door: socket.socket) -> None:
        with contextlib.suppress(OSError):  # the door is shut
            while True:
                near = door.accept()[0]
                far = socket.socket(socket.AF_UNIX)
                far.connect(self._engine)
                self._held += [near, far]
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=_carry, args=pair, daemon=True).start()


def _carry(source: socket.socket, target: socket.socket) -> None:
    """Carry on what one end says until it has said all, and then say so to the other."""
    with contextlib.suppress(OSError):  # the gate is shut, or an end left
        while data := source.recv(CHUNK):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def before_the_engine() -> Iterator[Gate]:
    """A gate by which this process and those it starts reach the engine, until the block ends."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        gate = Gate(Path(folder) / "engine.sock")
        patch.setenv("DOCKER_HOST", f"unix://{gate.path}")
        try:
            yield gate
        finally:
            gate.shut()
