"""Around every request: its log line, its metrics, and an honest 500 when it fails."""

from __future__ import annotations

import logging
import time
from typing import Any

from starlette.responses import JSONResponse

from . import metrics

LOG = logging.getLogger("erp.http")
QUIET = frozenset({"/health", "/metrics"})  # asked by machines all the time: only failures are news
_SERVER_ERROR = JSONResponse({"detail": "Internal Server Error"}, status_code=500)


class RequestLog:
    """An ASGI middleware. Plain ASGI, because it runs for every request and has to be cheap."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        start = time.perf_counter()
        status = 0

        async def watch(message: dict[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        failure: Exception | None = None
        try:
            await self.app(scope, receive, watch)
        except Exception as error:  # the outermost border: whatever a handler raised becomes a 500
            failure = error
            if not status:
                await _SERVER_ERROR(scope, receive, watch)
        _record(scope, status, time.perf_counter() - start, failure)


def _record(scope: dict[str, Any], status: int, seconds: float, failure: Exception | None) -> None:
    method, path = scope["method"], scope["path"]
    route = getattr(scope.get("route"), "path", "unmatched")
    metrics.REQUESTS.labels(method, route, str(status)).inc()
    metrics.LATENCY.labels(method, route).observe(seconds)
    fields = {
        "method": method,
        "path": path,
        "status": status,
        "ms": round(seconds * 1000, 1),
        "user": scope.get("state", {}).get("user"),
    }
    if failure is not None:
        message = f"Unhandled exception on {method} {path}"
        LOG.error(message, exc_info=failure, extra={"fields": fields})
    elif status >= 500:
        LOG.error("%s %s", method, path, extra={"fields": fields})
    elif status in (401, 403):
        LOG.warning("%s %s", method, path, extra={"fields": fields})
    elif path not in QUIET:
        LOG.info("%s %s", method, path, extra={"fields": fields})
