"""What the team may say, and what each kind must hold. Untrusted: checked before it reaches the record."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from .channel import NAMES

MESSAGE_LIMIT = 60_000
"""Bytes of a message's body: with its envelope it stays within the record's 64 KiB a line."""
REPORT_LIMIT = 1 << 20
"""Bytes of a report's text."""
REPORT_BODY_LIMIT = 2 * REPORT_LIMIT + 4096
"""Bytes of a report's body: JSON writes some characters as two."""
WHO = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
ADDRESS = re.compile(r"[^\s@,<>]+@[^\s@,<>]+")
SEVERITIES = ("P1", "P2", "P3", "P4")


class RefusedError(Exception):
    """What was said is refused; `status` as in HTTP, the text says what to do."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


def _text(limit: int) -> Callable[[str], str | None]:
    def check(value: str) -> str | None:
        if not value.strip():
            return "is empty"
        return f"is longer than {limit} characters" if len(value) > limit else None

    return check


def _one_of(*known: str) -> Callable[[str], str | None]:
    return lambda value: None if value in known else f"must be one of {', '.join(known)}"


def _addresses(value: str) -> str | None:
    good = all(ADDRESS.fullmatch(each.strip()) for each in value.split(","))
    return None if good and len(value) <= 1000 else "must be mail addresses, separated by commas"


def _report(value: str) -> str | None:
    size = len(value.encode("utf-8", "replace"))
    if size > REPORT_LIMIT:
        raise RefusedError(413, f"the report has {size} bytes, at most 1 MiB is taken; shorten it")
    return None if value.strip() else "is empty"


def _any(value: str) -> str | None:
    return None


FIELDS: dict[str, dict[str, Callable[[str], str | None]]] = {
    "ticket": {"severity": _one_of(*SEVERITIES), "affects": _text(200), "summary": _text(1000)},
    "close": {},
    "slack": {"channel": _one_of(*NAMES), "text": _text(MESSAGE_LIMIT)},
    "mail": {"to": _addresses, "subject": _text(500), "text": _any},
    "typed": {"command": _text(8000)},
    "report": {"text": _report},
    "hello": {},
}


def said(payload: object, size: int) -> dict[str, str]:
    """The kind, speaker and fields of `payload`, whose body has `size` bytes; RefusedError if it is wrong."""
    if not isinstance(payload, dict):
        raise RefusedError(400, "a JSON object is wanted")
    kind = payload.get("kind")
    if not isinstance(kind, str) or kind not in FIELDS:
        raise RefusedError(400, f"kind must be one of {', '.join(FIELDS)}")
    if size > limit_of(kind):
        raise RefusedError(413, f"too long: {size} bytes, at most {limit_of(kind)} are taken; shorten it")
    who = payload.get("who")
    if not isinstance(who, str) or not WHO.fullmatch(who):
        raise RefusedError(400, "who must be a login name")
    extra = sorted(set(map(str, payload)) - {"kind", "who", *FIELDS[kind]})
    if extra:
        raise RefusedError(400, f"{kind} has no field {extra[0][:40]!r}")
    fields = {name: _field(kind, name, payload.get(name), check) for name, check in FIELDS[kind].items()}
    return {"kind": kind, "who": who, **fields}


def limit_of(kind: str) -> int:
    """Bytes that a body of this kind may have."""
    return REPORT_BODY_LIMIT if kind == "report" else MESSAGE_LIMIT


def plain(text: str, limit: int) -> str:
    """`text` on one line without control characters, cut at `limit`."""
    return "".join(" " if unicodedata.category(each) in ("Cc", "Cs") else each for each in text)[:limit]


def _field(kind: str, name: str, value: object, check: Callable[[str], str | None]) -> str:
    if not isinstance(value, str):
        raise RefusedError(400, f"{kind} needs the text {name}")
    value = value.replace("\r\n", "\n")
    for each in value:
        if unicodedata.category(each) in ("Cc", "Cs") and each not in "\n\t":
            raise RefusedError(400, f"{name} holds the control character U+{ord(each):04X}; take it out")
    if wrong := check(value):
        raise RefusedError(400, f"{name} {wrong}")
    return value
