"""Opens files of the production half. Root there may put a link, a pipe or a liar anywhere."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import PurePosixPath


@contextmanager
def opened(root: str, path: str, flags: int = os.O_RDONLY) -> Iterator[int]:
    """A descriptor of `path` under `root`, whose components are no links; OSError otherwise."""
    folder = os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC
    *parents, name = PurePosixPath(path).parts
    with ExitStack() as stack:
        here = os.open(root, folder)
        stack.callback(os.close, here)
        for part, how in [*((parent, folder) for parent in parents), (name, flags | os.O_NONBLOCK)]:
            if part in ("..", "/"):
                raise OSError(f"{part} leads out of {root}")
            here = os.open(part, how | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=here)
            stack.callback(os.close, here)
        yield here


def read_regular(descriptor: int, limit: int) -> bytes:
    """At most `limit` bytes of a regular file; OSError if it is anything else."""
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        raise OSError("not a regular file")
    pieces = []
    while limit > 0 and (piece := os.read(descriptor, min(limit, 1 << 16))):
        pieces.append(piece)
        limit -= len(piece)
    return b"".join(pieces)
