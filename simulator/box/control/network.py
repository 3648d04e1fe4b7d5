"""The wire between the two halves, and the ports that a responder's ssh and browser come in by.

The production half reaches the desk and the certificate authority on the control half and nothing else:
no host, no other drill.
"""

from __future__ import annotations

import subprocess

CONTROL = "10.99.0.1"
PRODUCTION = "10.99.0.2"
DESK_PORT = 7070
ACME_PORT = 443
"""The company's certificate authority; the same number as the ERP's, at the other end of the wire."""
OPEN_PORTS = (22, 443)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise OSError(f"{' '.join(command)}: {done.stderr.strip()}")


def lay_wire(process: int) -> None:
    """Make the pair of devices and give one end to the process' network namespace."""
    _run("ip", "link", "add", "v0", "type", "veth", "peer", "name", "v1", "netns", str(process))
    _run("ip", "addr", "add", f"{CONTROL}/24", "dev", "v0")
    _run("ip", "link", "set", "v0", "up")


def take_wire() -> None:
    """Remove the control half's end; the kernel may be just about to do it with the other end."""
    subprocess.run(("ip", "link", "del", "v0"), capture_output=True, check=False)


def guard() -> None:
    """Let sessions in to the open ports, answers out, and stop whatever starts inside."""
    for port in OPEN_PORTS:
        target = f"{PRODUCTION}:{port}"
        _rule(
            "nat",
            "PREROUTING",
            "!",
            "-i",
            "v0",
            "-p",
            "tcp",
            "--dport",
            str(port),
            "-j",
            "DNAT",
            "--to",
            target,
        )
    _rule("nat", "POSTROUTING", "-o", "v0", "-j", "MASQUERADE")
    known = ("-m", "conntrack", "--ctstate", "ESTABLISHED,RELATED")
    _rule("filter", "FORWARD", "-i", "v0", *known, "-j", "ACCEPT")
    _rule("filter", "FORWARD", "-i", "v0", "-j", "REJECT")
    _rule("filter", "INPUT", "-i", "v0", *known, "-j", "ACCEPT")
    for port in (DESK_PORT, ACME_PORT):
        _rule("filter", "INPUT", "-i", "v0", "-p", "tcp", "--dport", str(port), "-j", "ACCEPT")
    _rule("filter", "INPUT", "-i", "v0", "-j", "REJECT")


def _rule(table: str, chain: str, *rule: str) -> None:
    _run("iptables", "-w", "-t", table, "-A", chain, *rule)


def join_wire() -> None:
    """In the production half: take the other end of the wire as eth0."""
    _run("ip", "link", "set", "lo", "up")
    _run("ip", "link", "set", "v1", "name", "eth0")
    _run("ip", "addr", "add", f"{PRODUCTION}/24", "dev", "eth0")
    _run("ip", "link", "set", "eth0", "up")
    _run("ip", "route", "add", "default", "via", CONTROL)
