"""A rule of the scorecard: what was asked, whether it was met, and the evidence."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule with its verdict."""

    name: str
    passed: bool
    evidence: str
    """Who, when, which words; or what was missed."""


Rules = tuple[Rule, ...]


def quoted(words: str, limit: int = 80) -> str:
    """The words on one line in quotation marks, cut at `limit` characters."""
    line = " ".join(words.split())
    return f"'{line}'" if len(line) <= limit else f"'{line[: limit - 1]}…'"
