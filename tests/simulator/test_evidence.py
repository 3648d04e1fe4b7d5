"""What the referee makes of what it sees, and of what is hidden from it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from faults.api_crash import ApiCrash
from faults.contract import Server
from scoring.timeline import Event, Found, Injected, Protected, Restarted, Saved, Timeline
from simulator.errors import CommandFailed, EngineGone, UsageProblem
from simulator.evidence import Evidence, unseen
from simulator.verdict import LOOKS, Verdict
from tests.simulator.samples import opened

ARMED = {"erp-backend memory limit": 1536, "roles": "a1"}


@dataclass
class Record:
    """Stands for the follower: an armed drill."""

    timeline: Timeline = (opened("D-1"), Protected(1.0, json.dumps(ARMED)), Injected(2.0))
    now: float = 100.0

    def append(self, *events: Event) -> None:
        """Keeps them."""
        self.timeline += events


@dataclass
class Box:
    """A server that answers what the test says, or raises it."""

    answers: dict[str, Any] = field(default_factory=dict)
    restarted: list[str] = field(default_factory=list)

    def ask(self, verb: str, question: Any = None) -> Any:
        """The test's answer; what healthy servers say where it has none."""
        healthy: dict[str, Any] = {
            "protections": ARMED,
            "audit": {"lost": [], "acknowledged": 9, "hidden": 0},
            "archives": [{"path": "/archives/a.log", "size": 9, "looks_like_logs": True}],
            "issues": [],
        }
        answer = self.answers.get(verb, healthy[verb])
        if isinstance(answer, Exception):
            raise answer
        return answer

    def is_up(self) -> bool:
        """It runs."""
        return True

    def restart(self, services: tuple[str, ...]) -> None:
        """Notes it."""
        self.restarted += services


def evidence(**answers: Any) -> Evidence:
    """A look at a server with these answers."""
    return Evidence(Box(answers), Record())  # type: ignore[arg-type]


def test_what_is_hidden_has_changed_and_is_not_lost() -> None:
    """While all works, what cannot be seen any more speaks against the team; at the end it does not."""
    hidden = evidence(protections={"erp-backend memory limit": 1536, "roles": None})
    assert list(hidden.changed()) == ["roles"]
    assert hidden.losses() == []
    assert list(evidence(protections=ARMED | {"roles": "b2"}).changed()) == ["roles"]
    assert evidence().changed() == {}
    assert unseen(hidden.protections()) == ["roles"]


def test_an_end_that_cannot_be_looked_at_is_scored_without() -> None:
    """What the control half chokes on voids nothing: a finding tells of it, and no log counts."""
    found = evidence(archives=UsageProblem("unreadable: RecursionError", "repeat")).at_the_end()
    assert [event.kind for event in found if isinstance(event, Found)] == ["not seen"]
    assert [event for event in found if isinstance(event, Saved)] == []
    assert [type(event) for event in evidence().at_the_end()] == [Saved]


class Shy(ApiCrash):
    """A fault whose cause is gone; a look at it may raise."""

    def __init__(self, raised: Exception | None, times: int) -> None:
        """Raise so often, then tell."""
        super().__init__(1)
        self.left = [raised] * times if raised else []

    def cause(self, server: Server) -> bool:
        """Gone."""
        if self.left and (error := self.left.pop()):
            raise error
        return False


def verdict(raised: Exception | None = None, times: int = LOOKS, **answers: Any) -> Verdict:
    """A verdict on a fault a look at which raises so often."""
    return Verdict(Shy(raised, times), Box(answers), Record())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "raised", [CommandFailed("psql", 1, ""), UsageProblem("no", "again"), ValueError("''")]
)
def test_a_cause_that_cannot_be_looked_at_is_there(raised: Exception) -> None:
    """Nobody ends a drill by breaking the judge's tools; one look that fails proves nothing."""
    assert verdict(raised).cause_is_present()
    assert not verdict(raised, LOOKS - 1).cause_is_present()
    assert not verdict().cause_is_present()


def test_a_lost_answer_is_no_cause() -> None:
    """It is asked for again; an engine that loses all of them is the engine's trouble, not the team's."""
    assert not verdict(EngineGone("lost", "again"), LOOKS - 1).cause_is_present()
    with pytest.raises(EngineGone):
        verdict(EngineGone("lost", "again")).cause_is_present()


def test_orders_that_are_kept_back_are_no_cure() -> None:
    """Nothing is restarted and nothing confirmed while the ERP hides what it acknowledged."""
    hiding = verdict(audit={"lost": [], "acknowledged": 40, "hidden": 30})
    refused = hiding.restart_touched()
    assert refused is not None and "30 acknowledged orders" in refused
    assert isinstance(hiding.follower.timeline[-1], Restarted) and hiding.server.restarted == []  # type: ignore[attr-defined]
    assert verdict().restart_touched() is None


def test_a_look_that_is_refused_withdraws_and_voids_nothing() -> None:
    """What the control half cannot read is told as the reason."""
    refused = verdict(audit=UsageProblem("unreadable: RecursionError", "repeat")).restart_touched()
    assert refused is not None and "RecursionError" in refused
