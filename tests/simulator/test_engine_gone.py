"""An engine that is not there, or goes away in the middle: what a person reads of it."""

from __future__ import annotations

import socketserver
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import docker
import pytest
import requests
from docker.errors import APIError, DockerException
from urllib3.exceptions import MaxRetryError, ProtocolError

from simulator import engine, image
from simulator.box.control.ask import serve
from simulator.engine import reason, translated
from simulator.errors import EngineGone
from simulator.inside import Inside
from simulator.server import ProductionServer

NOWHERE = "tcp://127.0.0.1:1"
HALF = b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"ApiVersion":'
GREETING = b'HTTP/1.1 200 OK\r\nContent-Length: 21\r\nConnection: close\r\n\r\n{"ApiVersion":"1.41"}'
REFUSAL = b'{"message": "container 5e1f is not running"}'
REFUSED = b"HTTP/1.1 409 Conflict\r\nContent-Length: %d\r\n\r\n%s" % (len(REFUSAL), REFUSAL)


@contextmanager
def engine_that_says(answer: bytes, folder: Path) -> Iterator[str]:
    """The address of an engine that says this to everybody and hangs up."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.request.recv(65536)
            self.wfile.write(answer)

    with listening(Handler, folder) as address:
        yield address


@contextmanager
def engine_that_greets(folder: Path) -> Iterator[str]:
    """The address of an engine that tells its version, and hangs up on everything else."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            asked = self.request.recv(65536)
            if any(path in asked for path in (b"/version ", b"/_ping ")):
                self.wfile.write(GREETING)

    with listening(Handler, folder) as address:
        yield address


@contextmanager
def listening(handler: type[socketserver.StreamRequestHandler], folder: Path) -> Iterator[str]:
    """The address at which the handler answers."""
    server = socketserver.ThreadingUnixStreamServer(str(folder / "docker.sock"), handler)
    thread = serve(server, "engine")
    try:
        yield f"unix://{folder}/docker.sock"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def ask(address: str) -> Any:
    """Ask the engine there for something, with the library that we use."""
    return docker.DockerClient(base_url=address, version="1.41", timeout=5).ping()


def raised(call: Callable[[], Any]) -> Exception:
    """What the call raises."""
    try:
        call()
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


class Unreachable:
    """A container of the docker library whose engine is gone."""

    def __init__(self, address: str) -> None:
        self.address = address

    def exec_run(self, *_: Any, **__: Any) -> Any:
        ask(self.address)


class TestTheReason:
    def test_without_a_socket_it_is_the_systems(self, tmp_path: Path) -> None:
        """Not the tuple that the library wraps it in."""
        error = raised(lambda: ask(f"unix://{tmp_path}/none.sock"))
        assert "Connection aborted" in str(error)
        assert reason(error) == "No such file or directory"

    def test_on_a_closed_port_it_is_the_systems(self) -> None:
        """Below the library's tries and its pool of connections."""
        error = raised(lambda: ask(NOWHERE))
        assert isinstance(error.args[0], MaxRetryError)
        assert reason(error) == "Connection refused"

    def test_of_one_that_hangs_up_it_is_that_it_did(self, tmp_path: Path) -> None:
        """The engine was killed while it was asked."""
        with engine_that_says(b"", tmp_path) as address:
            error = raised(lambda: ask(address))
        assert reason(error) == "Remote end closed connection without response"

    def test_of_half_an_answer_it_is_that_it_broke_off(self, tmp_path: Path) -> None:
        """The engine was killed while it answered."""
        with engine_that_says(HALF, tmp_path) as address:
            error = raised(lambda: ask(address))
        assert "IncompleteRead" in str(error)
        assert reason(error) == "the answer broke off"

    def test_of_a_refusal_it_is_the_engines_own_words(self, tmp_path: Path) -> None:
        """Without the address of the request."""
        with engine_that_says(REFUSED, tmp_path) as address:
            error = raised(lambda: ask(address))
        assert isinstance(error, APIError)
        assert reason(error) == "container 5e1f is not running"

    @pytest.mark.parametrize(
        ("error", "words"),
        [
            (
                requests.exceptions.ConnectionError(
                    ProtocolError("Connection aborted.", PermissionError(13, "Permission denied"))
                ),
                "Permission denied",
            ),
            (
                PermissionError(13, "Permission denied", "/build/base.tar"),
                "Permission denied: /build/base.tar",
            ),
            (DockerException("the base URL is odd"), "the base URL is odd"),
            (TimeoutError(), "TimeoutError"),
        ],
        ids=["nested", "of a file", "the library's own", "without words"],
    )
    def test_is_never_empty_and_names_the_file(self, error: Exception, words: str) -> None:
        """Where nobody gave a reason, the error's kind is one."""
        assert reason(error) == words


class TestAMessage:
    """Each of the three places at which an engine's absence is met says the plain reason."""

    def test_of_the_first_meeting(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A command begins."""
        monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
        error = raised(engine.connect)
        assert isinstance(error, EngineGone)
        assert error.message == "no container engine answers (No such file or directory)"

    def test_of_a_later_one(self, tmp_path: Path) -> None:
        """The engine is asked for something else in the middle of a drill."""

        def asks() -> None:
            with translated():
                ask(f"unix://{tmp_path}/none.sock")

        error = raised(asks)
        assert isinstance(error, EngineGone)
        assert error.message == "the engine does not answer: No such file or directory"

    def test_of_a_command_on_the_server(self, tmp_path: Path) -> None:
        """The engine goes away while a command runs."""
        error = raised(lambda: Inside(Unreachable(f"unix://{tmp_path}/none.sock")).run("true"))
        assert isinstance(error, EngineGone)
        assert error.message == "the server cannot be reached: No such file or directory"

    @pytest.mark.parametrize(
        "asks",
        [lambda: ProductionServer.find("D-1"), image.missing],
        ids=["the drill's server", "what is built"],
    )
    def test_of_one_that_hangs_up_after_its_greeting(
        self, asks: Callable[[], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A referee and every command begin with these questions."""
        with engine_that_greets(tmp_path) as address:
            monkeypatch.setenv("DOCKER_HOST", address)
            error = raised(asks)
        assert isinstance(error, EngineGone)
        assert error.message == "the engine does not answer: Remote end closed connection without response"


class TestWhatIsDoneAboutIt:
    """`make setup` installs and starts an engine where it may, and nowhere else."""

    def test_somebody_s_engine_elsewhere_is_not_replaced(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """DOCKER_HOST names it: another one here would be none that anybody asked for."""
        monkeypatch.setattr(engine, "_start", lambda: pytest.fail("an engine was started"))
        monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
        error = raised(engine.ensure)
        assert str(error).startswith("no container engine answers (No such file or directory); ")
        assert "DOCKER_HOST" in str(error)

    def test_who_may_not_use_it_reads_that(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Not that there is none."""
        denied = EngineGone("no container engine answers (Permission denied)", "start it")
        monkeypatch.setattr(engine, "connect", lambda: (_ for _ in ()).throw(denied))
        monkeypatch.setattr(engine, "may_install", lambda: False)
        monkeypatch.delenv("DOCKER_HOST", raising=False)
        assert "Permission denied" in str(raised(engine.ensure))
