"""drill start and what follows it, with a fake at the seam to the engine and a real store."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from scoring.timeline import Armed, Ended, Event, Injected, Posted, Voided
from simulator.store import Store
from tests.simulator import fakes
from tests.simulator.command import Drill, ended
from tests.simulator.samples import opened, order


class TestStart:
    """drill start."""

    def test_without_a_terminal_it_follows_to_the_end(self, drill: Drill, fake: fakes.Operations) -> None:
        """Events come as lines, the way in when armed, and in the end the scorecard."""
        fake.events = lambda key: iter(
            [
                Armed(at=1001.0),
                Posted(at=1002.0, who="ana", channel="#x", text="hi"),
                Ended(at=3.0, how="limit"),
            ]
        )
        done = drill("start", "--scenario", "disk-full", "--team", "blue", "--members", "ana, budi")
        assert done.code == 0
        for words in ("armed", "drill shell D-", "ana in #x: hi", "ended: limit", "0 of 8 points"):
            assert words in done.out

    def test_the_order_is_what_was_asked(self, drill: Drill) -> None:
        """Every option reaches the order."""
        done = drill(
            *(
                "start",
                "--scenario",
                "api-crash",
                "--team",
                "red team",
                "--members",
                "ana,budi",
                "--wait",
                "3",
            ),
            *("--hold", "7.5", "--deadline", "1", "--limit", "2", "--seed", "11", "--detach", "--json"),
        )
        store = Store.open()
        asked = store.drill(done.json["drill"]).order
        store.close()
        assert done.json["join"] == [f"drill shell {done.json['drill']} --as ana"]
        assert asked == order(
            team="red team", scenario="api-crash", wait_s=3, hold_s=7.5, deadline_min=1, limit_min=2, seed=11
        )

    def test_json_is_one_event_a_line_and_the_card(self, drill: Drill) -> None:
        """Another program can follow a drill."""
        lines = [
            json.loads(line) for line in drill("start", "--scenario", "disk-full", "--json").out.splitlines()
        ]
        assert [line.get("kind") for line in lines] == ["Opened", "Ended", None]
        assert lines[-1]["points"] == 0

    def test_a_surprise_is_not_told(self, drill: Drill, fake: fakes.Operations) -> None:
        """Neither the scenario nor the moment of the injection, and the seed draws the same again."""
        fake.events = lambda key: iter([opened(key), Injected(at=5.0), Ended(at=9.0, how="limit")])
        started = drill("start", "--scenario", "surprise", "--seed", "1", "--detach")
        state = drill("status")
        assert "disk-full" not in started.out + state.out and "api-crash" not in started.out + state.out
        assert "surprise" in state.out
        assert drill("status", "--json").json["drills"][0]["scenario"] is None
        drill("score").error(4, "surprise")
        followed = drill("resume")
        assert "injected" not in followed.out.partition("ended")[0]

    def test_a_surprise_is_not_told_in_json(self, drill: Drill, fake: fakes.Operations) -> None:
        """Until the card, no line names the scenario, the injection or what the answer follows from."""
        fake.events = lambda key: iter([opened(key), Injected(at=5.0), Ended(at=9.0, how="limit")])
        *lines, card = map(json.loads, drill("start", "--scenario", "surprise", "--json").out.splitlines())
        assert [line["kind"] for line in lines] == ["Opened", "Ended"]
        assert lines[0]["scenario"] is None and not {"affects", "severity", "seed"} & set(lines[0])
        assert card["scenario"] in ("disk-full", "api-crash", "quiet")

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            (("--wait", "-1"), "--wait"),
            (("--wait", "nan"), "--wait"),
            (("--hold", "0"), "--hold"),
            (("--deadline", "1e9"), "--deadline"),
            (("--limit", "0"), "--limit"),
            (("--seed", "-3"), "seed"),
            (("--team", ""), "team"),
            (("--team", "a\x1b[31mb"), "team"),
            (("--members", ""), "--members"),
            (("--members", "ana,ana"), "twice"),
            (("--members", "ana,Bob; rm -rf /"), "account"),
            (("--members", "root"), "account"),
            (("--members", "ana,mail"), "'mail' is an account of the system's own"),
        ],
    )
    def test_what_cannot_be_is_refused(
        self, drill: Drill, fake: fakes.Operations, options: tuple[str, ...], words: str
    ) -> None:
        """Bad durations, names and seeds are one line, before anything is begun."""
        drill("start", "--scenario", "disk-full", *options).error(2, words)
        assert fake.calls == []

    def test_an_unknown_scenario_names_the_nearest(self, drill: Drill) -> None:
        """A typing error is easily mended."""
        drill("start", "--scenario", "disc-ful").error(3, "did you mean disk-full?")
        drill("start", "--scenario", "zzz").error(3, "api-crash, disk-full")
        drill("start", "--scenario", "disk-full", "--level", "guru").error(3, "guru", "--level runbook")
        drill("start", "--scenario", "surprise", "--level", "guru").error(3, "guru")

    def test_a_second_drill_of_a_team_is_refused(self, drill: Drill, running: str) -> None:
        """The first one is named, with how to go on or end it."""
        drill("start", "--scenario", "disk-full", "--team", "blue").error(4, running, "drill stop")

    def test_leaving_keeps_the_drill(self, drill: Drill, fake: fakes.Operations) -> None:
        """Ctrl-C tells how to come back and how to end it."""

        def leave(key: str) -> Iterator[Event]:
            yield opened(key)
            raise KeyboardInterrupt

        fake.events = leave
        done = drill("start", "--scenario", "disk-full")
        assert done.code == 130
        for words in ("drill resume D-", "drill status", "drill stop D-", "drill abort D-"):
            assert words in done.err
        assert [call[0] for call in fake.calls] == ["revive_all", "begin"]

    def test_a_void_drill_is_an_error(self, drill: Drill, fake: fakes.Operations) -> None:
        """What cannot be scored says why, with an exit code of its own."""
        fake.events = lambda key: iter(
            [Voided(at=5.0, why="the fault did not take"), Ended(at=6.0, how="void")]
        )
        done = drill("start", "--scenario", "disk-full")
        assert done.code == 8 and "the fault did not take" in done.err


def drawn(drill: Drill, seed: int) -> str:
    """The scenario of a surprise with this seed, looked up in the store after it was aborted."""
    key = drill("start", "--surprise", "--team", "blue", "--seed", str(seed), "--detach", "--json").json[
        "drill"
    ]
    drill("abort")
    store = Store.open()
    name = store.drill(key).order.scenario
    store.close()
    return name


class TestSurprise:
    """drill start --surprise."""

    def test_it_draws_what_the_team_has_practised_least(self, drill: Drill) -> None:
        """What the team has played comes again when everything else was; aborted drills do not count."""
        assert {drawn(drill, seed) for seed in range(12)} == {"api-crash", "disk-full", "quiet"}
        store = Store.open()
        ended(store, "blue", "disk-full")
        ended(store, "red", "api-crash")
        assert {drawn(drill, seed) for seed in range(12)} == {"api-crash", "quiet"}
        ended(store, "blue", "quiet")
        ended(store, "blue", "api-crash")
        store.close()
        assert {drawn(drill, seed) for seed in range(12)} == {"api-crash", "disk-full", "quiet"}

    def test_nobody_can_ask_for_the_quiet_one(self, drill: Drill) -> None:
        """A drill in which nothing breaks is no surprise when it was chosen."""
        drill("start", "--scenario", "quiet").error(3, "only drawn", "--surprise")
        drill("rehearse", "quiet").error(3, "only drawn")

    def test_a_quiet_drill_has_a_verdict_and_no_points(self, drill: Drill, fake: fakes.Operations) -> None:
        """Its card says clean, and the ranking does not know it."""
        fake.events = lambda key: iter([Ended(at=1900.0, how="quiet")])
        store = Store.open()
        ended(store, "blue", "disk-full")
        ended(store, "blue", "api-crash")
        store.close()
        before = drill("leaderboard", "--json").json
        done = drill("start", "--surprise", "--team", "blue", "--seed", "1")
        assert done.code == 0 and "not scored: clean" in done.out
        assert "never" not in done.out
        assert drill("leaderboard", "--json").json == before

    def test_exactly_one_way_to_choose(self, drill: Drill, fake: fakes.Operations) -> None:
        """Nothing, two ways, or a month without its option are refused before anything is begun."""
        drill("start").error(2, "not said what to practise", "--surprise")
        drill("start", "--scenario", "disk-full", "--surprise").error(2, "--monthly")
        drill("start", "--monthly", "--surprise").error(2, "--scenario")
        drill("start", "2026-12", "--surprise").error(2, "2026-12", "--monthly")
        assert fake.calls == []


class TestMonthly:
    """drill start --monthly."""

    def test_the_months_two_drills_and_their_sum(self, drill: Drill, fake: fakes.Operations) -> None:
        """One after the other: api-crash, then the one that rotates (February: the disk), then the sum."""
        done = drill("start", "--monthly", "2026-02", "--team", "blue")
        assert [call for call in fake.calls if call[0] == "begin"] == [
            ("begin", "api-crash"),
            ("begin", "disk-full"),
        ]
        assert done.code == 0 and "2026-02: 0 + 0 = 0 of 16 points" in done.out

    def test_json_ends_with_the_sum(self, drill: Drill) -> None:
        """The last line names both drills."""
        lines = drill("start", "--monthly", "2026-02", "--json").out.splitlines()
        told = json.loads(lines[-1])
        assert (told["month"], told["points"], told["sum"], told["of"]) == ("2026-02", [0, 0], 0, 16)
        assert len(set(told["drills"])) == 2

    def test_leaving_the_first_names_the_second(self, drill: Drill, fake: fakes.Operations) -> None:
        """Ctrl-C leaves the first drill running; the second one is not started, and that is said."""

        def leave(key: str) -> Iterator[Event]:
            yield opened(key)
            raise KeyboardInterrupt

        fake.events = leave
        done = drill("start", "--monthly", "2026-02")
        assert done.code == 130 and "disk-full was not started" in done.err
        assert len([call for call in fake.calls if call[0] == "begin"]) == 1

    def test_what_cannot_be_is_refused(self, drill: Drill, fake: fakes.Operations) -> None:
        """No month, a scenario that this version lacks, and leaving two drills to themselves."""
        drill("start", "--monthly", "2026-13").error(2, "2026-13", "2026-12")
        drill("start", "--monthly", "2026-01").error(3, "pool-exhausted")
        drill("start", "--monthly", "--detach").error(2, "--detach")
        assert fake.calls == []
