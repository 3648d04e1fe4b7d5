"""Test results cannot be recorded after a migration (runbook, "QC system cannot record test results")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from faults.contract import Fault, Server, Severity, WrongRemedy
from faults.deployment import MIGRATIONS, Deployment, migrate

PSQL = "psql -h localhost -U postgres -d erp_quty_karunia_prod"
BY_HAND = (
    "SELECT setval('qc_tests_id_seq', (SELECT max(id) FROM qc_tests));",
    "GRANT INSERT ON qc_tests TO erp;",
    "ALTER TABLE qc_tests DROP CONSTRAINT IF EXISTS qc_tests_grade;",
    "DROP TRIGGER IF EXISTS qc_tests_batch ON qc_tests;\nDROP FUNCTION IF EXISTS qc_tests_batch();",
)


@dataclass(frozen=True, slots=True)
class Migration:
    """What a release does to the table of tests, how that is taken back, and a query for its trouble."""

    slug: str
    about: str
    up: str
    down: str
    trouble: str
    """Returns `t` while results cannot be recorded for this reason, else `f`."""
    cause: str


MIGRATED = (
    Migration(
        "qc_import",
        "results of the old QC book imported",
        "-- The old book's results keep their numbers.\nSELECT setval('qc_tests_id_seq', 1, false);",
        BY_HAND[0],
        "SELECT last_value < (SELECT max(id) FROM qc_tests) FROM qc_tests_id_seq",
        "a migration had set the sequence of qc_tests back, so new ids violated the primary key",
    ),
    Migration(
        "qc_tablets",
        "results come from the QC tablets",
        "-- From now on only the tablets' account writes results.\nREVOKE INSERT ON qc_tests FROM erp;",
        BY_HAND[1],
        "SELECT NOT has_table_privilege('erp', 'qc_tests', 'INSERT')",
        "a migration had revoked the backend's grant to insert into qc_tests: permission denied",
    ),
    Migration(
        "qc_grades",
        "results get grades",
        "-- PASS and FAIL become A, B and C.\nALTER TABLE qc_tests ADD CONSTRAINT qc_tests_grade "
        "CHECK (result IN ('A', 'B', 'C')) NOT VALID;",
        BY_HAND[2],
        "SELECT EXISTS (SELECT FROM pg_constraint WHERE conrelid = 'qc_tests'::regclass AND contype = 'c' "
        "AND pg_get_constraintdef(oid) !~ 'PASS')",
        "a migration had added a check constraint to qc_tests that no result of the ERP meets",
    ),
    Migration(
        "qc_batches",
        "results know their batch",
        "CREATE FUNCTION qc_tests_batch() RETURNS trigger LANGUAGE plpgsql AS\n"
        "'BEGIN NEW.batch := NEW.order_id / 100; RETURN NEW; END';\n"
        "CREATE TRIGGER qc_tests_batch BEFORE INSERT ON qc_tests\n"
        "FOR EACH ROW EXECUTE FUNCTION qc_tests_batch();",
        BY_HAND[3],
        "SELECT EXISTS (SELECT FROM pg_trigger AS t JOIN pg_proc AS p ON p.oid = t.tgfoid "
        "WHERE t.tgrelid = 'qc_tests'::regclass AND t.tgenabled <> 'D' AND p.prosrc ~ 'batch') "
        "AND NOT EXISTS (SELECT FROM information_schema.columns "
        "WHERE table_name = 'qc_tests' AND column_name = 'batch')",
        "a migration had added a trigger to qc_tests that uses a column which does not exist",
    ),
)


def cure(name: str) -> tuple[str, ...]:
    """What the error is, which deployment brought it, and that migration taken back."""
    return (
        'docker-compose logs backend | grep -i "exception" | tail -10',
        "cat /opt/erp/.git/logs/HEAD | tail -20",
        f"cat {MIGRATIONS}/{name}.up.sql",
        f"psql -f {MIGRATIONS}/{name}.down.sql",
    )


TABLE = ("qc", "migration", "up.sql", "quality test", "test result")
"""What was changed."""
TROUBLE = (
    *("sequence", "setval", "counter", "primary key", "duplicate key", "collide", "from 1", "to 1"),
    *("qc_tests_id_seq", "taken twice", "duplicate id", "existing id"),
    *("revoke", "grant", "privilege", "permission denied", "write access", "insert right"),
    *("right to insert", "right to write", "rights on"),
    *("no longer insert", "no longer write"),
    *("constraint", "CHECK on", "grade", "A, B", "A/B/C", "trigger", "column", "field", "doesn't exist"),
)
"""How, in each of the ways; whoever is refused, waits or lacks a role has another cause."""
BY = (
    *("migration", "deploy", "release", "rollout", "update", "new", "since", "reset", "set back", "back to"),
    *("revoke", "lost", "took", "taken away", "added", "brought", "installed", "changed", "setval", "up.sql"),
    *("only accept", "only allow"),
)
"""What tells the deed from the error message."""


class QcDown(Fault):
    """A deployment's migration breaks the table of test results for whoever writes."""

    name = "qc-down"
    title = "A migration broke the table of quality tests; results cannot be recorded"
    section = 'P2, "QC system cannot record test results"; Diagnosis Steps'
    severity: ClassVar[Severity] = "P2"
    first_reports = (
        "QC cannot record test results, it says 'Internal Server Error'.",
        "The inspectors write results on paper since ten minutes, the ERP takes none.",
        "Saving a quality test fails every time. Looking old ones up works.",
    )
    affects = ("qc", "qc tests", "quality", "test results", "database", "postgres", "backend", "api")
    touches = ("backend",)
    alerts: ClassVar[tuple[str, ...]] = ("ErrorRateHigh",)
    skills = (
        "How to read Docker logs",
        "How to debug application errors",
        "How to execute rollback procedure",
        "Root cause analysis technique",
    )
    cause_terms = (TABLE, TROUBLE, BY)
    cause_example = f"The cause: {MIGRATED[0].cause}."
    remedy = cure(f"0018_{MIGRATED[0].slug}")
    other_remedies: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "by-hand": tuple(f'psql -c "{statement}"' for line in BY_HAND for statement in line.splitlines()),
    }
    wrong_remedies: ClassVar[Mapping[str, WrongRemedy]] = {
        "restart-backend": WrongRemedy("the trouble is in the database", ("docker-compose restart backend",)),
        "superuser": WrongRemedy(
            "a backend that may do everything is no cure",
            ('psql -c "ALTER ROLE erp SUPERUSER"', "docker-compose restart backend"),
            ('psql -c "ALTER ROLE erp NOSUPERUSER"',),
        ),
        "grant-all": WrongRemedy(
            "rights for everything and everybody are no cure",
            ('psql -c "GRANT ALL ON ALL TABLES IN SCHEMA public TO erp, PUBLIC"',),
            (
                'psql -c "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC"',
                'psql -c "REVOKE TRUNCATE, REFERENCES, TRIGGER ON ALL TABLES IN SCHEMA public FROM erp"',
                f"psql -f {MIGRATIONS}/$(ls -t {MIGRATIONS} | grep -m 1 down.sql)",
            ),
        ),
        "empty-the-table": WrongRemedy(
            "ten thousand results are gone", ('psql -c "TRUNCATE qc_tests RESTART IDENTITY"',)
        ),
    }

    def __init__(self, seed: int) -> None:
        """Draw the migration and its deployment."""
        super().__init__(seed)
        self.migration = self.random.choice(MIGRATED)
        self.file = f"{self.random.randrange(18, 40):04d}_{self.migration.slug}"
        self.deployment = Deployment.drawn(self.random, f"{self.migration.about} (migration {self.file[:4]})")
        self.remedy = cure(self.file)
        self.cause_example = f"Deployment {self.deployment.version}: {self.migration.cause}."

    def inject(self, server: Server) -> None:
        """Deploy."""
        self.deployment.log(server)
        migrate(server, self.file, self.migration.up, self.migration.down)

    def cause(self, server: Server) -> bool:
        """Whether the table refuses results for the migration's reason."""
        return server.sql(self.migration.trouble) != "f"

    def heal(self, server: Server) -> None:
        """Take the migration back."""
        server.sql(self.migration.down)
