"""Every command block of the runbook, typed on a healthy server in a member's login shell over ssh."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from simulator import engine, keys
from tests.docker import boxes
from tests.docker.boxes import Team, Terminal

pytestmark = pytest.mark.docker

UP = r"Up \(healthy\)"
SITE = "https://erp.yourdomain.com"
BEARER = '-H "Authorization: Bearer $TOKEN"'
DATABASE = "erp_quty_karunia_prod"


@dataclass(frozen=True, slots=True)
class Line:
    """A command as the runbook has it, and what a healthy server prints."""

    command: str
    prints: str = ""
    within_s: float = 60


ASSESSMENT = (
    Line("docker-compose ps", UP),
    Line("docker-compose logs --tail 50 backend | tail -20", "backend"),
    Line("docker-compose logs --tail 50 postgres | tail -20", "postgres"),
    Line("docker-compose logs --tail 50 nginx | tail -20", "nginx"),
)
BACKEND_DOWN = (
    Line("docker-compose ps backend", UP),
    Line("docker-compose logs backend --tail 200", "erp-backend"),
    Line("docker-compose restart backend", "done"),
    Line(f"until docker-compose ps backend | grep '{UP[:2]} (healthy)'; do sleep 1; done", UP),
    Line(f"curl {SITE}/health", '"status": ?"healthy"'),
)
DATABASE_DOWN = (
    Line("docker-compose ps postgres", UP),
    Line("docker-compose logs postgres --tail 50", "erp-postgres"),
    Line("docker-compose restart postgres", "done"),
    Line("until docker-compose ps postgres | grep 'Up (healthy)'; do sleep 1; done", UP),
    Line("df -h /", r"\d+G +\d.*% /\n"),
)
PROXY_DOWN = (
    Line("docker-compose ps nginx", UP),
    Line("docker-compose logs nginx --tail 50", "erp-nginx"),
    Line("ls -la /opt/erp/certs/", "live"),
    Line("ls /opt/erp/certs/live/*/fullchain.pem", "/opt/erp/certs/live/erp.yourdomain.com/fullchain.pem"),
    Line("docker-compose restart nginx", "done"),
    Line("until docker-compose ps nginx | grep 'Up (healthy)'; do sleep 1; done", UP),
    Line(f"curl -kv {SITE}/ | head -20", r"HTTP/1.1 200 OK[\s\S]*Quty Karunia ERP"),
)
DISK_FULL = (
    Line("docker-compose stop alertmanager elasticsearch kibana", r"kibana[ .]+.*done"),
    Line("docker container prune -f", "Total reclaimed space"),
    Line("docker image prune -f", "Total reclaimed space"),
    Line("mkdir -p /archives/$(date +%Y%m%d)"),
    Line('find /var/lib/docker/containers -name "*.log" -mtime +7 -delete'),
    Line("docker-compose restart alertmanager elasticsearch kibana", r"kibana[ .]+.*done"),
    Line("df -h /", r" [0-7]?\d% /\n"),
)
RECOVERY = (
    Line("docker-compose down", "Removing network", within_s=90),
    Line("docker-compose up -d", r"erp-nginx[ .]+.*done", within_s=90),
    Line("until ! docker-compose ps | grep -E 'starting|unhealthy|Exit'; do sleep 1; done"),
    Line("until bash /opt/erp/deploy.sh health_check; do sleep 1; done", "Prometheus: OK"),
    Line(
        "bash /opt/erp/deploy.sh health_check",
        r"✓ PostgreSQL: OK\n✓ Redis: OK *\n✓ Backend: OK \(Response time: \d+ ms\)\n✓ Prometheus: OK\n",
    ),
)
AFTERWARDS = (
    Line("docker-compose ps", UP),
    Line(f"curl {SITE}/health", '"status": ?"healthy"'),
    Line("docker-compose logs > /archives/incident_$(date +%Y%m%d_%H%M%S).log"),
    Line("grep -c '|' /archives/incident_*.log", r"^[1-9]\d+\n"),
)
MAJOR_FEATURE = (
    Line(f"curl -X GET {SITE}/api/v1/ppic/manufacturing-orders \\\n  {BEARER}", '"data"'),
    Line(
        f"curl -s -o /dev/null -w '%{{http_code}}' {SITE}/api/v1/ppic/manufacturing-orders {BEARER}", "^200"
    ),
    Line('docker-compose logs backend | grep "manufacturing-order" | tail -20'),
    Line("cat /opt/erp/.git/logs/HEAD | tail -20", "deploy 2"),
    Line('docker-compose logs backend | grep -i "exception" | tail -10'),
    Line(f"curl {SITE}/api/v1/auth/me \\\n  {BEARER}", '"role": ?"PPIC_Manager"'),
    Line("psql -c \"SELECT role FROM users WHERE username='username';\"", r"\(0 rows\)"),
    Line("psql -c \"UPDATE users SET role='PPIC_Manager' WHERE username='username';\"", "UPDATE 0"),
    Line('docker-compose logs backend | grep -i "qt-09" | tail -20'),
    Line('psql -c "SELECT * FROM transfer_logs ORDER BY created_at DESC LIMIT 5;"', r"\(5 rows\)"),
    Line("psql -c \"SELECT * FROM line_occupancy WHERE status='LOCKED';\"", r"\(\d+ rows?\)"),
    Line(
        "psql -c \"UPDATE line_occupancy SET status='AVAILABLE' WHERE department='sewing'"
        " AND locked_at < now() - interval '1 hour';\"",
        "UPDATE 0",
    ),
)
PERFORMANCE = (
    Line(
        f'curl -w "@/tmp/curl-format.txt" \\\n  {SITE}/api/v1/warehouse/stock/123 \\\n  {BEARER}',
        r'"sku": ?"SKU-000123"[\s\S]*time_total: +0\.\d+s\n',
    ),
    Line(f"curl -sL -w '%{{http_code}}' {SITE}/grafana", r"API Performance[\s\S]*200"),
    Line(f"curl -sL -o /dev/null -w '%{{http_code}}' {SITE}/kibana", "^200"),
    Line("psql -f /opt/erp/database-optimization.sql", "CREATE INDEX"),
    Line("docker stats erp-backend --no-stream", r"erp-backend +[\d.]+% +[\d.]+MiB / 1\.5GiB"),
    Line('docker-compose logs backend | grep -i "memory" | tail -20'),
    Line('docker-compose logs backend | tail -100 | grep -v "INFO" | cat'),
    Line('psql -c "SELECT * FROM pg_locks WHERE NOT granted;"', r"\(0 rows\)"),
    Line(
        'psql -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \n'
        "         WHERE pid != pg_backend_pid() AND state = 'active';\"",
        r"\(\d+ rows?\)",
    ),
)
MINOR = (
    Line("cat > /opt/erp/issues/$(date +%Y%m%d)_issue.txt << EOF\nTitle: [Brief]\nSeverity: P4\nEOF"),
    Line("cat /opt/erp/issues/$(date +%Y%m%d)_issue.txt", "Severity: P4"),
)


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder for the whole module, which shares one server."""
    with boxes.data_folder(tmp_path_factory.mktemp("home")) as folder:
        yield folder


