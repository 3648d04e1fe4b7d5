"""Looks for words everywhere on the machine that it runs on, as root there: `python3 - NEWER WORD…`.

It runs on the production server, on the standard library alone. Every file name is looked at, what every
process shows, what the engine, the database and the desk tell, and the content of each file that lies where
people look or that was changed after NEWER (seconds since the epoch). Each hit is one line; the words are
regular expressions.
"""

# ruff: noqa: PTH113, PTH114, PTH118, PTH119, PTH123, PTH208 (of so many paths, plain text is faster)

import os
import re
import subprocess
import sys
from collections.abc import Iterator

LOOKED_AT = ("/etc", "/opt", "/root", "/home", "/var/log", "/run", "/tmp", "/archives", "/usr/local", "/srv")
MOST = 4 << 20
"""Bytes that are read of a file: what a full disk is filled with is holes."""
SHOWN = 40
HITS_EACH = 3
PROCESS_FILES = ("cmdline", "comm", "environ")
KERNEL_FILES = (
    "/proc/cmdline", "/proc/version", "/proc/mounts", "/proc/self/mountinfo", "/proc/self/cgroup",
    "/proc/1/cgroup", "/proc/partitions", "/proc/net/route", "/proc/net/arp", "/proc/sys/kernel/hostname",
)  # fmt: skip
COMMANDS = (
    "docker inspect $(docker ps -aq)",
    "docker image inspect $(docker images -aq)",
    "docker image ls -q | sort -u | xargs -n 1 docker history --no-trunc",
    "docker network inspect $(docker network ls -q)",
    "docker volume inspect $(docker volume ls -q)",
    "docker info; docker version; docker system df -v",
    "docker events --since 0 --until $(date +%s)",
    "docker-compose logs --no-color --tail 2000",
    "docker-compose config",
    "dmesg",
    "last; lastlog; cat /sys/block/*/loop/backing_file; ls -l /sys/class/net /dev",
    "pg_dump -h localhost -U postgres -s erp_quty_karunia_prod",
    "for t in activity statements database; do psql -h localhost -U postgres -c 'table pg_stat_'$t; done",
    "psql -h localhost -U postgres -Atc 'table pg_settings' -c 'table pg_roles'",
    "for c in erp-emergency erp-support; do curl -si http://10.99.0.1:7070/channel?name=%23$c; done",
    "curl -si http://10.99.0.1:7070/incident; curl -si http://10.99.0.1:7070/; curl -sik https://10.99.0.1/",
    "curl -s http://10.99.0.1:7070/say -d '{}'; curl -sik https://erp.yourdomain.com/",
    "curl -sv http://erp.yourdomain.com/ 2>&1; openssl x509 -text -in /opt/erp/certs/live/*/fullchain.pem",
)


def main(newer: float, words: list[str]) -> None:
    """Print every hit."""
    pattern = re.compile(b"|".join(word.encode() for word in words), re.IGNORECASE)
    shipped, conffiles = packaged()
    for place, data in everything(newer, shipped, conffiles):
        for hit in list(pattern.finditer(data))[:HITS_EACH]:
            around = data[max(0, hit.start() - SHOWN) : hit.end() + SHOWN]
            print(f"{place}: {around.decode(errors='replace')!r}")


def everything(newer: float, shipped: set[str], conffiles: set[str]) -> Iterator[tuple[str, bytes]]:
    """Every place with what it says."""
    yield from files(newer, shipped, conffiles)
    yield from processes()
    for path in KERNEL_FILES:
        yield path, read(path)
    for command in COMMANDS:
        yield (
            command,
            subprocess.run(["bash", "-c", f"({command}) 2>&1"], capture_output=True, check=False).stdout,
        )


def packaged() -> tuple[set[str], set[str]]:
    """The names of the files that Debian's packages brought, and the configuration files among them."""
    lists = (
        f"{top}/{name}" for top, _, names in os.walk("/var/lib") for name in names if name.endswith(".list")
    )
    paths = {
        path
        for each in lists
        if "/dpkg/info/" in each
        for path in read(each).decode(errors="replace").split("\n")
    }
    return {os.path.basename(path) for path in paths}, {path for path in paths if path.startswith("/etc/")}


def files(newer: float, shipped: set[str], conffiles: set[str]) -> Iterator[tuple[str, bytes]]:
    """Names of files, and the content of some; a running container's files are seen in its layers."""
    for top, folders, names in os.walk("/"):
        if top == "/":
            folders[:] = [name for name in folders if name not in ("proc", "sys")]
        folders[:] = [name for name in folders if (name, "overlay2" in top) != ("merged", True)]
        for name in (*folders, *names):
            if name not in shipped:
                yield f"the name {top}/{name}", name.encode()
        for path in (os.path.join(top, name) for name in names):
            if is_looked_at(path, newer, conffiles):
                yield path, read(path)


def is_looked_at(path: str, newer: float, conffiles: set[str]) -> bool:
    """Whether it is a file that people read or that is new, and not as it came with a package."""
    try:
        about = os.lstat(path)
    except OSError:
        return False  # it has gone meanwhile
    if os.path.islink(path) or not os.path.isfile(path):
        return False
    is_new = max(about.st_mtime, about.st_ctime) > newer
    return is_new or (path.startswith(LOOKED_AT) and path not in conffiles)


def processes() -> Iterator[tuple[str, bytes]]:
    """What each process shows but this one and those that started it, which hold the words themselves."""
    own = set(ancestors())
    for process in filter(str.isdigit, os.listdir("/proc")):
        if int(process) not in own:
            for name in PROCESS_FILES:
                yield f"/proc/{process}/{name}", read(f"/proc/{process}/{name}").replace(b"\0", b" ")


def ancestors() -> Iterator[int]:
    """This process, and its parents as far as they are seen from here."""
    process = os.getpid()
    while process:
        yield process
        process = int(read(f"/proc/{process}/stat").rpartition(b")")[2].split()[1])


def read(path: str) -> bytes:
    """The first bytes of a file; nothing of one that is gone or cannot be read (a namespace's handle)."""
    try:
        with open(path, "rb") as file:
            return file.read(MOST).rstrip(b"\0")  # of a hole nothing is left: searching it takes longest
    except OSError:
        return b""


if __name__ == "__main__":
    main(float(sys.argv[1]), sys.argv[2:])
