"""What ACME's clients are shown of an order: itself, its one authorization and its one challenge."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

from . import pki
from .acme_jws import Key

URL = f"https://{pki.ACME_HOST}"


@dataclass(slots=True)
class Order:
    """A wish for a certificate; its one authorization and challenge have its number too."""

    account: str
    key: Key
    token: str = field(default_factory=secrets.token_urlsafe)
    number: str = field(default_factory=lambda: secrets.token_hex(8))
    status: str = "pending"
    certificate: str = ""
    why: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What the authority answers."""

    value: object
    status: int = 200
    location: str | None = None


def problem(kind: str, detail: str) -> dict[str, Any]:
    return {"type": f"urn:ietf:params:acme:error:{kind}", "detail": detail, "status": 403}


def registered(name: str, status: int = 200) -> Reply:
    place = f"{URL}/account/{name}"
    return Reply({"status": "valid", "orders": f"{place}/orders"}, status, place)


def shown(order: Order) -> dict[str, object]:
    value: dict[str, object] = {
        "status": order.status,
        "identifiers": [{"type": "dns", "value": pki.HOST}],
        "authorizations": [f"{URL}/authorization/{order.number}"],
        "finalize": f"{URL}/order/{order.number}/finalize",
    }
    return value | ({"certificate": f"{URL}/certificate/{order.number}"} if order.certificate else {})


def authorization(order: Order) -> dict[str, object]:
    identifier = {"type": "dns", "value": pki.HOST}
    return {"status": _proven(order), "identifier": identifier, "challenges": [proof(order)]}


def proof(order: Order) -> dict[str, object]:
    place = f"{URL}/challenge/{order.number}"
    value = {"type": "http-01", "status": _proven(order), "url": place, "token": order.token}
    return value | ({"error": order.why} if order.why else {})


def _proven(order: Order) -> str:
    return order.status if order.status in ("pending", "invalid") else "valid"
