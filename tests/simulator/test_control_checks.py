"""The steady state is the same for who looks, for who follows the record, and for who reads declarations."""

from __future__ import annotations

from pathlib import Path

from scoring.vocabulary import CHECKS as NAMED
from simulator import follower
from simulator.box.control.checks import checks
from simulator.box.control.complaints import Complaints
from simulator.box.control.engine import Engine
from simulator.box.control.erp import Erp
from simulator.box.control.ledger import Ledger
from simulator.box.control.pki import make_authority
from simulator.box.control.traffic import Tally, day
from simulator.box.control.usage import Usage
from simulator.box.control.users import Sessions
from simulator.box.control.users_actions import Actions
from simulator.box.control.wording import Notes


def test_every_check_is_awaited_and_has_its_words(tmp_path: Path) -> None:
    """One that nobody awaits would not keep a drill open; one without words could not be declared."""
    make_authority(tmp_path)
    erp = Erp(("127.0.0.1", 1), "erp", tmp_path / "ca.pem")
    actions = day(Actions(erp, Sessions(erp), Ledger(tmp_path / "ledger"), 1))
    tally = Tally(Complaints(1, lambda _who, _text: None))
    usage = Usage(str, tmp_path)
    notes = Notes(tmp_path, tmp_path / "flaws", list)
    looks = set(checks(actions, tally, tmp_path, Engine(1), notes, usage))
    assert looks == follower.CHECKS
    assert looks == NAMED.keys()
