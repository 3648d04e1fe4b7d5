"""What root on the production server, and root in a privileged container on it, cannot reach or do.

Each attempt opens for writing and writes nothing, so that one that succeeds harms nobody. And each would
succeed with the right for it: what fails for everybody shows nothing.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from simulator.wait import wait_until
from tests.docker import boxes, reach
from tests.docker.boxes import Team

pytestmark = pytest.mark.docker

IN_C = "import ctypes, sys; c = ctypes.CDLL(None, use_errno=True); sys.exit(0 if {call} >= 0 else 1)"
REFUSED = (
    "import ctypes, errno, sys; c = ctypes.CDLL(None, use_errno=True); "
    "sys.exit(0 if {call} < 0 and ctypes.get_errno() == errno.EPERM else 1)"
)
HANDLE_OF = """
import ctypes, sys
c, size = ctypes.CDLL(None, use_errno=True), 128
handle, mount = ctypes.create_string_buffer(size.to_bytes(4, sys.byteorder), 8 + size), ctypes.c_int()
if c.name_to_handle_at(-100, sys.argv[1].encode(), handle, ctypes.byref(mount), 0) < 0:
    sys.exit(f"no handle: errno {ctypes.get_errno()}")
print(handle.raw.hex())
"""
"""Prints the kernel's own handle of a path, which whoever may open by handle needs."""
BY_HANDLE = """
import ctypes, errno, os, sys
c = ctypes.CDLL(None, use_errno=True)
mounted, handle = os.open("/dev/null", os.O_RDONLY), bytes.fromhex(sys.argv[1])
for flags in (os.O_RDONLY, os.O_RDONLY | os.O_DIRECTORY):  # newer kernels allow folders to more callers
    opened = c.open_by_handle_at(mounted, ctypes.create_string_buffer(handle), flags) >= 0
    print("opened" if opened else errno.errorcode[ctypes.get_errno()])
"""
"""Opens it on the file system of /dev/null, and prints for each way whether it was opened, or why not."""
CONTROL = "10.99.0.1"
UNTRIED = (124, 127)
"""A shell's codes for what did not end in time, and for a program that is not there: neither was refused."""


def in_c(call: str) -> str:
    """A call of the C library that must not succeed."""
    return f"python3 -c {shlex.quote(IN_C.format(call=call))}"


def unless_refused(call: str) -> str:
    """A call that cannot succeed as it is made; EPERM, and nothing else, tells that it is refused."""
    return f"! python3 -c {shlex.quote(REFUSED.format(call=call))}"


def any_of(files: str) -> str:
    """Opening any of these files, of those that are there, for writing."""
    return f"for f in {files}; do [ -e $f ] && : >> $f && exit; done; false"


