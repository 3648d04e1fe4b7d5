"""Builds the base, the two images and the golden disk, once; what is built already is left alone.

An interrupted build goes on where it stopped: each step's result carries its key only when complete.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

import docker
from docker.errors import APIError, BuildError, DockerException, ImageNotFound, NotFound
from filelock import FileLock

from simulator import engine, golden, recipes
from simulator.errors import BuildProblem
from simulator.progress import Progress
from simulator.settings import home

PUBLIC_BASE = "debian:bookworm-slim"
BASE_TOOL = "mmdebstrap"


def missing() -> list[str]:
    """The names of what has to be built before a drill can run."""
    client = engine.connect()
    wanted = {
        "base image": recipes.base_reference(),
        "server image": recipes.reference(recipes.SERVER),
        "stack image": recipes.reference(recipes.STACK),
    }
    lacking = [name for name, reference in wanted.items() if not _has_image(client, reference)]
    return lacking if golden.exists(client) else [*lacking, "golden disk"]


def build(progress: Progress) -> None:
    """Build whatever is missing. Raises BuildProblem with the step that failed; run again to go on."""
    client = engine.ensure()
    # one build at a time on this machine, whichever data folder it is for: they share the engine
    with FileLock(Path(tempfile.gettempdir()) / f"drill-build-{os.getuid()}.lock"):
        if not missing():
            return
        with _translated("base image"), progress.step("base image: Debian bookworm"):
            _build_base(client)
        for recipe in (recipes.SERVER, recipes.STACK):
            with _translated(f"{recipe.name} image"), progress.step(f"{recipe.name} image"):
                _build_image(client, recipe)
        with (
            _translated("golden disk"),
            progress.step("golden disk: the stack starts once and stops cleanly"),
        ):
            golden.make(client)
        _remove_older(client)


def _has_image(client: docker.DockerClient, reference: str) -> bool:
    try:
        client.images.get(reference)
    except ImageNotFound:
        return False
    return True


def _build_base(client: docker.DockerClient) -> None:
    reference = recipes.base_reference()
    if _has_image(client, reference):
        return
    try:
        source = client.images.pull(PUBLIC_BASE)
        text = f"FROM {source.id}\n" + _exclusions()
        client.images.build(
            fileobj=io.BytesIO(text.encode()), tag=reference, labels={recipes.LABEL: "base"}, rm=True
        )
    except (APIError, NotFound):
        _bootstrap_base(client, reference)


def _exclusions() -> str:
    lines = "\\n".join(f"path-exclude={pattern}" for pattern in recipes.STRIPPED)
    return f"RUN printf '{lines}\\n' > /etc/dpkg/dpkg.cfg.d/slim\n"


def _bootstrap_base(client: docker.DockerClient, reference: str) -> None:
    """No registry: the same base from the packages that this machine itself is installed from."""
    if shutil.which(BASE_TOOL) is None:
        if not engine.may_install():
            raise BuildProblem(
                f"{PUBLIC_BASE} cannot be pulled and {BASE_TOOL} is not installed",
                f"install {BASE_TOOL}, run again",
            )
        engine.install((BASE_TOOL,))
    options = [f"--dpkgopt=path-exclude={pattern}" for pattern in recipes.STRIPPED]
    command = [
        BASE_TOOL,
        "--quiet",
        "--variant=minbase",
        f"--include={','.join(recipes.BASE_INCLUDES)}",
        *options,
    ]
    archive = home() / "base.tar"
    done = subprocess.run(
        [*command, recipes.SUITE, str(archive), *_own_sources()], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        archive.unlink(missing_ok=True)
        raise BuildProblem(
            f"{BASE_TOOL} failed: {done.stderr.strip()[-300:]}", "check the package sources, run again"
        )
    repository, tag = reference.split(":")
    with archive.open("rb") as stream:
        client.api.import_image_from_data(
            stream, repository=repository, tag=tag, changes=[f"LABEL {recipes.LABEL}=base"]
        )
    archive.unlink()


def _own_sources() -> list[str]:
    """This machine's own Debian sources of the suite, as one-line entries; none: the tool's default."""
    entries: list[str] = []
    for path in sorted(Path("/etc/apt").glob("sources.list.d/*.sources")):
        for block in path.read_text().split("\n\n"):
            entries += _from_deb822(block)
    legacy = Path("/etc/apt/sources.list")
    lines = legacy.read_text().splitlines() if legacy.exists() else []
    entries += [line for line in lines if line.startswith("deb ") and recipes.SUITE in line]
    return entries


def _from_deb822(block: str) -> Iterator[str]:
    fields = dict(line.split(":", 1) for line in block.splitlines() if ":" in line and line[0] not in "# ")
    values = {name.strip(): value.split() for name, value in fields.items()}
    key = values.get("Signed-By", [])
    option = f"[signed-by={key[0]}] " if key and key[0].startswith("/usr/share/keyrings/debian-") else ""
    for uri in values.get("URIs", []):
        for suite in values.get("Suites", []):
            if suite.startswith(recipes.SUITE):
                yield f"deb {option}{uri} {suite} main"


def _build_image(client: docker.DockerClient, recipe: recipes.Recipe) -> None:
    reference = recipes.reference(recipe)
    if _has_image(client, reference):
        return
    client.images.build(
        fileobj=_context(recipe),
        custom_context=True,
        tag=reference,
        rm=True,
        forcerm=True,
        network_mode="host",
        dockerfile=recipe.dockerfile,
        buildargs={"PARENT": recipes.base_reference()},
        labels={recipes.LABEL: recipe.name},
    )


def _context(recipe: recipes.Recipe) -> io.BytesIO:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
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
    for image in client.images.list(filters={"label": recipes.LABEL}):
        if not keep & set(image.tags) and recipes.is_old(image.attrs["Created"]):
            with contextlib.suppress(APIError):  # still used by a running drill
                client.images.remove(image.id, force=not image.tags)
    golden.remove_older(client)


@contextlib.contextmanager
def _translated(step: str) -> Iterator[None]:
    try:
        yield
    except BuildError as error:
        log = "".join(str(line.get("stream", "")) for line in error.build_log)[-300:]
        raise BuildProblem(
            f"the {step} cannot be built: {error.msg} {log}", "run `drill build` again"
        ) from error
    except (DockerException, OSError) as error:
        raise BuildProblem(
            f"the {step} cannot be built: {error}", "run `drill doctor`, then `drill build`"
        ) from error
