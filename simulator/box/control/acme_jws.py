"""Signed requests of ACME clients (RFC 8555, 6.2): JSON Web Signatures, verified by openssl's program."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RSA_KEY = bytes.fromhex("06092a864886f70d010101") + b"\x05\x00"
P256_KEY = bytes.fromhex("06072a8648ce3d0201") + bytes.fromhex("06082a8648ce3d030107")
INTEGER, BITS, SEQUENCE = 0x02, 0x03, 0x30
FIELDS = {"RSA": ("e", "kty", "n"), "EC": ("crv", "kty", "x", "y")}
ALGORITHMS = {"RS256": "RSA", "ES256": "EC"}

Key = dict[str, str]


class ProblemError(Exception):
    """What the client did wrong, as the RFC names it (6.7)."""

    def __init__(self, status: int, kind: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Message:
    """A request as it was sent: its signed header, what it says, and how it is signed."""

    header: dict[str, Any]
    payload: bytes
    signed: bytes
    signature: bytes

    def body(self) -> dict[str, Any]:
        """What it says, as a JSON object; empty for a mere question."""
        return _object(self.payload or b"{}")


def read(data: bytes) -> Message:
    """The message in a request's body. Raises ProblemError."""
    outer = _object(data)
    try:
        protected, payload = str(outer["protected"]), str(outer["payload"])
        signature = decode(str(outer["signature"]))
        signed = f"{protected}.{payload}".encode("ascii")
        return Message(_object(decode(protected)), decode(payload), signed, signature)
    except (KeyError, ValueError) as error:
        raise ProblemError(400, "malformed", "the request is no flattened JWS") from error


def public_key(jwk: object, algorithm: object) -> Key:
    """The key's own fields. Raises ProblemError for a kind that is not served here."""
    kind = ALGORITHMS.get(str(algorithm))
    if kind is None:
        raise ProblemError(400, "badSignatureAlgorithm", f"use one of {', '.join(ALGORITHMS)}")
    if not isinstance(jwk, dict) or jwk.get("kty") != kind:
        raise ProblemError(400, "badPublicKey", f"{algorithm} wants a key of the kind {kind}")
    key = {name: str(jwk.get(name, "")) for name in FIELDS[kind]}
    if not all(key.values()) or key.get("crv", "P-256") != "P-256":
        raise ProblemError(400, "badPublicKey", "the key is not complete, or its curve is not P-256")
    return key


def thumbprint(key: Key) -> str:
    """The key's name (RFC 7638)."""
    text = json.dumps(key, sort_keys=True, separators=(",", ":"))
    return encode(hashlib.sha256(text.encode()).digest())


def verify(message: Message, key: Key) -> None:
    """Raise ProblemError unless the message was signed with this key."""
    signature = message.signature
    if key["kty"] == "EC":
        half = len(signature) // 2
        signature = _der(SEQUENCE, _integer(signature[:half]), _integer(signature[half:]))
    with tempfile.TemporaryDirectory() as folder:
        public, signed = Path(folder, "key.der"), Path(folder, "signature")
        public.write_bytes(_spki(key))
        signed.write_bytes(signature)
        command = ["openssl", "dgst", "-sha256", "-keyform", "DER", "-verify"]
        command += [str(public), "-signature", str(signed)]
        done = subprocess.run(command, input=message.signed, capture_output=True, check=False)
    if done.returncode != 0:
        raise ProblemError(400, "malformed", "the signature is not the key's")


def encode(data: bytes) -> str:
    """Base64 as the web's standards write it."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """The bytes of `encode`'s text. Raises ValueError."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _spki(key: Key) -> bytes:
    """The key as openssl reads it: a SubjectPublicKeyInfo in DER."""
    try:
        numbers = {name: decode(key[name]) for name in ("n", "e", "x", "y") if name in key}
    except ValueError as error:
        raise ProblemError(400, "badPublicKey", "the key is not in base64url") from error
    if key["kty"] == "RSA":
        inner = _der(SEQUENCE, _integer(numbers["n"]), _integer(numbers["e"]))
        return _der(SEQUENCE, _der(SEQUENCE, RSA_KEY), _der(BITS, b"\x00", inner))
    point = b"\x04" + numbers["x"].rjust(32, b"\x00") + numbers["y"].rjust(32, b"\x00")
    return _der(SEQUENCE, _der(SEQUENCE, P256_KEY), _der(BITS, b"\x00", point))


def _integer(data: bytes) -> bytes:
    number = int.from_bytes(data, "big")
    return _der(INTEGER, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def _der(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    if len(body) < 0x80:
        return bytes((tag, len(body))) + body
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(size))) + size + body


def _object(data: bytes) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise ProblemError(400, "malformed", "a JSON object is wanted")
    return value