ATTEMPTS: Mapping[str, str] = {
    "core_pattern": ": >> /proc/sys/kernel/core_pattern",
    "modprobe path": ": >> /proc/sys/kernel/modprobe",
    "sysrq-trigger": ": >> /proc/sysrq-trigger",
    "kcore": "head -c 1 /proc/kcore",
    "kernel memory": "look() { mknod /tmp/$1 c 1 $2 && head -c 1 /tmp/$1; }; look mem 1 || look kmem 2",
    "kernel log": "dmesg",
    "devices.allow": "echo 'c 1:3 r' > /sys/fs/cgroup/devices/devices.allow",  # what is allowed already
    "release agent": any_of("$(find /sys/fs/cgroup -name release_agent)"),
    "host's disk": (
        "set -- $(awk '$4 ~ /^(vd|sd|xvd|nvme|mmcblk)/ { print $1, $2; exit }' /proc/partitions);"
        ' mknod /tmp/host b ${1:-8} ${2:-0} && head -c 512 /tmp/host'
    ),
    "loop devices": "mknod /tmp/loop b 7 0 && head -c 512 /tmp/loop",
    "loop control": "mknod /tmp/loop-control c 10 237 && : >> /tmp/loop-control",
    "block devices by sysfs": ": >> /sys/block/loop0/uevent",
    "debugfs": "mkdir -p /tmp/m && mount -t debugfs none /tmp/m",
    "tracefs": "mkdir -p /tmp/m && mount -t tracefs none /tmp/m",
    "securityfs": "mkdir -p /tmp/m && mount -t securityfs none /tmp/m",
    "bpf": "mkdir -p /tmp/m && mount -t bpf none /tmp/m && ls -A /tmp/m | grep .",
    "disk remounted": "mknod /tmp/disk b 7 0 && mkdir -p /tmp/m && mount -t ext4 /tmp/disk /tmp/m",
    "clock": "date -s @$(date +%s)",
    "host's name": "grep -v erp-prod /proc/sys/kernel/hostname",
    "module": unless_refused("c.init_module(b'', 0, b'')"),  # nothing is no module
    "reboot": in_c("c.reboot(0)"),
    "swap": (  # in the container on the server's own disk, for an overlay takes none
        "cd /h/tmp 2>/dev/null || cd /tmp;"
        " head -c 1M /dev/zero > swap && chmod 600 swap && mkswap swap || exit 0;"
        " swapon swap && { swapoff swap; true; }"
    ),
    "control's processes": "ps -eww -o args | grep -E 'control[.]|/golden|/store' | grep -v grep",
    "control's files": "ls /store /golden /control /production || ls /proc/1/root/store",
    "control's socket": (
        r"find / \( -fstype proc -o -fstype sysfs -o -path '*/var/lib/docker' \) -prune"
        " -o -name 'control*.sock' -print | grep . || "
        "find /proc/[0-9]*/root/run -name 'control*.sock' | grep ."
    ),
    "other disks": "find /proc/*/root/ -maxdepth 1 -name store -o -maxdepth 1 -name golden | grep .",
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder for the whole module, which shares one server."""
    with boxes.data_folder(tmp_path_factory.mktemp("home")) as folder:
        yield folder


@pytest.fixture(scope="module")
def team(home: Path) -> Iterator[Team]:
    """A healthy server, and on it a container that has all rights that can be given there."""
    with boxes.team() as here:
        here.root(
            "docker run -d --name all --privileged --pid host --network host --ipc host --cgroupns host "
            "-v /:/h --entrypoint sleep erp/stack:1 3600"
        )
        yield here


def succeeded(team: Team, attempts: Mapping[str, str], *, where: str = "bash -c") -> list[str]:
    """The names of the attempts that ended with 0, and of those that were not made."""
    told = "|".join(map(str, (0, *UNTRIED)))
    lines = [
        f"timeout 20 {where} {shlex.quote(attempt)} >/dev/null 2>&1; "
        f"case $? in {told}) echo {shlex.quote(name)};; esac"
        for name, attempt in attempts.items()
    ]
    return team.root("\n".join([*lines, "true"]), timeout_s=300).splitlines()


def test_the_attempts_are_really_made(team: Team) -> None:
    """An attempt that can succeed is told, from both places: silence means refusal."""
    harmless = {"null": ": >> /dev/null", "proc": "head -c 1 /proc/version"}
    untried = {"lacking": "no-such-program", "wrong call": unless_refused("c.close(-1)")}
    for where in ("bash -c", "docker exec all bash -c"):
        assert succeeded(team, harmless | untried, where=where) == [*harmless, *untried]


@pytest.mark.parametrize(
    "where", ["bash -c", "docker exec all bash -c"], ids=["root", "privileged-container"]
)
def test_nothing_of_the_host_or_of_the_control_half_can_be_opened(team: Team, where: str) -> None:
    """Kernel files, devices, mounts, modules, clock, limits: all are refused."""
    assert succeeded(team, ATTEMPTS, where=where) == []


def test_a_mounted_root_is_the_production_half_s_own(team: Team, tmp_path: Path) -> None:
    """`-v /:/h`, a volume on device=/ and lower-case JSON reach this server's disk, and nothing beyond."""
    marker = tmp_path / "marker-of-the-host"
    marker.write_text("here")
    team.root("docker volume create -o type=none -o o=bind -o device=/ root >/dev/null")
    rights = '{"privileged":true,"binds":["/:/h"]}'
    body = f'{{"image":"erp/stack:1","entrypoint":["sleep","600"],"hostconfig":{rights}}}'
    team.root(
        "curl -fsS --unix-socket /run/docker.sock -H 'Content-Type: application/json' "
        f"-d {shlex.quote(body)} 'http://d/containers/create?name=lower' && docker start lower"
    )
    seen = {
        "bind": team.root("docker exec all cat /h/etc/hostname"),
        "volume": team.root("docker run --rm -v root:/h erp/stack:1 cat /h/etc/hostname"),
        "json": team.root("docker exec lower cat /h/etc/hostname"),
    }
    assert set(seen.values()) == {"erp-prod\n"}, seen
    for look in ("docker exec all find /h", "docker exec lower find /h", "find /"):
        assert team.fails(f"{look} -name {marker.name} 2>/dev/null | grep ."), look


def test_a_handle_opens_no_file_of_another_file_system(team: Team) -> None:
    """open_by_handle_at, which once led out of containers, is refused for what the control half mounted.

    The handle is the true one of the folder with the control half's devices; /dev/null here is one of these.
    With the right for it, and the server's options otherwise, the same program opens such a folder.
    """
    opened, refused = "opened\nopened\n", "EPERM\nEPERM\n"
    handle = team.server.control("python3", "-c", HANDLE_OF, "/dev").strip()
    allowed = f"python3 -c {shlex.quote(BY_HANDLE)} $(python3 -c {shlex.quote(HANDLE_OF)} /dev)"
    assert reach.with_right("DAC_READ_SEARCH", allowed) == opened
    for where in ("", "docker exec all "):
        assert team.root(f"{where}python3 -c {shlex.quote(BY_HANDLE)} {handle}") == refused


def test_the_desk_takes_nothing_that_changes_the_record(team: Team) -> None:
    """No path gives the referee's verbs, no kind makes a fact, and no field hides in what is said."""
    for path in ("/ask", "/audit", "/protections", "/complain", "/restart", "/../ask", "/say/../ask"):
        status = _post(team, path, '{"verb": "complain", "body": {"who": "ana", "text": "x"}}')
        assert status == "404", path
    for body in (
        '{"kind": "check", "who": "ana", "name": "health", "ok": true, "after_s": 0, "first_s": 0}',
        '{"kind": "slack", "who": "ana", "channel": "#erp-support", "text": "x", "fact": "check"}',
        '{"fact": "check", "kind": "hello", "who": "ana", "ok": true}',
        '{"kind": "hello", "who": "ana\\n{\\"fact\\": \\"check\\"}"}',
        '[{"fact": "check"}]',
    ):
        assert _post(team, "/say", body) == "400", body
    _post(
        team,
        "/say",
        '{"kind": "mail", "who": "ana", "to": "a@b", "subject": "s", "text": "}\\n{\\"fact\\":\\"fatal\\"}"}',
    )
    assert not team.facts("fatal") and not team.facts("complaint")
    assert all(fact["after_s"] > 0 for fact in team.facts("check"))


def _post(team: Team, path: str, body: str) -> str:
    return team.root(
        f"curl -s --path-as-is -o /dev/null -w '%{{http_code}}' -d {shlex.quote(body)} 'http://{CONTROL}:7070{path}'"
    )


def test_shouting_at_the_desk_is_bounded(team: Team) -> None:
    """A loop of long typed lines fills neither the record nor the control half; messages still pass."""
    shout = (
        "import json, http.client\n"
        "body = json.dumps({'kind': 'typed', 'who': 'ana', 'command': 'x' * 7900})\n"
        "taken = 0\n"
        "for n in range(2000):\n"
        "    c = http.client.HTTPConnection('10.99.0.1', 7070, timeout=10)\n"
        "    c.request('POST', '/say', body)\n"
        "    taken += c.getresponse().status == 200\n"
        "    c.close()\n"
        "    if taken < n - 50: break\n"
        "print(taken)\n"
    )
    taken = int(team.root(f"python3 - << 'EOF'\n{shout}EOF", timeout_s=110))
    assert taken < 1000, f"{taken} long lines were taken at once"
    team.types("slack '#erp-support' 'still here'")
    assert team.hears("said", kind="slack", text="still here")


def test_callers_that_hang_keep_nobody_out_for_long(team: Team) -> None:
    """Connections that say nothing are let go; the desk answers again by itself."""
    team.root(
        "python3 - << 'EOF'\nimport socket\n"
        "held = [socket.create_connection(('10.99.0.1', 7070)) for _ in range(40)]\nEOF"
    )
    assert wait_until(lambda: team.server.inside.succeeds("incident status"), within_s=20)


@pytest.mark.parametrize("where", ["", "docker exec all "], ids=["root", "privileged-container"])
def test_nothing_outside_can_be_reached(team: Team, where: str) -> None:
    """No service of the host, of another drill's network, of the control half but its two, or of a cloud."""
    desk, authority = (CONTROL, 7070), (CONTROL, 443)
    with (
        reach.on_the_host() as host,
        reach.beside_the_drill() as neighbour,
        reach.in_the_control_half(team.server, 8081),
        reach.routed_out(team),
    ):
        outside = [(address, host.port) for address in reach.own_addresses()]
        beside = (neighbour, reach.NEIGHBOUR_PORT)
        assert outside and all(reach.answers(target) for target in outside)
        assert reach.from_control(team, [beside]) == [beside]
        hidden = [(CONTROL, port) for port in (22, 53, 80, 2375, 8081)]
        wanted = [*outside, beside, *hidden, ("169.254.169.254", 80), desk, authority]
        assert reach.from_production(team, wanted, where=where) == [desk, authority]
        assert host.datagrams == []
