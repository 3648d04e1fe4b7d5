"""The law's judge: the drill's own referee, asked about one remedy after another on one server."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import pytest

from faults import catalogue
from faults.contract import Fault, WrongRemedy
from scoring import marks
from scoring.scorecard import Scorecard
from scoring.timeline import Alerted, Restarted
from simulator.rehearsal import WRONG_WAITS_S, Bot
from tests.docker import cheats, results
from tests.docker.playing import Game, Playing
from tests.docker.results import Verdict

BREAKING = tuple(fault for fault in catalogue.scenarios() if fault.breaks)
"""Every fault and level but the drill in which nothing breaks."""
ALWAYS = ("api-crash", "disk-full")
"""Their whole law at level runbook is part of every run; that of the others has no time there."""
ALONE = ("high-cpu",)
"""Their symptom is a busy core: beside other drills on as few cores, none has a whole one."""
ALERT_WITHIN_S = 60.0
"""How soon after the symptom the monitoring tells: a scrape, the rule's own 20 s, Alertmanager's grouping."""
RIGHT_TAKES_S = 60.0
"""How much longer than the hold a right remedy may take, on a machine with more drills than cores."""
NOTHING_DONE_S = 6.0
"""How much longer than the hold nothing is done."""


def scenario(fault: type[Fault]) -> str:
    """How a test names the fault's case."""
    return f"{fault.name}-{fault.level}"


def cases(*, whole: bool) -> list[object]:
    """A case for each fault. Most of the `whole` law, and the expert levels, have no time in every run."""
    return [pytest.param(fault, id=scenario(fault), marks=list(_marks(fault, whole))) for fault in BREAKING]


def _marks(fault: type[Fault], whole: bool) -> Iterator[pytest.MarkDecorator]:
    if _is_long(fault, whole):
        yield pytest.mark.long
    if fault.name in ALONE:
        yield pytest.mark.measured


def _is_long(fault: type[Fault], whole: bool) -> bool:
    return fault.level == "expert" or (whole and fault.name not in ALWAYS)


class IdleBot(Bot):
    """Does nothing for a while before it types the remedy, and notes what the referee makes of that."""

    def treat(self, commands: tuple[str, ...]) -> None:
        """Let the hold pass, and some more, until the monitoring has told of the incident too."""
        begun = time.monotonic()
        least = begun + marks.opened(self.timeline).hold_s + NOTHING_DONE_S

        def enough() -> bool:
            waits_for = least if self._is_alerted() else begun + self.fault.symptom_within_s + ALERT_WITHIN_S
            return self._has(Restarted) or time.monotonic() > waits_for

        self._until(enough)
        healed = self._has(Restarted)
        results.record(type(self.fault), results.NOTHING, "nothing", healed, "" if healed else "still broken")
        assert not healed, "the fault heals by itself"
        assert self._is_alerted(), f"none of {self.fault.alerts} fired, but {self._fired()}"
        super().treat(commands)

    def _is_alerted(self) -> bool:
        return not self.fault.alerts or bool(self._fired() & set(self.fault.alerts))

    def _fired(self) -> set[str]:
        return {event.name for event in self.timeline if isinstance(event, Alerted) and event.firing}


def missed(card: Scorecard) -> list[str]:
    """The rules that were not met, with what was found instead."""
    rules = [(name, rule) for name, criterion in card.criteria.items() for rule in criterion.rules]
    return [f"{name}: {rule.name}: {rule.evidence}" for name, rule in rules if not rule.passed]


def judged(game: Game, within_s: float) -> tuple[bool, str]:
    """Whether the drill counts as resolved after at most so long, and why it does not."""
    confirmed = game.drill.resolves(within_s)
    failing = [f"{check} ({why})" for check, why in game.failing().items()]
    found = [f"{each.kind}: {each.detail}" for each in game.drill.evidence.losses()] if not failing else []
    cause = ["the cause is there"] if game.has_cause else []
    accepted = confirmed and not found and marks.recovery(game.drill.timeline) is not None
    return accepted, "" if accepted else ", ".join([*found, *failing, *cause]) or "it held too short a time"


def try_right(game: Game, name: str, commands: tuple[str, ...]) -> Verdict:
    """Type a right remedy, and let the referee judge."""
    game.type(commands)
    return results.record(type(game.fault), name, "right", *judged(game, game.hold_s + RIGHT_TAKES_S))


def try_wrong(game: Game, name: str, wrong: WrongRemedy) -> Verdict:
    """Type a wrong remedy, let the referee judge, and take the remedy back."""
    game.type(wrong.commands)
    verdict = results.record(type(game.fault), name, "wrong", *judged(game, game.hold_s + WRONG_WAITS_S))
    game.type(wrong.undo)
    if wrong.undo:  # on a broken server it may fail: what it was to start must not fail the next remedy
        game.fault.heal(game.server)
    return verdict


def break_again(game: Game) -> None:
    """Put the fault in where the last remedy, or its undoing, took it out."""
    if game.has_cause and game.failing():
        return
    game.fault.heal(game.server)  # it also takes away what a cure has left, such as a note
    assert game.recovers(), f"healed, and yet: {game.drill.follower.trouble()}"
    game.fault.inject(game.server)
    assert game.breaks(), "the fault has no effect a second time"


def try_all(playing: Playing, fault: type[Fault], rights: Sequence[str]) -> list[Verdict]:
    """Try every wrong remedy, then right ones, on one server: so the wrong ones were not just slow."""
    game: Game | None = None
    verdicts = []
    for name, wrong in fault.wrong_remedies.items():
        game = ready(playing, fault, game)
        verdicts.append(try_wrong(game, name, wrong))
    for name in rights:
        game = ready(playing, fault, game)
        # the runbook's commands name what the seed drew
        commands = game.fault.remedy if name == results.RUNBOOK else fault.other_remedies[name]
        verdicts.append(try_right(game, name, commands))
    return verdicts


def ready(playing: Playing, fault: type[Fault], game: Game | None) -> Game:
    """A server on which the fault is in: the one at hand, or a new one where that has lost something."""
    if game is not None and not game.drill.evidence.losses():
        break_again(game)
        return game
    if game is not None:
        playing.over(game)
    game = playing.game(fault)
    game.drill.inject()
    return game


def try_cheats(playing: Playing, fault: type[Fault]) -> list[Verdict]:
    """Try what looks like a cure in any incident."""
    game: Game | None = None
    verdicts = []
    for name in cheats.NAMES:
        game = ready(playing, fault, game)
        verdicts.append(try_wrong(game, name, cheats.on(game.fault)[name]))
    return verdicts
