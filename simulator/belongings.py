"""What drills have on the engine, a container and a volume each: whose they are, and how they go."""

from __future__ import annotations

import contextlib
import hashlib

import docker
from docker.errors import NotFound

from simulator import engine, recipes
from simulator.engine import translated
from simulator.settings import database_url

DRILL_LABEL = "drill.id"
STORE_LABEL = "drill.store"


def name(drill_id: str) -> str:
    """The name of a drill's container and volume. Ids are unique in a store; an engine may serve several."""
    return f"drill-{_store_mark()}-{drill_id}"


def labels(drill_id: str) -> dict[str, str]:
    """What a drill's container and volume are known by, whatever they are named."""
    return {recipes.LABEL: "drill", DRILL_LABEL: drill_id, STORE_LABEL: _store_mark()}


def remove(drill_id: str) -> None:
    """Remove the drill's container and volume, whatever happened before; idempotent."""
    client = engine.connect()
    with translated():
        with contextlib.suppress(NotFound):
            client.containers.get(name(drill_id)).remove(force=True, v=True)
        with contextlib.suppress(NotFound):
            client.volumes.get(name(drill_id)).remove(force=True)


def leftovers(client: docker.DockerClient, keep: frozenset[str]) -> list[str]:
    """Remove the containers and volumes of this store's drills but those in `keep`; what was removed."""
    removed = []
    chosen = {"label": [f"{recipes.LABEL}=drill", f"{STORE_LABEL}={_store_mark()}"]}
    with translated():
        for container in client.containers.list(all=True, filters=chosen):
            if container.labels.get(DRILL_LABEL) not in keep:
                container.remove(force=True, v=True)
                removed.append(f"container {container.name}")
        for volume in client.volumes.list(filters=chosen):
            if (volume.attrs.get("Labels") or {}).get(DRILL_LABEL) not in keep:
                with contextlib.suppress(NotFound):
                    volume.remove(force=True)
                removed.append(f"volume {volume.name}")
    return removed


def _store_mark() -> str:
    return hashlib.sha256(database_url().encode()).hexdigest()[:8]
