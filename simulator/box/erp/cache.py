"""Redis: sessions, counters of failed logins, and who holds which line. Never a source of business data."""

from __future__ import annotations

import functools

import redis

from . import settings

SOCKET_TIMEOUT_S = 0.6


@functools.cache
def client() -> redis.Redis:
    """The process's client; it connects on use and gives up soon."""
    return redis.Redis.from_url(
        settings.required("REDIS_URL"),
        decode_responses=True,
        socket_timeout=SOCKET_TIMEOUT_S,
        socket_connect_timeout=SOCKET_TIMEOUT_S,
    )
