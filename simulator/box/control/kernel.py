"""The kernel's calls that Python 3.11 does not offer: mount, unshare, pivot_root, loop devices."""

from __future__ import annotations

import ctypes
import fcntl
import os
import struct

LIBC = ctypes.CDLL(None, use_errno=True)

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT = 1, 2, 4, 8, 32
MS_NOATIME, MS_BIND, MS_REC, MS_PRIVATE, MS_SHARED = 1024, 4096, 16384, 1 << 18, 1 << 20
MNT_DETACH = 2

NEW_NS, NEW_CGROUP, NEW_UTS, NEW_IPC = 0x20000, 0x2000000, 0x4000000, 0x8000000
NEW_USER, NEW_PID, NEW_NET = 0x10000000, 0x20000000, 0x40000000

LOOP_CONFIGURE, LOOP_GET_FREE = 0x4C0A, 0x4C82
LOOP_AUTOCLEAR = 4
EBUSY = 16


def _checked(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def mount(source: str, target: str, kind: str = "", flags: int = 0, options: str = "") -> None:
    done = LIBC.mount(
        source.encode(),
        target.encode(),
        kind.encode() or None,
        ctypes.c_ulong(flags),
        options.encode() or None,
    )
    _checked(done, f"mount {source} on {target}")


def unmount(target: str, flags: int = 0) -> None:
    _checked(LIBC.umount2(target.encode(), flags), f"unmount {target}")


def unshare(flags: int) -> None:
    _checked(LIBC.unshare(flags), "unshare")


def pivot_root(new: str, old: str) -> None:
    """The C library exports it, though no header declares it: no call number to know per machine."""
    _checked(LIBC.pivot_root(new.encode(), old.encode()), "pivot_root")


def set_host_name(name: str) -> None:
    _checked(LIBC.sethostname(name.encode(), len(name)), "sethostname")


def attach_loop(image: str) -> str:
    """The path of a loop device over `image`; the kernel frees it with its last user."""
    _node("/dev/loop-control", os.makedev(10, 237), 0o020600)
    while True:
        control = os.open("/dev/loop-control", os.O_RDWR)
        try:
            number = fcntl.ioctl(control, LOOP_GET_FREE)
        finally:
            os.close(control)
        path = f"/dev/loop{number}"
        _node(path, os.makedev(7, number), 0o060600)
        if _configure(path, image):
            return path


def _configure(path: str, image: str) -> bool:
    """Bind the device to the image. False where another drill on this host took it first."""
    backing, device = os.open(image, os.O_RDWR), os.open(path, os.O_RDWR)
    try:
        info = struct.pack(
            "=5Q4I64s64s32s2Q", 0, 0, 0, 0, 0, 0, 0, 0, LOOP_AUTOCLEAR, b"disk", b"", b"", 0, 0
        )
        fcntl.ioctl(device, LOOP_CONFIGURE, struct.pack("=2I", backing, 0) + info + bytes(64))
        _held.append(device)
    except OSError as error:
        os.close(device)
        if error.errno == EBUSY:
            return False
        raise
    finally:
        os.close(backing)
    return True


_held: list[int] = []
"""Loop devices between their attachment and their mount: the last close would free them."""


def release_loops() -> None:
    """Leave the attached devices to their mounts."""
    while _held:
        os.close(_held.pop())


def _node(path: str, device: int, mode: int) -> None:
    if not os.path.exists(path):
        os.mknod(path, mode, device)
