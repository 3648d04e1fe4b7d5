"""What the ERP copy is made of: checked without running it. The drills on the real engine run it."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import re
import subprocess
import threading
from functools import partial
from pathlib import Path

import pytest

from simulator.box.control.engine import SERVICES
from simulator.box.production.monitoring import dashboard, log_index, log_search, web
from simulator.box.production.postgres import users

BOX = Path(log_index.__file__).parents[2]
PRODUCTION = BOX / "production"
CHECKED = {"postgres", "redis", "backend", "nginx", "prometheus"}


def service_blocks() -> dict[str, str]:
    """The compose file's services with their text; the file is ours, so its indentation can be relied on."""
    text = (PRODUCTION / "docker-compose.yml").read_text()
    body = text.split("\nservices:\n")[1].split("\nvolumes:\n")[0]
    parts = re.split(r"^  ([\w-]+):\n", body, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_the_stack_has_every_service_that_the_control_half_watches() -> None:
    """The compose file and the services check name the same twelve, each in a container erp-NAME."""
    blocks = service_blocks()
    assert set(blocks) == set(SERVICES)
    for name, block in blocks.items():
        assert f"container_name: erp-{name}\n" in block


def test_every_service_is_protected() -> None:
    """Each service restarts by itself, rotates its log and has a memory limit; five have a health check."""
    shared = (PRODUCTION / "docker-compose.yml").read_text().split("\nservices:\n")[0]
    assert "restart: unless-stopped" in shared
    assert "max-size: 10m" in shared
    for name, block in service_blocks().items():
        assert "<<: *service\n" in block
        assert re.search(r"^    mem_limit: ", block, flags=re.MULTILINE)
        assert ("healthcheck:" in block) == (name in CHECKED)


def test_every_required_setting_is_set() -> None:
    """What the backend requires of its environment is in .env: nothing is missing on a healthy server."""
    code = "".join(path.read_text() for path in (BOX / "erp").rglob("*.py"))
    wanted = set(re.findall(r'required(?:_int)?\("(\w+)"\)', code))
    assert wanted
    assert wanted <= set(re.findall(r"^(\w+)=.+$", (PRODUCTION / ".env").read_text(), flags=re.MULTILINE))


def test_the_optimization_script_brings_back_every_index() -> None:
    """Each index of the seeded database is in database-optimization.sql, with the same definition."""
    made = re.findall(
        r"^CREATE INDEX (.+);$", (PRODUCTION / "postgres/seed.sql").read_text(), flags=re.MULTILINE
    )
    script = (PRODUCTION / "database-optimization.sql").read_text()
    assert made
    assert [each for each in made if f"CREATE INDEX IF NOT EXISTS {each};" not in script] == []


def test_every_alert_has_a_case_that_fires_and_one_that_is_silent() -> None:
    """The rule tests name each alert twice: on its own trouble, and on a healthy server."""
    alerts = re.findall(r"- alert: (\w+)", (PRODUCTION / "prometheus/alerts.yml").read_text())
    cases = (PRODUCTION / "prometheus/tests.yml").read_text()
    fire = set(re.findall(r"alertname: (\w+)\n +exp_alerts:\n", cases))
    silent = set(re.findall(r"alertname: (\w+), exp_alerts: \[\]", cases))
    assert alerts
    assert set(alerts) == fire == silent


def test_users_sign_in_with_their_own_password_or_not_at_all() -> None:
    """The named accounts' hashes match "quty-" and the name; the five hundred others hold no hash."""
    rows = {row[0]: row for row in users.rows()}
    assert len(rows) == len(users.NAMED) + users.OTHERS
    for name, *_ in users.NAMED:
        _, iterations, salt, digest = rows[name][3].split("$")
        password = f"quty-{name}".encode()
        assert hashlib.pbkdf2_hmac("sha256", password, salt.encode(), int(iterations)).hex() == digest
    assert {rows[f"user{n:03d}"][3] for n in range(1, users.OTHERS + 1)} == {"!"}


def log_line(text: str) -> str:
    """One line as the engine writes it into a container's log."""
    return json.dumps({"log": text + "\n", "stream": "stdout", "time": "2026-01-19T14:32:00Z"}) + "\n"


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The log of a container named erp-backend."""
    folder = tmp_path / "0123abcd"
    folder.mkdir()
    (folder / "config.v2.json").write_text('{"Name": "/erp-backend"}')
    monkeypatch.setattr(log_index, "CONTAINERS", tmp_path)
    return folder / "0123abcd-json.log"


def messages(found: log_index.Index, words: str) -> list[str]:
    """The messages that a search for `words` finds."""
    return [hit["_source"]["message"] for hit in found.search(words, 50)]


def test_the_log_index_finds_new_lines_by_word_and_container(log: Path) -> None:
    """Lines are found by any of their words and by the container's name, newest first; half lines wait."""
    found = log_index.Index()
    log.write_text(log_line("started") + log_line("unhandled exception") + log_line("exception again")[:-5])
    found.poll()
    assert messages(found, "exception erp-backend") == ["unhandled exception"]
    with log.open("a") as file:
        file.write(log_line("exception again")[-5:])
    found.poll()
    assert messages(found, "exception") == ["exception again", "unhandled exception"]
    assert messages(found, '"; DROP') == []


def test_the_log_index_stays_small(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a log that runs away only the end is read, and only the newest lines are kept."""
    monkeypatch.setattr(log_index, "BACKLOG_BYTES", 1000)
    monkeypatch.setattr(log_index, "MAX_LINES", 3)
    found = log_index.Index()
    log.write_text("".join(log_line(f"line {n}") for n in range(10_000)))
    found.poll()
    assert messages(found, "") == ["line 9999", "line 9998", "line 9997"]


def test_the_log_index_follows_a_truncated_log_and_holds_no_file_open(log: Path) -> None:
    """A log that was emptied is read from its start again; a deleted one is not kept on the disk."""
    found = log_index.Index()
    log.write_text(log_line("before the rotation, a long line"))
    found.poll()
    log.write_text(log_line("after"))
    found.poll()
    assert messages(found, "after") == ["after"]
    held = {descriptor.resolve() for descriptor in Path("/proc/self/fd").iterdir()}
    assert log.resolve() not in held


def test_pages_say_when_their_source_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Log search and dashboard stay up and name what does not answer, with the user's words escaped."""
    monkeypatch.setattr(log_search, "INDEX", "http://127.0.0.1:9")
    shown = log_search.page("<script>")
    assert "The log index does not answer" in shown
    assert "<script>" not in shown
    monkeypatch.setattr(dashboard, "PROMETHEUS", "http://127.0.0.1:9")
    assert "No answer from Prometheus" in dashboard.chart(dashboard.PANELS[0], 1000.0)


@pytest.mark.parametrize(
    ("look", "path", "status", "word"),
    [
        (dashboard.dashboard, "/grafana/", 200, "API Performance"),
        (dashboard.dashboard, "/grafana/other", 404, "not found"),
        (log_search.search, "/kibana?q=exception", 200, 'value="exception"'),
        (log_search.search, "/other", 404, "not found"),
        (partial(log_index.answer, log_index.Index()), "/erp/_search?q=exception", 200, '"hits": []'),
        (partial(log_index.answer, log_index.Index()), "/_cluster/health", 200, "green"),
        (partial(log_index.answer, log_index.Index()), "/other", 404, "not found"),
    ],
)
def test_the_monitoring_answers_over_http(
    look: web.Look, path: str, status: int, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each has its page under its own path, and says by the status that another is not there."""
    monkeypatch.setattr(dashboard, "PROMETHEUS", "http://127.0.0.1:9")
    monkeypatch.setattr(log_search, "INDEX", "http://127.0.0.1:9")
    with web.Server(0, look) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        connection = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=10)
        connection.request("GET", path)
        reply = connection.getresponse()
        text = reply.read().decode()
        connection.close()
        server.shutdown()
        thread.join()
    assert (reply.status, word in text) == (status, True), text


def test_a_chart_shows_the_latest_value_and_leaves_gaps(monkeypatch: pytest.MonkeyPatch) -> None:
    """A point starts a new stroke after a gap in time, and the caption has the newest value."""
    monkeypatch.setattr(dashboard, "values", lambda query, now: [(880.0, 1.0), (885.0, 2.0), (990.0, 4.0)])
    drawn = dashboard.chart(dashboard.PANELS[0], 1000.0)
    assert drawn.count("M") == 2
    assert "all 4<" in drawn


FAKE_DOCKER = """#!/bin/sh
[ "$2" = "$BROKEN" ] && exit 1
case "$*" in *redis-cli*) echo PONG ;; esac
"""
FAKE_CURL = '#!/bin/sh\n[ "$BROKEN" = erp-backend ] && echo "503 0.9" || echo "200 0.0421"\n'
HEALTHY = ["✓ PostgreSQL: OK", "✓ Redis: OK", "✓ Backend: OK (Response time: 42 ms)", "✓ Prometheus: OK"]
BROKEN = {
    "erp-postgres": "✗ PostgreSQL: FAILED",
    "erp-redis": "✗ Redis: FAILED",
    "erp-backend": "✗ Backend: FAILED (HTTP status 503)",
    "erp-prometheus": "✗ Prometheus: FAILED",
}


def health_check(folder: Path, broken: str) -> subprocess.CompletedProcess[str]:
    """Run deploy.sh health_check with an engine and a site where the container `broken` does not answer."""
    for name, text in (("docker", FAKE_DOCKER), ("curl", FAKE_CURL)):
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    environment = {"PATH": f"{folder}:{os.environ['PATH']}", "BROKEN": broken}
    command = ["bash", str(PRODUCTION / "deploy.sh"), "health_check"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_the_health_check_prints_what_the_runbook_expects(tmp_path: Path) -> None:
    """On a healthy server deploy.sh health_check prints the runbook's four lines and succeeds."""
    done = health_check(tmp_path, broken="nothing")
    assert (done.returncode, done.stdout.splitlines()) == (0, HEALTHY)


@pytest.mark.parametrize(("container", "line"), BROKEN.items())
def test_the_health_check_fails_with_what_is_broken(tmp_path: Path, container: str, line: str) -> None:
    """One part that is broken fails the check, and only its own line says so."""
    done = health_check(tmp_path, broken=container)
    assert done.returncode == 1
    assert [each for each in done.stdout.splitlines() if each.startswith("✗")] == [line]
