"""The drill's own certificate authority, which stands in the control half: the team never has its key."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

FOLDER = Path("/store/ca")
HOST = "erp.yourdomain.com"
NAME = "Quty Karunia Internal CA"
NEW_KEY = ("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
CONFIG = """[ca]
default_ca = drill
[drill]
dir = {folder}
database = {folder}/index.txt
serial = {folder}/serial
new_certs_dir = {folder}
certificate = {folder}/ca.pem
private_key = {folder}/ca.key
default_md = sha256
policy = any
unique_subject = no
x509_extensions = server
[any]
commonName = supplied
[server]
subjectAltName = DNS:{host}
extendedKeyUsage = serverAuth
"""


def _openssl(*arguments: str) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


def make_authority(folder: Path = FOLDER) -> None:
    """Make the authority once; it outlives this process on the drill's volume."""
    if (folder / "ca.pem").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.txt").touch()
    (folder / "serial").write_text("1000\n")
    (folder / "openssl.cnf").write_text(CONFIG.format(folder=folder, host=HOST))
    _openssl(
        *NEW_KEY,
        "-x509",
        "-days",
        "3650",
        "-subj",
        f"/CN={NAME}",
        "-keyout",
        f"{folder}/ca.key",
        "-out",
        f"{folder}/ca.pem",
    )


def issue(
    target: Path, *, valid_from_days: float = -10, valid_to_days: float = 80, folder: Path = FOLDER
) -> None:
    """Write privkey.pem and fullchain.pem to `target`, valid between two ages in days from now."""
    target.mkdir(parents=True, exist_ok=True)
    key, request, leaf = target / "privkey.pem", folder / "request.pem", folder / "leaf.pem"
    _openssl(*NEW_KEY, "-subj", f"/CN={HOST}", "-keyout", str(key), "-out", str(request))
    dates = ("-startdate", _stamp(valid_from_days), "-enddate", _stamp(valid_to_days))
    _openssl(
        "ca",
        "-batch",
        "-notext",
        "-config",
        f"{folder}/openssl.cnf",
        "-in",
        str(request),
        "-out",
        str(leaf),
        *dates,
    )
    (target / "fullchain.pem").write_text(leaf.read_text() + (folder / "ca.pem").read_text())


def _stamp(days: float) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).strftime("%Y%m%d%H%M%SZ")
