"""What counts as the cause of a full restart: a network whose gateway nobody can reach, by whatever name."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from faults.full_restart import ADDRESSES, DEEDS, GATEWAYS, FullRestart
from scoring.wording import mentions
from tests.faults.fake_server import FakeServer

UP = "lo UNKNOWN 127.0.0.1/8 \neth0 UP 10.99.0.2/24 \nbr-9bf5fa1cbb3c UP 172.18.0.1/16 \n"


@dataclass
class Interfaces(FakeServer):
    """A server of which only the networks can be seen."""

    gateways: str = "172.18.0.1 \n172.18.0.1 \n172.18.0.1 \n"
    up: str = UP

    def run(self, command: str, *, timeout_s: float = 60) -> str:
        """What the engine and `ip` say."""
        return {GATEWAYS: self.gateways, ADDRESSES: self.up}[command]


@pytest.mark.parametrize(
    ("server", "present"),
    [
        (Interfaces(), False),
        (Interfaces(gateways="172.20.0.1 \n" * 3, up=UP.replace("172.18", "172.20")), False),
        (Interfaces(gateways="172.18.0.1 172.20.0.1 \n" * 3, up=f"{UP}br-0 UP 172.20.0.1/16 \n"), False),
        (Interfaces(up=UP.replace("172.18.0.1/16", "")), True),
        (Interfaces(up=UP.replace("172.18.0.1", "172.18.0.12")), True),
        (Interfaces(gateways="172.18.0.1 172.20.0.1 \n" * 3), True),
        (Interfaces(gateways="172.18.0.1 \n\n172.18.0.1 \n"), True),
        (Interfaces(gateways="172.18.0.1 \n172.18.0.1 \n"), True),
        (Interfaces(gateways=""), True),
    ],
    ids=[
        *("as it was", "another network", "two good networks", "no bridge of its own", "another address"),
        *("a second network", "a container outside", "a container missing", "the stack is down"),
    ],
)
def test_the_network_as_it_is_now_is_judged(server: Interfaces, present: bool) -> None:
    """Every network of every container must have its gateway on an interface that is up."""
    assert FullRestart(0).cause(server) is present


@pytest.mark.parametrize(
    ("told", "right"),
    [
        ("The bridge br-9bf5fa1cbb3c was set down, so containers could not talk.", True),
        ("Docker's network interface of the stack had no IP address any more.", True),
        ("erp_default's gateway 172.18.0.1 was unreachable.", True),
        ("The Docker network was corrupted; a full restart made a new one.", True),
        ("The backend crashed and was down.", False),
        ("The network.", False),
        ("A firewall rule dropped packets on the network.", False),
    ],
)
def test_any_honest_wording_names_the_cause(told: str, right: bool) -> None:
    """What broke and how, in whatever words; another cause is none."""
    assert all(mentions(told, terms) for terms in FullRestart.cause_terms) is right


def test_each_deed_is_drawn_and_told() -> None:
    """The example of a root cause tells what was really done."""
    drawn = [FullRestart(seed) for seed in range(40)]
    assert {fault.deed for fault in drawn} == set(DEEDS)
    assert all(DEEDS[fault.deed] in fault.cause_example for fault in drawn)
