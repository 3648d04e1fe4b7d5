"""The desk, over real HTTP: what it takes, what it refuses, and what comes of it."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from simulator.box.control.ask import serve
from simulator.box.control.channel import EMERGENCY, KEPT, SUPPORT
from simulator.box.control.desk import DeskServer
from simulator.box.control.desk_office import BURST, Office
from simulator.box.control.record_said import MESSAGE_LIMIT, REPORT_LIMIT
from tests.simulator.control_fakes import Facts

SLACK = {"kind": "slack", "who": "dewi", "channel": EMERGENCY, "text": "🚨 CRITICAL P1\n - Detected: 14:32"}
TICKET = {"kind": "ticket", "who": "dewi", "severity": "P1", "affects": "backend", "summary": "down"}
SHOWN = ("/incident", "/channel?name=%23erp-emergency", "/channel?name=%23erp-support")


class Desk:
    def __init__(self, store: Path) -> None:
        self.facts = Facts()
        self.server = DeskServer(("127.0.0.1", 0), Office(self.facts.record, store))

    def ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, dict[str, Any]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.server_address[1], timeout=10)
        try:
            connection.request(method, path, body)
            reply = connection.getresponse()
            return reply.status, json.loads(reply.read())
        finally:
            connection.close()

    def say(self, **payload: object) -> tuple[int, dict[str, Any]]:
        return self.ask("POST", "/say", json.dumps(payload, ensure_ascii=False).encode("utf-8", "replace"))


@contextmanager
def serving(store: Path) -> Iterator[Desk]:
    """A desk that serves what is in the store."""
    desk = Desk(store)
    thread = serve(desk.server, "desk")
    try:
        yield desk
    finally:
        desk.server.shutdown()
        desk.server.server_close()
        thread.join()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk that serves, and at which nothing was said yet."""
    with serving(tmp_path) as desk:
        yield desk


@pytest.mark.parametrize(
    "payload",
    [
        TICKET,
        SLACK,
        {"kind": "mail", "who": "dewi", "to": "management@qutykarunia.com", "subject": "URGENT", "text": ""},
        {"kind": "typed", "who": "dewi", "command": "docker-compose ps"},
        {"kind": "report", "who": "dewi", "text": "\n" * (REPORT_LIMIT - 1) + "x"},
        {"kind": "hello", "who": "dewi"},
    ],
    ids=lambda payload: payload["kind"],
)
def test_what_is_said_is_on_the_record(desk: Desk, payload: dict[str, str]) -> None:
    """Every kind is recorded as it was said."""
    status, _ = desk.say(**payload)
    assert status == 200
    assert desk.facts.all("said") == [{"fact": "said", **payload}]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"kind": "resolve"}, "kind must be one of"),
        ({"who": ""}, "login name"),
        ({"who": "a b"}, "login name"),
        ({"channel": "#general"}, "must be one of #erp-emergency"),
        ({"text": "   "}, "is empty"),
        ({"text": 5}, "needs the text"),
        ({"text": "bell \a"}, "control character U+0007"),
        ({"text": "\x1b[2J"}, "control character U+001B"),
        ({"scenario": "x"}, "no field 'scenario'"),
    ],
)
def test_what_is_wrong_is_refused(desk: Desk, change: dict[str, object], why: str) -> None:
    """A wrong message gets 400 and one clear line, and leaves no trace."""
    status, answer = desk.say(**{**SLACK, **change})
    assert status == 400
    assert why in answer["error"]
    assert "\n" not in answer["error"]
    assert desk.facts.out.getvalue() == b""


@pytest.mark.parametrize("body", [b"", b"[]", b"no", b"\xff\xfe", b"[" * 50_000, b'{"kind": ["slack"]}'])
def test_bodies_that_are_no_message_are_refused(desk: Desk, body: bytes) -> None:
    """Whatever bytes come, the answer is 400 and a line."""
    status, answer = desk.ask("POST", "/say", body)
    assert status == 400
    assert answer["error"]


