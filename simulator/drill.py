"""A drill from start to end, told in the order in which it happens.

Every step asks the timeline first whether it was taken already, so that a referee that was killed goes
on from the record. Nothing that counts lives only here.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn, TypeVar

from faults.contract import Fault
from scoring import marks
from scoring.documentation import wants_report
from scoring.scorecard import score
from scoring.timeline import (
    Armed,
    CheckFailed,
    Complained,
    Confirmed,
    EndAsked,
    Ended,
    Event,
    Injected,
    Opened,
    Protected,
    Reported,
    Timeline,
    Voided,
    Withdrawn,
)
from simulator import keys
from simulator.evidence import UNSEEN, Evidence, unseen
from simulator.follower import Follower
from simulator.server import ProductionServer
from simulator.store import DrillRow, Store
from simulator.verdict import RECHECK_EVERY_S, Verdict

STEADY_FOR_S = 5.0
STEADY_WITHIN_S = 180.0
LONGEST_WAIT_S = 120.0
FIRST_REPORT_AFTER_S = 15.0
"""A user notices a while after the onset, and complains before most alerts fire."""
FIRST_REPORTER = "user117"
BROKEN_AGAIN = "It worked for a moment and now it is broken again."
NOT_FOR_LONG = "it holds for too short a time"
WORKS_STILL = "It works for us now. Are you sure that it will not come back?"
"""What a user says where nothing fails, and yet what broke it is there after a restart."""
LATER_S = 120.0
"""So long after the report the team may still tell people, save logs and file a better one."""


Kind = TypeVar("Kind", bound=Event)


class Over(Exception):  # noqa: N818 (not an error: the drill came to its end)
    """The drill ends here, and how."""

    def __init__(self, how: str) -> None:
        """`how` as in the Ended event."""
        super().__init__(how)
        self.how = how


@dataclass
class Drill:
    """One team practising one scenario once: its record, its fault and its server."""

    row: DrillRow
    fault: Fault
    store: Store
    server: ProductionServer
    follower: Follower

    @property
    def timeline(self) -> Timeline:
        """The events so far."""
        return self.follower.timeline

    def run(self) -> None:
        """The whole drill: prepare, arm, inject, respond and resolve, document; then the end."""
        try:
            self.prepare()
            self.arm()
            self.keep_quiet()
            self.inject()
            self.respond()
            self.document()
            self.end("documented")
        except Over as over:
            self.end(over.how)

    def prepare(self) -> None:
        """Wait until every check has held for a while, or call the drill off with the list of what fails."""
        if self._has(Armed):
            return
        self.server.await_engine()
        self.server.welcome(self.row.order.members, keys.public_key())
        self._require_steady()

    def arm(self) -> None:
        """Record what must not change, and wait until nobody expects the fault any more."""
        if not self._has(Protected):
            self._append(self._protected())
        if not self._has(Armed):
            self._append(Armed(self.follower.now))
        self.store.update(self.row.id, state="running")
        if not self._has(Injected):
            wait_s = self._wait_s()  # once: a draw at each look would end the wait at the first small one
            self._await(lambda: self.follower.now >= self._first(Armed).at + wait_s, within_s=None)

    def keep_quiet(self) -> None:
        """Of the drill in which nothing breaks: let its time go by. The other drills pass on at once."""
        if not self.fault.breaks:
            lasts_s = min(self.fault.lasts_s, self.row.order.limit_min * 60)
            self._await(lambda: self.follower.now >= self._first(Armed).at + lasts_s, within_s=None)
            raise Over("quiet")

    def inject(self) -> None:
        """Break it, and see the symptom from outside; a fault that does not take is healed and void."""
        if marks.onset(self.timeline) is None:
            self._break()
        if sum(isinstance(event, Protected) for event in self.timeline) < 2:
            with contextlib.suppress(*UNSEEN):  # then nothing counts as the fault's own change
                self._append(self.evidence.protections())

    def respond(self) -> None:
        """Follow the record until the team has resolved the incident, and the cure has outlived a restart."""
        while not self._has(Confirmed):
            self.resolves(within_s=None)
        self.store.update(self.row.id, state="documenting")

    def resolves(self, within_s: float | None) -> bool:
        """Whether within this time everything holds for the hold, and outlives the referee's restart."""
        return (self.verdict.is_pending() or self._await(self._may_be_resolved, within_s)) and self._confirm()

    def document(self) -> None:
        """Wait for what documents it, until the deadline; a report counts from when all works again."""
        confirmed, recovery = self._first(Confirmed).at, marks.recovery(self.timeline)
        works_since = recovery.at if recovery else confirmed
        drill = self._first(Opened)
        deadline = confirmed + drill.deadline_s
        self._await(lambda: self._is_documented(works_since) or self.follower.now > deadline, within_s=None)
        in_time = self.follower.now <= deadline
        if not (self._has(Reported, since=works_since) if wants_report(drill) else in_time):
            raise Over("deadline")

    def end(self, how: str) -> None:
        """Note what was lost or changed, and close the record. Afterwards only the store is needed."""
        if not self._has(Ended):
            if how not in ("aborted", "void") and marks.onset(self.timeline) is not None:
                self._append(*self.evidence.at_the_end())
            self._append(Ended(self.follower.now, how))

    @property
    def evidence(self) -> Evidence:
        """What the server can be asked for."""
        return Evidence(self.server, self.follower)

    @property
    def verdict(self) -> Verdict:
        """Whether the team's cure counts."""
        return Verdict(self.fault, self.server, self.follower)

    # What the steps are made of.

    def _require_steady(self) -> None:
        """Wait until everything has held for a while, or call the drill off with what fails."""
        if not self._await(self._is_steady, within_s=STEADY_WITHIN_S):
            self._call_off(
                f"the healthy server does not hold: {self.follower.trouble() or 'no check was seen'}"
            )

    def _break(self) -> None:
        if not self._has(Injected):
            self._require_steady()  # a check that fails already would show no symptom
            self._append(Injected(self.follower.now))
            self.fault.inject(self.server)
        elif not self.verdict.cause_is_present():
            self.fault.inject(self.server)  # the referee was killed between the record and the deed
        if not self._await(
            lambda: self._has(CheckFailed, since=self._first(Injected).at), self.fault.symptom_within_s
        ):
            self.fault.heal(self.server)
            self._call_off("the fault has no effect that can be seen from outside")

    def _protected(self) -> Protected:
        """The facts that must not change, all of which can be seen on a healthy server."""
        for _ in self.follower.until(STEADY_WITHIN_S):
            seen = self.evidence.protections()
            if not unseen(seen):
                break
        else:
            self._call_off(f"what must not change cannot be seen: {', '.join(unseen(seen))}")
        return seen

    def _confirm(self) -> bool:
        """Restart what the fault touched: a cure that does not outlive it is none."""
        trouble = self._relapsed() or self.verdict.restart_touched() or self._stays_away()
        if not trouble and not self.verdict.cause_is_present():
            self._append(Confirmed(self.follower.now))
            return True
        self._append(Withdrawn(self.follower.now, trouble or "the cause is still there"))
        fails = marks.failing(self.timeline, self.follower.now)
        self._complain(BROKEN_AGAIN if fails else WORKS_STILL)
        return False

    def _stays_away(self) -> str | None:
        """What fails after a restart of now; None when all comes back in time."""
        back = self.server.clock()
        if self._await(lambda: self._is_steady(since=back), self.fault.relapse_s):
            return None
        return self.follower.trouble() or NOT_FOR_LONG

    def _relapsed(self) -> str | None:
        """What failed after a restart whose referee was killed before its verdict; None without such a one.

        What the team has repaired meanwhile was broken: the record tells when all held again.
        """
        back_until = self.verdict.back_until()
        if back_until is None:
            return None
        read_until = self.server.clock()
        self._await(
            lambda: self.follower.now >= read_until and (self._is_steady() or self.follower.now > back_until),
            within_s=None,
        )
        window = marks.open_window(self.timeline)
        if window is not None and window.at <= back_until:
            return None
        return self.follower.trouble() or NOT_FOR_LONG

    def _is_documented(self, works_since: float) -> bool:
        """Whether all is told and written down, or a report is and there was time enough for the rest.

        The order is the team's; a P4's note has no moment from which the rest could be waited for.
        """
        reports = wants_report(self._first(Opened))
        filed = [e.at for e in self.timeline if isinstance(e, Reported) and e.at >= works_since]
        if (reports and not filed) or not self.follower.due("documents", RECHECK_EVERY_S):
            return False
        if reports and self.follower.now > filed[0] + LATER_S:
            return True
        if not score(self.timeline).criteria["communication"].points:
            return False
        with contextlib.suppress(*UNSEEN):
            return score((*self.timeline, *self.evidence.saved())).criteria["documentation"].points > 0
        return False

    def _may_be_resolved(self) -> bool:
        self._complain_first()
        injected = self._first(Injected).at
        if self.follower.now > injected + self.row.order.limit_min * 60:
            raise Over("limit")
        return self.verdict.may_be_passed()

    def _complain_first(self) -> None:
        if any(isinstance(e, Complained) and e.text == self.fault.first_report for e in self.timeline):
            return
        onset, now = marks.onset(self.timeline), self.follower.now
        # Nobody complains about what works again.
        if onset and now >= onset.at + FIRST_REPORT_AFTER_S and marks.failing(self.timeline, now):
            self._complain(self.fault.first_report)
            self._await(lambda: self._has(Complained), within_s=5)

    def _complain(self, text: str) -> None:
        self.server.ask("complain", {"who": FIRST_REPORTER, "text": text})

    def _is_steady(self, since: float = 0.0) -> bool:
        return self.follower.all_held_s(since) >= STEADY_FOR_S

    def _wait_s(self) -> float:
        asked, seed = self.row.order.wait_s, self.row.order.seed
        # a draw of its own: whether somebody gave the wait changes nothing of what breaks
        return random.Random(f"wait {seed}").uniform(0, LONGEST_WAIT_S) if asked is None else asked

    def _await(self, condition: Callable[[], bool], within_s: float | None) -> bool:
        """Follow the record until the condition holds; raises Over when the facilitator asks for the end."""
        for _ in self.follower.until(within_s):
            for event in self.timeline:
                if isinstance(event, EndAsked):
                    raise Over(event.how)
            if condition():
                return True
        return False

    def _call_off(self, why: str) -> NoReturn:
        self._append(Voided(self.follower.now, why))
        raise Over("void")

    def _append(self, *events: Event) -> None:
        self.follower.append(*events)

    def _has(self, kind: type[Event], since: float = 0) -> bool:
        return any(isinstance(event, kind) and event.at >= since for event in self.timeline)

    def _first(self, kind: type[Kind]) -> Kind:
        return next(event for event in self.timeline if isinstance(event, kind))
