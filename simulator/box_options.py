"""How the container of the server in a box is started: what it may do, and nothing more."""

from __future__ import annotations

import io
import json
import tarfile
from typing import Any

import docker

from simulator import recipes
from simulator.settings import home

CAPABILITIES = ("SYS_ADMIN", "NET_ADMIN", "SYS_PTRACE")
"""Beside the default ones: namespaces and mounts, the wire, and exec into inner containers."""
DEVICES = ("b 7:* rwm", "c 10:237 rwm")
"""Loop devices by rule; only the control half, outside the user namespace, can open them."""
MISSING_CALLS = ("keyctl", "add_key", "request_key", "pivot_root")
"""What an engine inside needs and the default seccomp profile refuses."""
MEMORY = 5 << 30
"""Bytes: the production half's own limit, the control half, and room to spare."""
TASKS = 5120
PROFILE = "/usr/share/containers/seccomp.json"


def options(client: docker.DockerClient) -> dict[str, Any]:
    """Keyword arguments for a container of the server image."""
    return {
        "cap_add": list(CAPABILITIES),
        "cgroupns": "private",
        "device_cgroup_rules": list(DEVICES),
        "security_opt": [f"seccomp={seccomp_profile(client)}", "apparmor=unconfined"],
        "mem_limit": MEMORY,
        "pids_limit": TASKS,
        "hostname": "ctl",
        "stop_signal": "SIGTERM",
        "log_config": {"type": "json-file", "config": {}},
    }


def seccomp_profile(client: docker.DockerClient) -> str:
    """The default profile, as Debian packages it in the server image, plus the calls that are missing."""
    cached = home() / f"seccomp-{recipes.image_key(recipes.SERVER)}.json"
    if not cached.exists():
        profile = json.loads(_read_from_image(client, recipes.reference(recipes.SERVER), PROFILE))
        profile["syscalls"].append({"names": list(MISSING_CALLS), "action": "SCMP_ACT_ALLOW"})
        part = cached.with_suffix(".part")
        part.write_text(json.dumps(profile))
        part.rename(cached)
    return cached.read_text()


def _read_from_image(client: docker.DockerClient, image: str, path: str) -> bytes:
    container = client.containers.create(image, labels={recipes.LABEL: "read"})
    try:
        stream, _ = container.get_archive(path)
        with tarfile.open(fileobj=io.BytesIO(b"".join(stream))) as archive:
            member = archive.extractfile(archive.getmembers()[0])
            assert member is not None, path
            return member.read()
    finally:
        container.remove(force=True)
