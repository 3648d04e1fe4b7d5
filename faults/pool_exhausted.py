"""The backend's connection pool runs dry (runbook, "Issue: API Returning 500 Error" and the template)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import ClassVar

from faults.contract import Fault, Server, Severity, WrongRemedy

SHARES = ("/mnt/nas/erp", "/mnt/backup-02/orders", "/srv/offsite/erp", "/mnt/archive/2026")
"""Folders of a second copy; none is there, because the share is not mounted in the container."""
COLLEAGUES = ("admin", "daniel", "rudi.hartono", "siti.ops")
OPEN_FOR_S = 1
FEW = 3
LEAKED = (
    "SELECT count(*) FROM pg_stat_activity WHERE usename = 'erp' AND state LIKE 'idle in transaction%' "
    f"AND state_change < now() - interval '{OPEN_FOR_S} s'"
)
"""Sessions of the backend that wait for nobody: a request that works holds one for milliseconds."""
KEPT = (
    *("exhaust", "ran out", "run out", "used up", "ran dry", "dry", "full", "leak", "limit", "starve"),
    *("empty", "no free", "open", "idle"),
    *("not release", "didn't release", "doesn't release", "never release", "unreleased"),
    *("failed to release", "not close"),
    *("didn't close", "doesn't close", "never close", "not return", "didn't return", "doesn't return"),
    *("never return", "never gave", "not give", "didn't give", "came back", "come back"),
    *("keep", "kept", "held", "hold", "hog", "left", "took", "taken", "consume"),
)
"""That they did not come back."""
BACKUP = (
    *("backup job", "backup copy", "backup process", "backup script", "backup run", "backup to"),
    *("backup that", "backup of", "backup failed", "backup kept", "backup leak"),
    *("backup retr", "second backup"),
    *("order backup", "nightly backup", "backup did", "backup exhausted", "the backup", "archive"),
    *("archiving", "copy", "copies"),
)
"""Who kept them: the copy of the order book; a report beside the stack is another cause."""


class PoolExhausted(Fault):
    """A copy of the order book to a share that is not mounted: each try keeps its connection."""

    name = "pool-exhausted"
    title = "The backup job does not give back the connections of the backend's pool"
    section = 'P2, "Issue: API Returning 500 Error", and the report template\'s example'
    severity: ClassVar[Severity] = "P1"
    first_reports = (
        "Everything hangs for some seconds, then it says Internal Server Error. The whole office has it.",
        "I cannot open any order, it loads and loads and ends with an error.",
        "Sewing says nobody can book a transfer any more. It always ends with error 500.",
    )
    affects = (
        *("backend", "api", "erp", "pool", "connection pool", "connections", "database", "login"),
        *("orders", "stock", "transfers", "work-orders", "qc", "health"),
    )
    touches = ("backend",)
    alerts: ClassVar[tuple[str, ...]] = ("PoolNearlyExhausted",)
    skills: ClassVar[tuple[str, ...]] = (
        "How to check service status",
        "How to read Docker logs",
        "How to restart a service",
        "How to debug application errors",
        "Root cause analysis technique",
    )
    cause_terms: ClassVar[tuple[tuple[str, ...], ...]] = (("connection", "pool", "session"), KEPT, BACKUP)
    cause_example = (
        "The database connection pool was exhausted: the backup job that copies the order book did not "
        "release its connections."
    )
    remedy: tuple[str, ...] = (
        "docker-compose ps",
        "docker-compose logs backend --tail 200 | grep -i exception | tail -10",
        'psql -c "SELECT state, count(*) FROM pg_stat_activity GROUP BY state"',
        "docker-compose restart backend",
        "docker-compose ps backend",
        "curl https://erp.yourdomain.com/health",
    )
    other_remedies: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "recreate": ("docker-compose up -d --force-recreate backend",),
        "full-restart": ("docker-compose down", "docker-compose up -d"),
        "stop-and-start": ("docker stop erp-backend", "docker start erp-backend"),
    }
    wrong_remedies: ClassVar[Mapping[str, WrongRemedy]] = {
        "more-connections": WrongRemedy(
            "the server's limit was never reached, the backend's pool was",
            (
                "psql -c 'ALTER SYSTEM SET max_connections = 1000'",
                "docker-compose restart postgres",
            ),
            ("psql -c 'ALTER SYSTEM RESET max_connections'", "docker-compose restart postgres"),
        ),
        "end-the-sessions": WrongRemedy(
            "the job still holds their places in the pool",
            (
                'psql -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity '
                "WHERE usename = 'erp' AND state LIKE 'idle in transaction%'\"",
            ),
        ),
        "restart-postgres": WrongRemedy(
            "the pool counts lost connections as in use", ("docker-compose restart postgres",)
        ),
        "restart-nginx": WrongRemedy("the proxy only passes the error on", ("docker-compose restart nginx",)),
    }
    symptom_within_s = 40

    def inject(self, server: Server) -> None:
        """A colleague asks for a second copy, on a share that the container does not have."""
        parameters = {"target": self.random.choice(SHARES), "after": self.random.randrange(0, 15_000)}
        server.sql(
            "INSERT INTO job_runs (job, parameters, requested_by) "
            f"VALUES ('archive', '{json.dumps(parameters)}', '{self.random.choice(COLLEAGUES)}')"
        )

    def cause(self, server: Server) -> bool:
        """Whether the backend's sessions are held open and idle."""
        return int(server.sql(LEAKED)) > FEW

    def heal(self, server: Server) -> None:
        """Nobody asks for the copy any more, and the process that holds the connections ends."""
        server.sql(
            "UPDATE job_runs SET status = 'CANCELLED' WHERE job = 'archive' "
            "AND status IN ('REQUESTED', 'RUNNING')"
        )
        server.run("docker restart -t 2 erp-backend")
