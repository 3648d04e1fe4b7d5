"""A drill that a bot plays: it types the runbook's commands, declares, talks and files its report.

Everything it does goes the way a trainee's doing goes: through a login on the server and the team's own
commands. It knows what a good team would know after its investigation, and nothing that is not said.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass

from faults import catalogue
from faults.contract import Fault
from scoring import marks
from scoring.timeline import Confirmed, Ended, Event, Opened, TicketClosed, Timeline, Voided
from simulator import operations, script
from simulator.errors import CommandFailed, DrillError, DrillVoid, UsageProblem
from simulator.order import Order
from simulator.server import ProductionServer
from simulator.store import Store
from simulator.wait import wait_until

OnEvent = Callable[[Event], None]
LONGEST_S = 7200.0
LOOK_EVERY_S = 0.5
WRONG_WAITS_S = 20.0
"""How much longer than the hold a wrong remedy is watched before the bot gives up."""


def rehearse(order: Order, wrong: str | None, on_event: OnEvent) -> str:
    """Play a whole drill, with the runbook's remedy or a wrong one by name; its id. Raises DrillError."""
    fault = catalogue.find(order.scenario, order.level)(order.seed)
    if wrong is not None and wrong not in fault.wrong_remedies:
        names = ", ".join(fault.wrong_remedies)
        raise UsageProblem(f"{order.scenario} has no wrong remedy {wrong}", f"use one of {names}")
    commands = fault.wrong_remedies[wrong].commands if wrong else fault.remedy
    bot = Bot(operations.begin(order), order.members[0], fault, on_event)
    bot.play(commands, give_up=wrong is not None)
    why = next((event.why for event in bot.timeline if isinstance(event, Voided)), None)
    if why is not None:
        raise DrillVoid(why, "see `drill doctor`, then rehearse again")
    return bot.drill_id


@dataclass
class Bot:
    """The team of a rehearsal."""

    drill_id: str
    who: str
    fault: Fault
    on_event: OnEvent
    timeline: Timeline = ()

    def play(self, commands: tuple[str, ...], *, give_up: bool) -> None:
        """Work through the incident, and see the drill end; it may do so at any time."""
        try:
            self._work(commands, give_up)
        except DrillError:
            self._catch_up()
            if not self._has(Ended):
                raise
        for _ in operations.follow(self.drill_id, after=len(self.timeline)):
            self._catch_up()
        self._catch_up()

    def _work(self, commands: tuple[str, ...], give_up: bool) -> None:
        if self._until(lambda: marks.onset(self.timeline) is not None):
            self.declare()
            self.treat(commands)
            if give_up:
                self.watch_it_fail()
            elif self._until(lambda: marks.open_window(self.timeline) is not None):
                self.announce()
                if self._until(lambda: self._has(Confirmed)):
                    self.announce_again()
                    self.document()

    def declare(self) -> None:
        """Open the ticket, and tell everybody that the severity's plan names."""
        for command in script.declaration(self.fault, self._times()):
            self.enter(command)

    def treat(self, commands: tuple[str, ...]) -> None:
        """Type the remedy. A command may fail, as it may for a trainee: the checks judge, not the bot."""
        for command in commands:
            self.enter(command, may_fail=True)

    def announce(self) -> None:
        """Tell that everything works again, and save the logs."""
        for command in script.resolution(self.fault, self._times()):
            self.enter(command, may_fail=command == script.CLOSE)  # the second time it is closed already

    def announce_again(self) -> None:
        """Where it broke once more after it had been announced, what was said then was not true yet."""
        said = max((event.at for event in self.timeline if isinstance(event, TicketClosed)), default=0.0)
        recovered = marks.recovery(self.timeline)
        if recovered is not None and recovered.at > said:
            self.announce()

    def document(self) -> None:
        """Write the report, and file it."""
        path, text = script.filed(self.fault, self._times(), self.timeline)
        self.enter(f"cat > {path} << 'END-OF-REPORT'\n{text}\nEND-OF-REPORT")
        self.enter(f"incident report submit {path}")

    def watch_it_fail(self) -> None:
        """Give a wrong remedy all the time that a right one would need, then end the drill."""
        hold = next(event for event in self.timeline if isinstance(event, Opened)).hold_s
        end = self._server().clock() + hold + WRONG_WAITS_S
        self._until(lambda: self._has(Confirmed) or self._server().clock() > end)
        if not self._has(Ended):
            operations.stop(self.drill_id)

    def enter(self, command: str, *, may_fail: bool = False) -> None:
        """Type a command in a login shell on the server, as the bot's member."""
        line = f"erp-typed -- {shlex.quote(command)}; {command}"
        try:
            self._server().type_as(self.who, line)
        except CommandFailed:
            if not may_fail:
                raise

    def _until(self, condition: Callable[[], bool]) -> bool:
        """Follow the drill until the condition holds; False when the drill ended first."""

        def over() -> bool:
            self._catch_up()
            operations.revive(self.drill_id)
            return self._has(Ended) or condition()

        wait_until(over, within_s=LONGEST_S, every_s=LOOK_EVERY_S)
        return condition() and not self._has(Ended)

    def _catch_up(self) -> None:
        with Store.open() as store:
            news = store.timeline(self.drill_id, after=len(self.timeline))
        self.timeline += news
        for event in news:
            self.on_event(event)

    def _has(self, kind: type[Event]) -> bool:
        return any(isinstance(event, kind) for event in self.timeline)

    def _server(self) -> ProductionServer:
        return ProductionServer.existing(self.drill_id)

    def _times(self) -> script.Times:
        return script.times(self.timeline, self._server().clock())
