"""Which messages tell the end of an incident."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.resolved import is_resolved

LABELS = (
    "@channel",
    "P1:",
    "CRITICAL P1:",
    "UPDATE:",
    "Update 14:40 -",
    "14:40 UTC -",
    "INC-20260119-001:",
    "🚨",
)


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(LABELS), max_size=4),
    st.sampled_from(["✅ RESOLVED", "RESOLVED - ERP System restored", "✅ System restored", "Resolved."]),
)
def test_labels_before_the_end_do_not_matter(labels: list[str], end: str) -> None:
    """Who is called, when it is, and which incident it is about stand before the news, in any order."""
    assert is_resolved(" ".join([*labels, end]))


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(LABELS), max_size=4),
    st.sampled_from(
        [
            "not yet",
            "nothing is",
            "cannot be",
            "will soon be",
            "partly",
            "ERP must be",
            "isn't",
            "trying to get it",
        ]
    ),
    st.sampled_from(["resolved", "restored", "RESOLVED."]),
)
def test_a_denied_end_is_none(labels: list[str], denial: str, end: str) -> None:
    """What is not, only in part, or to be resolved is not resolved."""
    assert not is_resolved(" ".join([*labels, denial, end]))


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    """Whatever somebody writes, there is an answer, and what says nothing of an end is none."""
    assert is_resolved(text) is False or any(sign in text.lower() for sign in ("✅", "✔", "☑", "re"))


@pytest.mark.parametrize(
    "text",
    [
        "✅ RESOLVED: ERP System Restored",
        "14:40 - RESOLVED: System back online",
        "@channel\n✅ System restored. Investigation in progress",
        "P1: RESOLVED - ERP System restored",
        "P1 incident is resolved",
        "P1 ERP System Down - RESOLVED",
        "✅ RESOLVED: Database down",
        "ERP System restored, root cause not yet known",
        "RESOLVED - no data loss",
        "**RESOLVED**: ERP",
        "[RESOLVED] ERP System Restored",
        "ERP restored at 14:40",
        "Final update: all systems restored and verified",
        "RESOLVED: ERP was down for 8 minutes",
        "✅ ERP is back online",
        "✅ RESOLVED - the ERP is up, we are still watching it",
        "✅ RESOLVED: ERP restored, still closely monitoring",
        "✅ System restored, still investigating the cause",
        "✅ RESOLVED: the ERP is up. If you still get an error, sign in again",
        "✅ RESOLVED: ERP is up, in case anyone still sees errors tell us",
        "RESOLVED after the database was started",
        "P1 RESOLVED since the proxy was restarted",
        "✅ RESOLVED: only the proxy was affected",
        "✅ RESOLVED - only the Cutting department was hit",
        "RESOLVED only after the second restart",
    ],
)
def test_an_end(text: str) -> None:
    """A headline that begins with the end, or says that something is restored."""
    assert is_resolved(text)


@pytest.mark.parametrize(
    "text",
    [
        "P1 update: not resolved yet",
        "ERP is only partially restored",
        "P1 will be resolved soon",
        "Nothing is resolved",
        "RESOLVED: not yet",
        "RESOLVED?",
        "✅ Backend restarted, ERP still down",
        "✅ not yet",
        "ERP restored only for Sewing",
        "RESOLVED: only for Sewing",
        "RESOLVED: only Sewing works again",
        "RESOLVED - only Sewing was restored",
        "RESOLVED only in part",
        "RESOLVED: partly",
        "RESOLVED if the restart holds",
        "RESOLVED once the certificate is there",
        "✅ RESOLVED, still failing for some",
        "✅ still monitoring",
        "✅ backend restarted, still investigating",
        "✅ RESOLVED for Cutting only",
        "RESOLVED for some users",
        "✅ Restarted, still watching, still down",
        "✅ Restarted, still down, and investigating",
        "✅ RESOLVED: backend restarted. Login still broken, if you still wait: use paper",
        "unresolved",
        "P1 - ERP down (restored once, gone again)",
        "🚨 P1 ERP down, service must be restored",
        "🚨 CRITICAL P1: ERP System Down\n - Status: resolved soon",
    ],
)
def test_no_end(text: str) -> None:
    """A word somewhere ends nothing."""
    assert not is_resolved(text)


@pytest.mark.parametrize(
    "piece", ["if a ", "still ", " ", "only a ", "a", "✅", "after the a ", "n't ", "@a"]
)
def test_a_wall_of_text_is_read_at_once(piece: str) -> None:
    """A megabyte does not hold up the score; what grew with the square of it would take hours."""
    began = time.process_time()
    is_resolved("RESOLVED " + piece * (1_000_000 // len(piece)))
    assert time.process_time() - began < 60
