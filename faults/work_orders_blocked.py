"""An open transaction locks the work orders (runbook, "All users in Cutting … cannot submit work orders")."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import ClassVar

from faults.contract import Fault, Server, Severity, WrongRemedy

STATEMENTS = (
    "ALTER TABLE work_orders ADD COLUMN remark text",
    "LOCK TABLE work_orders IN EXCLUSIVE MODE",
    "CREATE INDEX work_orders_created_idx ON work_orders (created_at)",
)
"""Each blocks whoever writes, the first whoever reads too. Undone with its transaction."""
BLOCKERS = (
    "FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid) WHERE l.relation = 'work_orders'::regclass "
    "AND l.granted AND l.mode ~ '^(Share|ShareRowExclusive|Exclusive|AccessExclusive)Lock$' "
    "AND a.backend_type = 'client backend'"
)
WAITERS = (
    "SELECT pid, state, wait_event_type, left(query, 60) AS query FROM pg_stat_activity "
    "WHERE cardinality(pg_blocking_pids(pid)) > 0;"
)
JOBS = "/opt/erp/reports"
JOB = """#!/bin/bash
# Totals of the work orders for the office's screen. The table is locked so that they add up.
while :; do
    psql -q -h localhost -U postgres -d erp_quty_karunia_prod >/dev/null 2>&1 <<'END'
BEGIN;
LOCK TABLE work_orders IN {mode} MODE;
SELECT department, sum(quantity) FROM work_orders GROUP BY department \\watch 2
END
    sleep 3
done
"""
THE_JOB = "[r]eports/"
"""Matches the job and not the shell that looks for it."""
KILL = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE state = 'idle in transaction' AND xact_start < now() - interval '1 second';"
)


class WorkOrdersBlocked(Fault):
    """A colleague began a transaction in psql, changed the table, opened an editor, and went for lunch."""

    name = "work-orders-blocked"
    title = "A session that is idle in a transaction holds a lock on the table of work orders"
    section = 'P2, Diagnosis Steps; P3, "High CPU Usage" (pg_locks, pg_terminate_backend)'
    severity: ClassVar[Severity] = "P2"
    first_reports = (
        "Nobody in Cutting can submit work orders, it loads for some seconds and then an error comes.",
        "Work orders hang. We are twenty people here and cannot start production!",
        "Submitting a work order does not work in the whole Cutting department.",
    )
    affects = ("work orders", "work-orders", "work order", "cutting", "database", "postgres", "backend")
    touches = ("backend",)
    skills = (
        "How to read Docker logs",
        "How to debug application errors",
        "How to analyze slow queries",
        "Root cause analysis technique",
    )
    cause_terms: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("lock", "locked", "blocked", "blocking"),
        ("transaction", "session", "idle", "psql", "connection"),
    )
    cause_example = "A psql session that was idle in a transaction held a lock on work_orders."
    remedy: tuple[str, ...] = (
        'docker-compose logs backend | grep "work-order" | tail -20',
        'psql -c "SELECT * FROM pg_locks WHERE NOT granted;"',
        f'psql -c "{WAITERS}"',
        f'psql -c "{KILL}"',
    )
    other_remedies: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "by-blocking-pids": (
            "psql -c \"SELECT pg_terminate_backend(pid) FROM pg_stat_activity AS a WHERE state ~ '^idle in' "
            'AND EXISTS (SELECT FROM pg_stat_activity AS w WHERE a.pid = ANY (pg_blocking_pids(w.pid)))"',
        ),
        "end-the-client": ("pkill -x psql",),
        "restart-postgres": ("docker-compose restart postgres",),
    }
    wrong_remedies: ClassVar[Mapping[str, WrongRemedy]] = {
        "restart-backend": WrongRemedy("the lock is another session's", ("docker-compose restart backend",)),
        "kill-waiters": WrongRemedy(
            "they wait for the lock, they do not hold it",
            (
                'psql -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity '
                "WHERE wait_event_type = 'Lock'\"",
            ),
        ),
        "kill-active": WrongRemedy(
            "the session that holds the lock is idle",
            (
                'psql -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity '
                "WHERE pid != pg_backend_pid() AND state = 'active';\"",
            ),
        ),
        "more-patience": WrongRemedy(
            "waiting longer only makes the queue longer",
            (
                "psql -c \"ALTER ROLE erp SET lock_timeout = '60s'\"",
                "docker-compose restart backend",
            ),
            ('psql -c "ALTER ROLE erp RESET lock_timeout"', "docker-compose restart backend"),
        ),
    }

    def __init__(self, seed: int) -> None:
        """Draw what the colleague did to the table."""
        super().__init__(seed)
        self.statement = self.random.choice(STATEMENTS)

    def inject(self, server: Server) -> None:
        """Open psql in the database's container, as the runbook does, and leave it in its editor."""
        server.run(
            "docker exec -dt erp-postgres psql -U postgres -d erp_quty_karunia_prod "
            f"-c BEGIN -c '{self.statement}' -c '\\! cat'"
        )

    def cause(self, server: Server) -> bool:
        """Whether a session holds a lock on the table that keeps others from writing."""
        return server.sql(f"SELECT count(*) {BLOCKERS}") != "0"

    def heal(self, server: Server) -> None:
        """End whoever holds such a lock."""
        server.sql(f"SELECT pg_terminate_backend(a.pid, 5000) {BLOCKERS}")


