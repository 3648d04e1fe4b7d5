"""What the probes see of an ERP: over verified TLS, within one deadline, and told apart from a stall."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.box.control import pki
from simulator.box.control.canary import Stalls
from simulator.box.control.erp import Erp, FailedError
from simulator.box.control.ledger import Ledger
from simulator.box.control.probe import TIMEOUT_S, Look, Probe
from simulator.box.control.users import Sessions
from simulator.box.control.users_actions import Actions
from simulator.box.control.wire import Deadline
from tests.simulator.control_fakes import NAME, Facts, FakeErp, fake_erp, wait_for


@pytest.fixture
def server(tmp_path: Path) -> Iterator[FakeErp]:
    """A healthy ERP."""
    with fake_erp(tmp_path) as running:
        yield running


def client(server: FakeErp, name: str = NAME) -> Erp:
    """A client of `server` that trusts its certificate."""
    return Erp(server.address, name, server.ca)


@pytest.fixture
def actions(server: FakeErp, tmp_path: Path) -> Iterator[Actions]:
    """What users do, on `server`."""
    ledger, erp = Ledger(tmp_path / "ledger"), client(server)
    yield Actions(erp, Sessions(erp), ledger, 1)
    erp.close()


def every(actions: Actions) -> list[Look]:
    """Each thing that users do."""
    names = "health page wording login me stock search shelf order_list orders work_orders work_order_list"
    return [getattr(actions, name) for name in (*names.split(), "transfers", "qc", "approve", "refusal")]


def test_a_healthy_erp_satisfies_every_action(actions: Actions) -> None:
    """Each thing that users do succeeds on an ERP that answers as its API says."""
    for do in every(actions):
        do(Deadline(TIMEOUT_S))


def test_a_broken_endpoint_fails_its_action(server: FakeErp, actions: Actions) -> None:
    """A 500 fails with the status and the request as the reason."""
    server.broken = ("stock",)
    with pytest.raises(FailedError, match="500 for GET /api/v1/warehouse/stock") as caught:
        actions.stock(Deadline(TIMEOUT_S))
    assert caught.value.kind == "error"


def test_everybody_allowed_is_a_failure(server: FakeErp, actions: Actions) -> None:
    """Where a clerk may approve, the rights are broken, though whoever may approve still can."""
    server.everybody_approves = True
    actions.approve(Deadline(TIMEOUT_S))
    with pytest.raises(FailedError, match="200 for POST"):
        actions.refusal(Deadline(TIMEOUT_S))


def test_an_error_is_no_refusal(server: FakeErp, actions: Actions) -> None:
    """The refusal holds only for exactly 403."""
    server.broken = ("approve",)
    with pytest.raises(FailedError, match="500 for POST"):
        actions.refusal(Deadline(TIMEOUT_S))


@pytest.mark.parametrize("way", ["stuck", "dripping"])
def test_no_answer_ends_at_the_deadline(server: FakeErp, actions: Actions, way: str) -> None:
    """A server that hangs, or sends a byte now and then, costs a probe its timeout and no more."""
    setattr(server, way, ("health",))
    began = time.monotonic()
    with pytest.raises(FailedError) as caught:
        actions.health(Deadline(TIMEOUT_S))
    assert caught.value.kind == "slow"
    assert time.monotonic() - began < TIMEOUT_S + 0.2


def test_a_certificate_for_another_name_is_refused(server: FakeErp) -> None:
    """The server's name is verified."""
    with pytest.raises(FailedError) as caught:
        client(server, "other.example").request("GET", "/", Deadline(2))
    assert caught.value.kind == "certificate"


def test_a_foreign_authority_is_refused(server: FakeErp, tmp_path: Path) -> None:
    """A certificate that the drill's CA did not sign is not trusted."""
    foreign = tmp_path / "foreign"
    pki.make_authority(foreign)
    with pytest.raises(FailedError) as caught:
        Erp(server.address, NAME, foreign / "ca.pem").request("GET", "/", Deadline(2))
    assert caught.value.kind == "certificate"


def test_an_expired_certificate_is_seen_at_once(server: FakeErp, actions: Actions) -> None:
    """The page opens a connection of its own, so it sees what the server presents now."""
    actions.page(Deadline(TIMEOUT_S))
    server.present(-1)
    with pytest.raises(FailedError) as caught:
        actions.page(Deadline(TIMEOUT_S))
    assert (caught.value.kind, str(caught.value)) == ("certificate", "certificate: certificate has expired")
    server.present(80)
    actions.page(Deadline(TIMEOUT_S))


