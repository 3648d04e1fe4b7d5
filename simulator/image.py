"""Builds the base, the two images and the golden disk, once; what is built already is left alone.

An interrupted build goes on where it stopped: each step's result carries its key only when complete.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

import docker
from docker.errors import APIError, DockerException, ImageNotFound
from filelock import FileLock

from simulator import base_image, engine, golden, recipes
from simulator.errors import BuildProblem
from simulator.progress import Progress


def missing() -> list[str]:
    """The names of what has to be built before a drill can run."""
    client = engine.connect()
    wanted = {
        "base image": recipes.base_reference(),
        "server image": recipes.reference(recipes.SERVER),
        "stack image": recipes.reference(recipes.STACK),
    }
    with engine.translated():
        lacking = [name for name, reference in wanted.items() if not _has_image(client, reference)]
        return lacking if golden.exists(client) else [*lacking, "golden disk"]


def build(progress: Progress) -> list[str]:
    """Build whatever is missing, and start the engine for it; what was missing.

    Raises BuildProblem with the step that failed; run again to go on.
    """
    client = engine.ensure()
    # one build at a time on this machine, whichever data folder it is for: they share the engine
    with FileLock(Path(tempfile.gettempdir()) / f"drill-build-{os.getuid()}.lock"):
        lacking = missing()
        if not lacking:
            return []
        with _translated("base image"), progress.step("base image: Debian bookworm"):
            if not _has_image(client, recipes.base_reference()):
                base_image.make(client)
        for recipe in (recipes.SERVER, recipes.STACK):
            with _translated(f"{recipe.name} image"), progress.step(f"{recipe.name} image"):
                if not _has_image(client, recipes.reference(recipe)):
                    _build_image(client, recipe, progress)
        with (
            _translated("golden disk"),
            progress.step("golden disk: the stack starts once and stops cleanly"),
        ):
            golden.make(client, progress)
        _remove_older(client)
        return lacking


def _has_image(client: docker.DockerClient, reference: str) -> bool:
    try:
        client.images.get(reference)
    except ImageNotFound:
        return False
    return True


def _build_image(client: docker.DockerClient, recipe: recipes.Recipe, progress: Progress) -> None:
    log = client.api.build(
        fileobj=_context(recipe),
        custom_context=True,
        tag=recipes.reference(recipe),
        rm=True,
        forcerm=True,
        network_mode="host",
        dockerfile=recipe.dockerfile,
        buildargs={"PARENT": recipes.base_reference()},
        labels={recipes.LABEL: recipe.name} if recipe is not recipes.STACK else {},
        decode=True,
    )
    said = ""
    for entry in log:
        if "error" in entry:
            raise BuildProblem(
                f"the {recipe.name} image cannot be built: {entry['error']} {said[-300:]}",
                "check the package sources, then run `drill build` again",
            )
        text = str(entry.get("stream", ""))
        said += text
        if match := re.match(r"Step (\d+)/(\d+)", text):
            progress.advance(int(match[1]), int(match[2]))


def _context(recipe: recipes.Recipe) -> io.BytesIO:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", dereference=True) as archive:
        archive.add(recipes.BOX / recipe.dockerfile, recipe.dockerfile)
        for folder in recipe.folders:
            for path in recipes.tree(recipes.BOX / folder):
                archive.add(path, str(path.relative_to(recipes.BOX)), filter=_plain)
    stream.seek(0)
    return stream


def _plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Neither age, owner nor umask may change a layer, or a second checkout would build everything again."""
    entry.mtime, entry.uid, entry.gid, entry.uname, entry.gname = 0, 0, 0, "", ""
    entry.mode = 0o755 if entry.mode & 0o100 else 0o644  # services read these without being root
    return entry


def _remove_older(client: docker.DockerClient) -> None:
    """Remove what an earlier version of the sources was built into, once no checkout needs it any more."""
    keep = {recipes.base_reference(), recipes.reference(recipes.SERVER), recipes.reference(recipes.STACK)}
    ours = client.images.list(filters={"label": recipes.LABEL})
    for image in ours + [each for name in recipes.UNLABELLED for each in client.images.list(name)]:
        if not keep & set(image.tags) and recipes.is_old(image.attrs["Created"]):
            with contextlib.suppress(APIError):  # still used by a running drill
                client.images.remove(image.id, force=not image.tags)
    golden.remove_older(client)


@contextlib.contextmanager
def _translated(step: str) -> Iterator[None]:
    try:
        yield
    except (DockerException, OSError) as error:
        raise BuildProblem(
            f"the {step} cannot be built: {engine.reason(error)}", "run `drill doctor`, then `drill build`"
        ) from error
