"""A job outside the backend takes all of PostgreSQL's connections (`pool-exhausted`, expert)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from faults.contract import Level, Server, WrongRemedy
from faults.jobs import Job
from faults.pool_exhausted import PoolExhausted

NAMES = ("erp-stock-report", "erp-label-printing", "erp-shift-report", "erp-supplier-feed")
PROGRAM = '''\
"""{title}: the stock of every location, for a screen in the hall."""
import time

import psycopg2

CONNECT = "host=postgres user=erp dbname=erp_quty_karunia_prod application_name={application}"
connections = {{}}


def connection(location, moment):
    """One connection for each location, opened when it is first asked for."""
    key = (location, moment)
    if key not in connections:
        connections[key] = psycopg2.connect(CONNECT)
    return connections[key]


def stock_of(location):
    cursor = connection(location, time.time()).cursor()
    span = (location * 100, location * 100 + 99)
    cursor.execute("SELECT sum(quantity) FROM stock WHERE id BETWEEN %s AND %s", span)
    return cursor.fetchone()[0]


while True:
    for location in range(1, 2000):
        try:
            print(location, stock_of(location))
        except psycopg2.OperationalError as error:
            print("no stock of", location, str(error).strip())
        time.sleep({pause})
'''
OPEN_FOR_S = 3
FEW = 20
LEAKED = (
    "SELECT count(*) FROM pg_stat_activity WHERE usename = 'erp' AND application_name <> 'erp-backend' "
    f"AND state LIKE 'idle in transaction%' AND state_change < now() - interval '{OPEN_FOR_S} s'"
)
END_THEM = (
    'psql -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity '
    "WHERE usename = 'erp' AND application_name <> 'erp-backend'\""
)
FIND = "docker ps -q --filter volume=/opt/erp/reports"
PSQL = "psql -qAt -h localhost -U postgres -d erp_quty_karunia_prod"
WHEN_TAKEN = f"""
until [ "$({PSQL} -c 'SELECT count(*) > 190 FROM pg_stat_activity')" = t ]; do sleep 0.2; done
"""
REPORT = (
    *("report job", "stock report", "shift report", "report container", "report script", "report program"),
    *("report tool", "reporting", "reports/", "label", "printing", "supplier", "the feed", "a feed"),
    *("screen in", "screen for", "hall's screen"),
)
"""Who keeps them, by whatever name; the backup inside the backend is another cause."""
TAKES = (
    *("close", "leak", "hoard", "hold", "held", "keep", "kept", "open", "use up", "used up", "took", "takes"),
    *("taken", "eats", "ate", "exhaust", "starv", "max_connections", "too many", "release", "reuse"),
    *("all of", "all the", "used all", "every slot", "consume", "occup"),
)
"""That it keeps what it opens."""


class PoolExhaustedExpert(PoolExhausted):
    """A new report job opens a connection for each look and keeps them all; then the backend is deployed."""

    level: ClassVar[Level] = "expert"
    title = "A job beside the stack keeps PostgreSQL's connections; the backend gets none after its restart"
    alerts: ClassVar[tuple[str, ...]] = ("DatabaseConnectionsHigh", "PoolNearlyExhausted")
    skills: ClassVar[tuple[str, ...]] = (
        "How to debug application errors",
        "How to read Docker logs",
        "Root cause analysis technique",
        "How to perform database recovery",
    )
    cause_terms: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("connection", "session", "slot", "client", "connects", "max_connections"),
        REPORT,
        TAKES,
    )
    cause_example = (
        "A report job in a container of its own opened database connections and never closed them."
    )
    remedy: tuple[str, ...] = (
        "docker-compose logs backend --tail 200 | grep -i exception | tail -10",
        'psql -c "SELECT application_name, client_addr, state, count(*) FROM pg_stat_activity '
        'GROUP BY 1, 2, 3 ORDER BY 4 DESC LIMIT 5"',
        "docker ps",
        f"docker stop $({FIND})",
        END_THEM,
        "docker-compose restart backend",
        "curl https://erp.yourdomain.com/health",
    )
    other_remedies: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "remove-the-job": (f"docker rm -f $({FIND})", "docker-compose restart backend"),
        "correct-the-job": (
            "sed -i 's/key = (location, moment)/key = location % 2/' reports/*.py",
            f"docker restart $({FIND})",
            "docker-compose restart backend",
        ),
    }
    wrong_remedies: ClassVar[Mapping[str, WrongRemedy]] = {
        "restart-backend": WrongRemedy(
            "the job takes what the backend gives back", ("docker-compose restart backend",)
        ),
        "end-the-sessions": WrongRemedy(
            "the job opens new ones at once", (END_THEM, "docker-compose restart backend")
        ),
        "more-connections": WrongRemedy(
            "a leak fills any limit",
            (
                "psql -c 'ALTER SYSTEM SET max_connections = 400'",
                "sed -i 's/^max_connections = 200/max_connections = 400/' postgres/postgresql.conf",
                "docker-compose restart postgres backend",
            ),
            (
                "psql -c 'ALTER SYSTEM RESET max_connections'",
                "sed -i 's/^max_connections = 400/max_connections = 200/' postgres/postgresql.conf",
                "docker-compose restart postgres backend",
            ),
        ),
        "pause-the-job": WrongRemedy(
            "it goes on as soon as somebody lets it",
            (f"docker pause $({FIND})", END_THEM, "docker-compose restart backend"),
            (f"docker unpause $({FIND})",),
        ),
    }
    symptom_within_s = 40
    hold_s = 60
    least_hold_s = 20

    def __init__(self, seed: int) -> None:
        """Draw which job it is, and how fast it leaks."""
        super().__init__(seed)
        name = self.random.choice(NAMES)
        topic = name.removeprefix("erp-")
        program = PROGRAM.format(
            title=topic.replace("-", " ").capitalize(),
            application=topic,
            pause=self.random.choice((0.02, 0.03, 0.05)),
        )
        self.job = Job(name, f"reports/{topic.replace('-', '_')}.py", program)

    def inject(self, server: Server) -> None:
        """A colleague starts the job; when it has taken what there is, somebody deploys the backend anew."""
        self.job.start(server)
        server.run(f"{WHEN_TAKEN}docker-compose restart backend 2>/dev/null")

    def cause(self, server: Server) -> bool:
        """Whether sessions leak beside the backend, or their job is only halted."""
        return int(server.sql(LEAKED)) > FEW or self.job.is_halted(server)

    def heal(self, server: Server) -> None:
        """Remove the job, whose sessions end with it, and give the backend its connections."""
        self.job.remove(server)
        server.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE usename = 'erp' AND application_name <> 'erp-backend'"
        )
        server.run("docker restart -t 5 erp-backend")