@pytest.fixture(scope="module")
def team(home: Path) -> Iterator[Team]:
    """A healthy server on which nothing will break."""
    with boxes.team() as here:
        yield here


@pytest.fixture(scope="module")
def login(team: Team) -> Iterator[Terminal]:
    """A member's login by ssh through the published port, with the facilitator's key."""
    options = ("-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR")
    port = str(team.server.port(22))
    with boxes.terminal(
        "ssh", "-tt", *options, "-i", str(keys.private_key()), "-p", port, f"ana@{engine.host()}"
    ) as ssh:
        ssh.shows(boxes.PROMPT)
        yield ssh


@pytest.mark.parametrize(
    "block",
    [
        pytest.param(ASSESSMENT, id="immediate-assessment"),
        pytest.param(BACKEND_DOWN, id="scenario-a"),
        pytest.param(DATABASE_DOWN, id="scenario-b"),
        pytest.param(PROXY_DOWN, id="scenario-c"),
        pytest.param(DISK_FULL, id="scenario-d"),
        pytest.param(RECOVERY, id="recovery"),
        pytest.param(AFTERWARDS, id="post-resolution"),
        pytest.param(MAJOR_FEATURE, id="p2"),
        pytest.param(PERFORMANCE, id="p3"),
        pytest.param(MINOR, id="p4"),
    ],
)
def test_each_command_of_the_block_does_what_the_runbook_expects(
    login: Terminal, block: tuple[Line, ...]
) -> None:
    """Typed from the folder of the login; each ends with 0 and prints what the runbook says or implies."""
    wrong = []
    for line in block:
        text, code = login.run(line.command, line.within_s)
        shown = text.partition("\n")[2]
        if code != 0 or not boxes.found(line.prints, shown):
            wrong.append(f"{line.command!r} ended with {code} and printed {shown[-600:]!r}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "client",
    [
        f"psql -U postgres -h localhost -d {DATABASE}",
        f"docker-compose exec postgres psql -U postgres -d {DATABASE}",
    ],
)
def test_psql_answers_at_its_prompt(login: Terminal, client: str) -> None:
    """The runbook's queries work as they are written, `mean_time` of pg_stat_statements included."""
    prompt = rf"{DATABASE}=# $"
    login.type(client)
    login.shows(prompt)
    for query, answer in (
        ("SELECT COUNT(*) FROM manufacturing_orders;", r"\n +[2-9]\d{4}\n"),
        ("SELECT * FROM manufacturing_orders LIMIT 5;", r"\(5 rows\)"),
        ("EXPLAIN ANALYZE SELECT * FROM manufacturing_orders LIMIT 5;", "Execution Time"),
        (
            "SELECT query, calls, mean_time FROM pg_stat_statements WHERE mean_time > 0 "
            "ORDER BY mean_time DESC LIMIT 10;",
            r"\(10 rows\)",
        ),
    ):
        login.type(f"\\pset pager off\n{query}")
        assert boxes.found(answer, login.shows(rf"{answer}[\s\S]*{prompt}"))
    login.type("\\q")
    login.shows(boxes.PROMPT)


