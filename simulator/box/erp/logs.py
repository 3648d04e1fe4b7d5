"""JSON logs on standard output, one object a line."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

OWN_CODE = str(Path(__file__).parent)


class JsonFormatter(logging.Formatter):
    """A record as one JSON object; `extra={"fields": {...}}` is merged into it."""

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            entry["exception"] = f"{type(error).__name__}: {error}".strip()
            entry["traceback"] = _where(error.__traceback__)
        return json.dumps(entry, default=str)


def _where(trace: TracebackType | None) -> list[str]:
    """Our own frames and the innermost one: an outage must not drown the log in library frames."""
    frames = traceback.extract_tb(trace)
    kept = [frame for frame in frames if frame.filename.startswith(OWN_CODE) or frame is frames[-1]]
    return [f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in kept]


def set_up() -> None:
    """Send every logger of this process through the JSON formatter."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    logging.getLogger("uvicorn.access").disabled = True  # the middleware logs requests, with user and time
