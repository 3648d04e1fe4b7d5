"""Furnishes the golden disk: what a responder finds on the production server."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from . import disk, network, pki
from .namespaces import HOST_NAME, SHIFT

SOURCE = Path("/production")
ROOT = Path(disk.MOUNT_POINT)
ELSEWHERE = (
    "bin",
    "profile",
    "erp-init",
    "sshd.conf",
    "git-logs-HEAD",
    "curl-format.txt",
    "docker.json",
    "dehydrated",
)
"""What of /production does not go to /opt/erp."""
FILES = {
    "etc/hostname": HOST_NAME + "\n",
    "etc/hosts": f"127.0.0.1 localhost {HOST_NAME} {pki.HOST}\n{network.CONTROL} {pki.ACME_HOST}\n",
    "etc/resolv.conf": f"nameserver {network.CONTROL}\noptions timeout:1 attempts:1\n",
    "etc/motd": "Quty Karunia ERP - production. What you type here is recorded.\n",
}


def furnish() -> None:
    erp = ROOT / "opt/erp"
    shutil.copytree(SOURCE, erp, dirs_exist_ok=True, ignore=lambda folder, names: _elsewhere(folder))
    for name, text in FILES.items():
        (ROOT / name).write_text(text)
    for folder in (
        "opt/erp/issues",
        "opt/erp/acme",
        "opt/erp/.git/logs",
        "etc/ssh/sshd_config.d",
        "archives",
        "etc/docker",
    ):
        (ROOT / folder).mkdir(parents=True, exist_ok=True)
    shutil.copy(SOURCE / "git-logs-HEAD", erp / ".git/logs/HEAD")
    shutil.copy(SOURCE / "curl-format.txt", ROOT / "tmp/curl-format.txt")
    shutil.copy(SOURCE / "sshd.conf", ROOT / "etc/ssh/sshd_config.d/erp.conf")
    shutil.copy(SOURCE / "erp-init", ROOT / "usr/local/sbin/erp-init")
    shutil.copytree(SOURCE / "dehydrated", ROOT / "etc/dehydrated", dirs_exist_ok=True)
    shutil.copytree(SOURCE / "profile", ROOT / "etc/profile.d", dirs_exist_ok=True)
    for home in ("root", "etc/skel"):
        (ROOT / home / ".docker").mkdir()
        shutil.copy(SOURCE / "docker.json", ROOT / home / ".docker/config.json")
    for command in (SOURCE / "bin").iterdir():
        shutil.copy(command, ROOT / "usr/local/bin" / command.name)
        (ROOT / "usr/local/bin" / command.name).chmod(0o755)
    with (ROOT / "etc/bash.bashrc").open("a") as shell:
        shell.write("\n. /etc/profile.d/erp.sh\n")  # a bash that is no login shell is recorded too
    pki.make_authority()
    pki.issue(ROOT / pki.LIVE)
    shutil.copy(pki.FOLDER / "ca.pem", ROOT / "usr/local/share/ca-certificates/quty-karunia.crt")
    subprocess.run(["chroot", str(ROOT), "update-ca-certificates"], check=True, capture_output=True)
    disk.shift_owners(ROOT, SHIFT)


def _elsewhere(folder: str) -> tuple[str, ...]:
    return ELSEWHERE if Path(folder) == SOURCE else ()
