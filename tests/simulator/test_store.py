"""The store, on SQLite and on a real PostgreSQL server."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scoring.timeline import Ended, Posted
from simulator import database
from simulator.errors import Conflict, HostProblem, NotFound, StoreProblem
from simulator.store import Referee, Store
from tests.simulator.samples import opened, order, post


def test_a_drill_is_found_as_it_was_ordered(store: Store) -> None:
    """What was ordered comes back in full, also from another process's store."""
    asked = order(wait_s=None, hold_s=None, secret=True, members=("budi", "ana"))
    begun = store.begin(asked)
    assert store.drill(begun.id) == begun
    assert (begun.order, begun.state, begun.container, begun.referee) == (asked, "preparing", None, None)


def test_ids_are_readable_and_in_order(store: Store) -> None:
    """Ids carry the day and count up from 1."""
    first = store.begin(order(team="blue")).id
    second = store.begin(order(team="red")).id
    day, number = first.rsplit("-", 1)
    assert (number, second) == ("0001", f"{day}-0002")
    assert len(day) == len("D-20261128")


def test_a_team_has_one_running_drill(store: Store) -> None:
    """A second drill of a team is refused, naming the first and what to do, until the first has ended."""
    first = store.begin(order())
    with pytest.raises(Conflict, match=first.id):
        store.begin(order())
    assert store.begin(order(team="red")).order.team == "red"
    store.update(first.id, state="ended")
    assert store.begin(order()).id > first.id


def test_begun_at_the_same_time_every_drill_has_its_own_id(address: str) -> None:
    """Many processes begin at once: ids are unique, and one drill a team wins."""
    stores = [Store.open(address) for _ in range(4)]
    teams = [f"team {number % 6}" for number in range(12)]

    def begin(number: int) -> str | None:
        try:
            return stores[number % 4].begin(order(team=teams[number])).id
        except Conflict:
            return None

    with ThreadPoolExecutor(4) as pool:
        ids = [found for found in pool.map(begin, range(12)) if found]
    assert len(ids) == len(set(ids)) == 6
    assert {row.id for row in stores[0].running()} == set(ids)
    for opened_store in stores:
        opened_store.close()


def test_the_tables_are_made_once_by_many(address: str) -> None:
    """Processes that open a new database at the same time all succeed."""
    with ThreadPoolExecutor(6) as pool:
        stores = list(pool.map(lambda _: Store.open(address), range(6)))
    assert [opened_store.drills() for opened_store in stores] == [()] * 6
    for opened_store in stores:
        opened_store.close()


class Contested(sqlite3.Connection):
    """A new database whose journal other processes are just changing too: SQLite refuses at once."""

    refusals = 3

    def execute(self, statement: str, /, *arguments: Any) -> sqlite3.Cursor:
        """Refuse the change a few times, as SQLite does it."""
        if "journal_mode" in statement and self.refusals:
            self.refusals -= 1
            error = sqlite3.OperationalError("database is locked")
            error.sqlite_errorcode = sqlite3.SQLITE_BUSY
            raise error
        return super().execute(statement, *arguments)


def test_a_journal_that_others_change_too_is_waited_for(tmp_path: Path) -> None:
    """SQLite's own patience does not cover the change to a write-ahead log; ours does."""
    connection = sqlite3.connect(tmp_path / "new.sqlite", factory=Contested)
    database.prepare_sqlite(connection, None)
    assert connection.refusals == 0
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    connection.close()


def test_events_come_back_in_the_order_they_were_added(store: Store) -> None:
    """The timeline is exact: order, times, signs of every alphabet, control characters."""
    drill = store.begin(order()).id
    events = (opened(drill, at=1764299338.123456), post(5.1, "🚨 \x00 \ud800 ünï"), post(4.0))
    assert store.append(drill, events[:1]) == 1
    assert store.append(drill, events[1:]) == 2
    assert store.timeline(drill) == events
    assert store.timeline(drill, after=1) == events[1:]


def test_an_event_appended_twice_is_stored_once(store: Store) -> None:
    """A referee that repeats its last lines after a crash changes nothing."""
    drill = store.begin(order()).id
    store.append(drill, [post(1.0), post(2.0)], position="two")
    assert store.append(drill, [post(2.0), post(3.0), post(3.0)], position="three") == 1
    assert [event.at for event in store.timeline(drill)] == [1.0, 2.0, 3.0]
    assert store.position(drill) == "three"


def test_the_position_moves_with_the_events(store: Store) -> None:
    """Without a position the old one stays; before the first there is none."""
    drill = store.begin(order()).id
    assert store.position(drill) is None
    store.append(drill, [], position="2026-11-28T03:00:00.000000001Z")
    store.append(drill, [post(1.0)])
    assert store.position(drill) == "2026-11-28T03:00:00.000000001Z"


