"""The referee's socket: what a verb chokes on is refused in words, and the next question is answered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.box.control.ask import AskServer, ask, serve

DEEP = "[" * 200_000


@pytest.fixture
def socket(tmp_path: Path) -> Iterator[Path]:
    """A server whose verb `read` reads what the team has made, and whose `echo` works."""
    server = AskServer(tmp_path / "ask.sock", {"read": lambda _: json.loads(DEEP), "echo": lambda body: body})
    thread = serve(server, "ask")
    yield server.path
    server.close()
    thread.join()


def test_what_breaks_its_reader_is_refused(socket: Path) -> None:
    """Nobody makes the control half hang up, which would end the drill."""
    with pytest.raises(RuntimeError, match="unreadable: RecursionError"):
        ask("read", None, socket)
    assert ask("echo", "still there", socket) == "still there"
