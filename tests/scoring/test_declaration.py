"""What declares an incident, and what it names."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from scoring.declaration import declarations, declared_in, severity_of
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
    assert not names("postgres exited", {"services": "erp-postgres-exporter exited"})


def test_only_whole_words_name() -> None:
    """A word within another one names nothing."""
    assert not names("the stockings are wet", {"stock": "500"})


def test_the_whole_system_is_named_in_a_p1_only() -> None:
    """ "ERP System Down" is true of a system that is down, not of one feature."""
    assert names("users cannot work", {"orders": "500"}, severity="P1")
    assert not names("users cannot work", {"orders": "500"}, severity="P2")


@pytest.mark.parametrize(
    "words",
    ["server is down", "application down", "app is not responding", "webserver down", "everything gives 500"],
)
def test_plain_words_for_a_system_that_is_down(words: str) -> None:
    """Who sees that nothing works any more need not know which part of the system it is."""
    assert names(words, {"health": "502"}, severity="P1")
    assert not names(words, {"orders": "500"}, severity="P3")


@pytest.mark.parametrize(
    "words", ["DB down", "the DB does not answer", "postgre is down", "The database is gone"]
)
def test_a_service_has_the_names_that_people_give_it(words: str) -> None:
    """What fails may be called by its short name; what works may not be called down."""
    assert names(words, {"services": "erp-postgres exited"}, severity="P1")
    assert not names(words, {"services": "erp-nginx exited"}, severity="P1")


@pytest.mark.parametrize(
    "words",
    ["The coffee machine in production is down", "The printer server is down", "The coffee system fails"],
)
def test_something_unrelated_is_not_the_system(words: str) -> None:
    """A production hall has other machines; the ERP's own name counts beside them."""
    assert not names(words, {"health": "502"}, severity="P1")
    assert names(f"{words}, and the ERP as well", {"health": "502"}, severity="P1")


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
    assert severity_of("P1 or P2\nStatus: the P1 drill is off") is None
    assert severity_of("P1, yes P1") == "P1"


@pytest.mark.parametrize(
    "text",
    [
        "CRITICAL P1 (raised from P2): the ERP is gone",
        "P1: nobody can log in\nStatus: all on it, what is open as P3 has to wait",
        "P1 (we thought P2 at first): ERP down\nImpact: the P2 in Cutting is part of it",
        "\nP1 - ERP down\nP4 tickets wait",
    ],
)
def test_the_first_line_has_the_severity(text: str) -> None:
    """What an incident was before, and what else waits for it, is not what it is."""
    assert severity_of(text) == "P1"
    assert declared_in(Posted(1, "ana", "#erp-emergency", text)) == "P1"


@pytest.mark.parametrize(
    ("severity", "text"),
    [
        ("P2", "[P2] Sewing cannot book transfers"),
        ("P2", "(P2) Sewing cannot book transfers"),
        ("P2", "@channel [P2] Sewing cannot book transfers"),
        ("P2", ":warning: P2 Sewing cannot book transfers"),
        ("P2", "P2 (High): Sewing cannot book transfers"),
        ("P2", "P2 | Sewing cannot book transfers"),
        ("P2", "P2 (was P3) - Sewing cannot book transfers"),
        ("P1", "**P1**: the ERP does not answer"),
        ("P1", "*P1* the ERP does not answer"),
        ("P1", "P1 INCIDENT: the ERP does not answer"),
        ("P1", "P1 outage - the ERP does not answer"),
        ("P1", "@channel :rotating_light: P1 the ERP does not answer"),
        ("P1", "<!channel> 🔴 *P1* the ERP does not answer"),
        ("P1", "The ERP does not answer\nSeverity: P1\nImpact: everybody"),
        ("P1", "The ERP does not answer\n**Severity:** P1"),
        ("P3", "🟡 P3 the search takes 8 s"),
        ("P3", "Severity level: P3, the search takes 8 s"),
    ],
)
def test_other_forms_of_a_first_notice(severity: str, text: str) -> None:
    """Brackets, bold letters, signs by their names and a label are what teams write for the colon."""
    channel = "#erp-emergency" if severity == "P1" else "#erp-support"
    assert declared_in(Posted(1, "ana", channel, text)) == severity


@pytest.mark.parametrize(
    "text",
    [
        "is this P1?",
        "is this a [P1]?",
        "🚨 is this P1?",
        "P1? the backend looks slow",
        "Severity: P1?",
        "P1 or P2",
        "[P1] or [P2]: what do you say",
        "Severity: P1/P2",
        "Severity: P1 or higher?",
        "(P1) or not?",
        "*P1* or is that too much",
        "the P1 of last week took an hour",
        "the P1 incident of last week took an hour",
        "P1 tickets are all closed",
        "same as last week (P1), I think",
        "is it time for a [P1] yet",
    ],
)
def test_talk_of_a_severity_declares_nothing(text: str) -> None:
    """Whoever asks, compares or looks back has not said that something is broken."""
    assert declared_in(Posted(1, "ana", "#erp-emergency", text)) is None


@pytest.mark.parametrize("piece", ["P1 ", "P1(", "[", "*", ":a", "@a", "severity ", "P1 incident "])
def test_a_wall_of_text_is_read_at_once(piece: str) -> None:
    """A megabyte does not hold up the score; what grew with the square of it would take hours."""
    began = time.process_time()
    declared_in(Posted(1, "ana", "#erp-emergency", piece * (1_000_000 // len(piece)) + " P1"))
    assert time.process_time() - began < 60


@pytest.mark.parametrize(
    "text",
    [
        "@channel 🚨 CRITICAL P1 ERP System Down, not yet resolved",
        "🚨 P1 ERP down, service must be restored",
        "P1 - ERP down (restored once, gone again)",
        "CRITICAL P1 ERP System Down after the database was restored from backup",
        "P1: errors everywhere since the database was restored",
    ],
)
def test_a_declaration_may_speak_of_the_end(text: str) -> None:
    """What is to be restored, or was before, is still an incident."""
    assert declared_in(Posted(1, "ana", "#erp-emergency", text)) == "P1"
