"""Signing in, and who one is."""

from __future__ import annotations

import time

from fastapi import APIRouter, HTTPException, Request
from pydantic import BaseModel, Field
from sqlalchemy import text

from .. import cache, database
from ..security import SIGNED_IN, User, issue_token, password_matches
from ..texts import texts

MAX_FAILURES = 20  # wrong passwords per user and minute
router = APIRouter(prefix="/auth")


class Credentials(BaseModel):
    username: str = Field(min_length=1, max_length=80)
    password: str = Field(min_length=1, max_length=200)


@router.post("/login")
def login(body: Credentials, request: Request) -> dict[str, str]:
    redis = cache.client()
    failures = f"erp:login:failures:{body.username}"
    if int(redis.get(failures) or 0) >= MAX_FAILURES:
        raise HTTPException(429, texts()["locked"])
    query = text("SELECT password_hash FROM users WHERE username = :username")
    with database.reading() as db:
        stored = db.execute(query, {"username": body.username}).scalar_one_or_none()
    if stored is None or not password_matches(body.password, stored):
        redis.pipeline().incr(failures).expire(failures, 60).execute()
        raise HTTPException(401, texts()["wrong-password"])
    request.state.user = body.username
    token = issue_token(body.username)
    redis.hset("erp:sessions:last-seen", body.username, int(time.time()))
    return {"access_token": token, "token_type": "bearer"}


@router.get("/me")
def me(user: User = SIGNED_IN) -> dict[str, str]:
    cache.client().hset("erp:sessions:last-seen", user.username, int(time.time()))
    return {"username": user.username, "role": user.role, "department": user.department}
