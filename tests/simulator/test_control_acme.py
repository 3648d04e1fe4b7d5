"""The certificate authority as an ACME client meets it, from the account to the chain."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from simulator.box.control import acme_jws, pki
from simulator.box.control.acme import Authority
from simulator.box.control.acme_jws import ProblemError
from simulator.box.control.acme_order import URL, Reply

KEYS = {
    "RS256": ("genrsa", "2048"),
    "ES256": ("ecparam", "-genkey", "-noout", "-name", "prime256v1"),
}


class Client:
    """A server's ACME client; `answers` is what its web server has for a token."""

    def __init__(self, folder: Path, algorithm: str = "ES256") -> None:
        self.answers: dict[str, bytes] = {}
        self.authority = Authority(self._fetch, folder / "ca")
        self._algorithm = algorithm
        self._key = folder / f"{algorithm}.pem"
        self._key.write_bytes(_openssl(*KEYS[algorithm]))
        self.jwk = _jwk(self._key, algorithm)
        self._folder = folder

    def post(self, to: str, body: object = None, **changed: object) -> Reply:
        """Ask, signed with the account's key; `changed` are fields of the header to lie about."""
        name = {"kid": f"{URL}/account/{acme_jws.thumbprint(self.jwk)}"}
        who: dict[str, object] = {"jwk": self.jwk} if to.endswith("/new-account") else dict(name)
        header = {"alg": self._algorithm, "url": to, "nonce": self.authority.nonce(), **who, **changed}
        payload = "" if body is None else acme_jws.encode(json.dumps(body).encode())
        protected = acme_jws.encode(json.dumps(header).encode())
        message = {"protected": protected, "payload": payload}
        signature = acme_jws.encode(self._sign(f"{protected}.{payload}".encode()))
        return self.authority.answer(
            to.removeprefix(URL), json.dumps(message | {"signature": signature}).encode()
        )

    def register(self) -> None:
        """Make the account."""
        assert self.post(f"{URL}/new-account", {"termsOfServiceAgreed": True}).status == 201

    def order(self, name: str = pki.HOST) -> dict[str, Any]:
        """A new order."""
        return _value(self.post(f"{URL}/new-order", {"identifiers": [{"type": "dns", "value": name}]}))

    def prove(self, order: dict[str, Any], *, honestly: bool = True) -> str:
        """Put the proof where the authority looks for it, ask it to look; what it then says."""
        proof = _value(self.post(order["authorizations"][0]))["challenges"][0]
        right = f"{proof['token']}.{acme_jws.thumbprint(self.jwk)}"
        self.answers[proof["token"]] = right.encode() if honestly else b"404"
        return str(_value(self.post(proof["url"], {}))["status"])

    def request(self, name: str) -> str:
        """A request for a certificate of this name."""
        key, subject = (
            self._folder / "new.pem",
            ("-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"),
        )
        made = _openssl(
            "req", "-newkey", "rsa:2048", "-nodes", "-keyout", str(key), "-outform", "DER", *subject
        )
        return acme_jws.encode(made)

    def _fetch(self, token: str) -> bytes:
        return self.answers[token]

    def _sign(self, data: bytes) -> bytes:
        signature = _openssl("dgst", "-sha256", "-sign", str(self._key), data=data)
        if self._algorithm == "RS256":
            return signature
        shown = _openssl("asn1parse", "-inform", "DER", data=signature).decode()
        return b"".join(
            int(number, 16).to_bytes(32, "big") for number in re.findall(r"INTEGER\s+:(\w+)", shown)
        )


@pytest.fixture(params=sorted(KEYS))
def client(request: pytest.FixtureRequest, tmp_path: Path) -> Client:
    """A client of each kind of key, not registered yet."""
    pki.make_authority(tmp_path / "ca")
    return Client(tmp_path, request.param)


@pytest.fixture
def registered(tmp_path: Path) -> Client:
    """A client with an account."""
    pki.make_authority(tmp_path / "ca")
    made = Client(tmp_path)
    made.register()
    return made


