"""The referee's questions: a Unix socket of the control half, one JSON request a line, one JSON reply a line.

`python3 -m control.ask VERB` asks one, with JSON on standard input where the verb takes some (`say`,
`channel`), and prints the reply. Exit 0, or 1 with {"error": …}.
"""

from __future__ import annotations

import json
import socket
import socketserver
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from .erp import FailedError
from .record_said import RefusedError

SOCKET = Path("/run/control.sock")
LINE_LIMIT = 4 << 20
PATIENCE_S = 120.0

Verb = Callable[[Any], object]
"""Takes the request's `body`, gives what can be written as JSON."""


class AskServer(socketserver.ThreadingUnixStreamServer):
    """Answers `verbs` at a socket that only the control half can reach."""

    daemon_threads = True

    def __init__(self, path: Path, verbs: Mapping[str, Verb]) -> None:
        self.verbs = verbs
        self.path = path
        path.unlink(missing_ok=True)
        super().__init__(str(path), _Caller)
        path.chmod(0o600)

    def answer(self, line: bytes) -> dict[str, object]:
        """The reply to one request."""
        try:
            request = json.loads(line)
            verb = self.verbs[request["verb"]]
        except (ValueError, TypeError, KeyError):
            return {"error": f"a request has a verb of {', '.join(self.verbs)}"}
        try:
            return {"result": verb(request.get("body"))}
        except (RefusedError, FailedError, OSError) as error:
            return {"error": str(error)}
        except Exception as error:  # whatever the team's bytes make of a reader: refused, in a line
            return {"error": f"unreadable: {type(error).__name__}: {error}"}

    def close(self) -> None:
        self.shutdown()
        self.server_close()
        self.path.unlink(missing_ok=True)


class _Caller(socketserver.StreamRequestHandler):
    server: AskServer

    def handle(self) -> None:
        while line := self.rfile.readline(LINE_LIMIT):
            self.wfile.write(json.dumps(self.server.answer(line)).encode() + b"\n")


def serve(server: socketserver.BaseServer, name: str) -> threading.Thread:
    """Run `server` in a thread of its own, which has started."""
    thread = threading.Thread(target=server.serve_forever, args=(0.1,), name=name, daemon=True)
    thread.start()
    return thread


def ask(verb: str, body: object = None, path: Path = SOCKET) -> object:
    """Ask the control half; RuntimeError with its words if it refuses."""
    with socket.socket(socket.AF_UNIX) as plain:
        plain.settimeout(PATIENCE_S)
        plain.connect(str(path))
        plain.sendall(json.dumps({"verb": verb, "body": body}).encode() + b"\n")
        with plain.makefile("rb") as answers:
            reply = json.loads(answers.readline() or b'{"error": "the control half hung up"}')
    if "error" in reply:
        raise RuntimeError(reply["error"])
    return reply["result"]


def main(arguments: list[str], path: Path = SOCKET) -> int:
    if len(arguments) != 1:
        print(json.dumps({"error": "usage: python3 -m control.ask VERB [< JSON]"}))
        return 2
    try:
        text = "" if sys.stdin.isatty() else sys.stdin.read()
        reply = ask(arguments[0], json.loads(text) if text.strip() else None, path)
    except (OSError, ValueError, RuntimeError) as error:
        print(json.dumps({"error": str(error)}))
        return 1
    print(json.dumps(reply))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
