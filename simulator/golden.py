"""The golden disk: images loaded, the stack up and healthy once, stopped cleanly, free blocks given back."""

from __future__ import annotations

import contextlib
import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
from docker.errors import APIError, NotFound

from simulator import box_options, recipes
from simulator.errors import BuildProblem
from simulator.inside import Inside
from simulator.progress import Progress
from simulator.settings import home
from simulator.wait import wait_until

STACK_TAG = "erp/stack:1"
BUILDER = ("container", "container_config")
STAGES = 4
"""Booted, loaded, healthy, stopped."""
READY_SUFFIX = "-ready"
"""The golden volume counts only when an empty volume of this name stands beside it."""
BOOT_WITHIN_S = 120.0
HEALTHY_WITHIN_S = 300.0
STOP_WITHIN_S = 90
CHUNK = 1 << 20
UNHEALTHY = "docker ps -a --format '{{.Names}} {{.Status}}' | grep -vE 'Up .*\\(healthy\\)|Up [^(]*$' || true"


def exists(client: docker.DockerClient) -> bool:
    """Whether the golden disk of these sources is complete."""
    try:
        client.volumes.get(recipes.golden_volume())
        client.volumes.get(recipes.golden_volume() + READY_SUFFIX)
    except NotFound:
        return False
    return True


def make(client: docker.DockerClient, progress: Progress) -> None:
    """Make the golden disk unless it is there. Raises BuildProblem."""
    if exists(client):
        return
    name = recipes.golden_volume()
    _remove_container(client, name)
    for volume in (name + READY_SUFFIX, name):
        with contextlib.suppress(NotFound):
            client.volumes.get(volume).remove(force=True)
    client.volumes.create(name, labels={recipes.LABEL: "golden"})
    container = client.containers.run(
        recipes.reference(recipes.SERVER), ["--golden"], name=name, detach=True,
        volumes={name: {"bind": "/store", "mode": "rw"}}, labels={recipes.LABEL: "golden"},
        **box_options.options(client),
    )  # fmt: skip
    try:
        _furnish(client, container, progress)
    finally:
        _remove_container(client, name)
    client.volumes.create(name + READY_SUFFIX, labels={recipes.LABEL: "golden"})


def remove_older(client: docker.DockerClient) -> None:
    """Remove golden disks of other sources, unless a drill still uses one, and what killed builds left."""
    for container in client.containers.list(all=True, filters={"label": f"{recipes.LABEL}=golden"}):
        if recipes.is_old(container.attrs["Created"], recipes.BUILT_WITHIN):
            container.remove(force=True, v=True)
    for volume in client.volumes.list(filters={"label": f"{recipes.LABEL}=golden"}):
        if not volume.name.startswith(recipes.golden_volume()) and recipes.is_old(volume.attrs["CreatedAt"]):
            with contextlib.suppress(APIError):
                volume.remove()


def _furnish(client: docker.DockerClient, container: Any, progress: Progress) -> None:
    inside = Inside(container)
    if not wait_until(lambda: b'"booted"' in container.logs(), within_s=BOOT_WITHIN_S):
        raise BuildProblem(f"the server does not boot: {_tail(container)}", "run `drill doctor`")
    if not wait_until(lambda: inside.succeeds("docker info"), within_s=BOOT_WITHIN_S):
        raise BuildProblem("the server's own engine does not start", "run `drill doctor`")
    progress.advance(1, STAGES)
    _load(client, container, inside)
    progress.advance(2, STAGES)
    inside.run("docker-compose up -d", timeout_s=HEALTHY_WITHIN_S)
    if not wait_until(lambda: not inside.run(UNHEALTHY).strip(), within_s=HEALTHY_WITHIN_S, every_s=1):
        raise BuildProblem(
            f"the stack does not get healthy: {inside.run(UNHEALTHY)}", "read the containers' logs"
        )
    progress.advance(3, STAGES)
    inside.run("docker-compose exec -T backend python3 -m app.token manager.ppic > /opt/erp/.token")
    inside.run("rm -rf /var/log/*.log /root/.bash_history")
    container.stop(timeout=STOP_WITHIN_S)
    if b'"stopped"' not in container.logs():
        raise BuildProblem(f"the server does not stop cleanly: {_tail(container)}", "run `drill build` again")


def _load(client: docker.DockerClient, container: Any, inside: Inside) -> None:
    """Hand the stack's image over by way of the control half: there is no other way in."""
    reference = recipes.reference(recipes.STACK)
    archive = home() / "stack.tar"
    try:
        with archive.open("wb") as target:
            for chunk in client.images.get(reference).save(chunk_size=CHUNK, named=reference):
                target.write(chunk)
        _forget_builder(archive)
        container.put_archive("/store", _in_tar(archive))
    finally:
        archive.unlink(missing_ok=True)
    inside.control(
        "sh", "-c", "python3 -m control.enter docker load < /store/stack.tar", timeout_s=HEALTHY_WITHIN_S
    )
    inside.control("rm", "/store/stack.tar")
    inside.run(f"docker tag {reference} {STACK_TAG} && docker rmi {reference}")


def _forget_builder(archive: Path) -> None:
    """Replace the image's configuration by one without the builder's container: it names this machine.

    The team can inspect the image. A later entry of an archive stands for an earlier one of its name.
    """
    with tarfile.open(archive) as saved:
        name = json.loads(_read(saved, "manifest.json"))[0]["Config"]
        config = json.loads(_read(saved, name))
    content = json.dumps({key: value for key, value in config.items() if key not in BUILDER}).encode()
    with tarfile.open(archive, "a") as saved:
        entry = tarfile.TarInfo(name)
        entry.size = len(content)
        saved.addfile(entry, io.BytesIO(content))


def _read(archive: tarfile.TarFile, name: str) -> bytes:
    member = archive.extractfile(name)
    assert member is not None, name
    return member.read()


def _in_tar(path: Path) -> Iterator[bytes]:
    """The file as a tar stream, without a second copy of it."""
    entry = tarfile.TarInfo(path.name)
    entry.size = path.stat().st_size
    yield entry.tobuf()
    with path.open("rb") as source:
        while chunk := source.read(CHUNK):
            yield chunk
    yield bytes(-entry.size % tarfile.BLOCKSIZE + 2 * tarfile.BLOCKSIZE)


def _remove_container(client: docker.DockerClient, name: str) -> None:
    with contextlib.suppress(NotFound):
        client.containers.get(name).remove(force=True, v=True)


def _tail(container: Any) -> str:
    return str(container.logs(tail=5).decode(errors="replace"))
