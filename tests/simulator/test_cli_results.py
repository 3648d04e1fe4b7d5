"""drill score, leaderboard, scenarios, rehearse."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from scoring.timeline import Event
from simulator.errors import EngineProblem
from simulator.store import Store
from tests.simulator import fakes
from tests.simulator.command import Drill, ended
from tests.simulator.samples import opened, order


class TestResults:
    """drill score, leaderboard, scenarios, rehearse."""

    def test_a_score_is_the_same_again(self, drill: Drill) -> None:
        """From the store alone; without an id the last drill's."""
        drill("score").error(3, "no drill")
        store = Store.open()
        ended(store, "red")
        last = ended(store, "blue")
        store.close()
        card = drill("score", "--json").json
        assert card == drill("score", last, "--json").json
        assert {"drill", "scenario", "level", "points", "passed", "criteria", "onset", "findings"} <= set(
            card
        )
        assert "0 of 8 points" in drill("score").out

    def test_the_leaderboard_ranks_what_was_scored(self, drill: Drill) -> None:
        """Aborted drills and rehearsals are left out; tables, JSON and CSV agree."""
        assert "no scored drill" in drill("leaderboard").out
        store = Store.open()
        ended(store, "=cmd()")
        ended(store, "blue", scenario="api-crash")
        ended(store, "green", how="aborted")
        ended(store, "rehearsal-7")
        store.close()
        board = drill("leaderboard", "--json").json
        assert {row["team"] for row in board["teams"]} == {"=cmd()", "blue"}
        assert "median time to resolve" in board["tie_rule"]
        assert "blue" in drill("leaderboard").out
        rows = list(csv.DictReader(io.StringIO(drill("leaderboard", "--csv").out)))
        assert {row["team"] for row in rows} == {"'=cmd()", "blue"}
        (only,) = drill("leaderboard", "--scenario", "api-crash", "--json").json["teams"]
        assert only["team"] == "blue"
        assert drill("leaderboard", "--month", "1999-01", "--json").json["teams"] == []

    def test_a_leaderboard_of_nothing_that_exists(self, drill: Drill) -> None:
        """Bad months, unknown scenarios and two formats at once are refused."""
        drill("leaderboard", "--month", "2026-13").error(2, "2026-11")
        drill("leaderboard", "--scenario", "disk-ful").error(3, "did you mean disk-full?")
        drill("leaderboard", "--csv", "--json").error(2, "--csv")

    def test_scenarios_keep_the_answer(self, drill: Drill) -> None:
        """Neither the list nor one scenario tells what breaks, in words or in JSON."""
        for arguments in ((), ("disk-full",), ("--json",), ("disk-full", "--json"), ("--level", "runbook")):
            told = drill("scenarios", *arguments).out
            assert "disk-full" in told
            for secret in ("logs eat", "runaway", "prune", "restart-postgres", "truncate", "Scenario D"):
                assert secret not in told

    def test_the_answer_is_told_when_asked_for(self, drill: Drill) -> None:
        """Remedy, wrong remedies and cause."""
        answer = drill("scenarios", "disk-full", "--answer", "--json").json
        assert answer["remedy"] == ["df -h /", "docker container prune -f"]
        assert answer["wrong_remedies"] == ["restart-postgres"]
        told = drill("scenarios", "disk-full", "--answer").out
        for words in ("docker container prune -f", "restart-postgres", "a runaway log filled it", "truncate"):
            assert words in told
        drill("scenarios", "--answer").error(2, "needs a scenario")
        drill("scenarios", "dsk-full").error(3, "disk-full")

    def test_scenarios_count_the_drills(self, drill: Drill) -> None:
        """Teams' drills, not the rehearsal's."""
        store = Store.open()
        ended(store, "blue")
        ended(store, "rehearsal-1")
        store.close()
        assert drill("scenarios", "disk-full", "--json").json["drilled"] == 1

    def test_a_rehearsal_prints_only_its_card(self, drill: Drill, fake: fakes.Operations) -> None:
        """Events go to standard error, so that the card can be read by another program."""
        done = drill("rehearse", "disk-full", "--wrong", "restart-postgres", "--hold", "5", "--json")
        assert done.json["scenario"] == "disk-full"
        assert "ended: stopped" in done.err
        assert ("rehearse", "disk-full", "restart-postgres") in fake.calls
        drill("rehearse", "disk-full", "--wrong", "restart").error(3, "restart-postgres")

    def test_a_rehearsal_that_breaks_off_is_aborted(self, drill: Drill, fake: fakes.Operations) -> None:
        """Ctrl-C or an engine that stops leaves no drill behind that nobody plays."""
        for fault, code in ((KeyboardInterrupt(), 130), (EngineProblem("the engine stopped", "start it"), 5)):

            def broken(key: str, fault: BaseException = fault) -> Iterator[Event]:
                yield opened(key)
                raise fault

            fake.events = broken
            done = drill("rehearse", "disk-full")
            assert done.code == code
            assert "is aborted" in done.err
            assert fake.calls[-1][0] == "abort"

    def test_a_rehearsal_that_is_refused_leaves_the_other_one_alone(
        self, drill: Drill, fake: fakes.Operations
    ) -> None:
        """A second bot of the same seed is a second drill of the same team."""
        with Store.open() as store:
            store.begin(order(team="rehearsal-7"))
        drill("rehearse", "disk-full", "--seed", "7").error(4, "rehearsal-7")
        assert [call for call in fake.calls if call[0] == "abort"] == []
