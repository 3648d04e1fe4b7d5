"""A core is busy for ever: a loop in the backend, or a blocking query (runbook, "High CPU Usage")."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import ClassVar

from faults.contract import Fault, Server, Severity, WrongRemedy
from faults.query_timeouts import LONG_QUERIES, WAITING

TABLES = ("work_orders", "qc_tests", "transfer_logs")
"""What the blocking query locks against writing while it computes."""
PAIRS = (
    "SELECT count(*) FROM stock a, stock b WHERE a.quantity + b.quantity = {sum} AND a.sku < b.sku",
    "SELECT max(a.quantity * b.quantity % {sum}) FROM stock a, stock b WHERE a.id < b.id",
    "SELECT count(DISTINCT a.quantity - b.quantity + {sum}) FROM stock a, stock b WHERE a.sku > b.sku",
)
"""Every pair of 200,000 stock rows: hours of computing."""
GOES_ON = "SELECT count(*) FROM job_runs WHERE job = 'forecast' AND status IN ('REQUESTED', 'RUNNING')"
COMPUTES = (
    *("forecast", "tolerance", "converge", "endless loop", "infinite loop"),
    *("every pair", "all pairs", "each pair", "every stock row", "each stock row", "stock rows"),
    *("stock table", "stock with itself", "pairs of", "every row", "cross join", "self join", "cartesian"),
    *("report query", "report's query", "ad-hoc query", "blocking query", "long query", "long-running query"),
    *("long-running report", "runaway query", "runaway SQL", "endless query", "colleague's query", "SELECT"),
)
"""What computes without an end: the forecast, or the query over every pair of stock rows."""
BUSY = (
    *("CPU", "core", "processor", "load", "100%", "100 %", "busy", "hog", "spinning", "computing", "hours"),
    *("endless", "for ever", "forever", "never", "not converge", "can't converge", "without an end"),
    *("without end", "infinite", "lock", "block", "wait"),
)
"""What it does to the machine or to others."""


class HighCpu(Fault):
    """A forecast that never converges, or a colleague's report over every pair of stock rows."""

    name = "high-cpu"
    title = "A core is busy for ever: a loop in the backend, or a query that blocks others"
    section = 'P3, "High CPU Usage"'
    severity: ClassVar[Severity] = "P3"
    first_reports = (
        "The ERP is sluggish since a few minutes, some clicks take long and then work after all.",
        "It reacts so slowly today. Some of us have to try twice.",
        "Is the server busy with something? My screen waits much longer than usual.",
    )
    affects = (
        *("backend", "cpu", "api", "erp", "postgres", "postgresql", "database", "queries", "performance"),
        *("work-orders", "qc", "transfers", "orders"),
    )
    touches = ("backend",)
    alerts: ClassVar[tuple[str, ...]] = ("HighCPU", "LongTransaction", "EndpointSlow")
    skills = (
        "How to check service status",
        "How to read Docker logs",
        "How to debug application errors",
        "How to analyze slow queries",
    )
    cause_terms = (COMPUTES, BUSY)
    cause_example = "High CPU: a forecast loop that never ended, or a report query that blocked others."
    remedy = (
        "top -b -n 1 -p $(docker inspect -f '{{.State.Pid}}' erp-backend)",
        'docker-compose logs backend | tail -100 | grep -v "INFO"',
        'psql -c "SELECT * FROM pg_locks WHERE NOT granted;"',
        'psql -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity '
        "WHERE pid != pg_backend_pid() AND state = 'active';\"",
        "docker-compose restart backend",
    )
    other_remedies: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "only-the-old-ones": (
            'psql -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity '
            "WHERE state = 'active' AND query_start < now() - interval '5 s'\"",
            "docker-compose up -d --force-recreate backend",
        ),
        "full-restart": ("docker-compose down", "docker-compose up -d"),
    }
    wrong_remedies: ClassVar[Mapping[str, WrongRemedy]] = {
        "restart-nginx": WrongRemedy("the proxy computes nothing", ("docker-compose restart nginx",)),
        "restart-redis": WrongRemedy("the cache computes nothing", ("docker-compose restart redis",)),
        "lower-priority": WrongRemedy(
            "it still computes for ever, only more politely",
            ("renice -n 19 -p $(pgrep -f 'uvicorn app.main') $(pgrep -f 'postgres: ')",),
        ),
        "kill-and-start": WrongRemedy(
            "what a crash interrupts is begun again, and the database was not looked at",
            ("docker kill erp-backend", "docker start erp-backend"),
        ),
    }
    symptom_within_s = 60
    least_hold_s = 15

    def inject(self, server: Server) -> None:
        """A planner wants a forecast without any tolerance, or a colleague runs a report in the database."""
        if self.random.random() < 0.5:
            parameters = {"weeks": self.random.choice((53, 105, 157)), "tolerance": 0}
            server.sql(
                "INSERT INTO job_runs (job, parameters, requested_by) "
                f"VALUES ('forecast', '{json.dumps(parameters)}', 'manager.ppic')"
            )
            return
        pairs = self.random.choice(PAIRS).format(sum=self.random.randrange(100, 1900))
        lock = f"LOCK TABLE {self.random.choice(TABLES)} IN SHARE ROW EXCLUSIVE MODE"
        server.run(
            "docker exec -d erp-postgres psql -h 127.0.0.1 -U postgres -d erp_quty_karunia_prod "
            f'-c "{lock}; {pairs}"'
        )

    def cause(self, server: Server) -> bool:
        """Whether a query computes for long or lets others wait, or a forecast goes on."""
        return any(int(server.sql(count)) > 0 for count in (LONG_QUERIES, WAITING, GOES_ON))

    def heal(self, server: Server) -> None:
        """End the query, and the process with the loop; nobody wants the forecast any more."""
        server.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
            "AND backend_type = 'client backend' AND state = 'active'"
        )
        server.sql(
            "UPDATE job_runs SET status = 'CANCELLED' WHERE job = 'forecast' "
            "AND status IN ('REQUESTED', 'RUNNING')"
        )
        server.run("docker restart -t 5 erp-backend")