def test_a_proven_order_gets_a_chain_that_users_trust(client: Client, tmp_path: Path) -> None:
    """Account, order, proof and request lead to a certificate of the users' authority, for the right name."""
    client.register()
    order = client.order()
    assert client.prove(order) == "valid"
    done = _value(client.post(order["finalize"], {"csr": client.request(pki.HOST)}))
    chain = client.post(done["certificate"]).value
    assert isinstance(chain, bytes)
    (tmp_path / "chain.pem").write_bytes(chain)
    verify = ("verify", "-CAfile", str(tmp_path / "ca/ca.pem"), "-verify_hostname", pki.HOST)
    assert _openssl(*verify, str(tmp_path / "chain.pem")).endswith(b"OK\n")


def test_an_account_outlives_the_authority_s_restart(registered: Client, tmp_path: Path) -> None:
    """Who has registered once may order after the control half was started again."""
    registered.authority = Authority(registered._fetch, tmp_path / "ca")
    assert registered.order()["status"] == "pending"


def test_without_the_proof_there_is_no_certificate(registered: Client) -> None:
    """A wrong answer at the token's place makes the order invalid, and it cannot be finalized."""
    order = registered.order()
    assert registered.prove(order, honestly=False) == "invalid"
    with pytest.raises(ProblemError, match="invalid"):
        registered.post(order["finalize"], {"csr": registered.request(pki.HOST)})


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"nonce": "old"}, "badNonce"),
        ({"url": f"{URL}/else"}, "unauthorized"),
        ({"kid": f"{URL}/account/../ca.key"}, "accountDoesNotExist"),
        ({"alg": "none"}, "badSignatureAlgorithm"),
    ],
)
def test_what_is_not_rightly_signed_is_refused(
    registered: Client, changed: dict[str, object], kind: str
) -> None:
    """Nonce, URL, account and algorithm each have to be right."""
    with pytest.raises(ProblemError) as refused:
        registered.post(f"{URL}/new-order", {"identifiers": []}, **changed)
    assert refused.value.kind == kind


def test_another_key_s_signature_is_refused(registered: Client, tmp_path: Path) -> None:
    """The name of an account is not enough to act for it."""
    registered._key.write_bytes(_openssl(*KEYS["ES256"]))
    with pytest.raises(ProblemError, match="signature"):
        registered.order()


def test_only_the_erp_s_name_can_be_asked_for(registered: Client) -> None:
    """Neither an order nor a request gets a certificate for another name."""
    with pytest.raises(ProblemError) as refused:
        registered.order("www.qutykarunia.com")
    assert refused.value.kind == "rejectedIdentifier"
    order = registered.order()
    registered.prove(order)
    with pytest.raises(ProblemError) as refused:
        registered.post(order["finalize"], {"csr": registered.request("www.qutykarunia.com")})
    assert refused.value.kind == "badCSR"


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{}", b'{"protected": "e30", "payload": "\xc3\xa9", "signature": ""}']
)
def test_what_is_no_jws_is_malformed(registered: Client, data: bytes) -> None:
    """Anything else than a flattened JWS is one clear refusal."""
    with pytest.raises(ProblemError):
        registered.authority.answer("/new-order", data)


def _value(reply: Reply) -> dict[str, Any]:
    assert isinstance(reply.value, dict)
    return reply.value


def _openssl(*arguments: str, data: bytes = b"") -> bytes:
    return subprocess.run(["openssl", *arguments], input=data, capture_output=True, check=True).stdout


def _jwk(key: Path, algorithm: str) -> dict[str, str]:
    if algorithm == "RS256":
        modulus = _openssl("rsa", "-in", str(key), "-noout", "-modulus").decode().strip().partition("=")[2]
        return {"kty": "RSA", "e": "AQAB", "n": acme_jws.encode(bytes.fromhex(modulus))}
    point = _openssl("ec", "-in", str(key), "-pubout", "-outform", "DER")[-64:]
    return {
        "kty": "EC", "crv": "P-256", "x": acme_jws.encode(point[:32]), "y": acme_jws.encode(point[32:]),
    }  # fmt: skip
