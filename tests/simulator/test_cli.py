"""The commands, with a fake at the seam to the engine and a real store."""

from __future__ import annotations

import csv
import errno
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from faults import catalogue
from scoring.timeline import Armed, Ended, Event, Injected, Posted, Voided
from simulator import image, operations, rehearsal
from simulator.cli import main
from simulator.errors import CommandFailed, EngineProblem, HostProblem
from simulator.store import Store
from tests.simulator import fakes
from tests.simulator.samples import opened, order

REPORT = "# Incident Report\n\n## Summary\n- **Incident ID**: INC-20261128-001\n"


@dataclass
class Result:
    """What a command left: exit code and both streams."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which must be JSON and nothing else."""
        return json.loads(self.out)

    def error(self, code: int, *words: str) -> None:
        """One line on standard error with these words, nothing on standard output, this exit code."""
        assert (self.code, self.out) == (code, ""), self
        assert self.err.count("\n") == 1 and self.err.startswith("drill: ") and "; " in self.err, self.err
        assert "Traceback" not in self.err
        for word in words:
            assert word in self.err, self.err


Drill = Callable[..., Result]


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> fakes.Operations:
    """The fake that stands for the operations, the rehearsal and the catalogue."""
    double = fakes.Operations()
    names = "begin follow revive revive_all stop abort shell say declare file_report clean beat join_lines"
    for name in names.split():
        monkeypatch.setattr(operations, name, getattr(double, name))
    monkeypatch.setattr(rehearsal, "rehearse", double.rehearse)
    monkeypatch.setattr(catalogue, "scenarios", lambda: fakes.FAULTS)
    monkeypatch.setattr(catalogue, "find", fakes.find)
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


def ended(store: Store, team: str, scenario: str = "disk-full", how: str = "stopped") -> str:
    """A drill of the team that has ended."""
    drill_id = store.begin(order(team=team, scenario=scenario)).id
    store.append(drill_id, [opened(drill_id, team=team, scenario=scenario), Ended(at=2000.0, how=how)])
    store.update(drill_id, state="ended")
    return drill_id


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


