"""The responder's commands, run as programs against a desk on localhost."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from scoring.outline import FIELDS
from scoring.report import parse
from simulator.box.control.ask import serve
from simulator.box.control.channel import EMERGENCY, SUPPORT
from simulator.box.control.desk import DeskServer
from simulator.box.control.desk_office import Office
from tests.simulator.control_fakes import Facts

PRODUCTION = Path(__file__).parents[2] / "simulator/box/production"
BIN = PRODUCTION / "bin"


@dataclass
class Shell:
    facts: Facts
    server: DeskServer
    environment: dict[str, str]
    archives: Path

    def run(self, *command: str, text: str | bytes = "") -> subprocess.CompletedProcess[bytes]:
        data = text.encode() if isinstance(text, str) else text
        argv = [sys.executable, "-B", str(BIN / command[0]), *command[1:]]
        return subprocess.run(argv, input=data, capture_output=True, env=self.environment, timeout=30)

    def on_terminal(self, argv: list[str], typed: str) -> tuple[int, str]:
        """Run `argv` on a terminal of its own and type `typed`; exit code and what the terminal showed."""
        ours, theirs = pty.openpty()
        process = subprocess.Popen(argv, stdin=theirs, stdout=theirs, stderr=theirs, env=self.environment)
        os.close(theirs)
        os.write(ours, typed.encode())
        shown = b""
        try:
            while piece := os.read(ours, 1 << 16):
                shown += piece
        except OSError:  # the last program that held the terminal has ended
            pass
        os.close(ours)
        return process.wait(timeout=30), shown.decode()

    def said(self) -> list[dict[str, Any]]:
        return [{k: v for k, v in fact.items() if k != "fact"} for fact in self.facts.all("said")]


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    """A shell of the user dewi, with a desk to talk to."""
    facts = Facts()
    server = DeskServer(("127.0.0.1", 0), Office(facts.record, tmp_path / "desk"))
    thread = serve(server, "desk")
    environment = {
        "PATH": f"{BIN}:/usr/bin:/bin",
        "ERP_DESK": f"127.0.0.1:{server.server_address[1]}",
        "ERP_ARCHIVES": str(tmp_path / "archives"),
        "LOGNAME": "dewi",
        "LANG": "C.UTF-8",
        "TERM": "dumb",
        "HOME": str(tmp_path),
    }
    yield Shell(facts, server, environment, tmp_path / "archives")
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_ticket_is_opened_shown_and_closed(shell: Shell) -> None:
    """`incident` opens, shows and closes a ticket in the name of who is logged in."""
    assert shell.run("incident", "status").stdout == b"no incident\n"
    command = ["incident", "open", "--severity", "P1", "--affects", "backend", "--summary", "it is down"]
    assert b"opened: P1, backend" in shell.run(*command).stdout
    assert b"OPEN  opened" in shell.run("incident", "status").stdout
    assert b"closed" in shell.run("incident", "close").stdout
    assert shell.said() == [
        {"kind": "ticket", "who": "dewi", "severity": "P1", "affects": "backend", "summary": "it is down"},
        {"kind": "close", "who": "dewi"},
    ]
    again = shell.run("incident", "close")
    assert (again.returncode, again.stderr) == (
        1,
        b"incident: no incident is open; `incident open` opens one\n",
    )


def test_slack_takes_arguments_and_standard_input(shell: Shell) -> None:
    """Text comes from the arguments or from standard input, with all its lines."""
    text = "🚨 CRITICAL P1: ERP System Down\n - Detected: 14:32"
    assert shell.run("slack", EMERGENCY, text).returncode == 0
    assert shell.run("slack", EMERGENCY, text=text + "\n").returncode == 0
    assert shell.run("slack", EMERGENCY.strip("#"), text).returncode == 0
    assert [(each["channel"], each["text"]) for each in shell.said()] == [(EMERGENCY, text)] * 3
    refused = shell.run("slack", "#nowhere", "hello")
    assert refused.returncode == 1
    assert refused.stderr.startswith(b"slack: channel must be one of #erp-emergency")
    assert shell.run("slack", EMERGENCY).returncode == 1
    assert shell.run("slack", EMERGENCY, "x" * 100_000).stderr.count(b"\n") == 1


def test_slack_on_a_terminal_shows_the_channel(shell: Shell) -> None:
    """Without a text, a terminal sees the channel's messages and nothing is sent."""
    shell.server.office.channels.post(SUPPORT, "clerk.ppic", "cannot log in\nplease help")
    code, shown = shell.on_terminal([sys.executable, "-B", str(BIN / "slack"), SUPPORT], "")
    assert code == 0
    assert "clerk.ppic: cannot log in\r\n    please help" in shown
    assert shell.said() == []


