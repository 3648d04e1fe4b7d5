"""The drill's disk: an ext4 image on the drill's volume, copied from the golden one, mounted at /disk."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from . import kernel

IMAGE = Path("/store/disk.img")
GOLDEN = Path("/golden/disk.img")
MOUNT_POINT = "/disk"
SIZE = 20 << 30
"""Bytes. Sparse: a full disk inside takes from the host only what was really written."""
COPIED = ("bin", "etc", "home", "lib", "lib64", "opt", "root", "sbin", "srv", "usr", "var")
CHUNK = 64 << 20


def copy_golden() -> None:
    """Copy the golden image's data and none of its holes; a copy that was cut short starts anew."""
    part = IMAGE.with_suffix(".part")
    with GOLDEN.open("rb") as source, part.open("wb") as target:
        size = os.fstat(source.fileno()).st_size
        os.truncate(target.fileno(), size)
        position = 0
        while position < size:
            try:
                start = os.lseek(source.fileno(), position, os.SEEK_DATA)
            except OSError:
                break  # only a hole is left
            position = os.lseek(source.fileno(), start, os.SEEK_HOLE)
            _copy_range(source.fileno(), target.fileno(), start, position)
    part.rename(IMAGE)


def _copy_range(source: int, target: int, start: int, end: int) -> None:
    while start < end:
        start += os.copy_file_range(source, target, min(CHUNK, end - start), start, start)


def make_empty() -> None:
    with IMAGE.open("wb") as image:
        os.truncate(image.fileno(), SIZE)
    subprocess.run(
        [
            "mkfs.ext4",
            "-q",
            "-m",
            "0",
            "-i",
            "65536",
            "-O",
            "^has_journal",
            "-E",
            "lazy_itable_init=1",
            str(IMAGE),
        ],
        check=True,
    )


def mount() -> None:
    Path(MOUNT_POINT).mkdir(exist_ok=True)
    device = kernel.attach_loop(str(IMAGE))
    kernel.mount(device, MOUNT_POINT, "ext4", kernel.MS_NOATIME)
    kernel.release_loops()
    if not os.path.ismount(MOUNT_POINT):
        raise OSError("the disk image could not be mounted")


def fill_with_root(shift: int) -> None:
    """Copy this container's own root, shifted to the production half's ids, without what is ours."""
    for name in COPIED:
        source = Path("/") / name
        if source.exists() or source.is_symlink():
            subprocess.run(["cp", "-ax", str(source), MOUNT_POINT], check=True)
    for folder in ("proc", "sys", "dev", "run", "tmp", "archives"):
        (Path(MOUNT_POINT) / folder).mkdir(exist_ok=True)
    (Path(MOUNT_POINT) / "tmp").chmod(0o1777)
    shift_owners(Path(MOUNT_POINT), shift)


def shift_owners(top: Path, shift: int) -> None:
    """Give everything below `top` to the ids that the production half knows as its own."""
    for folder, folders, files in os.walk(top):
        for name in (".", *folders, *files):
            path = os.path.normpath(os.path.join(folder, name))
            status = os.lstat(path)
            if status.st_uid >= shift:
                continue
            os.lchown(path, status.st_uid + shift, status.st_gid + shift)
            if not os.path.islink(path) and status.st_mode & 0o6000:
                os.chmod(path, status.st_mode & 0o7777)  # chown drops set-id bits


def trim_and_unmount() -> None:
    """Give freed blocks back, so that no drill copies garbage, and detach."""
    subprocess.run(["fstrim", MOUNT_POINT], check=True)
    kernel.unmount(MOUNT_POINT)
