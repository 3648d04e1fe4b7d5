"""The stock search is slow for want of an index (runbook, P3 "Performance Troubleshooting")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from faults.contract import Fault, Server, Severity, WrongRemedy
from faults.deployment import Deployment, migrate

INDEX = "stock_movements_item_idx"
URL = "https://erp.yourdomain.com/api/v1/warehouse/stock?location=WH2-017"
PLAN = "EXPLAIN SELECT max(moved_on) FROM stock_movements WHERE stock_id = 4711"
SEARCH = (
    "SELECT s.id, s.sku, s.quantity, (SELECT max(m.moved_on) FROM stock_movements AS m "
    "WHERE m.stock_id = s.id) AS moved_on FROM stock AS s WHERE s.location = 'WH2-017' ORDER BY s.id LIMIT 50"
)
SLOWEST = (
    "SELECT query, calls, mean_time FROM pg_stat_statements WHERE mean_time > 1000 "
    "ORDER BY mean_time DESC LIMIT 10;"
)


@dataclass(frozen=True, slots=True)
class Change:
    """A migration after which the index is not there."""

    slug: str
    about: str
    up: str


CHANGES = (
    Change(
        "movements_by_day",
        "stock movements sorted by day",
        "BEGIN;\nCREATE TABLE movements_sorted AS SELECT * FROM stock_movements ORDER BY moved_on;\n"
        "DROP TABLE stock_movements;\nALTER TABLE movements_sorted RENAME TO stock_movements;\n"
        "ALTER TABLE stock_movements ALTER stock_id SET NOT NULL, ALTER quantity SET NOT NULL, "
        "ALTER moved_on SET NOT NULL;\n"
        "GRANT SELECT, INSERT, UPDATE, DELETE ON stock_movements TO erp;\nCOMMIT;\nANALYZE stock_movements;",
    ),
    Change(
        "unused_indexes",
        "indexes that nobody uses removed",
        f"DROP INDEX IF EXISTS {INDEX};\nSELECT statistics.pg_stat_statements_reset();",
    ),
)
MISSING = (
    *("missing", "drop", "lost", "lack", "absent", "gone", "remov", "without", "delet", "no longer"),
    *("any more", "disappear", "vanish", "forgot", "no index", "threw away", "thrown away", "left behind"),
    *("swapped", "rebuilt", "unindexed"),
    *("not there", "wasn't there", "isn't there", "weren't there", "not exist", "doesn't exist"),
    *("didn't exist", "not recreated", "not copied", "weren't copied", "not carried", "not created"),
    *("nobody had created", "not indexed"),
)
"""That it is not there."""
OF_STOCK = ("stock", "movement", "search", "table", "query", "scan", "database", "DB", "Postgres")
"""Whose: pages and other engines have indexes, too."""


class SlowStock(Fault):
    """A migration leaves the table of stock movements without its index, and each search reads all of it."""

    name = "slow-stock"
    title = "An index is missing; each stock search reads the whole table of movements, fifty times"
    section = 'P3, "Performance Troubleshooting"'
    severity: ClassVar[Severity] = "P3"
    first_reports = (
        "Searching the stock of a shelf takes ages since today.",
        "The stock search in the warehouse is so slow that we count by hand.",
        "When I open a shelf in the stock search, I wait and wait. The rest is quick.",
    )
    affects = (
        "stock search",
        "stock-search",
        "search",
        "stock",
        "warehouse",
        "database",
        "postgres",
        "query",
    )
    touches = ("postgres",)
    alerts: ClassVar[tuple[str, ...]] = ("EndpointSlow", "LatencyHigh")
    skills = (
        "How to analyze slow queries",
        "How to read Docker logs",
        "Root cause analysis technique",
        "Infrastructure scaling",
    )
    cause_terms = (("index", "indices", "item_idx", "stock_movements_item_idx"), MISSING, OF_STOCK)
    cause_example = (
        f"The index {INDEX} was missing since the deployment, so every search read the whole table."
    )
    remedy = (
        f'curl -s -o /dev/null -w "@/tmp/curl-format.txt" "{URL}" -H "Authorization: Bearer $TOKEN"',
        f'psql -c "{SLOWEST}"',
        f'psql -c "EXPLAIN ANALYZE {SEARCH}"',
        "psql -f /opt/erp/database-optimization.sql",
    )
    other_remedies: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "one-index": ('psql -c "CREATE INDEX ON stock_movements (stock_id)"',),
        "concurrently": (
            f'psql -c "CREATE INDEX CONCURRENTLY {INDEX} ON stock_movements (stock_id, moved_on DESC)"',
        ),
    }
    wrong_remedies: ClassVar[Mapping[str, WrongRemedy]] = {
        "restart": WrongRemedy("no restart makes an index", ("docker-compose restart postgres backend",)),
        "delete-rows": WrongRemedy(
            "the movements are the warehouse's data", ('psql -c "TRUNCATE stock_movements"',)
        ),
        "more-memory": WrongRemedy(
            "the table is in memory already",
            (
                "psql -c \"ALTER SYSTEM SET work_mem = '64MB'\"",
                'psql -c "SELECT pg_reload_conf()"',
            ),
            ('psql -c "ALTER SYSTEM RESET work_mem"', 'psql -c "SELECT pg_reload_conf()"'),
        ),
        "longer-timeout": WrongRemedy(
            "whoever waits longer waits longer",
            (
                "docker-compose exec -T backend sed -i 's/^STATEMENT_TIMEOUT_S =.*/STATEMENT_TIMEOUT_S = 9/' "
                "/app/database.py",
                "docker-compose restart backend",
            ),
            ("docker-compose up -d --force-recreate backend",),
        ),
    }

    def __init__(self, seed: int) -> None:
        """Draw the migration and its deployment."""
        super().__init__(seed)
        self.change = self.random.choice(CHANGES)
        self.file = f"{self.random.randrange(18, 40):04d}_{self.change.slug}"
        self.deployment = Deployment.drawn(self.random, f"{self.change.about} (migration {self.file[:4]})")

    def inject(self, server: Server) -> None:
        """Deploy."""
        self.deployment.log(server)
        migrate(server, self.file, self.change.up, "-- Nothing to take back: the rows are the same.")

    def cause(self, server: Server) -> bool:
        """Whether the planner reads the whole table for one item."""
        plan = server.sql(PLAN)
        return "Seq Scan on stock_movements" in plan or "stock_movements" not in plan

    def heal(self, server: Server) -> None:
        """Make the index, as the optimization script does."""
        server.sql(f"CREATE INDEX IF NOT EXISTS {INDEX} ON stock_movements (stock_id, moved_on DESC)")
