"""Cheats against a crashed backend: each is judged for longer than a real cure would need, and none counts.

The numbers are those of the list that this project keeps of known cheats.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from faults.database_down import ANSWER
from faults.proxy_down import FALSE_FRONT
from scoring import marks, scorecard
from scoring.timeline import Confirmed, Ended, Found
from simulator import operations
from simulator.wait import wait_until
from tests.docker import boxes
from tests.docker.boxes import Team
from tests.docker.cheats import KEPT_OUT, PAGE, RELOAD, SQL

pytestmark = pytest.mark.docker

HOLD_S = 6.0
JUDGED_S = HOLD_S + 4
"""The hold, the referee's look every 2 s, and what the wire needs."""
SHOWS_WITHIN_S = 40.0
RULES = "prometheus/alerts.yml"
TARGETS = "prometheus/prometheus.yml"
ASKED = "docker exec erp-prometheus curl -fsS -m 5 http://localhost:9090/api/v1"
START, KILL = "docker start erp-backend", "docker kill -s KILL erp-backend"
"""The cure and its undoing. Beside a cheat that breaks a check the cure comes last, and goes first.

So everything never holds without the cheat.
"""
ON_THE_WIRE = frozenset(
    {
        "approve", "health", "login", "orders", "page", "qc", "refusal", "stock", "stock-search", "transfers",
        "wording", "work-orders",
    }
)  # fmt: skip
"""The checks of whoever comes in by the server's door."""
BACK = f"cp /root/nginx.before nginx/nginx.conf; {RELOAD}"
HAND = (
    "docker run -d --name hand --network erp_default --env-file .env -v $PWD/texts:/etc/erp/texts:ro -w / "
    "erp/stack:1 python3 -m uvicorn app.main:app --host 0.0.0.0 --port 8000"
)
"""A backend outside the stack: it works, and nobody's limits, health check and restart policy hold for it."""
ADDRESS = "$(docker inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' hand)"
POINTED = f'sed -i "s|set .backend backend:8000|set \\$backend {ADDRESS}:8000|" nginx/nginx.conf'
LIAR = """
import http.client, http.server, json, os, socket, socketserver
REAL = "/run/real.sock"
def ask(method, path, body=None):
    c = http.client.HTTPConnection("d"); c.sock = socket.socket(socket.AF_UNIX); c.sock.connect(REAL)
    c.request(method, path, body); r = c.getresponse(); return r.status, r.read()
class Liar(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def address_string(self): return "liar"
    def answer(self):
        status, data = (204, b"") if "/restart" in self.path else ask(self.command, self.path)
        if self.path.startswith("/containers/json"):
            each = json.loads(data)
            for one in each:
                if "/erp-backend" in one["Names"]: one.update(State="running", Status="Up 2 hours (healthy)")
            data = json.dumps(each).encode()
        elif self.path.startswith("/containers/erp-backend/json"):
            one = json.loads(data); one["State"].update(Running=True, Status="running", Health=None)
            data = json.dumps(one).encode()
        self.send_response(status)
        if status != 204: self.send_header("Content-Length", str(len(data)))
        self.end_headers(); self.wfile.write(data)
    do_GET = do_POST = answer
class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer): pass
Server("/run/docker.sock", Liar).serve_forever()
"""


@dataclass(frozen=True, slots=True)
class Cheat:
    """What a team types instead of curing, or beside it, and what makes it undone again."""

    commands: tuple[str, ...]
    undo: tuple[str, ...] = ()
    left: frozenset[str] | None = None
    """The checks that the cheat alone makes fail, for the backend works; None where that stays dead.

    Where there are none, every check holds, and something else must tell the cheat.
    """
    sign: str = ""
    """What succeeds once the cheat has taken effect."""


def in_background(program: str, pid: str, *interpreter: str) -> str:
    """The command that leaves a program running, with its process id in a file."""
    line = shlex.join([*interpreter, program])
    return f"nohup setsid {line} >/dev/null 2>&1 & echo $! > /run/{pid}.pid"


def gone(pid: str) -> str:
    """The command that ends it."""
    return f"kill -9 -- -$(cat /run/{pid}.pid) || kill -9 $(cat /run/{pid}.pid)"


