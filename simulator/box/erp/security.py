"""Who asks and what they may do: password hashes, tokens, and the role, read from the database every time."""

from __future__ import annotations

import hashlib
import hmac
import time
from dataclasses import dataclass

import jwt
from fastapi import Depends, Header, HTTPException, Request
from sqlalchemy import text

from . import database, settings

TOKEN_S = 8 * 3600  # a shift
PLANNERS = frozenset({"PPIC_Clerk", "PPIC_Manager", "Admin"})
OPERATORS = frozenset({"Cutting_Operator", "Sewing_Operator", "Finishing_Operator"})
INSPECTORS = frozenset({"QC_Inspector"})
STAFF = PLANNERS | OPERATORS | INSPECTORS | {"Warehouse_Clerk"}
MAY = {
    "stock.read": STAFF,
    "orders.read": STAFF,
    "orders.create": PLANNERS,
    "orders.approve": frozenset({"PPIC_Manager"}),
    "work_orders.read": STAFF,
    "work_orders.create": PLANNERS | OPERATORS,
    "transfers": PLANNERS | OPERATORS | {"Warehouse_Clerk"},
    "qc": INSPECTORS | {"Admin"},
}
USER = text("SELECT username, role, department FROM users WHERE username = :username")


@dataclass(frozen=True)
class User:
    """A user as the database has them now."""

    username: str
    role: str
    department: str


def password_matches(password: str, stored: str) -> bool:
    """Check against `pbkdf2_sha256$ITERATIONS$SALT$HEX`; an account without a password matches nothing."""
    parts = stored.split("$")
    if len(parts) != 4 or parts[0] != "pbkdf2_sha256":
        return False
    digest = hashlib.pbkdf2_hmac("sha256", password.encode(), parts[2].encode(), int(parts[1]))
    return hmac.compare_digest(digest.hex(), parts[3])


def issue_token(username: str, lifetime_s: int = TOKEN_S) -> str:
    """A signed token for the user, valid for `lifetime_s` seconds."""
    now = int(time.time())
    claims = {"sub": username, "iat": now, "exp": now + lifetime_s}
    return jwt.encode(claims, settings.required("JWT_SECRET"), algorithm="HS256")


def _subject(authorization: str | None) -> str:
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise HTTPException(401, "Not authenticated", {"WWW-Authenticate": "Bearer"})
    key = settings.required("JWT_SECRET")
    try:
        return str(jwt.decode(token.strip(), key, algorithms=["HS256"], options={"require": ["sub"]})["sub"])
    except jwt.InvalidTokenError as error:
        raise HTTPException(401, f"Invalid token: {error}", {"WWW-Authenticate": "Bearer"}) from error


def current_user(request: Request, authorization: str | None = Header(default=None)) -> User:
    """The user who sent the request."""
    username = _subject(authorization)
    with database.reading() as db:
        row = db.execute(USER, {"username": username}).one_or_none()
    if row is None:
        raise HTTPException(401, "Unknown user")
    request.state.user = row.username
    return User(*row)


SIGNED_IN = Depends(current_user)


def allowed(action: str) -> User:
    """A dependency: the user, whose role may do `action`; 403 for everybody else."""
    roles = MAY[action]

    def check(user: User = SIGNED_IN) -> User:
        if user.role not in roles:
            raise HTTPException(403, f"Role {user.role} may not do this ({action})")
        return user

    # FastAPI fills the parameter in; its declared type is what the handler receives.
    return Depends(check)  # type: ignore[no-any-return]
