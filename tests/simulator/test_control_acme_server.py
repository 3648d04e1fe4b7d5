"""The certificate authority's web server, over TLS of its own authority."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from simulator.box.control import ask, pki
from simulator.box.control.acme import Authority
from simulator.box.control.acme_server import BODY_LIMIT, AcmeServer
from simulator.box.control.wire import Connection, Deadline, Reply, Request

Ask = Callable[..., Reply]


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Ask]:
    """Asks a running server, as a client that trusts the users' authority and nobody else."""
    folder = tmp_path / "ca"
    pki.make_authority(folder)
    server = AcmeServer(("127.0.0.1", 0), Authority(lambda _token: b"", folder), folder / "acme")
    thread = ask.serve(server, "acme")
    trust = ssl.create_default_context(cafile=str(folder / "ca.pem"))

    def talk(method: str, path: str, body: bytes | None = None, claims: str | None = None) -> Reply:
        headers = {} if claims is None else {"Content-Length": claims}
        plain = socket.create_connection(("127.0.0.1", server.server_port), timeout=5)
        with trust.wrap_socket(plain, server_hostname=pki.ACME_HOST) as secure:
            return Connection(secure, pki.ACME_HOST).exchange(
                Request(method, path, headers, body), Deadline(5)
            )

    yield talk
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_directory_tells_where_things_are(talk: Ask) -> None:
    """A client that is given the directory finds all it needs, under the authority's own name."""
    reply = talk("GET", "/directory")
    places = json.loads(reply.body)
    assert reply.status == 200
    assert {"newNonce", "newAccount", "newOrder"} < set(places)
    assert places["newOrder"].startswith(f"https://{pki.ACME_HOST}/")


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 204)])
def test_a_nonce_comes_without_a_body(talk: Ask, method: str, status: int) -> None:
    """Both ways to ask for a nonce that the RFC names are answered."""
    reply = talk(method, "/new-nonce")
    assert (reply.status, reply.body) == (status, b"")


def test_what_is_wrong_is_told_as_a_problem(talk: Ask) -> None:
    """A request that is not signed, and one that says it is too long, each get the RFC's problem document."""
    for body, claims, status in ((b"hello", None, 400), (None, str(BODY_LIMIT + 1), 413)):
        reply = talk("POST", "/new-order", body, claims)
        assert reply.status == status
        assert json.loads(reply.body)["type"].startswith("urn:ietf:params:acme:error:")
    assert talk("GET", "/order/1").status == 405
