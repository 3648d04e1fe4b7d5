"""What the simulator's tests share: a data folder of their own, and the store on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import make_url

from simulator.cli import main
from simulator.store import Store
from tests.simulator import fakes, postgres
from tests.simulator.command import Drill, Result
from tests.simulator.samples import opened, order


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test touches the user's own data folder."""
    folder = tmp_path / "home"
    monkeypatch.setenv("DRILL_HOME", str(folder))
    monkeypatch.delenv("DRILL_DATABASE_URL", raising=False)
    return folder


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a real PostgreSQL server; without one the tests fail, they are never skipped."""
    with postgres.server() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'drills.sqlite'}"
    server: str = request.getfixturevalue("postgres_server")
    name = f"drill_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    return make_url(server).set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    """An empty store, on each database in turn."""
    opened = Store.open(address)
    yield opened
    opened.close()


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> fakes.Operations:
    """The fake that stands for the operations, the rehearsal and the catalogue."""
    double = fakes.Operations()
    names = "begin follow revive revive_all stop abort shell say declare file_report clean beat join_lines"
    for name in names.split():
        monkeypatch.setattr(f"simulator.operations.{name}", getattr(double, name))
    monkeypatch.setattr("simulator.rehearsal.rehearse", double.rehearse)
    monkeypatch.setattr("faults.catalogue.scenarios", lambda: fakes.FAULTS)
    monkeypatch.setattr("faults.catalogue.surprises", lambda: fakes.SURPRISES)
    monkeypatch.setattr("faults.catalogue.find", fakes.find)
    return double


@pytest.fixture
def drill(fake: fakes.Operations, capsys: pytest.CaptureFixture[str]) -> Drill:
    """Runs a command as a user would."""

    def run(*arguments: str) -> Result:
        capsys.readouterr()
        code = main(arguments)
        told = capsys.readouterr()
        return Result(code, told.out, told.err)

    return run


@pytest.fixture
def running(home: Path) -> str:
    """A drill that runs, opened, for ana and budi of team blue."""
    store = Store.open()
    drill_id = store.begin(order()).id
    store.append(drill_id, [opened(drill_id)])
    store.update(drill_id, state="running")
    store.close()
    return drill_id
