"""The whole watch beside a fake production half: facts on the record, the desk, the referee's questions."""

from __future__ import annotations

import io
import json
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from faults.typo import SLIPS, cure
from simulator.box.control.ask import ask, main
from simulator.box.control.channel import SUPPORT
from simulator.box.control.probe import PERIOD_S
from simulator.box.control.watch import Config, Control, start
from simulator.box.control.wording import ISSUES, TEXTS
from tests.simulator.control_fakes import Facts, FakeErp, fake_erp, wait_for
from tests.simulator.engine_fake import FakeEngine, fake_engine


@dataclass
class Scene:
    erp: FakeErp
    engine: FakeEngine
    facts: Facts
    control: Control
    config: Config


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeEngine]:
    """A fake engine, found under this process's own root."""
    with fake_engine(tmp_path / "docker.sock", monkeypatch) as server:
        yield server


@pytest.fixture
def scene(tmp_path: Path, docker: FakeEngine) -> Iterator[Scene]:
    """A watch over a healthy server."""
    facts = Facts()
    for tree in ("inner/docker/a", "memory/inner/docker/a", "cpuacct/inner/docker/a"):
        (tmp_path / tree).mkdir(parents=True)
    with fake_erp(tmp_path) as erp:
        config = Config(
            production=os.getpid(),
            seed=1,
            address=erp.address,
            ca=erp.ca,
            ledger=tmp_path / "ledger.jsonl",
            said=tmp_path / "said",
            flaws=tmp_path / "flaws.jsonl",
            disk=tmp_path,
            cgroups=tmp_path,
            desk=("127.0.0.1", 0),
            acme=("127.0.0.1", 0),
            ask=tmp_path / "control.sock",
        )
        control = start(facts.record, config)
        yield Scene(erp, docker, facts, control, config)
        control.stop()


def failing(scene: Scene) -> dict[str, str]:
    """The failing checks by the last beat."""
    beats = scene.facts.all("beat")
    return beats[-1]["failing"] if beats else {"all": "no beat yet"}


def test_a_drill_in_small(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Healthy, an outage, healthy again: each on the record, and nothing acknowledged is lost."""
    monkeypatch.setattr("simulator.box.control.checks.FREE_SHARE", 0.0)
    wait_for(lambda: failing(scene) == {})
    scene.erp.broken = ("manufacturing-orders",)
    wait_for(lambda: "orders" in failing(scene))
    assert "page" not in failing(scene)
    scene.erp.broken = ()
    wait_for(lambda: failing(scene) == {})
    changes = [(fact["name"], fact["ok"]) for fact in scene.facts.all("check") if fact["name"] == "orders"]
    assert changes == [("orders", True), ("orders", False), ("orders", True)]
    audit: Any = ask("audit", path=scene.config.ask)
    assert audit["checked"] == audit["acknowledged"] > 5
    assert audit["lost"] == []
    scene.erp.orders.pop(2)
    lost: Any = ask("audit", path=scene.config.ask)
    assert lost["lost"] == [2]


def test_the_watch_is_cheap(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Users, probes and the fake ERP, which runs in this process too, take well under half a core."""
    monkeypatch.setattr("simulator.box.control.checks.FREE_SHARE", 0.0)
    wait_for(lambda: failing(scene) == {})
    began, used = time.monotonic(), time.process_time()
    threading.Event().wait(3)
    assert (time.process_time() - used) / (time.monotonic() - began) < 0.5


def test_the_referee_asks(scene: Scene) -> None:
    """`say` goes on the record as at the desk, the channel shows it; a wrong one is refused with words."""
    said = {"kind": "slack", "who": "dewi", "channel": SUPPORT, "text": "hello"}
    ask("say", said, scene.config.ask)
    assert scene.facts.all("said") == [{"fact": "said", **said}]
    messages: Any = ask("channel", {"name": SUPPORT}, scene.config.ask)
    assert messages[0]["text"] == "hello"
    ask("complain", {"who": "clerk.ppic", "text": "it is slow"}, scene.config.ask)
    assert scene.facts.all("complaint")[0]["text"] == "it is slow"
    assert ask("archives", path=scene.config.ask) == []
    with pytest.raises(RuntimeError, match="kind must be one of"):
        ask("say", {"kind": "nothing"}, scene.config.ask)
    with pytest.raises(RuntimeError, match="a verb of say"):
        ask("heal", path=scene.config.ask)
    with pytest.raises(RuntimeError, match="the body is"):
        ask("channel", path=scene.config.ask)


def test_a_note_that_names_the_word_is_one_for_the_check_and_for_the_referee(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both judge by the words of the flaw on the page; the note goes on to count when the text is mended."""
    monkeypatch.setattr("simulator.box.control.checks.FREE_SHARE", 0.0)
    slip = SLIPS[1]
    scene.erp.texts = tuple(text.replace(slip.right, slip.wrong) for text in TEXTS)
    wait_for(lambda: "does not say" in failing(scene).get("wording", ""))
    _, note, _ = cure(slip)
    path = scene.config.disk / ISSUES / "a.txt"
    path.parent.mkdir(parents=True)
    path.write_text(note.partition("\n")[2].replace("Typo on the sign-in page", "Sign-in page"))

    def noted() -> object:
        listed: Any = ask("issues", path=scene.config.ask)
        return [each["path"] for each in listed]

    assert noted() == [f"/{ISSUES}/a.txt"]
    assert "wording" in failing(scene)
    ticket = {"kind": "ticket", "who": "ana", "severity": "P4", "affects": "page", "summary": "a text"}
    ask("say", ticket, scene.config.ask)
    wait_for(lambda: failing(scene) == {})
    scene.erp.texts = TEXTS
    threading.Event().wait(2 * PERIOD_S)
    assert noted() == [f"/{ISSUES}/a.txt"]


def test_the_command_line_asks_too(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`python3 -m control.ask` prints the reply, or the error with exit code 1."""

    def run(body: str, *arguments: str) -> tuple[int, Any]:
        monkeypatch.setattr("sys.stdin", io.StringIO(body))
        code = main(list(arguments), scene.config.ask)
        return code, json.loads(capsys.readouterr().out)

    assert run(json.dumps({"name": SUPPORT}), "channel") == (0, [])
    assert run("", "incident") == (0, [])
    assert run("{", "channel")[0] == 1
    code, reply = run("", "heal")
    assert (code, list(reply)) == (1, ["error"])
    assert run("")[0] == 2
