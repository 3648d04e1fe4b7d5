"""The health answer: asks the database (through the pool, as any request does) and Redis, within a second."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from sqlalchemy import text

from . import cache, database

LIMIT_S = 0.8
LOG = logging.getLogger("erp.health")


class Question:
    """One question to a dependency. Whoever asks while an answer is pending waits for the same answer.

    So a dependency that hangs costs one thread, however often the load balancer asks.
    """

    def __init__(self, name: str, ask: Callable[[], object]) -> None:
        self.name = name
        self._ask = ask
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"health-{name}")
        self._pending: Future[Exception | None] | None = None
        self._last = "ok"

    async def answer(self) -> str:
        """`ok`, or what is wrong in a few words. Only called on the event loop."""
        if self._pending is None or self._pending.done():
            self._pending = self._thread.submit(self._outcome)
        try:
            error = await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(self._pending)), LIMIT_S)
        except TimeoutError as late:
            error = late
        answer = type(error).__name__ if error else "ok"
        if error and answer != self._last:
            LOG.error("health check of %s failed with an exception", self.name, exc_info=error)
        self._last = answer
        return answer

    def _outcome(self) -> Exception | None:
        try:
            self._ask()
        except Exception as error:  # whatever fails in the dependency is the answer
            return error
        return None


def _ask_database() -> None:
    with database.reading() as db:
        db.execute(text("SELECT 1"))


def _ask_redis() -> None:
    cache.client().ping()


_DATABASE = Question("database", _ask_database)
_REDIS = Question("redis", _ask_redis)


async def report() -> dict[str, str]:
    """The health answer's body."""
    database_answer, redis_answer = await asyncio.gather(_DATABASE.answer(), _REDIS.answer())
    healthy = database_answer == redis_answer == "ok"
    status = "healthy" if healthy else "unhealthy"
    return {"status": status, "database": database_answer, "redis": redis_answer}
