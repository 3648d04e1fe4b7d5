"""A small HTTP server for callers that cannot be trusted: few seats, and their errors are theirs."""

from __future__ import annotations

import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

CALLERS = 16


class SeatedServer(ThreadingHTTPServer):
    """Serves at most CALLERS at a time."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self._seats = threading.BoundedSemaphore(CALLERS)
        super().__init__(address, handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._seats.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._seats.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that hangs up is nobody's error; anything else is ours, and goes to standard error."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)
