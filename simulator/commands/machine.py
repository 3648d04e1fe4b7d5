"""This machine: build, doctor, clean."""

from __future__ import annotations

from dataclasses import asdict

import typer

from simulator import doctor, image, operations, screen
from simulator.commands.common import Json
from simulator.errors import HostProblem


def build(as_json: Json = False) -> None:
    """Make the base, the images and the golden disk, once; goes on where it was interrupted."""
    with screen.progress() as progress:
        built = image.build(progress)
    if as_json:
        screen.say_json({"built": built, "missing": image.missing()})
    else:
        screen.say(
            "built; `drill start --scenario NAME` starts a drill" if built else "all was built already"
        )


def check(as_json: Json = False) -> None:
    """List what a drill needs from this machine, each with ok or the remedy."""
    needs = doctor.examine()
    if as_json:
        screen.say_json({"ok": doctor.ready(needs), "needs": [asdict(need) for need in needs]})
    else:
        screen.show_needs([asdict(need) for need in needs])
    if not doctor.ready(needs):
        raise typer.Exit(HostProblem.exit_code)


def clean(as_json: Json = False) -> None:
    """Remove what drills left on the engine: only what carries our label, and never a running drill's."""
    removed = operations.clean()
    if as_json:
        screen.say_json({"removed": removed})
        return
    for name in removed:
        screen.say(f"removed {name}")
    if not removed:
        screen.say("nothing was left")
