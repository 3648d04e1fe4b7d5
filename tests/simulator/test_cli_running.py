"""Commands on a drill that runs: status, the ends, the team's side."""

from __future__ import annotations

import io

import pytest

from simulator.store import Store
from tests.simulator import fakes
from tests.simulator.command import Drill, ended
from tests.simulator.samples import order


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
