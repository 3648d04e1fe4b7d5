"""An open transaction locks the work orders (runbook, "All users in Cutting … cannot submit work orders")."""

from __future__ import annotations

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
KILL = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE state = 'idle in transaction' AND xact_start < now() - interval '1 second';"
)
LOCK = (
    *("lock", "block", "AccessExclusiveLock", "ExclusiveLock", "ShareLock", "ShareRowExclusiveLock"),
    "waited",
)
OPEN = (
    *("transaction", "idle in", "uncommitted", "commit", "unfinished", "a BEGIN", "BEGIN;", "open BEGIN"),
    *("left BEGIN", "ALTER TABLE", "CREATE INDEX"),
    *("psql session", "open psql", "forgotten psql", "idle session", "idle psql", "open session"),
    *("forgotten session", "session that", "colleague's session"),
)
"""Why it stays; a script that comes back is another cause."""


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
    alerts: ClassVar[tuple[str, ...]] = ("EndpointSlow", "LongTransaction", "ErrorRateHigh")
    skills = (
        "How to read Docker logs",
        "How to debug application errors",
        "How to analyze slow queries",
        "Root cause analysis technique",
    )
    cause_terms: ClassVar[tuple[tuple[str, ...], ...]] = (LOCK, OPEN)
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
