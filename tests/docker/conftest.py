"""Every test has a data folder of its own and a server that was built; nothing of its drills stays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator import engine, image
from simulator.errors import DrillError
from tests.docker.playing import Playing

_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Let a fixture's end know how its test went."""
    report: pytest.TestReport = yield  # type: ignore[assignment]
    item.stash[_FAILED] = item.stash.get(_FAILED, False) or report.failed
    return report  # type: ignore[return-value]  # a wrapper gives on what it was given


@pytest.fixture(scope="session")
def built() -> None:
    """The engine and the built server; without them a test fails, it is never skipped."""
    try:
        engine.connect()
        lacking = image.missing()
    except DrillError as error:
        pytest.fail(f"the tests of the real engine need one: {error}", pytrace=False)
    if lacking:
        pytest.fail(f"not built: {', '.join(lacking)}; run `make setup` first", pytrace=False)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store of the test's own: side by side, tests know nothing of each other's drills."""
    folder = tmp_path / "home"
    monkeypatch.setenv("DRILL_HOME", str(folder))
    monkeypatch.delenv("DRILL_DATABASE_URL", raising=False)
    return folder


@pytest.fixture
def playing(built: None, home: Path, request: pytest.FixtureRequest) -> Iterator[Playing]:
    """The test's drills; they are told about when it failed, and removed whatever happened."""
    drills = Playing()
    try:
        yield drills
    finally:
        if request.node.stash.get(_FAILED, False):
            print(drills.tell())
        problems = drills.clear()
        drills.store.close()
    assert not problems, problems
