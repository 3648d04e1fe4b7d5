"""Every few seconds queries time out (runbook, P3: "Query timeout errors occasionally")."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import ClassVar

from faults.contract import Fault, Server, Severity, WrongRemedy

TABLES = {
    "work_orders": "UPDATE work_orders SET status = upper(status) WHERE id <= 200",
    "qc_tests": "UPDATE qc_tests SET inspector = lower(inspector) WHERE id <= 200",
    "manufacturing_orders": "UPDATE manufacturing_orders SET status = upper(status) WHERE id <= 200",
}
"""What the colleague tidies up, batch by batch, with the whole table locked against writing meanwhile."""
BATCHES = (
    "DO $$ BEGIN LOOP LOCK TABLE {table} IN EXCLUSIVE MODE; {update}; PERFORM pg_sleep({held}); COMMIT; "
    "PERFORM pg_sleep({pause}); END LOOP; END $$"
)
LONG_S, LONG_FOR_ERP_S = 1, 4
LONG_QUERIES = (
    "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid() "
    "AND backend_type = 'client backend' AND query_start < now() - interval '1 s' "
    f"* CASE usename WHEN 'erp' THEN {LONG_FOR_ERP_S} ELSE {LONG_S} END"
)
"""The ERP's own queries end after 3 s at the latest."""
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND waitstart < now() - interval '0.3 s'"
AGAIN = (
    *("again and again", "over and over", "repeated", "every few", "every couple", "every second"),
    *("each few", "periodic", "intermittent", "kept taking", "kept locking", "kept blocking"),
    *("keeps locking", "keeps taking", "begins again", "seconds at a time"),
    *("clean-up", "cleanup", "cleaning up", "tidy", "tidied", "data fix", "batch", "loop", "DO block"),
    *("pg_sleep", "UPDATE"),
)
"""Who comes back with it again and again; one who only waits in a transaction is another cause."""


class QueryTimeouts(Fault):
    """A colleague's data clean-up locks a table for some seconds, waits, and locks it again."""

    name = "query-timeouts"
    title = "A session locks a table for some seconds again and again, and users' queries time out"
    section = 'P3, "Query timeout errors occasionally"'
    severity: ClassVar[Severity] = "P3"
    first_reports = (
        "Saving fails every now and then. When I click again it works, and later it fails again.",
        "Some of our entries end with an error after three seconds, others are fine.",
        "We get errors off and on since a few minutes. It is not always the same person.",
    )
    affects = (
        *("database", "postgres", "postgresql", "queries", "query", "timeout", "backend", "api", "erp"),
        *("orders", "work-orders", "qc", "transfers"),
    )
    touches = ("backend",)
    alerts: ClassVar[tuple[str, ...]] = ("EndpointSlow", "LatencyHigh", "ErrorRateHigh", "LongTransaction")
    skills = (
        "How to read Docker logs",
        "How to debug application errors",
        "How to analyze slow queries",
        "Root cause analysis technique",
    )
    cause_terms = (("lock", "block", "exclusive"), AGAIN)
    cause_example = (
        "A colleague's session locked a table again and again, so users' queries ran into a timeout."
    )
    remedy = (
        "docker-compose logs backend | grep -i exception | tail -10",
        'psql -c "SELECT * FROM pg_locks WHERE NOT granted;"',
        'psql -c "SELECT pid, state, left(query, 60) FROM pg_stat_activity WHERE datname IS NOT NULL"',
        'psql -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity '
        "WHERE pid != pg_backend_pid() AND query ILIKE '%lock table%';\"",
    )
    other_remedies: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "end-what-is-active": (
            'psql -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity '
            "WHERE pid != pg_backend_pid() AND state = 'active';\"",
        ),
        "restart-postgres": ("docker-compose restart postgres",),
    }
    wrong_remedies: ClassVar[Mapping[str, WrongRemedy]] = {
        "restart-backend": WrongRemedy(
            "whoever holds the lock is no part of the backend", ("docker-compose restart backend",)
        ),
        "end-the-waiting": WrongRemedy(
            "who waits for the lock does not hold it",
            (
                'psql -c "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted"',
                'psql -c "SELECT pg_cancel_backend(pid) FROM pg_stat_activity '
                "WHERE wait_event_type = 'Lock'\"",
            ),
        ),
        "end-the-client": WrongRemedy(
            "the server goes on with a query whose client is gone", ("docker exec erp-postgres pkill psql",)
        ),
        "pause-the-client": WrongRemedy(
            "the lock is the server's, not the client's",
            ("docker exec erp-postgres pkill -STOP psql",),
            ("docker exec erp-postgres pkill -CONT psql",),
        ),
        "optimize": WrongRemedy("no index is missing", ("psql -f /opt/erp/database-optimization.sql",)),
    }
    symptom_within_s = 30
    least_hold_s = 15

    def inject(self, server: Server) -> None:
        """A colleague starts a clean-up in psql and lets it run."""
        table, update = self.random.choice(sorted(TABLES.items()))
        held, pause = self.random.choice((3.2, 3.6, 4.0)), self.random.choice((3, 4, 5))
        batches = BATCHES.format(table=table, update=update, held=held, pause=pause)
        server.run(
            "docker exec -d erp-postgres psql -h 127.0.0.1 -U postgres -d erp_quty_karunia_prod "
            f"-c {shlex.quote(batches)}"
        )

    def cause(self, server: Server) -> bool:
        """Whether somebody waits for a lock, or a query is far older than the ERP's own ever get."""
        return int(server.sql(LONG_QUERIES)) > 0 or int(server.sql(WAITING)) > 0

    def heal(self, server: Server) -> None:
        """End the colleague's session, whose program ends with it."""
        server.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'active' "
            "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
