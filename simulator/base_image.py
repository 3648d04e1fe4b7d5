"""The base image: Debian's own where a registry can be reached, else the same from Debian's packages."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import docker
from docker.errors import APIError, NotFound

from simulator import engine, recipes
from simulator.errors import BuildProblem
from simulator.settings import home

PUBLIC_BASE = "debian:bookworm-slim"
BASE_TOOL = "mmdebstrap"
DIES_WITH_US = ("setpriv", "--pdeathsig", "TERM")
"""Or the tool of a build that was killed would go on beside the next one's, and write the same file."""


def make(client: docker.DockerClient) -> None:
    """Make the base image. Raises BuildProblem."""
    reference = recipes.base_reference()
    try:
        source = client.images.pull(PUBLIC_BASE)
        text = f"FROM {source.id}\n" + _exclusions()
        client.images.build(fileobj=io.BytesIO(text.encode()), tag=reference, rm=True)
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
        *DIES_WITH_US,
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
        client.api.import_image_from_data(stream, repository=repository, tag=tag)
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
