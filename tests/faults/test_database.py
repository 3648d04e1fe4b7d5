"""The faults that live in the database, on a real PostgreSQL server with the ERP's own schema and data."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from faults.forbidden import CASES, Forbidden
from faults.qc_down import BY_HAND, MIGRATED, QcDown
from faults.slow_stock import CHANGES, SlowStock
from faults.transfer_stuck import CLEAR, TransferStuck
from faults.work_orders_blocked import KILL, STATEMENTS, WorkOrdersBlocked
from simulator.box.control.ask_protections import RIGHTS
from simulator.box.production.postgres import users
from simulator.wait import wait_until
from tests.faults.fake_server import FakeServer
from tests.simulator import postgres

HERE = Path(__file__).parents[2] / "simulator/box/production"
NAME = "erp_quty_karunia_prod"
TEST = "INSERT INTO qc_tests (order_id, result, inspector) VALUES (1, 'PASS', 'inspector.qc')"
seeds = range(60)


class Database(FakeServer):
    """A server of which only the database is there."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.connection = psycopg.connect(address, autocommit=True)

    def sql(self, statement: str) -> str:
        """What the statement returns, as psql prints it."""
        cursor = self.connection.execute(statement.encode())
        rows = cursor.fetchall() if cursor.description else []
        return "\n".join("|".join(_shown(value) for value in row) for row in rows)

    def records_a_test(self) -> bool:
        """Whether the backend's account can record a test result."""
        with psycopg.connect(self.address, user="erp", autocommit=True) as backend:
            try:
                backend.execute(TEST.encode())
            except psycopg.Error:
                return False
        return True


def _shown(value: object) -> str:
    return str(value)[0].lower() if isinstance(value, bool) else str(value)


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    """The ERP's database as a new server has it."""
    with postgres.server() as address:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {NAME}".encode())
        server = Database(make_url(address).set(database=NAME).render_as_string(hide_password=False))
        server.sql((HERE / "postgres/schema.sql").read_text())
        server.sql((HERE / "postgres/seed.sql").read_text().partition("VACUUM")[0])
        with server.connection.cursor().copy(
            "COPY users (username, role, department, password_hash) FROM STDIN"
        ) as to:
            for row in users.rows():
                to.write_row(row)
        server.connection.close()
        server.connection = psycopg.connect(server.address, autocommit=True)
        yield server
        server.connection.close()


@pytest.mark.parametrize("migration", MIGRATED, ids=lambda each: each.slug)
def test_each_migration_breaks_the_tests_and_can_be_taken_back(database: Database, migration: object) -> None:
    """By its own way back, or by hand; the rights are then those of before."""
    fault = next(fault for fault in map(QcDown, seeds) if fault.migration is migration)
    before = database.sql(RIGHTS)
    assert not fault.cause(database) and database.records_a_test()
    for cure in ((fault.migration.down,), BY_HAND):
        database.sql(fault.migration.up)
        assert fault.cause(database) and not database.records_a_test()
        for statement in cure:
            database.sql(statement)
        assert not fault.cause(database) and database.records_a_test()
        assert database.sql(RIGHTS) == before
    fault.heal(database)
    fault.heal(database)


def test_more_rights_than_before_are_seen(database: Database) -> None:
    """A superuser, or rights for everybody, differ from what the drill recorded."""
    before = database.sql(RIGHTS)
    for wrong, undo in (
        ("ALTER ROLE erp SUPERUSER", "ALTER ROLE erp NOSUPERUSER"),
        ("GRANT ALL ON qc_tests TO PUBLIC", "REVOKE ALL ON qc_tests FROM PUBLIC"),
        ("GRANT TRUNCATE ON qc_tests TO erp", "REVOKE TRUNCATE ON qc_tests FROM erp"),
    ):
        database.sql(wrong)
        assert database.sql(RIGHTS) != before
        database.sql(undo)
        assert database.sql(RIGHTS) == before


@pytest.mark.parametrize("case", CASES, ids=lambda each: each.user)
def test_only_the_exact_role_is_a_cure(database: Database, case: object) -> None:
    """Another role, also a mightier one, leaves the cause."""
    fault = next(fault for fault in map(Forbidden, seeds) if fault.case is case)
    assert not fault.cause(database)
    fault.inject(database)
    assert fault.cause(database)
    database.sql(f"UPDATE users SET role = 'Admin' WHERE username = '{fault.case.user}'")
    assert fault.cause(database)
    fault.heal(database)
    assert not fault.cause(database)


@pytest.mark.parametrize("named", [True, False], ids=["transfers that are over", "nobody"])
def test_stuck_locks_are_cleared_by_the_runbooks_update(database: Database, named: bool) -> None:
    """Whether a lock names a transfer that is over or none; a lock of now is no cause."""
    fault = next(fault for fault in map(TransferStuck, seeds) if fault.names_transfers is named)
    fault.inject(database)
    assert fault.cause(database)
    database.sql(CLEAR)
    assert not fault.cause(database)
    database.sql("UPDATE line_occupancy SET status = 'LOCKED', locked_at = now() WHERE line = 'SEW-01'")
    assert not fault.cause(database)
    fault.heal(database)


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_session_that_blocks_is_found_and_ended(database: Database, statement: str) -> None:
    """The runbook's way ends the session that is idle in its transaction, and the table is as before."""
    fault = WorkOrdersBlocked(0)
    assert not fault.cause(database)
    columns = database.sql("SELECT count(*) FROM information_schema.columns WHERE table_name = 'work_orders'")
    for end in (KILL.replace("1 second", "0 seconds"), None):
        with psycopg.connect(database.address) as colleague:
            colleague.execute(statement.encode())
            assert fault.cause(database)
            fault.heal(database) if end is None else database.sql(end)
            assert wait_until(lambda: not fault.cause(database), within_s=5)
            colleague.close()
    assert columns == database.sql(
        "SELECT count(*) FROM information_schema.columns WHERE table_name = 'work_orders'"
    )


@pytest.mark.parametrize("change", CHANGES, ids=lambda each: each.slug)
def test_without_its_index_the_whole_table_is_read(database: Database, change: object) -> None:
    """The planner's own word is the judge, so an index of any name is a cure, and an empty table is none."""
    fault = next(fault for fault in map(SlowStock, seeds) if fault.change is change)
    before = database.sql(RIGHTS)
    assert not fault.cause(database)
    # the counters need a setting of the server that the tests' own has not
    database.sql(fault.change.up.partition("SELECT statistics.")[0])
    assert fault.cause(database) and database.sql(RIGHTS) == before
    database.sql("CREATE INDEX another ON stock_movements (stock_id)")
    assert not fault.cause(database)
    database.sql("DROP INDEX another")
    fault.heal(database)
    fault.heal(database)
    assert not fault.cause(database)