class TestRunning:
    """Commands on a drill that runs."""

    def test_status_tells_what_fails_and_how_to_join(
        self, drill: Drill, fake: fakes.Operations, running: str
    ) -> None:
        """In words and as JSON."""
        fake.failing = {"health": "no \x1b[31manswer"}
        told = drill("status").out
        for words in (running, "blue", "disk-full", "✗ health: no", "drill shell"):
            assert words in told
        assert "\x1b" not in told
        (row,) = drill("status", "--json").json["drills"]
        assert (row["drill"], row["failing"], row["state"]) == (running, fake.failing, "running")

    def test_status_before_the_server_is_there(
        self, drill: Drill, fake: fakes.Operations, running: str
    ) -> None:
        """Nothing is known of the checks yet, and how to log in is told for later."""
        fake.server_is_there, fake.failing = False, None
        told = drill("status").out
        assert "nothing is known" in told and f"drill shell {running} --as budi" in told

    def test_status_without_a_drill(self, drill: Drill) -> None:
        """Nothing running is an answer, not an error."""
        assert "no drill is running" in drill("status").out
        assert drill("status", "--json").json == {"drills": []}

    def test_status_lists_all(self, drill: Drill, running: str) -> None:
        """Ended ones too, oldest first."""
        store = Store.open()
        other = ended(store, "red")
        store.close()
        assert [row["drill"] for row in drill("status", "--all", "--json").json["drills"]] == [running, other]
        assert other in drill("status", "--all").out

    def test_stop_ends_and_scores(self, drill: Drill, running: str) -> None:
        """The card is shown, and the drill is not the running one any more."""
        assert drill("stop", "--json").json["drill"] == running
        drill("stop").error(3, "no drill is running")
        drill("stop", running).error(3, "has ended", "drill score")

    def test_abort_does_not_score(self, drill: Drill, running: str) -> None:
        """An aborted drill has no card."""
        assert drill("abort", "--json").json == {"drill": running, "aborted": True}
        drill("score", running).error(8, "aborted")

    def test_resume_revives_and_follows(self, drill: Drill, fake: fakes.Operations, running: str) -> None:
        """A dead referee is started again first."""
        assert "ended: stopped" in drill("resume").out
        assert ("revive", running) in fake.calls

    def test_a_shell_gives_back_its_exit_code(
        self, drill: Drill, fake: fakes.Operations, running: str
    ) -> None:
        """As the named member, or the first one."""
        assert drill("shell", "--as", "budi").code == 3
        assert drill("shell", running).code == 3
        assert fake.calls[-3:][0] == ("shell", running, "budi") and fake.calls[-1] == (
            "shell",
            running,
            "ana",
        )

    def test_say_and_declare_reach_the_server(
        self, drill: Drill, fake: fakes.Operations, running: str
    ) -> None:
        """Words arrive whole, with line breaks and emoji."""
        text = "🚨 CRITICAL P1\n - Status: 👩‍💻"
        assert drill("say", "#erp-emergency", text).code == 0
        assert fake.calls.pop() == ("say", running, "ana", "#erp-emergency", text)
        done = drill(
            "declare", "--severity", "p1", "--affects", "backend", "--summary", "down", "--as", "budi"
        )
        assert done.code == 0
        assert fake.calls.pop() == ("declare", running, "budi", "P1", "backend", "down")

    def test_say_reads_standard_input(
        self, drill: Drill, fake: fakes.Operations, running: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Several lines come easier that way; what is no text is refused."""
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"one\ntwo\n")))
        assert drill("say", "#erp-support", "--json").json["channel"] == "#erp-support"
        assert fake.calls[-1][-1] == "one\ntwo"
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"\xff\xfe")))
        drill("say", "#erp-support").error(2, "UTF-8")

    @pytest.mark.parametrize(
        ("arguments", "code", "words"),
        [
            (("say", "erp", "x"), 2, "no channel"),
            (("say", "#erp", "  "), 2, "empty"),
            (("say", "#erp", "x" * 100_000), 2, "100000"),
            (("say", "#erp", "a\x00b"), 2, "control"),
            (("say", "#erp", "a\x1b[2Jb"), 2, "control"),
            (("say", "#erp", "x", "--as", "eve"), 3, "ana, budi"),
            (("shell", "--as", "eve"), 3, "ana, budi"),
            (("declare", "--severity", "P1", "--affects", "", "--summary", "x"), 2, "--affects"),
            (("score", "D-20200101-0001"), 3, "D-20200101-0001"),
            (("stop", "D-20200101-0001"), 3, "D-20200101-0001"),
        ],
    )
    def test_bad_input_is_one_line(
        self, drill: Drill, running: str, arguments: tuple[str, ...], code: int, words: str
    ) -> None:
        """Each with the exit code of its kind."""
        drill(*arguments).error(code, words)

    def test_an_unknown_severity_is_refused(self, drill: Drill, running: str) -> None:
        """Only P1 to P4."""
        done = drill("declare", "--severity", "P9", "--affects", "x", "--summary", "x")
        assert done.code == 2 and "P9" in done.err

    def test_several_running_drills_must_be_named(self, drill: Drill, running: str) -> None:
        """No command guesses which drill is meant."""
        store = Store.open()
        other = store.begin(order(team="red")).id
        store.close()
        drill("stop").error(2, running, other)

    def test_dead_referees_are_revived_by_every_command(
        self, drill: Drill, fake: fakes.Operations, running: str
    ) -> None:
        """Whatever touches a drill looks after the referees first."""
        for arguments in (("status",), ("score",), ("say", "#x", "y"), ("report", "template"), ("stop",)):
            fake.calls.clear()
            drill(*arguments)
            assert fake.calls[0] == ("revive_all",), arguments


class TestReport:
    """drill report."""

    def test_a_report_is_filed(
        self, drill: Drill, fake: fakes.Operations, running: str, tmp_path: Path
    ) -> None:
        """As it is, by the member."""
        file = tmp_path / "report.md"
        file.write_text(REPORT)
        assert drill("report", "submit", str(file), "--as", "budi").code == 0
        assert fake.calls[-1] == ("file_report", running, "budi", REPORT)

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"", "empty"),
            (b" \n\n", "empty"),
            (b"# x\n" + b"x" * 20_000_000, "larger than 1 MiB"),
            (bytes(range(256)), "UTF-8"),
            (b"# x\n\x00\x01", "control"),
            (b"just words", "heading"),
        ],
    )
    def test_what_is_no_report_is_refused(
        self, drill: Drill, fake: fakes.Operations, running: str, tmp_path: Path, content: bytes, words: str
    ) -> None:
        """Empty, large, binary and unstructured files reach nobody."""
        file = tmp_path / "report.md"
        file.write_bytes(content)
        drill("report", "submit", str(file)).error(2, words)
        assert fake.calls == []

    def test_a_file_that_cannot_be_read(self, drill: Drill, running: str, tmp_path: Path) -> None:
        """Missing files and folders say so."""
        drill("report", "submit", str(tmp_path / "none.md")).error(2, "No such file")
        drill("report", "submit", str(tmp_path)).error(2, "directory")

    def test_after_the_end_none_is_taken(self, drill: Drill, running: str, tmp_path: Path) -> None:
        """A drill that has ended is closed."""
        file = tmp_path / "report.md"
        file.write_text(REPORT)
        drill("stop")
        drill("report", "submit", str(file), "--drill", running).error(4, "has ended")

    def test_the_template_is_a_file_to_fill(self, drill: Drill, running: str) -> None:
        """Markdown on standard output, or in JSON."""
        text = drill("report", "template").out
        assert text.startswith("# Incident Report")
        assert drill("report", "template", "--json").json["template"].strip() == text.strip()


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


class TestMachine:
    """drill build, clean, and what goes wrong underneath."""

    def test_a_build_tells_its_steps(self, drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
        """Lines without a terminal; JSON tells what was built."""

        def build(progress: Any) -> None:
            with progress.step("golden disk"):
                progress.advance(1, 2)

        monkeypatch.setattr(image, "missing", lambda: [])
        monkeypatch.setattr(image, "build", build)
        done = drill("build")
        assert "golden disk …" in done.err and "golden disk: done" in done.err and "40 %" in done.err
        assert drill("build", "--json").json == {"built": [], "missing": []}

    def test_a_build_that_fails_says_at_which_step(
        self, drill: Drill, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The step and one error."""

        def build(progress: Any) -> None:
            with progress.step("golden disk"):
                raise HostProblem("no space left", "free 3 GB")

        monkeypatch.setattr(image, "missing", lambda: ["golden disk"])
        monkeypatch.setattr(image, "build", build)
        done = drill("build")
        assert done.code == 7
        assert "golden disk: failed" in done.err and done.err.endswith("drill: no space left; free 3 GB\n")

    def test_clean_says_what_it_removed(self, drill: Drill, fake: fakes.Operations) -> None:
        """Each thing by name, or that nothing was left."""
        assert drill("clean").out == "nothing was left\n"
        fake.left = ["container drill-x", "volume drill-x"]
        assert drill("clean").out == "removed container drill-x\nremoved volume drill-x\n"
        assert drill("clean", "--json").json == {"removed": fake.left}

    @pytest.mark.parametrize(
        ("error", "code"),
        [
            (EngineProblem("the engine\nstopped", "start it"), 5),
            (CommandFailed("df\n-h", 3, "one\ntwo"), 5),
            (HostProblem("no space left", "free 3 GB"), 7),
        ],
    )
    def test_an_error_is_one_line(
        self, drill: Drill, fake: fakes.Operations, running: str, error: Any, code: int
    ) -> None:
        """Whatever happened, and what to do next."""
        fake.fails = error
        drill("stop").error(code, error.remedy)

    def test_nobody_sees_a_trace(
        self, drill: Drill, fake: fakes.Operations, running: str, home: Path
    ) -> None:
        """An error that nobody foresaw is one line, with the file that holds its trace."""
        fake.fails = ZeroDivisionError("by\nnought")  # type: ignore[assignment]
        drill("stop").error(70, "ZeroDivisionError: by nought", str(home / "drill.log"))
        assert "Traceback" in (home / "drill.log").read_text()

    def test_no_space_is_the_machines_problem(
        self, drill: Drill, fake: fakes.Operations, running: str
    ) -> None:
        """Wherever it ran out."""
        fake.fails = OSError(errno.ENOSPC, "No space left on device", "/x/y")  # type: ignore[assignment]
        drill("stop").error(7, "no space left for /x/y")

    def test_a_database_that_cannot_be_reached(self, drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
        """One line, its own exit code, no password."""
        monkeypatch.setenv("DRILL_DATABASE_URL", "postgresql://ana:geheim@127.0.0.1:1/x")
        done = drill("status")
        done.error(6, "127.0.0.1", "DRILL_DATABASE_URL")
        assert "geheim" not in done.err

    def test_a_data_folder_that_cannot_be_made(
        self, drill: Drill, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        """A file in its place is reported with what to set."""
        (tmp_path / "file").write_text("x")
        monkeypatch.setenv("DRILL_HOME", str(tmp_path / "file" / "home"))
        drill("status").error(7, "DRILL_HOME")

    def test_an_unknown_option_is_a_usage_error(self, drill: Drill) -> None:
        """Exit code 2, no trace."""
        done = drill("status", "--nonsense")
        assert done.code == 2 and "--nonsense" in done.err and "Traceback" not in done.err
