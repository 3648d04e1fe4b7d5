"""The alert rules, judged by Prometheus' own tool in the image that runs them."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator

import pytest
from docker.models.containers import Container

from simulator import engine, recipes

RULES = recipes.BOX / "production" / "prometheus"
COMMAND = ["promtool", "test", "rules", "/rules/tests.yml"]
TIMEOUT_S = 60


@pytest.fixture
def promtool() -> Iterator[Container]:
    """A container of the stack image with the rules in it, not started; removed in the end."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        archive.add(RULES, arcname="rules")
    client = engine.connect()
    image = recipes.reference(recipes.STACK)
    container = client.containers.create(image, COMMAND, labels={recipes.LABEL: "test"}, network_mode="none")
    try:
        container.put_archive("/", packed.getvalue())
        yield container
    finally:
        container.remove(force=True)


@pytest.mark.docker
def test_every_alert_fires_on_its_trouble_and_is_silent_on_a_healthy_server(promtool: Container) -> None:
    """promtool passes every case of tests.yml, which has a case for each alert."""
    promtool.start()
    status = promtool.wait(timeout=TIMEOUT_S)["StatusCode"]
    assert status == 0, promtool.logs().decode()