def test_an_append_that_fails_leaves_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Events and position are one transaction: both are there, or neither."""
    drill = store.begin(order()).id
    store.append(drill, [post(1.0)], position="one")
    bad = Posted(at=2.0, who="ana", channel="#x", text=object())  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        store.append(drill, [post(1.5), bad], position="two")
    assert [event.at for event in store.timeline(drill)] == [1.0]
    assert store.position(drill) == "one"


def test_two_writers_share_a_timeline(address: str) -> None:
    """A referee and a command that append at the same time lose nothing and number nothing twice."""
    first, second = Store.open(address), Store.open(address)
    drill = first.begin(order()).id

    def write(store: Store, offset: int) -> None:
        for number in range(20):
            store.append(drill, [post(offset + 2.0 * number)])

    with ThreadPoolExecutor(2) as pool:
        for number, store in enumerate((first, second)):
            pool.submit(write, store, number)
    assert sorted(event.at for event in first.timeline(drill)) == [float(at) for at in range(40)]
    first.close()
    second.close()


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.floats(0, 2e9), st.text()), max_size=5), st.integers(0, 5))
def test_any_cut_of_the_writing_gives_the_same_timeline(
    store: Store, said: list[tuple[float, str]], cut: int
) -> None:
    """Wherever a referee is cut and repeats itself from, the timeline is the same."""
    events = list(dict.fromkeys(post(at, text) for at, text in said))
    drill = store.begin(order()).id
    store.append(drill, events[:cut])
    store.append(drill, events[cut // 2 :])
    assert list(store.timeline(drill)) == events
    store.update(drill, state="ended")


def test_drills_are_listed_by_month_scenario_and_state(store: Store) -> None:
    """Each filter alone and all together."""
    blue = store.begin(order(team="blue", scenario="disk-full"))
    red = store.begin(order(team="red", scenario="api-crash"))
    store.update(blue.id, state="ended")
    month = f"{blue.id[2:6]}-{blue.id[6:8]}"
    assert [row.id for row in store.drills()] == [blue.id, red.id]
    assert [row.id for row in store.drills(month=month, scenario="disk-full", running=False)] == [blue.id]
    assert store.drills(month="1999-01") == store.drills(month="%") == ()
    assert [row.id for row in store.running()] == [row.id for row in store.running("red")] == [red.id]
    assert store.running("blue") == ()


def test_what_changes_about_a_drill_is_kept(store: Store) -> None:
    """State, container and referee change each alone."""
    drill = store.begin(order()).id
    store.update(drill, state="running", container="abc")
    row = store.update(drill, referee=Referee(4711, 12.5))
    assert (row.state, row.container, row.referee) == ("running", "abc", Referee(4711, 12.5))
    assert store.drill(drill) == row


def test_an_ended_drill_stays_ended(store: Store) -> None:
    """Ending twice is harmless; going on after the end is refused."""
    drill = store.begin(order()).id
    store.update(drill, state="ended")
    store.update(drill, state="ended")
    with pytest.raises(Conflict, match="has ended"):
        store.update(drill, state="running")
    store.append(drill, [Ended(at=1.0, how="stopped")])


def test_an_unknown_id_is_not_found(store: Store) -> None:
    """Every way to ask for a drill says that there is none."""
    for ask in (store.drill, store.timeline, store.position, lambda key: store.append(key, [])):
        with pytest.raises(NotFound, match="no drill D-20200101-0001"):
            ask("D-20200101-0001")


def test_an_unknown_event_says_so(store: Store, address: str) -> None:
    """A timeline of a newer version is not read by half."""
    drill = store.begin(order()).id
    newer = type("Foreseen", (Ended,), {})(at=1.0, how="stopped")
    store.append(drill, [newer])
    with pytest.raises(StoreProblem, match="newer"):
        store.timeline(drill)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("postgresql://ana:geheim@127.0.0.1:1/x", "127.0.0.1"),
        ("mysql://localhost/x", "mysql"),
        ("no address", "no database URL"),
        ("sqlite:////nowhere/at/all/x.sqlite", "/nowhere/at/all"),
    ],
)
def test_a_database_that_cannot_be_reached(url: str, says: str) -> None:
    """One error that names the place and what to do, and never the password."""
    with pytest.raises(StoreProblem, match=says) as caught:
        Store.open(url)
    assert "geheim" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    """A damaged file is reported and left as it is."""
    file = tmp_path / "drills.sqlite"
    file.write_text("these are not the pages of a database" * 100)
    before = file.read_bytes()
    with pytest.raises(StoreProblem):
        Store.open(f"sqlite:///{file}")
    assert file.read_bytes() == before


def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    """The event that finds no space is refused as the machine's problem; what was there stays."""
    store = Store.open(f"sqlite:///{tmp_path / 'drills.sqlite'}")
    drill = store.begin(order()).id
    store.append(drill, [post(1.0)])
    with store._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=1")
    with pytest.raises(HostProblem, match="no space"):
        store.append(drill, [post(2.0, "x" * 1_000_000)])
    assert [event.at for event in store.timeline(drill)] == [1.0]
    store.close()


def test_sqlite_writes_through(tmp_path: Path) -> None:
    """WAL, and every commit is on the disk before it counts."""
    store = Store.open(f"sqlite:///{tmp_path / 'drills.sqlite'}")
    with store._engine.connect() as connection:
        modes = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")
        ]
    assert modes == ["wal", 2]
    store.close()


def test_a_connection_that_the_server_closed_is_made_again(store: Store, address: str) -> None:
    """A referee outlives a restart of the database between two events."""
    drill = store.begin(order()).id
    if address.startswith("postgresql"):
        with psycopg.connect(address, autocommit=True) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
    assert store.append(drill, [post(1.0)]) == 1
