"""Boots the production half in namespaces of its own: root inside is nobody outside."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from . import kernel, network
from .cgroups import Cgroups

SHIFT = 100_000
IDS = 65_536
HOST_NAME = "erp-prod"
ROOT = "/disk"
INIT = "/usr/local/sbin/erp-init"
DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
MASKED = ("/proc/", "/sys/firmware", "/sys/devices/virtual")
ALL = (
    kernel.NEW_USER | kernel.NEW_NS | kernel.NEW_NET | kernel.NEW_PID
    | kernel.NEW_IPC | kernel.NEW_UTS | kernel.NEW_CGROUP
)  # fmt: skip


def unmask() -> None:
    """Remove the engine's masks here, or the user namespace may not mount its own proc and sysfs."""
    mounts = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
    for point in sorted((point for point in mounts if point.startswith(MASKED)), reverse=True):
        kernel.unmount(point, kernel.MNT_DETACH)
    kernel.mount("sysfs", "/sys", flags=kernel.MS_REMOUNT)


def boot(cgroups: Cgroups) -> tuple[int, int]:
    """Start the production half: the process that ends with it, and its init, by their ids out here."""
    from_child, to_parent = os.pipe()
    from_parent, to_child = os.pipe()
    child = os.fork()
    if child == 0:
        _guarded(cgroups, to_parent, from_parent)
    for end in (to_parent, from_parent):
        os.close(end)
    try:
        return child, _led(child, cgroups, from_child, to_child)
    finally:
        for end in (from_child, to_child):
            os.close(end)


def _led(child: int, cgroups: Cgroups, from_child: int, to_child: int) -> int:
    """Lead the child out of the control half's namespaces; the process id of its init."""
    if os.read(from_child, 1) != b"u":
        raise OSError("the production half could not leave the control half's namespaces")
    cgroups.hand_over()
    Path(f"/proc/{child}/uid_map").write_text(f"0 {SHIFT} {IDS}")
    Path(f"/proc/{child}/gid_map").write_text(f"0 {SHIFT} {IDS}")
    network.lay_wire(child)
    os.write(to_child, b"g")
    answer = os.read(from_child, 16)
    if not answer.strip().isdigit():
        raise OSError("the production half did not start")
    return int(answer)


def _guarded(cgroups: Cgroups, to_parent: int, from_parent: int) -> None:
    """The first child: it unshares, and its own child becomes the production half's init."""
    try:
        cgroups.join()
        kernel.unshare(ALL)
        os.write(to_parent, b"u")
        os.read(from_parent, 1)
        init = os.fork()
        if init != 0:
            os.write(to_parent, b"%d\n" % init)
            os.waitpid(init, 0)
            os._exit(0)
        os.closerange(3, 64)
        _become_init()
    except OSError as error:
        print(f'{{"fact":"fatal","why":"{error}"}}', file=sys.stderr, flush=True)
    os._exit(1)


def _become_init() -> None:
    os.setgroups([])
    os.setresgid(0, 0, 0)
    os.setresuid(0, 0, 0)
    kernel.mount("none", "/", flags=kernel.MS_PRIVATE | kernel.MS_REC)
    kernel.mount(ROOT, ROOT, flags=kernel.MS_BIND)
    os.chdir(ROOT)
    _mount_kernel_files()
    os.makedirs(".old", exist_ok=True)
    kernel.pivot_root(".", ".old")
    os.chdir("/")
    kernel.unmount("/.old", kernel.MNT_DETACH)
    os.rmdir("/.old")
    kernel.mount("none", "/", flags=kernel.MS_SHARED | kernel.MS_REC)
    kernel.set_host_name(HOST_NAME)
    network.join_wire()
    _silence()
    os.execve(INIT, ["init"], {"PATH": os.environ["PATH"], "container": "lxc"})


def _mount_kernel_files() -> None:
    kernel.mount("proc", "proc", "proc", kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC)
    kernel.mount("sysfs", "sys", "sysfs", kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC)
    kernel.mount("tmpfs", "dev", "tmpfs", kernel.MS_NOSUID, "mode=755")
    for name in DEVICES:
        Path("dev", name).touch()
        kernel.mount(f"/dev/{name}", f"dev/{name}", flags=kernel.MS_BIND)
    for folder in ("pts", "shm"):
        Path("dev", folder).mkdir()
    kernel.mount("devpts", "dev/pts", "devpts", kernel.MS_NOSUID, "newinstance,ptmxmode=0666,mode=620")
    kernel.mount("tmpfs", "dev/shm", "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, "mode=1777")
    for link, target in (
        ("ptmx", "pts/ptmx"),
        ("fd", "/proc/self/fd"),
        ("stdin", "fd/0"),
        ("stdout", "fd/1"),
        ("stderr", "fd/2"),
    ):
        Path("dev", link).symlink_to(target)
    kernel.mount("tmpfs", "run", "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, "mode=755")
    _mount_cgroups()


def _mount_cgroups() -> None:
    target = Path("sys/fs/cgroup")
    flags = kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC
    if Path("/sys/fs/cgroup/cgroup.controllers").exists():
        kernel.mount("cgroup", str(target), "cgroup2", flags)
        return
    kernel.mount("tmpfs", str(target), "tmpfs", flags, "mode=755")
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        controllers = line.split(":")[1]
        if not controllers:
            continue
        name = controllers.removeprefix("name=")
        (target / name).mkdir()
        options = f"none,{controllers}" if name != controllers else controllers
        kernel.mount("cgroup", str(target / name), "cgroup", flags, options)


def _silence() -> None:
    """Init writes to its own log: the flight record is not the production half's to write."""
    nothing, log = (
        os.open("/dev/null", os.O_RDWR),
        os.open("/var/log/init.log", os.O_CREAT | os.O_WRONLY | os.O_APPEND),
    )
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
