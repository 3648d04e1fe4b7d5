"""One error tree. Every error says in one line what happened and what to do next.

    DrillError            1
    ├── UsageProblem      2  what was asked for cannot be: an option, a duration, a name, a report
    ├── NotFound          3  no such drill, scenario, member
    ├── Conflict          4  the team has a drill running, or the drill is past that step
    ├── EngineProblem     5  the container engine does not answer, or refuses
    │   ├── EngineGone       it does not answer (any more), or lost what was answered
    │   └── CommandFailed    a command on the server ended with an exit code other than 0
    ├── StoreProblem      6  the database cannot be reached, read or written
    ├── HostProblem       7  the machine lacks something: space, memory, a loop device
    ├── DrillVoid         8  the drill cannot be scored: the fault did not take, the server never held
    └── BuildProblem      9  the base, an image or the golden disk could not be made

The numbers are the exit codes of `drill`. Errors of libraries are translated into this tree where the
project calls them, and nowhere else: those of the engine's by `engine.translated` in server.py, belongings.py
and image.py, by hand in engine.py and inside.py, and in a build by image.py; SQLAlchemy's by
`database.translated` in database.py and store.py.
"""

# ruff: noqa: N818 (the kinds are named by what a person has: a problem, a conflict; all are DrillErrors)

from __future__ import annotations

from typing import ClassVar


class DrillError(Exception):
    """Something went wrong that a person can act on: what happened, and what to do next."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, remedy: str) -> None:
        """Keep both halves: `message` says what happened, `remedy` what to do next."""
        super().__init__(message, remedy)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        """One line, whatever the library's own message looked like."""
        return f"{_one_line(self.message)}; {_one_line(self.remedy)}"


class UsageProblem(DrillError):
    """What was asked for cannot be."""

    exit_code = 2


class NotFound(DrillError):
    """There is nothing of that name or id."""

    exit_code = 3


class Conflict(DrillError):
    """It would collide with a drill that runs, or with the step at which a drill is."""

    exit_code = 4


class EngineProblem(DrillError):
    """The container engine does not answer, or refuses."""

    exit_code = 5


class EngineGone(EngineProblem):
    """The container engine does not answer: not yet, or not any more."""


class CommandFailed(EngineProblem):
    """A command on the server ended with an exit code other than 0."""

    def __init__(self, command: str, exit_code: int, output: str) -> None:
        """Keep the command, its exit code and all that it printed."""
        shown = _one_line(output)[-300:] or "it printed nothing"
        super().__init__(
            f"on the server, `{_one_line(command)[:200]}` ended with exit code {exit_code}: {shown}",
            "look at the server with `drill shell`, or end the drill with `drill abort`",
        )
        self.command = command
        self.status = exit_code
        self.output = output


class StoreProblem(DrillError):
    """The database cannot be reached, read or written."""

    exit_code = 6


class HostProblem(DrillError):
    """The machine lacks something that a drill needs."""

    exit_code = 7


class DrillVoid(DrillError):
    """The drill cannot be scored."""

    exit_code = 8


class BuildProblem(DrillError):
    """The base, an image or the golden disk could not be made."""

    exit_code = 9


def _one_line(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
