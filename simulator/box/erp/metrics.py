"""What Prometheus scrapes: requests by route and status, latency by route, use of the connection pool.

The process's memory and CPU come from the client library's own collector.
"""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import REGISTRY, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily

from . import database, settings

REQUESTS = Counter("http_requests", "Requests answered", ["method", "route", "status"])
LATENCY = Histogram(
    "http_request_duration_seconds",
    "Time to answer",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)


class PoolCollector:
    """The pool's own counters, read at scrape time."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            pool = database.engine().pool
        except settings.MissingSettingError:
            return  # without its setting there is no pool; the other metrics remain
        capacity = database.POOL_SIZE + database.MAX_OVERFLOW
        values = {
            "db_pool_size": ("Connections that the pool keeps", database.POOL_SIZE),
            "db_pool_capacity": ("Connections that the pool may open at most", capacity),
            "db_pool_checked_out": ("Connections in use", pool.checkedout()),
            "db_pool_overflow": ("Connections open above the pool's size", max(0, pool.overflow())),
        }
        for name, (text, value) in values.items():
            yield GaugeMetricFamily(name, text, value=value)

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing ahead of a scrape: registering must not ask the pool before settings are read."""
        return []


REGISTRY.register(PoolCollector())