def test_mail_reads_its_body(shell: Shell) -> None:
    """`mail -s SUBJECT ADDRESS…` sends standard input, which may be empty."""
    assert (
        shell.run("mail", "-s", "URGENT: ERP", "management@qutykarunia.com", text="Down.\n").returncode == 0
    )
    assert shell.run("mail", "-s", "x", "a@b.c", "d@e.f").returncode == 0
    assert shell.said() == [
        {
            "kind": "mail",
            "who": "dewi",
            "to": "management@qutykarunia.com",
            "subject": "URGENT: ERP",
            "text": "Down.",
        },
        {"kind": "mail", "who": "dewi", "to": "a@b.c, d@e.f", "subject": "x", "text": ""},
    ]
    assert shell.run("mail", "-s", "x", "nobody").returncode == 1


@pytest.mark.parametrize("end", [".\n", "\x04"])
def test_mail_on_a_terminal_ends_like_mail(shell: Shell, end: str) -> None:
    """On a terminal the body ends with a single dot or with Ctrl-D."""
    argv = [sys.executable, "-B", str(BIN / "mail"), "-s", "URGENT", "management@qutykarunia.com"]
    code, _ = shell.on_terminal(argv, "The ERP is down.\nWe are on it.\n" + end)
    assert code == 0
    assert shell.said()[0]["text"] == "The ERP is down.\nWe are on it."


def test_a_report_is_made_from_the_template_and_filed(shell: Shell) -> None:
    """`incident report` writes the runbook's sections with what is known; `submit` files the newest."""
    assert b"no report in" in shell.run("incident", "report", "submit").stderr
    shell.run("incident", "open", "--severity", "P1", "--affects", "backend", "--summary", "it is down")
    (path,) = [Path(line) for line in shell.run("incident", "report").stdout.decode().split()]
    text = path.read_text()
    sections = parse(text).sections
    assert list(sections) == list(FIELDS)
    assert all(sections[name].value(field) for name, fields in FIELDS.items() for field in fields)
    assert "- **Severity**: P1 (Critical)\n" in text
    assert "- **Affected System**: backend\n" in text
    assert re.search(r"^- \d\d:\d\d - Incident declared by dewi: it is down$", text, re.MULTILINE)
    assert "[What caused it, and why]" in text
    assert [word for word in ("INC-YYYY", "YYYY-MM-DD", "First sign") if word in text] == []
    path.write_text(text.replace("[Name]", "Dewi"))
    assert shell.run("incident", "report").returncode == 0
    assert "Dewi" in path.read_text()
    assert shell.run("incident", "report", "submit").returncode == 0
    assert shell.said()[-1] == {"kind": "report", "who": "dewi", "text": path.read_text()}


def test_bad_reports_are_refused_with_a_line(shell: Shell, tmp_path: Path) -> None:
    """A report that is missing, empty, binary or too long is refused with one line."""
    for name, data in (
        ("empty", b""),
        ("binary", b"\xff\xfe\x00"),
        ("nul", b"a\0b"),
        ("long", b"x" * 20_000_000),
    ):
        (tmp_path / name).write_bytes(data)
    for name in ("missing", "empty", "binary", "nul", "long"):
        done = shell.run("incident", "report", "submit", str(tmp_path / name))
        assert done.returncode == 1
        assert done.stderr.startswith(b"incident: ")
        assert done.stderr.count(b"\n") == 1
    assert shell.said() == []


def test_a_full_disk_is_said_in_one_line(shell: Shell) -> None:
    """When the report cannot be written, one line says why and how to go on, and nothing stays behind."""
    shell.archives.write_text("in the way")
    done = shell.run("incident", "report")
    assert done.returncode == 1
    assert done.stderr.count(b"\n") == 1
    assert b"outside the server" in done.stderr


def test_without_a_desk_commands_end_with_a_line(shell: Shell) -> None:
    """A desk that cannot be reached is told in one line, with exit code 1."""
    shell.environment["ERP_DESK"] = "127.0.0.1:1"
    done = shell.run("slack", EMERGENCY, "hello")
    assert (done.returncode, done.stderr.count(b"\n")) == (1, 1)
    assert b"cannot be reached" in done.stderr
