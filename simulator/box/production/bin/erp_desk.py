"""The company's desk: where tickets, messages, mails and reports go. It needs neither the ERP nor disk space.

ERP_DESK (host:port) moves it.
"""

import http.client
import json
import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

ADDRESS = "10.99.0.1:7070"
PATIENCE_S = 10


class RefusedError(Exception):
    """The desk refuses, or cannot be reached; the text says what to do."""


def fail(why: str) -> NoReturn:
    raise RefusedError(why)


def who() -> str:
    """The login name: accounts share a user id, so only the login knows it."""
    name = re.sub(r"[^A-Za-z0-9._-]", "", os.environ.get("LOGNAME") or os.environ.get("USER") or "")
    return name.lstrip("._-")[:32] or "root"


def say(kind: str, **fields: str) -> dict[str, Any]:
    """Say something; the desk's answer."""
    body = json.dumps({"kind": kind, "who": who(), **fields}, ensure_ascii=False)
    return _exchange("POST", "/say", body.encode("utf-8", "replace"))


def get(path: str) -> dict[str, Any]:
    """What the desk knows under `path`."""
    return _exchange("GET", path, None)


def clock(at: float) -> str:
    """A time (seconds since the epoch) as people write it here."""
    return time.strftime("%H:%M UTC", time.gmtime(at))


def run(main: Callable[[], None]) -> None:
    """Run a command; what goes wrong becomes one line and exit code 1."""
    name = Path(sys.argv[0]).name
    try:
        main()
        sys.stdout.flush()
    except RefusedError as error:
        sys.exit(f"{name}: {error}")
    except EOFError:
        sys.exit(f"{name}: nothing was sent")
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        sys.exit(f"{name}: {error.strerror or error}")


def _exchange(method: str, path: str, body: bytes | None) -> dict[str, Any]:
    headers = {} if body is None else {"Content-Type": "application/json"}
    connection = http.client.HTTPConnection(os.environ.get("ERP_DESK", ADDRESS), timeout=PATIENCE_S)
    try:
        connection.request(method, path, body, headers)
        reply = connection.getresponse()
        value = json.loads(reply.read())
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise RefusedError(f"the desk cannot be reached ({error}); try again") from error
    finally:
        connection.close()
    if not isinstance(value, dict) or reply.status != 200:
        raise RefusedError(value["error"] if isinstance(value, dict) else "the desk answers nonsense")
    return value