def test_sizes_are_bounded(desk: Desk) -> None:
    """A message of 100 KB and a report above 1 MiB get 413; a line of the record stays within 64 KiB."""
    assert desk.say(**{**SLACK, "text": "x" * 100_000})[0] == 413
    assert desk.say(kind="report", who="dewi", text="x" * (REPORT_LIMIT + 1))[0] == 413
    assert desk.say(kind="report", who="dewi", text="x" * 20_000_000)[0] == 413
    assert desk.facts.out.getvalue() == b""
    room = MESSAGE_LIMIT - len(json.dumps({**SLACK, "text": ""}, ensure_ascii=False).encode())
    assert desk.say(**{**SLACK, "text": '"' * (room // 2)})[0] == 200
    assert len(desk.facts.out.getvalue()) < 1 << 16


def test_a_flood_is_stopped_and_typing_keeps_nobody_out(desk: Desk) -> None:
    """Beyond the budget the answer is 429; commands have a budget of their own."""
    office = desk.server.office
    office._messages["typed"].take(BURST - 2)
    statuses = [desk.say(kind="typed", who="dewi", command="ls")[0] for _ in range(20)]
    assert 429 in statuses
    assert desk.say(**SLACK)[0] == 200


def test_a_body_that_never_ends_is_given_up(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A caller that promises more than it sends is answered 408 and holds no seat for ever."""
    monkeypatch.setattr("simulator.box.control.desk._Caller.timeout", 0.2)
    with socket.create_connection(("127.0.0.1", desk.server.server_address[1])) as caller:
        caller.sendall(b"POST /say HTTP/1.0\r\nContent-Length: 100\r\n\r\n{")
        assert b" 408 " in caller.makefile("rb").readline()


def test_a_slack_message_is_in_its_channel(desk: Desk) -> None:
    """GET /channel shows what was written, the newest last, at most KEPT messages."""
    desk.say(**SLACK)
    _, answer = desk.ask("GET", "/channel?name=%23erp-emergency")
    assert [(each["who"], each["text"]) for each in answer["messages"]] == [("dewi", SLACK["text"])]
    for number in range(KEPT + 5):
        desk.server.office.channels.post(SUPPORT, "user", str(number))
    _, answer = desk.ask("GET", "/channel?name=%23erp-support")
    assert len(answer["messages"]) == KEPT
    assert answer["messages"][-1]["text"] == str(KEPT + 4)
    assert desk.ask("GET", "/channel?name=nowhere")[0] == 404


def test_a_ticket_is_open_until_it_is_closed(desk: Desk) -> None:
    """GET /incident shows the ticket; closing without one is refused with what to do."""
    assert desk.say(kind="close", who="dewi") == (
        409,
        {"error": "no incident is open; `incident open` opens one"},
    )
    assert desk.facts.out.getvalue() == b""
    _, answer = desk.say(**TICKET)
    assert answer["ticket"]["id"].startswith("INC-")
    assert desk.ask("GET", "/incident")[1]["tickets"][0]["closed"] is None
    assert desk.say(kind="close", who="budi")[0] == 200
    assert desk.ask("GET", "/incident")[1]["tickets"][0]["closed"] is not None


def test_a_restart_forgets_nothing(tmp_path: Path) -> None:
    """Tickets and messages said before a restart of the control half are there after it, and it goes on."""
    alert = {"status": "firing", "labels": {"alertname": "Slow"}, "annotations": {}}
    with serving(tmp_path) as desk:
        desk.say(**TICKET)
        desk.say(kind="close", who="dewi")
        desk.say(**TICKET)
        desk.say(**SLACK)
        desk.ask("POST", "/alerts", json.dumps({"alerts": [alert]}).encode())
        before = [desk.ask("GET", path) for path in SHOWN]
    with serving(tmp_path) as desk:
        assert [desk.ask("GET", path) for path in SHOWN] == before
        assert desk.say(kind="close", who="budi")[1]["ticket"]["id"].endswith("-002")
        assert desk.say(kind="close", who="budi")[0] == 409
        assert desk.say(**TICKET)[1]["ticket"]["id"].endswith("-003")
    with serving(tmp_path) as desk:
        tickets = desk.ask("GET", "/incident")[1]["tickets"]
        assert [ticket["closed"] is None for ticket in tickets] == [True, False, False]


def test_tickets_are_as_many_as_their_number_has_digits(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """One more is refused with what to do, and leaves no trace."""
    monkeypatch.setattr("simulator.box.control.desk_office.MOST_TICKETS", 1)
    assert desk.say(**TICKET)[0] == 200
    status, answer = desk.say(**TICKET)
    assert (status, len(desk.facts.all("said"))) == (409, 1)
    assert "go on in the channel" in answer["error"]


def test_alerts_reach_the_channel_of_their_severity(desk: Desk) -> None:
    """Critical alerts go to the emergency channel, others to support, and all of them on the record."""
    alerts = [
        {
            "status": "firing",
            "labels": {"alertname": "Down", "severity": "critical"},
            "annotations": {"summary": "no\nanswer"},
        },
        {"status": "resolved", "labels": {"alertname": "Slow", "severity": "warning"}, "annotations": None},
    ]
    assert desk.ask("POST", "/alerts", json.dumps({"alerts": alerts}).encode())[0] == 200
    assert desk.facts.all("alert") == [
        {"fact": "alert", "name": "Down", "firing": True, "summary": "no answer"},
        {"fact": "alert", "name": "Slow", "firing": False, "summary": ""},
    ]
    channels = desk.server.office.channels
    assert ["Down" in each.text for each in channels.recent(EMERGENCY)] == [True]
    assert ["Slow" in each.text for each in channels.recent(SUPPORT)] == [True]
    assert desk.ask("POST", "/alerts", b'{"alerts": "all"}')[0] == 400


def test_nothing_else_is_there(desk: Desk) -> None:
    """The desk has no other path."""
    assert desk.ask("GET", "/")[0] == 404
    assert desk.ask("GET", "/say")[0] == 404
    assert desk.ask("POST", "/incident", b"{}")[0] == 404
