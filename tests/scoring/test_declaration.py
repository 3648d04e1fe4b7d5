"""What declares an incident, and what it names."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scoring.declaration import declarations, declared_in, is_resolved, severity_of
from scoring.timeline import Posted, Ticket
from tests.scoring.story import OPENED


def names(words: str, failing: dict[str, str], severity: str = "P2") -> bool:
    """Whether a ticket with these words names something of what fails in a drill of that severity."""
    (said,) = declarations((Ticket(1, "ana", severity, words, ""),))
    return said.names(failing, replace(OPENED, severity=severity))


@pytest.mark.parametrize(
    ("words", "check"),
    [
        ("Cutting Department cannot submit work orders", "work-orders"),
        ("Transfers are refused (QT-09)", "transfers"),
        ("BACKEND is down", "disk"),
        ("no space left", "disk"),
        ("QC cannot record results", "qc"),
    ],
)
def test_a_check_its_synonyms_and_the_cause_are_names(words: str, check: str) -> None:
    """What fails may be named as the check, as people call it, or as the cause."""
    assert names(words, {check: "500"})


def test_the_service_in_the_reason_is_a_name() -> None:
    """Where containers are down, their services may be named, and only theirs."""
    failing = {"services": "erp-postgres exited"}
    assert names("postgres exited", failing)
    assert not names("redis exited", failing)


def test_only_whole_words_name() -> None:
    """A word within another one names nothing."""
    assert not names("the stockings are wet", {"stock": "500"})


def test_the_whole_system_is_named_in_a_p1_only() -> None:
    """ "ERP System Down" is true of a system that is down, not of one feature."""
    assert names("users cannot work", {"orders": "500"}, severity="P1")
    assert not names("users cannot work", {"orders": "500"}, severity="P2")


def test_nothing_is_named_while_nothing_fails() -> None:
    """With every check holding no words are true."""
    assert not names("backend", {})


def test_each_severity_has_its_channel() -> None:
    """P1 is declared in #erp-emergency and P2 in #erp-support; P4 in none."""
    assert declared_in(Posted(1, "ana", "erp-emergency", "CRITICAL P1: down")) == "P1"
    assert declared_in(Posted(1, "ana", "#erp-support", "⚠️ P2: Cutting is stuck")) == "P2"
    assert declared_in(Posted(1, "ana", "#erp-support", "P4: a typo")) is None


def test_two_severities_are_none() -> None:
    """Who names every severity has named none."""
    assert severity_of("P1 or P2") is None
    assert severity_of("P1, yes P1") == "P1"


@pytest.mark.parametrize(
    ("text", "resolved"),
    [
        ("✅ RESOLVED: ERP System Restored", True),
        ("14:40 - RESOLVED: System back online", True),
        ("@channel\n✅ System restored. Investigation in progress", True),
        ("P1 update: not resolved yet", False),
        ("🚨 CRITICAL P1: ERP System Down\n - Status: resolved soon", False),
    ],
)
def test_the_end_is_told_in_the_headline(text: str, resolved: bool) -> None:
    """A message ends the incident by its first words, not by a word somewhere."""
    assert is_resolved(text) is resolved
