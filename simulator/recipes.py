"""What the server is built from, and the keys that tell when something must be built again.

A key is the content of what a thing is made from, its parent's key included: a change rebuilds only
what it touches.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

BOX = Path(__file__).parent / "box"
LABEL = "drill.simulator"
"""Containers, volumes and the server image carry it; clean-up removes by it alone. The base and the stack's
image do not, because the team can inspect them: these are known by their names."""
UNLABELLED = ("drill/base", "drill/stack")
BASE_RECIPE = "2"
"""Raised when the base is made in another way."""
KEPT = timedelta(days=1)
BUILT_WITHIN = timedelta(hours=1)
"""No golden disk takes longer to make; its container is older only where its build was killed."""
SUITE = "bookworm"
BASE_INCLUDES = ("ca-certificates", "python3")
STRIPPED = ("/usr/share/doc/*", "/usr/share/locale/*", "/usr/share/man/*", "/usr/share/info/*")


@dataclass(frozen=True, slots=True)
class Recipe:
    """An image: its name, what is copied into its build and its parent."""

    name: str
    dockerfile: str
    folders: tuple[str, ...]
    parent: str


SERVER = Recipe("server", "server.Dockerfile", ("control", "production"), "base")
STACK = Recipe("stack", "stack.Dockerfile", ("erp",), "base")


@cache
def base_key() -> str:
    """The key of the base image."""
    return _digest(BASE_RECIPE, SUITE, *BASE_INCLUDES, *STRIPPED)


@cache
def image_key(recipe: Recipe) -> str:
    """The key of an image: its parent's, its recipe and every file that is copied into it."""
    files = [BOX / recipe.dockerfile, *(path for folder in recipe.folders for path in tree(BOX / folder))]
    return _digest(
        base_key(),
        *(f"{path.relative_to(BOX)}\0{hashlib.sha256(path.read_bytes()).hexdigest()}" for path in files),
    )


@cache
def golden_key() -> str:
    """The key of the golden disk: both images'."""
    return _digest(image_key(SERVER), image_key(STACK))


def is_old(created: str, kept: timedelta = KEPT) -> bool:
    """Whether something of the engine's is older than a day: another checkout may still use a younger one."""
    return datetime.now(UTC) - datetime.fromisoformat(created[:19]).replace(tzinfo=UTC) > kept


def tree(folder: Path) -> list[Path]:
    """The files below `folder` that belong to a build, in a fixed order."""
    found = (Path(top) / name for top, _, names in os.walk(folder) for name in names)
    return sorted(path for path in found if "__pycache__" not in path.parts)


def base_reference() -> str:
    """The base image's name in the engine."""
    return f"drill/base:{base_key()}"


def reference(recipe: Recipe) -> str:
    """The image's name in the engine."""
    return f"drill/{recipe.name}:{image_key(recipe)}"


def golden_volume() -> str:
    """The golden disk's volume in the engine."""
    return f"drill-golden-{golden_key()}"


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0\0".join(parts).encode()).hexdigest()[:16]
