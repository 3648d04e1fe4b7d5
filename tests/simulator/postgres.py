"""A real PostgreSQL server of the tests' own, that goes when they end."""

from __future__ import annotations

import getpass
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import docker
import psycopg
from docker.errors import DockerException
from testcontainers.core.docker_client import DockerClient

from simulator.wait import wait_until

STACK = "drill/stack"


@contextmanager
def server() -> Iterator[str]:
    """The address of a running server: Debian's programs where they are, else the stack's image."""
    folder = _programs()
    with _cluster(folder) if folder else _container() as address:
        yield address


def _programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    return found[-1].parent if found else None


@contextmanager
def _cluster(programs: Path) -> Iterator[str]:
    """A cluster in a folder of its own, over a Unix socket; PostgreSQL refuses to run as root."""
    folder = Path(tempfile.mkdtemp(prefix="drill-pg-"))
    user = _unprivileged()
    shutil.chown(folder, user)

    def run(*command: str) -> None:
        as_user = user if os.geteuid() == 0 else None
        subprocess.run(command, check=True, user=as_user, cwd=folder, stdout=subprocess.DEVNULL)

    data, options = f"{folder}/data", f"-k {folder} -c listen_addresses='' -c fsync=off"
    try:
        run(f"{programs}/initdb", "-D", data, "-U", "postgres", "-A", "trust", "-N", "--locale=C.UTF-8")
        run(f"{programs}/pg_ctl", "-D", data, "-l", f"{folder}/log", "-o", options, "-w", "start")
        try:
            yield f"postgresql://postgres@/postgres?host={folder}"
        finally:
            run(f"{programs}/pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


def _unprivileged() -> str:
    if os.geteuid() != 0:
        return getpass.getuser()
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@contextmanager
def _container() -> Iterator[str]:
    script = (
        "install -d -o postgres /tmp/data && cd /tmp && b=$(ls -d /usr/lib/postgresql/*/bin) && "
        "setpriv --reuid postgres --regid postgres --clear-groups $b/initdb -D data -U postgres -A trust && "
        "echo 'host all all all trust' >>data/pg_hba.conf && "
        "exec setpriv --reuid postgres --regid postgres --clear-groups $b/postgres -D data -h '*'"
    )
    try:
        client = docker.from_env()
        image = next(image for image in client.images.list(STACK))
        container = client.containers.run(
            image, ["-c", script], entrypoint="/bin/sh", user="root", detach=True, ports={"5432/tcp": None}
        )
    except (DockerException, StopIteration) as error:
        raise RuntimeError(
            "the store's tests need a real PostgreSQL: install Debian's postgresql-15, which nothing here "
            f"does for you, or build the image {STACK}, which holds one, with `make setup`"
        ) from error
    try:
        address = f"postgresql://postgres@{DockerClient().host()}:{_port(container)}/postgres"
        if not wait_until(lambda: _answers(address), within_s=60):
            raise RuntimeError(f"PostgreSQL in a container does not answer: {container.logs()[-500:]!r}")
        yield address
    finally:
        container.remove(force=True, v=True)


def _port(container: Any) -> int:
    container.reload()
    return int(container.ports["5432/tcp"][0]["HostPort"])


def _answers(address: str) -> bool:
    try:
        psycopg.connect(address, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True