class WorkOrdersBlockedAgain(WorkOrdersBlocked):
    """A job of the office holds the lock, and takes it again after its session was ended."""

    level = "expert"
    title = "A job locks the table of work orders, and begins anew when its session is ended"
    cause_terms = (
        ("lock", "locked", "blocked", "blocking"),
        ("job", "script", "report", "process", "task", "loop"),
    )
    cause_example = "A report job locked work_orders in a transaction that it kept open, over and over."
    remedy = (
        'psql -c "SELECT * FROM pg_locks WHERE NOT granted;"',
        f'psql -c "{WAITERS}"',
        "ps -ef --forest | grep -B 2 psql",
        f"pkill -f '{THE_JOB}'",
        f'psql -c "{KILL}"',
    )
    other_remedies: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "end-the-job-only": (f"pkill -f '{THE_JOB}'", "pkill -x psql"),
        "take-it-away": (f"rm -r {JOBS}", f"pkill -f '{THE_JOB}'", f'psql -c "{KILL}"'),
    }
    wrong_remedies: ClassVar[Mapping[str, WrongRemedy]] = {
        "end-the-session": WrongRemedy("the job opens another one", (f'psql -c "{KILL}"',)),
        "stopped-not-ended": WrongRemedy(
            "a job that is only held goes on when somebody lets it",
            (f"pkill -STOP -f '{THE_JOB}'", f'psql -c "{KILL}"'),
            (f"pkill -CONT -f '{THE_JOB}'",),
        ),
        "restart-postgres": WrongRemedy(
            "the job comes back with the database", ("docker-compose restart postgres",)
        ),
        "restart-backend": WrongRemedy("the lock is the job's", ("docker-compose restart backend",)),
    }
    least_hold_s = 15

    def __init__(self, seed: int) -> None:
        """Draw the job."""
        super().__init__(seed)
        self.mode = self.random.choice(("EXCLUSIVE", "SHARE ROW EXCLUSIVE", "ACCESS EXCLUSIVE"))
        self.job = f"{JOBS}/{self.random.choice(('cutting-report', 'shift-summary', 'work-order-totals'))}.sh"

    def inject(self, server: Server) -> None:
        """Leave the job's script, as the office's IT does, and start it."""
        script = shlex.quote(JOB.format(mode=self.mode))
        server.run(f"mkdir -p {JOBS}; printf '%s' {script} > {self.job}; chmod +x {self.job}")
        server.run(f"setsid {self.job} </dev/null >/dev/null 2>&1 &")

    def cause(self, server: Server) -> bool:
        """Whether a session holds the lock, or the job still is there to take it again."""
        return super().cause(server) or server.run(f"pgrep -f '{THE_JOB}' || true").strip() != ""

    def heal(self, server: Server) -> None:
        """End the job and whoever holds such a lock."""
        server.run(f"pkill -KILL -f '{THE_JOB}' || true; rm -rf {JOBS}")
        super().heal(server)
