"""The certificate authority's web server: HTTPS with a certificate of its own authority."""

from __future__ import annotations

import json
import ssl
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from .acme import Authority
from .acme_jws import ProblemError
from .acme_order import URL, Reply
from .seats import SeatedServer

BODY_LIMIT = 1 << 16
PATIENCE_S = 10.0


class AcmeServer(SeatedServer):
    """Serves an authority; `certificate` holds the server's own fullchain.pem and privkey.pem."""

    def __init__(self, address: tuple[str, int], authority: Authority, certificate: Path) -> None:
        self.authority = authority
        super().__init__(address, _Client)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate / "fullchain.pem", certificate / "privkey.pem")
        # the handshake is the caller's thread's: one that stalls keeps nobody else waiting
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)


class _Client(BaseHTTPRequestHandler):
    server: AcmeServer
    timeout = PATIENCE_S
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        if self.path == "/directory":
            self._send(Reply(self.server.authority.directory()))
        elif self.path == "/new-nonce":
            self._send(Reply(b"", 200 if self.command == "HEAD" else 204))
        elif self.path == "/terms":
            self._send(Reply(b"For servers of Quty Karunia only.\n"))
        else:
            self._refuse(ProblemError(405, "malformed", "ask with a signed POST"))

    def do_POST(self) -> None:
        try:
            self._send(self.server.authority.answer(self.path, self._body()))
        except ProblemError as problem:
            self._refuse(problem)

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > BODY_LIMIT:
            self.close_connection = True
            raise ProblemError(413, "malformed", f"a body of at most {BODY_LIMIT} bytes is wanted")
        return self.rfile.read(int(length))

    def _refuse(self, problem: ProblemError) -> None:
        kind = f"urn:ietf:params:acme:error:{problem.kind}"
        value = {"type": kind, "detail": str(problem), "status": problem.status}
        self._send(Reply(value, problem.status), "application/problem+json")

    def _send(self, reply: Reply, kind: str = "application/json") -> None:
        if isinstance(reply.value, bytes):
            data, kind = reply.value, "application/pem-certificate-chain"
        else:
            data = json.dumps(reply.value).encode()
        self.send_response_only(reply.status)
        for name, value in {
            "Replay-Nonce": self.server.authority.nonce(),
            "Cache-Control": "no-store",
            "Link": f'<{URL}/directory>;rel="index"',
            "Content-Type": kind,
            "Content-Length": str(len(data)),
        }.items():
            self.send_header(name, value)
        if reply.location is not None:
            self.send_header("Location", reply.location)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Standard output is the flight record."""
