"""Who answers whom: listeners on the host and beside the drill, and attempts to reach them from a half."""

from __future__ import annotations

import fcntl
import json
import shlex
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from simulator import box_options, engine, recipes
from simulator.server import ProductionServer
from simulator.wait import wait_until
from tests.docker.boxes import Team

Target = tuple[str, int]
NEIGHBOUR_PORT = 8000
UP_WITHIN_S = 20.0
GET_ADDRESS = 0x8915
"""SIOCGIFADDR, the same on every architecture."""
CALLER = """
import json, socket, sys
def answers(address, port):
    try:
        socket.create_connection((address, port), timeout=1).close()
    except OSError:
        return False
    return True
def knock(address, port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        try:
            sender.sendto(b"from the drill", (address, port))
        except OSError:
            pass
targets = json.loads(sys.argv[1])
for target in targets * 2:  # the first may only bring back word that nobody is there
    knock(*target)
print(json.dumps([target for target in targets if answers(*target)]))
"""
"""Prints which targets answer by TCP, and sends a datagram to each."""
TO_THE_WIRE = (
    "ip rule add pref 20 lookup local && ip rule del pref 0 && "
    "ip rule add pref 10 to 172.16.0.0/12 lookup 100 && ip route add default via 10.99.0.1 table 100"
)
"""The drill's own engine uses the addresses of the host's too: what was meant for the host must go out."""
AS_BEFORE = (
    "ip rule add pref 0 lookup local; ip rule del pref 20; ip rule del pref 10; ip route flush table 100"
)


@dataclass
class Listener:
    """Takes every connection and datagram to any address of this machine."""

    port: int
    datagrams: list[bytes]


@contextmanager
def on_the_host() -> Iterator[Listener]:
    """A service on every address of this machine, by TCP and by UDP."""
    with (
        socket.create_server(("0.0.0.0", 0), backlog=64) as stream,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams,
    ):
        datagrams.bind(stream.getsockname())
        heard = Listener(stream.getsockname()[1], [])

        def listen() -> None:
            with suppress(OSError):  # it is closed at the end
                while message := datagrams.recv(1 << 10):
                    heard.datagrams.append(message)

        threading.Thread(target=listen, daemon=True).start()
        yield heard
        _send(b"", ("127.0.0.1", heard.port))


@contextmanager
def beside_the_drill() -> Iterator[str]:
    """A container on the engine's own bridge, where the other drills are, that serves: its address."""
    container = engine.connect().containers.run(
        recipes.reference(recipes.STACK), ["python3", "-m", "http.server", str(NEIGHBOUR_PORT)], detach=True
    )
    try:
        container.reload()
        address = str(container.attrs["NetworkSettings"]["IPAddress"])
        assert wait_until(lambda: answers((address, NEIGHBOUR_PORT)), within_s=UP_WITHIN_S)
        yield address
    finally:
        container.remove(force=True, v=True)


def with_right(capability: str, command: str) -> str:
    """What a command prints in a container that is started like the server's, with one right more."""
    client = engine.connect()
    options = box_options.options(client)
    options["cap_add"] = [*options["cap_add"], capability]
    printed = client.containers.run(
        recipes.reference(recipes.SERVER), ["-c", command], entrypoint="sh", remove=True, **options
    )
    return str(printed, "utf-8")


@contextmanager
def in_the_control_half(server: ProductionServer, port: int) -> Iterator[None]:
    """A service there that is meant for nobody."""
    server.container.exec_run(["python3", "-m", "http.server", str(port)], detach=True)
    listens = f"ss -Hltn 'sport = :{port}' | grep -q ."
    try:
        assert wait_until(lambda: server.container.exec_run(["sh", "-c", listens])[0] == 0, within_s=10)
        yield
    finally:
        server.control("pkill", "-f", f"http[.]server {port}")  # not what runs pkill


@contextmanager
def routed_out(team: Team) -> Iterator[None]:
    """Root on the production server sends to the host's bridge what its own bridge would take."""
    team.root(TO_THE_WIRE)
    try:
        yield
    finally:
        team.root(AS_BEFORE)


def own_addresses() -> list[str]:
    """This machine's IPv4 addresses, loopback left out."""
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        for _, name in socket.if_nameindex():
            with suppress(OSError):  # it has none
                answer = fcntl.ioctl(asking, GET_ADDRESS, struct.pack("256s", name.encode()))
                found.append(socket.inet_ntoa(answer[20:24]))
    return sorted({address for address in found if not address.startswith("127.")})


def answers(target: Target) -> bool:
    """Whether the target takes a connection from this process."""
    with suppress(OSError), socket.create_connection(target, timeout=1):
        return True
    return False


def from_control(team: Team, targets: list[Target]) -> list[Target]:
    """Which targets answer the control half."""
    return _targets(team.server.control("python3", "-c", CALLER, json.dumps(targets)))


def from_production(team: Team, targets: list[Target], *, where: str = "") -> list[Target]:
    """Which targets answer root on the production server, or what stands before the command there."""
    return _targets(team.root(f"{where}python3 -c {shlex.quote(CALLER)} {shlex.quote(json.dumps(targets))}"))


def _targets(printed: str) -> list[Target]:
    return [(address, port) for address, port in json.loads(printed)]


def _send(message: bytes, target: Target) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(message, target)
