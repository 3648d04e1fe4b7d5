"""A second checkout of the sources, with one comment changed: what it builds is nobody else's."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from docker.errors import ImageNotFound, NotFound

import simulator
from simulator import engine

SOURCES = Path(simulator.__file__).parents[1]
PACKAGES = ("simulator", "faults", "scoring")


@dataclass(frozen=True, slots=True)
class Checkout:
    """A folder with the project's packages, and a data folder for its commands."""

    folder: Path
    home: Path

    @classmethod
    def changed(cls, folder: Path) -> Checkout:
        """A copy below `folder` whose server image has a key of its own."""
        made = cls(folder / "checkout", folder / "home")
        for package in PACKAGES:
            shutil.copytree(
                SOURCES / package, made.folder / package, ignore=shutil.ignore_patterns("__pycache__")
            )
        with (made.folder / "simulator/box/control/__init__.py").open("a") as file:
            file.write(f"# {uuid4().hex}\n")
        return made

    def builds(self) -> subprocess.Popen[str]:
        """Its `drill build`, which has begun."""
        return self._python("-m", "simulator.cli", "build")

    def tells(self, expression: str) -> str:
        """What an expression over its modules is, as text."""
        python = self._python("-c", f"from simulator import image, recipes; print({expression})")
        out, err = python.communicate()
        assert python.returncode == 0, err
        return out.strip()

    def _python(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, *arguments], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, env={**os.environ, "PYTHONPATH": str(self.folder), "DRILL_HOME": str(self.home)},
        )  # fmt: skip

    def forget(self, golden: str) -> None:
        """Remove what it built and what it began to build."""
        client = engine.connect()
        with contextlib.suppress(NotFound):
            client.containers.get(golden).remove(force=True, v=True)
        for volume in (golden, f"{golden}-ready"):
            with contextlib.suppress(NotFound):
                client.volumes.get(volume).remove(force=True)
        with contextlib.suppress(ImageNotFound):
            client.images.remove(self.tells("recipes.reference(recipes.SERVER)"), force=True)


def is_being_made(golden: str) -> bool:
    """Whether a container runs that makes the golden disk of this name."""
    with contextlib.suppress(NotFound):
        return bool(engine.connect().containers.get(golden).status == "running")
    return False
