"""Opens the database, SQLite or PostgreSQL, and translates its errors into ours."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import SQLModel

from simulator.errors import DrillError, HostProblem, StoreProblem
from simulator.wait import wait_until

BUSY_MS = 15_000
"""How long SQLite waits for another process's write before it gives up."""

_MIGRATION_LOCK = 0x6472696C6C  # "drill": one process at a time creates the tables on PostgreSQL


def connect(address: str) -> Engine:
    """The engine of the database at this address, with the tables made. Raises StoreProblem."""
    with translated(address):
        url = _normal(_parsed(address))
        sqlite = url.get_backend_name() == "sqlite"
        timeout = {"timeout": BUSY_MS / 1000} if sqlite else {"connect_timeout": 5}
        engine = create_engine(url, connect_args=timeout, pool_pre_ping=not sqlite)
        if sqlite:
            event.listen(engine, "connect", prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
        _create_tables(engine, sqlite)
    return engine


def writing(engine: Engine) -> Engine:
    """The same engine for a transaction that will write: SQLite takes its lock at the start.

    Taken later, two processes that both read first would fail each other ("database is locked").
    """
    return engine.execution_options(writes=True)


@contextmanager
def translated(address: str) -> Iterator[None]:
    """The one border at which errors of the database become ours."""
    try:
        yield
    except SQLAlchemyError as error:
        raise _ours(address, error) from error


def _ours(address: str, error: SQLAlchemyError) -> DrillError:
    cause = str(getattr(error, "orig", None) or error).strip().split("\n")[0]
    place = _shown(address)
    if "disk is full" in cause or "No space left" in cause:
        return HostProblem(f"no space for the database {place}", "free some space, then repeat the command")
    if "database is locked" in cause:
        return StoreProblem(f"the database {place} is locked", "end what holds it, then repeat the command")
    return StoreProblem(
        f"the database {place} cannot be used: {cause}",
        "check DRILL_DATABASE_URL (or DRILL_HOME) and that the database runs, then repeat the command",
    )


def _parsed(address: str) -> URL:
    try:
        return make_url(address)
    except ValueError as error:  # a port that is no number; all else is an error of SQLAlchemy's own
        raise StoreProblem(
            f"{_shown(address)} cannot be read ({error})", "check DRILL_DATABASE_URL, then repeat the command"
        ) from error


def _shown(address: str) -> str:
    """The address without its password."""
    try:
        return make_url(address).render_as_string(hide_password=True)
    except (SQLAlchemyError, ValueError):
        return "at an address that is no database URL"


def _normal(url: URL) -> URL:
    name = url.get_backend_name()
    if name in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    if name != "sqlite":
        raise StoreProblem(
            f"a database of the kind {name!r} is not supported", "use sqlite:///FILE or postgresql://…"
        )
    return url


def _create_tables(engine: Engine, sqlite: bool) -> None:
    with engine.connect() as connection:
        if set(SQLModel.metadata.tables) <= set(inspect(connection).get_table_names()):
            return
    with writing(engine).begin() as connection:
        if not sqlite:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})")
        SQLModel.metadata.create_all(connection)


def prepare_sqlite(connection: Any, _record: Any) -> None:
    """Set up a connection that was just opened: it waits for others, and what it commits is on the disk."""
    connection.isolation_level = None  # the driver shall not begin transactions by itself
    connection.execute(f"PRAGMA busy_timeout={BUSY_MS}").close()
    # While it changes the journal of a new database, SQLite waits for nobody else who does the same.
    if not wait_until(lambda: _keeps_wal(connection), within_s=BUSY_MS / 1000, every_s=0.01):
        raise sqlite3.OperationalError("database is locked")
    # committed means on the disk: an event counts only then
    connection.execute("PRAGMA synchronous=FULL").close()
    connection.execute("PRAGMA foreign_keys=ON").close()


def _keeps_wal(connection: sqlite3.Connection) -> bool:
    """Whether the journal is a write-ahead log now; not yet while another process is in the way."""
    try:
        connection.execute("PRAGMA journal_mode=WAL").close()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