def test_connections_are_not_kept_for_long(server: FakeErp, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that is older than its time is not used again."""
    erp = client(server)
    erp.request("GET", "/health", Deadline(2))
    (kept,) = erp._idle
    erp.request("GET", "/health", Deadline(2))
    assert erp._idle == [kept]
    monkeypatch.setattr("simulator.box.control.erp.KEEP_ALIVE_S", 0.0)
    erp.request("GET", "/health", Deadline(2))
    assert erp._idle == []


def test_a_handshake_that_hangs_ends_at_the_deadline(server: FakeErp) -> None:
    """A port that accepts and says nothing is slow, not a probe that waits for ever."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        erp, began = Erp(mute.getsockname()[:2], NAME, server.ca), time.monotonic()
        with pytest.raises(FailedError) as caught:
            erp.request("GET", "/", Deadline(TIMEOUT_S))
    assert caught.value.kind == "slow"
    assert time.monotonic() - began < TIMEOUT_S + 0.2


def test_a_closed_port_is_unreachable(tmp_path: Path) -> None:
    """Nobody listening is told apart from a slow answer."""
    with fake_erp(tmp_path) as server:
        erp = client(server)
    with pytest.raises(FailedError) as caught:
        erp.request("GET", "/", Deadline(TIMEOUT_S))
    assert caught.value.kind == "unreachable"


def test_a_kept_connection_that_was_closed_is_no_failure(tmp_path: Path) -> None:
    """When the server closed an idle connection, the request goes over a new one."""
    with fake_erp(tmp_path) as server:
        erp = client(server)
        erp.request("GET", "/health", Deadline(2)).expect(200)
        assert len(erp._idle) == 1
        erp._idle[0]._bound.sock.shutdown(2)
        erp.request("GET", "/health", Deadline(2)).expect(200)
        erp.close()


def test_an_answer_that_ends_with_its_connection_is_read(server: FakeErp, actions: Actions) -> None:
    """A server may close after each answer; the next request opens another connection."""
    server.closing = True
    for _ in range(2):
        actions.health(Deadline(TIMEOUT_S))


def test_probes_and_traffic_look_alike(server: FakeErp, actions: Actions) -> None:
    """Every request carries the same headers, whatever it is for."""
    for do in every(actions):
        do(Deadline(TIMEOUT_S))
    agents = {line for *_, headers in server.seen for line in headers.splitlines() if "User-Agent" in line}
    assert len(agents) == 1
    assert "drill" not in str(server.seen).lower()


def test_a_probe_tells_the_outage_and_the_recovery(server: FakeErp, actions: Actions) -> None:
    """A check's changes are on the record, with ages that enclose the moment of the change."""
    facts, stop = Facts(), threading.Event()
    probe = Probe("stock", actions.stock, facts.record, Stalls(facts.record), stop)
    probe._stalls.touch = lambda since: False  # type: ignore[method-assign]  # no canary in this test
    probe.thread.start()
    wait_for(lambda: probe.failing is None)
    server.broken = ("stock",)
    broken = time.monotonic()
    wait_for(lambda: probe.failing)
    noticed = time.monotonic()
    stop.set()
    probe.thread.join()
    good, bad = facts.all("check")
    assert (good["name"], good["ok"], bad["ok"]) == ("stock", True, False)
    assert "500 for GET" in bad["why"]
    assert noticed - bad["after_s"] - 0.05 <= broken <= noticed - bad["first_s"] + 0.05


def test_an_answer_made_to_break_its_reader_is_a_failure(server: FakeErp, actions: Actions) -> None:
    """A stand-in that answers deeply nested JSON, or rows that are none, fails the check, not its probe."""
    for answer in ("[" * 100_000, json.dumps({"data": [1]})):
        server.canned = answer
        facts = Facts()
        probe = Probe("search", actions.search, facts.record, Stalls(facts.record), threading.Event())
        probe._stalls.touch = lambda since: False  # type: ignore[method-assign]  # no canary in this test
        probe._observe()
        assert probe.failing not in (None, "not seen yet")


def test_what_falls_into_a_stall_is_not_held_against_the_erp(server: FakeErp, actions: Actions) -> None:
    """A failed look during a stall is dropped, and the stall is recorded once."""
    facts = Facts()
    stalls = Stalls(facts.record)
    stop = threading.Event()
    server.broken = ("stock",)
    probe = Probe("stock", actions.stock, facts.record, stalls, stop)
    now = time.monotonic()
    stalls.report(now, now + 100)
    stalls.report(now + 1, now + 99)
    for _ in range(4):
        probe._observe()
    assert probe.failing == "not seen yet"
    assert [fact["seconds"] for fact in facts.all("unobserved")] == [100.0]
