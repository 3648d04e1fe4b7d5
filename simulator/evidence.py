"""What the server is asked for, from outside, before anything counts: losses, protections, saved logs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from scoring.timeline import Found, Protected, Saved
from simulator.errors import CommandFailed, UsageProblem
from simulator.follower import Follower
from simulator.server import ProductionServer

UNSEEN = (UsageProblem, CommandFailed)
"""What a look raises where the server, or what the team has made of it, gives no answer."""
HIDDEN = "cannot be seen any more"


@dataclass(frozen=True, slots=True)
class Audit:
    """What became of the acknowledged orders."""

    lost: list[Found]
    hidden: int
    """How many the ERP does not give back, though it does not say either that they are gone."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Looks at the server, and compares with the facts that were recorded when the drill was armed."""

    server: ProductionServer
    follower: Follower

    def protections(self) -> Protected:
        """The facts that the team must not change, as they are now."""
        facts = self.server.ask("protections")
        return Protected(self.follower.now, json.dumps(facts, sort_keys=True))

    def changed(self) -> dict[str, str]:
        """What differs from the armed facts or is hidden now, by name; the fault's own changes among them.

        Only while every check holds: of a server that is down nothing can be seen.
        """
        before, now = self._recorded()[0], self.server.ask("protections")
        hidden = {
            name: HIDDEN for name, value in before.items() if value is not None and now.get(name) is None
        }
        return _changes(before, now) | hidden

    def audit(self) -> Audit:
        """Read the acknowledged orders back."""
        told = self.server.ask("audit")
        gone = f"{len(told['lost'])} of {told['acknowledged']} acknowledged orders are gone or changed"
        return Audit([Found(self.follower.now, "data loss", gone)] if told["lost"] else [], told["hidden"])

    def losses(self) -> list[Found]:
        """What is gone or unprotected now; with any of it, nothing is resolved."""
        by_fault = self._changed_by_fault()
        removed = _changes(self._recorded()[0], self.server.ask("protections"))
        return self.audit().lost + [
            Found(self.follower.now, "protection removed", f"{name} {change}")
            for name, change in removed.items()
            if name not in by_fault
        ]

    def new(self, found: list[Found]) -> list[Found]:
        """Those that the timeline does not hold yet."""
        known = {(event.kind, event.detail) for event in self.follower.timeline if isinstance(event, Found)}
        return [event for event in found if (event.kind, event.detail) not in known]

    def at_the_end(self) -> list[Found | Saved]:
        """What counts when the record is closed; of a server that is down, nothing."""
        if not self.server.is_up():
            return []
        try:
            return [*self.new(self.losses()), *self.saved()]
        except UNSEEN as error:
            return [
                Found(self.follower.now, "not seen", f"what was lost and what was saved: {error.message}")
            ]

    def saved(self) -> list[Saved]:
        """The logs under /archives and the notes under /opt/erp/issues."""
        files = [file for file in self.server.ask("archives") if file["looks_like_logs"]]
        return [
            Saved(self.follower.now, file["path"], file["size"])
            for file in [*files, *self.server.ask("issues")]
        ]

    def _changed_by_fault(self) -> set[str]:
        """The names of facts that differed right after the injection already."""
        recorded = self._recorded()
        return set(_changes(recorded[0], recorded[-1]))

    def _recorded(self) -> list[dict[str, Any]]:
        return [json.loads(event.facts) for event in self.follower.timeline if isinstance(event, Protected)]


def unseen(facts: Protected) -> list[str]:
    """The names of what could not be looked at."""
    return [name for name, value in json.loads(facts.facts).items() if value is None]


def _changes(before: dict[str, Any], now: dict[str, Any]) -> dict[str, str]:
    """What differs; null is what could not be seen, not what is gone."""
    return {
        name: f"was {json.dumps(value)}, is {json.dumps(now.get(name))}"
        for name, value in sorted(before.items())
        if None not in (value, now.get(name)) and now.get(name) != value
    }
