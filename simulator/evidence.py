"""What the server is asked for, from outside, before anything counts: losses, protections, saved logs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from scoring.timeline import Found, Protected, Saved
from simulator.follower import Follower
from simulator.server import ProductionServer


@dataclass(frozen=True, slots=True)
class Evidence:
    """Looks at the server, and compares with the facts that were recorded when the drill was armed."""

    server: ProductionServer
    follower: Follower

    def protections(self) -> Protected:
        """The facts that the team must not change, as they are now."""
        facts = self.server.ask("protections")
        return Protected(self.follower.now, json.dumps(facts, sort_keys=True))

    def removed(self) -> dict[str, str]:
        """What differs from the armed facts, by name; the fault's own changes among them."""
        return _changes(self._recorded()[0], self.server.ask("protections"))

    def losses(self) -> list[Found]:
        """What is gone or unprotected now; with any of it, nothing is resolved."""
        by_fault = self._changed_by_fault()
        found = [
            Found(self.follower.now, "protection removed", f"{name} {change}")
            for name, change in self.removed().items()
            if name not in by_fault
        ]
        audit = self.server.ask("audit")
        if audit["lost"]:
            detail = (
                f"{len(audit['lost'])} of {audit['acknowledged']} acknowledged orders are gone or changed"
            )
            found.insert(0, Found(self.follower.now, "data loss", detail))
        return found

    def findings(self, kinds: tuple[str, ...] = ("data loss", "protection removed")) -> list[Found]:
        """The losses of these kinds that the timeline does not hold yet; none of a server that is down."""
        known = {(event.kind, event.detail) for event in self.follower.timeline if isinstance(event, Found)}
        found = self.losses() if self.server.is_up() else []
        return [event for event in found if event.kind in kinds and (event.kind, event.detail) not in known]

    def saved(self) -> list[Saved]:
        """The logs under /archives and the notes under /opt/erp/issues."""
        if not self.server.is_up():
            return []
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


def _changes(before: dict[str, Any], now: dict[str, Any]) -> dict[str, str]:
    """What differs; null is what could not be seen, not what is gone."""
    return {
        name: f"was {json.dumps(value)}, is {json.dumps(now.get(name))}"
        for name, value in sorted(before.items())
        if None not in (value, now.get(name)) and now.get(name) != value
    }
