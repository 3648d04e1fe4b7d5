"""A look at the cause that fails, or whose answer is lost, never tells that the cause is gone."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from faults import catalogue
from faults.contract import Fault
from simulator.errors import CommandFailed, EngineGone
from simulator.verdict import UNREADABLE

SEEDS = range(12)
"""Enough of them for every case that can be drawn."""
SOUND = "0"
"""What a look answers that is not lost: nobody waits, nothing leaks, no text is wrong."""
VERBS = ("run", "sql", "control", "free_share", "is_running")
Loss = Callable[[str], str]


def refused(command: str) -> str:
    """The command fails, as on the real server."""
    raise CommandFailed(command, 1, "Cannot connect to the Docker daemon")


def without_programs(command: str) -> str:
    """A shell runs it, in which every program fails: what the command makes of that is its own."""
    nowhere = {"PATH": os.devnull}
    done = subprocess.run(
        ["/bin/bash", "-c", command], env=nowhere, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise CommandFailed(command, done.returncode, done.stderr)
    return done.stdout


def unheard(_command: str) -> str:
    """It was done, and what it printed was lost."""
    return ""


@dataclass
class LossyServer:
    """A server on which some verbs lose what they look at, and by the others all is well."""

    loss: Loss
    loses: tuple[str, ...]
    lost: list[str] = field(default_factory=list)

    def run(self, command: str, *, timeout_s: float = 60) -> str:
        """As the verb is lost, or a sound answer."""
        return self._ask("run", command)

    def sql(self, statement: str) -> str:
        """As `run`."""
        return self._ask("sql", statement)

    def control(self, *command: str) -> str:
        """As `run`; a shell's command as the shell has it."""
        shell = command[:2] == ("sh", "-c")
        return self._ask("control", command[2] if shell else shlex.join(command))

    def free_share(self) -> float:
        """Half of the disk. The real server asks again where an answer is lost, and then raises."""
        if "free_share" in self.loses:
            raise EngineGone("the engine loses what the server answers", "")
        return 0.5

    def is_running(self, service: str) -> bool:
        """As `free_share`."""
        if "is_running" in self.loses:
            raise EngineGone("the engine loses what the server answers", "")
        return True

    def _ask(self, verb: str, command: str) -> str:
        if verb not in self.loses:
            return SOUND
        self.lost.append(command)
        return refused(command) if self.loss is without_programs and verb == "sql" else self.loss(command)


def says_it_is_gone(fault: Fault, server: LossyServer) -> bool:
    """Whether the fault holds that its cause is gone; what the referee takes for present is not that."""
    try:
        return not fault.cause(server)
    except (*UNREADABLE, EngineGone):
        return False


def case(fault: type[Fault]) -> str:
    """How a test names it."""
    return f"{fault.name}-{fault.level}"


@pytest.mark.parametrize("loss", [refused, without_programs, unheard], ids=lambda loss: loss.__name__)
@pytest.mark.parametrize("fault", catalogue.scenarios(), ids=case)
def test_where_nothing_can_be_seen_nothing_is_cured(fault: type[Fault], loss: Loss) -> None:
    """Whatever the seed, and however the looks fail: present, or an error that the referee takes for it."""
    cured = [seed for seed in SEEDS if says_it_is_gone(fault(seed), LossyServer(loss, VERBS))]
    assert cured == []


@pytest.mark.parametrize("loss", [refused, without_programs, unheard], ids=lambda loss: loss.__name__)
@pytest.mark.parametrize("verb", VERBS[:3])
@pytest.mark.parametrize("fault", catalogue.scenarios(), ids=case)
def test_one_look_that_is_lost_is_made_up_for_by_no_other(fault: type[Fault], verb: str, loss: Loss) -> None:
    """Who holds that the cause is gone has seen all that they looked at."""
    for seed in SEEDS:
        server = LossyServer(loss, (verb,))
        assert not (says_it_is_gone(fault(seed), server) and server.lost), server.lost