@pytest.mark.parametrize(
    ("command", "shows", "leave"),
    [
        pytest.param("watch docker-compose ps", r"Every 2\.0s[\s\S]*erp-backend", "\x03", id="watch-ps"),
        pytest.param(
            "watch docker stats erp-backend --no-stream", r"Every 2\.0s[\s\S]*MiB", "\x03", id="watch-stats"
        ),
        pytest.param(
            "top -p $(docker inspect -f '{{.State.Pid}}' erp-backend)", r"top - [\s\S]*python3", "q", id="top"
        ),
    ],
)
def test_a_program_that_fills_the_screen_works(login: Terminal, command: str, shows: str, leave: str) -> None:
    """`watch` and `top` find a terminal that they know, and end when they are told to."""
    login.type(command)
    login.shows(shows)
    login.press(leave)
    login.shows(boxes.PROMPT)


def test_the_server_is_steady_after_all_that(team: Team) -> None:
    """What the runbook types on a healthy server leaves it healthy."""
    assert team.gets_green(), team.failing()


def test_the_port_is_for_the_key_only(team: Team, tmp_path: Path) -> None:
    """Without the facilitator's key nobody comes in."""
    options = ("-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "BatchMode=yes")
    port = str(team.server.port(22))
    tried = subprocess.run(
        ["ssh", *options, "-o", "IdentityFile=none", "-p", port, f"ana@{engine.host()}", "true"],
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert tried.returncode == 255 and b"Permission denied" in tried.stderr