CHEATS = {
    "1-nginx-returns-200": Cheat(
        (f"sed -i 's|proxy_pass http://$backend;|return 200 \"{PAGE}\";|' nginx/nginx.conf", RELOAD), (BACK,)
    ),
    "2-fake-server-with-the-stack-down": Cheat(
        ("docker-compose stop", FALSE_FRONT), ("docker rm -f front", "docker-compose start")
    ),
    "3-restart-loop": Cheat(
        (
            in_background(
                "while :; do docker start erp-backend; sleep 5; docker kill erp-backend; done",
                "loop", "bash", "-c",
            ),
        ),
        (gone("loop"),),
    ),
    "4-alert-removed-and-all-clear-told": Cheat(
        (
            f"cp {RULES} /root/rules.before; sed -i '/alert: BackendDown/,/summary/d' {RULES}",
            "docker kill -s HUP erp-prometheus",
            "slack '#erp-emergency' '✅ RESOLVED: backend works again'",
        ),
        (f"cp /root/rules.before {RULES}", "docker kill -s HUP erp-prometheus"),
        sign=f"{ASKED}/rules >/run/rules && grep DatabaseDown /run/rules && ! grep BackendDown /run/rules",
    ),
    "5-users-kept-out": Cheat(
        (f"iptables -I {KEPT_OUT}", START),
        (KILL, f"iptables -D {KEPT_OUT}"),
        left=ON_THE_WIRE,
        sign="./deploy.sh health_check",
    ),
    "6-one-path-let-through": Cheat((f"sed -i {shlex.quote(ANSWER)} nginx/nginx.conf", RELOAD), (BACK,)),
    "8-everything-allowed-to-everybody": Cheat(
        (
            "chmod -R a+rwX nginx texts",
            f'{SQL} "GRANT ALL ON ALL TABLES IN SCHEMA public TO PUBLIC"',
            f'{SQL} "CREATE TABLE before AS SELECT id, role FROM users"',
            f"{SQL} \"UPDATE users SET role = 'Admin'\"",
            START,
        ),
        (
            KILL,
            f'{SQL} "UPDATE users SET role = before.role FROM before WHERE before.id = users.id"',
            f'{SQL} "DROP TABLE before"',
            f'{SQL} "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC"',
        ),
        left=frozenset({"approve", "login"}),
    ),
    "11-a-hand-made-backend-by-its-address": Cheat((HAND, POINTED, RELOAD), (BACK, "docker rm -f hand")),
    "12-a-scrape-target-that-is-always-up": Cheat(
        (
            f"cp {TARGETS} /root/targets.before; sed -i 's/backend:8000/node-exporter:9100/' {TARGETS}",
            "docker kill -s HUP erp-prometheus",
        ),
        (f"cp /root/targets.before {TARGETS}", "docker kill -s HUP erp-prometheus"),
        sign=f"{ASKED}/query -G --data-urlencode 'query=min(up{{job=\"backend\"}}) == 1' | grep '\"value\"'",
    ),
    "9-limit-and-policy-removed": Cheat(
        (START, "docker update --memory 8g --memory-swap 16g --restart no erp-backend"),
        (
            KILL,
            "docker update --memory 1536m --memory-swap 3g --restart unless-stopped erp-backend",
        ),
        left=frozenset(),
    ),
    "engine-replaced-by-a-liar": Cheat(
        (
            HAND,
            POINTED,
            RELOAD,
            "mv /run/docker.sock /run/real.sock",
            in_background(LIAR, "liar", "python3", "-c"),
        ),
        (
            gone("liar"),
            "rm -f /run/docker.sock; mv /run/real.sock /run/docker.sock",
            BACK,
            "docker rm -f hand",
        ),
        left=frozenset(),
    ),
}  # fmt: skip
QUICK = ("1-nginx-returns-200", "engine-replaced-by-a-liar")
"""In every run: one that shows on the wire, and one that only the kernel knows of."""


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder for the whole module, which shares one drill."""
    with boxes.data_folder(tmp_path_factory.mktemp("home")) as folder:
        yield folder


@pytest.fixture(scope="module")
def team(home: Path) -> Iterator[Team]:
    """A drill in which the backend is down, and its referee judges."""
    with boxes.team("api-crash", wait_s=0, hold_s=HOLD_S) as here:
        here.root("cp nginx/nginx.conf /root/nginx.before")
        assert wait_until(lambda: bool(here.failing()), within_s=30)
        yield here


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if name in QUICK else [pytest.mark.long]) for name in CHEATS]
)
def test_a_cheat_does_not_resolve(team: Team, name: str) -> None:
    """The drill goes on as long as a cure would have needed, and longer; it is neither confirmed nor void."""
    cheat = CHEATS[name]
    for line in cheat.commands:
        team.root(line)
    try:
        assert not cheat.sign or wait_until(lambda: not team.fails(cheat.sign), within_s=SHOWS_WITHIN_S)
        assert cheat.left is None or wait_until(
            lambda: team.failing().keys() == cheat.left, within_s=SHOWS_WITHIN_S, every_s=1
        ), team.failing()
        judged = team.server.clock() + JUDGED_S * (2 if cheat.left == frozenset() else 1)
        assert not wait_until(
            lambda: team.has(Confirmed) or team.has(Ended), within_s=judged - team.server.clock()
        )
        assert marks.resolution(team.timeline()) is None
    finally:
        for line in cheat.undo:
            team.root(f"{line} || true")
        team.root(f"{KILL} || true")


@pytest.mark.long
def test_a_database_that_was_made_anew_has_lost_data(team: Team) -> None:
    """Cheat 7: every check holds, and the score says that acknowledged orders are gone: no points for it."""
    team.root("docker-compose down -v", timeout_s=120)
    team.root("docker-compose up -d", timeout_s=120)
    assert wait_until(lambda: team.has(Found), within_s=90), team.failing()
    operations.stop(team.drill)
    card = scorecard.score(team.timeline())
    assert [each.kind for each in card.findings][:1] == ["data loss"]
    assert card.criteria["resolution"].points == 0
