"""The facilitator's SSH key, by which a drill's members log in."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_ssh_private_key,
)
from filelock import FileLock

from simulator.settings import home


def private_key() -> Path:
    """The file of the private key, made when it is first asked for."""
    path = home() / "login_key"
    with FileLock(path.with_suffix(".lock")):
        if not path.exists():
            text = Ed25519PrivateKey.generate().private_bytes(
                Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()
            )
            part = path.with_suffix(".part")
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(text)
            part.rename(path)
    return path


def public_key() -> str:
    """The public half, as a line of authorized_keys."""
    key = load_ssh_private_key(private_key().read_bytes(), password=None)
    return key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
