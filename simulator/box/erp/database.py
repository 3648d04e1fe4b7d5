"""The connection pool to PostgreSQL. Every wait in it has an end, so that no request hangs for ever."""

from __future__ import annotations

import functools
import select
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
from psycopg2 import extensions
from sqlalchemy import create_engine
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import QueuePool

from . import settings

POOL_SIZE = 20
MAX_OVERFLOW = 10
POOL_TIMEOUT_S = 4  # below nginx's proxy_read_timeout of 5 s, so that the backend itself says what is wrong
CONNECT_TIMEOUT_S = 1
STATEMENT_TIMEOUT_S = 3
ANSWER_TIMEOUT_S = 3.5  # a server that is stopped keeps its sockets open and never answers


def _wait(connection: extensions.connection) -> None:
    """Wait for the server as psycopg2 does, but not longer than the limit; on an error psycopg2 closes it."""
    ready = connection.status == extensions.STATUS_READY or connection.status == extensions.STATUS_BEGIN
    deadline = time.monotonic() + (ANSWER_TIMEOUT_S if ready else CONNECT_TIMEOUT_S)
    while (state := connection.poll()) != extensions.POLL_OK:
        reads = [connection] if state == extensions.POLL_READ else []
        writes = [connection] if state == extensions.POLL_WRITE else []
        if not any(select.select(reads, writes, [], max(0.0, deadline - time.monotonic()))):
            raise psycopg2.OperationalError("timeout: no answer from the database server")


extensions.set_wait_callback(_wait)


@functools.cache
def engine() -> Engine:
    """The one pool of this process, made when it is first needed."""
    return create_engine(
        settings.required("DATABASE_URL"),
        poolclass=QueuePool,
        pool_size=POOL_SIZE,
        max_overflow=MAX_OVERFLOW,
        pool_timeout=POOL_TIMEOUT_S,
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": CONNECT_TIMEOUT_S,
            "application_name": "erp-backend",
            "options": f"-c statement_timeout={STATEMENT_TIMEOUT_S}s -c lock_timeout={STATEMENT_TIMEOUT_S}s",
            "tcp_user_timeout": 3000,
        },
    )


@functools.cache
def _reader() -> Engine:
    # The same pool without BEGIN and ROLLBACK around every single SELECT.
    return engine().execution_options(isolation_level="AUTOCOMMIT")


@contextmanager
def reading() -> Iterator[Connection]:
    """A pooled connection for single reads."""
    with _reader().connect() as connection:
        yield connection


@contextmanager
def transaction() -> Iterator[Connection]:
    """A pooled connection in a transaction, committed when the block ends well and rolled back otherwise."""
    with engine().begin() as connection:
        yield connection
