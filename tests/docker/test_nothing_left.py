"""Whatever happened before, a drill leaves nothing, and clean-up takes nothing that is somebody else's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import pytest

from faults.api_crash import ApiCrash
from scoring.timeline import CheckHeld
from simulator import belongings, engine, operations, recipes
from simulator.server import ProductionServer
from simulator.store import Store
from simulator.wait import wait_until
from tests.docker.playing import Playing, order, ours

BOOTS_WITHIN_S = 90.0
LOOPS_GONE_WITHIN_S = 20.0

pytestmark = pytest.mark.docker


def loops_without_file() -> list[str]:
    """Loop devices of this machine that still hold a drill's disk which is removed."""
    files = Path("/sys/block").glob("loop*/loop/backing_file")
    return [str(file) for file in files if file.read_text().strip().endswith("/disk.img (deleted)")]


@pytest.fixture
def foreign() -> Iterator[str]:
    """A container, a volume and a network of somebody else, named as a drill's could be; their name."""
    name, client = f"drill-{uuid4().hex[:8]}-D-20260101-0001", engine.connect()
    with ExitStack() as made:
        volume = client.volumes.create(name)
        made.callback(volume.remove, force=True)
        network = client.networks.create(name)
        made.callback(network.remove)
        container = client.containers.create(
            recipes.reference(recipes.STACK), "true", name=name, volumes={name: {"bind": "/data"}}
        )
        made.callback(container.remove, force=True)
        yield name


def exists(name: str) -> bool:
    """Whether container, volume and network of that name are all there; raises where one is not."""
    client = engine.connect()
    return bool(client.containers.get(name) and client.volumes.get(name) and client.networks.get(name))


def test_an_aborted_drill_leaves_nothing(playing: Playing) -> None:
    """Ended while its server boots, or in the middle of an incident: no container, volume, network, loop."""
    early, late = (operations.begin(order(ApiCrash, wait_s=3600)) for _ in range(2))
    assert wait_until(lambda: ProductionServer.find(early) is not None, within_s=BOOTS_WITHIN_S)
    operations.abort(early)
    assert wait_until(
        lambda: any(isinstance(event, CheckHeld) for event in playing.store.timeline(late)),
        within_s=BOOTS_WITHIN_S,
    )
    assert ours(late) != []
    operations.abort(late)
    assert ours(early, late) == []
    assert wait_until(lambda: not loops_without_file(), within_s=LOOPS_GONE_WITHIN_S)


def test_clean_takes_what_a_dead_drill_left_and_nothing_else(playing: Playing, foreign: str) -> None:
    """An ended drill's container and volume go and are named; a running drill and foreign things stay."""
    dead, alive = (playing.store.begin(order(ApiCrash)).id for _ in range(2))
    ProductionServer.start(dead)
    ProductionServer.start(alive)
    playing.store.update(dead, state="ended")
    name = belongings.name(dead)
    assert operations.clean() == [f"container {name}", f"volume {name}"]
    assert operations.clean() == []
    assert ours(dead) == []
    assert ours(alive) != [] and exists(foreign)
    assert wait_until(lambda: not loops_without_file(), within_s=LOOPS_GONE_WITHIN_S)


def test_two_stores_on_one_engine_leave_each_others_drills_alone(
    playing: Playing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two people's drills of the same id: neither's clean-up nor end touches the other's."""
    mine = playing.store.begin(order(ApiCrash)).id
    ProductionServer.start(mine)
    own = belongings.name(mine)
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("DRILL_HOME", str(tmp_path / "other"))
        store = Store.open()
        theirs = store.begin(order(ApiCrash)).id
        assert theirs == mine
        assert belongings.name(theirs) != own
        assert operations.clean() == []
        ProductionServer.start(theirs)
        belongings.remove(theirs)
        assert ProductionServer.find(theirs) is None
        store.close()
    assert ProductionServer.existing(mine).is_up()
