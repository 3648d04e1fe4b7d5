"""The company's certificate authority as servers meet it: ACME (RFC 8555) with http-01, for the ERP's name.

It stands outside the production half and signs with the same authority that users trust. What it keeps
lies on the drill's volume (accounts) or in memory (orders, which a client makes anew).
"""

from __future__ import annotations

import http.client
import json
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path

from . import acme_jws, pki
from .acme_jws import Key, Message, ProblemError
from .acme_order import URL, Order, Reply, authorization, problem, proof, registered, shown

ORDERS_KEPT = 100
NONCES_KEPT = 1000
FETCH_S = 3.0
ANSWER_LIMIT = 4096

Fetch = Callable[[str], bytes]
"""What the server that is to get a certificate answers for a challenge's token."""


class Authority:
    """Accounts, orders and their proofs."""

    def __init__(self, fetch: Fetch, folder: Path = pki.FOLDER) -> None:
        self._fetch = fetch
        self._folder = folder
        self._accounts = folder / "accounts"
        self._accounts.mkdir(exist_ok=True)
        self._orders: OrderedDict[str, Order] = OrderedDict()
        self._nonces: OrderedDict[str, None] = OrderedDict()
        self._lock = threading.Lock()

    def directory(self) -> dict[str, object]:
        """Where what is."""
        names = {
            "newNonce": "new-nonce", "newAccount": "new-account", "newOrder": "new-order",
            "revokeCert": "revoke", "keyChange": "key-change",
        }  # fmt: skip
        places = {name: f"{URL}/{path}" for name, path in names.items()}
        return {**places, "meta": {"termsOfService": f"{URL}/terms", "website": URL}}

    def nonce(self) -> str:
        """A number that one request may use once."""
        fresh = secrets.token_urlsafe(16)
        with self._lock:
            self._nonces[fresh] = None
            while len(self._nonces) > NONCES_KEPT:
                self._nonces.popitem(last=False)
        return fresh

    def answer(self, path: str, data: bytes) -> Reply:
        """The answer to a signed request. Raises ProblemError."""
        message = acme_jws.read(data)
        account, key = self._signer(path, message)
        what, _, rest = path.strip("/").partition("/")
        number, _, wish = rest.partition("/")
        takers: Mapping[str, Callable[[], Reply]] = {
            "new-account": lambda: self._new_account(key, message),
            "account": lambda: registered(account),
            "new-order": lambda: self._new_order(account, key, message),
            "order": lambda: self._order(self._find(account, number), wish, message),
            "authorization": lambda: Reply(authorization(self._find(account, number))),
            "challenge": lambda: self._challenge(self._find(account, number), message),
            "certificate": lambda: Reply(self._find(account, number).certificate.encode()),
        }
        if what not in takers:
            raise ProblemError(403, "unauthorized", "this authority does not offer that")
        return takers[what]()

    def _signer(self, path: str, message: Message) -> tuple[str, Key]:
        """Who signed: the account's name and key, when everything about the signature is right."""
        header = message.header
        with self._lock:
            if self._nonces.pop(str(header.get("nonce")), 0) is not None:
                raise ProblemError(400, "badNonce", "the nonce is not one of ours, or was used before")
        if header.get("url") != f"{URL}{path}":
            raise ProblemError(400, "unauthorized", "signed for another URL")
        if path == "/new-account":
            key = acme_jws.public_key(header.get("jwk"), header.get("alg"))
            name = acme_jws.thumbprint(key)
        else:
            name = str(header.get("kid", "")).removeprefix(f"{URL}/account/")
            key = acme_jws.public_key(self._known(name), header.get("alg"))
        acme_jws.verify(message, key)
        return name, key

    def _known(self, name: str) -> object:
        """The key of a registered account: only a whole name of the folder is one."""
        names = {path.name for path in self._accounts.iterdir()}
        if name not in names:
            raise ProblemError(400, "accountDoesNotExist", "register first")
        return json.loads((self._accounts / name).read_text())

    def _new_account(self, key: Key, message: Message) -> Reply:
        name = acme_jws.thumbprint(key)
        known = self._accounts / name
        wish = message.body()
        if known.exists():
            return registered(name)
        if wish.get("onlyReturnExisting"):
            raise ProblemError(400, "accountDoesNotExist", "register first")
        if not wish.get("termsOfServiceAgreed"):
            raise ProblemError(403, "userActionRequired", f"agree to {URL}/terms")
        known.write_text(json.dumps(key))
        return registered(name, status=201)

    def _new_order(self, account: str, key: Key, message: Message) -> Reply:
        wanted = message.body().get("identifiers")
        if wanted != [{"type": "dns", "value": pki.HOST}]:
            raise ProblemError(403, "rejectedIdentifier", f"this server may only ask for {pki.HOST}")
        order = Order(account, key)
        with self._lock:
            self._orders[order.number] = order
            while len(self._orders) > ORDERS_KEPT:
                self._orders.popitem(last=False)
        return Reply(shown(order), 201, f"{URL}/order/{order.number}")

    def _order(self, order: Order, wish: str, message: Message) -> Reply:
        if wish == "finalize":
            if order.status != "ready":
                raise ProblemError(403, "orderNotReady", f"the order is {order.status}")
            try:
                request = acme_jws.decode(str(message.body().get("csr", "")))
                order.certificate = pki.sign(request, folder=self._folder)
            except ValueError as error:
                raise ProblemError(400, "badCSR", str(error)) from error
            order.status = "valid"
        return Reply(shown(order), location=f"{URL}/order/{order.number}")

    def _challenge(self, order: Order, message: Message) -> Reply:
        """Asked with a body: prove it now. The client's web server must answer while it waits."""
        if order.status == "pending" and message.payload:
            expected = f"{order.token}.{acme_jws.thumbprint(order.key)}"
            try:
                got = self._fetch(order.token)
            except (OSError, http.client.HTTPException) as error:
                order.status, order.why = "invalid", problem("connection", f"{pki.HOST}: {error}")
            else:
                right = got.strip() == expected.encode()
                order.status = "ready" if right else "invalid"
                text = got[:80].decode("ascii", "replace")
                order.why = None if right else problem("unauthorized", f"{pki.HOST} answers {text!r}")
        return Reply(proof(order))

    def _find(self, account: str, number: str) -> Order:
        with self._lock:
            order = self._orders.get(number)
        if order is None or order.account != account:
            raise ProblemError(404, "malformed", "there is no such order")
        return order


def fetcher(host: str) -> Fetch:
    """Fetches a token's answer as the RFC says: over plain HTTP, port 80."""

    def fetch(token: str) -> bytes:
        connection = http.client.HTTPConnection(host, 80, timeout=FETCH_S)
        try:
            connection.request("GET", f"/.well-known/acme-challenge/{token}", headers={"Host": pki.HOST})
            return connection.getresponse().read(ANSWER_LIMIT)
        finally:
            connection.close()

    return fetch
