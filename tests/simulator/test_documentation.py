"""Every command and option is described, in the README and in its help."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import typer

from faults import catalogue
from faults.contract import Fault
from simulator.cli import app

ROOT = Path(__file__).parents[2]


def commands(group: Any, path: tuple[str, ...] = ()) -> dict[str, Any]:
    """Every command below the group, by how a user types it."""
    found: dict[str, Any] = {}
    for name, command in group.commands.items():
        here = (*path, name)
        found |= commands(command, here) if hasattr(command, "commands") else {" ".join(here): command}
    return found


COMMANDS = commands(typer.main.get_command(app))


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_named_in_the_readme(name: str) -> None:
    """As a user types it."""
    assert f"drill {name}" in (ROOT / "README.md").read_text()


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_and_its_options_have_help(name: str) -> None:
    """A sentence for the command, and a text for each argument and option."""
    command = COMMANDS[name]
    assert command.help, name
    for parameter in command.params:
        assert getattr(parameter, "help", None) or parameter.name == "help", f"{name}: {parameter.name}"


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - {"shell"}))
def test_what_shows_something_has_json(name: str) -> None:
    """A shell is the only command that shows nothing of ours."""
    assert any("--json" in parameter.opts for parameter in COMMANDS[name].params)


def test_the_commands_of_the_product_are_all_there() -> None:
    """The list that users were promised."""
    drills = {"start", "scenarios", "status", "score", "stop", "abort", "resume", "leaderboard", "rehearse"}
    team = {"shell", "say", "declare", "report submit", "report template"}
    assert drills | team | {"build", "doctor", "clean"} <= set(COMMANDS)


def test_the_environment_is_described() -> None:
    """Both variables that move the data."""
    readme = (ROOT / "README.md").read_text()
    assert "DRILL_HOME" in readme and "DRILL_DATABASE_URL" in readme


@pytest.mark.parametrize("fault", [fault for fault in catalogue.scenarios() if fault.breaks])
def test_a_scenario_is_in_the_readmes_table(fault: type[Fault]) -> None:
    """Each level has its row of what the law found."""
    assert f"| {fault.name} | {fault.level} |" in (ROOT / "README.md").read_text()
