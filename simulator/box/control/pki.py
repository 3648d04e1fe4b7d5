"""The drill's own certificate authority, which stands in the control half: the team never has its key."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

FOLDER = Path("/store/ca")
HOST = "erp.yourdomain.com"
ACME_HOST = "ca.qutykarunia.com"
LIVE = Path("opt/erp/certs/live") / HOST
"""The ERP's certificate, in the production half."""
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
subjectAltName = DNS:${{ENV::HOST}}
extendedKeyUsage = serverAuth
"""


_signing = threading.Lock()
"""The authority's list of what it signed has one writer."""


def _openssl(*arguments: str, host: str = HOST) -> None:
    environment = os.environ | {"HOST": host}
    done = subprocess.run(["openssl", *arguments], capture_output=True, check=False, env=environment)
    if done.returncode != 0:
        raise OSError(f"openssl {arguments[0]}: {done.stderr.decode(errors='replace').strip()[-300:]}")


def make_authority(folder: Path = FOLDER) -> None:
    """Make the authority once; it outlives this process on the drill's volume."""
    if (folder / "ca.pem").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.txt").touch()
    (folder / "serial").write_text("1000\n")
    (folder / "openssl.cnf").write_text(CONFIG.format(folder=folder))
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
    issue(folder / "acme", valid_to_days=3650, host=ACME_HOST, folder=folder)


def issue(
    target: Path,
    *,
    valid_from_days: float = -10,
    valid_to_days: float = 80,
    host: str = HOST,
    folder: Path = FOLDER,
) -> None:
    """Write a key and its certificate to `target`, valid between two ages in days from now.

    The files are named as ACME clients name them: privkey, cert, chain and fullchain.pem.
    """
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        request = Path(work, "request.pem")
        _openssl(*NEW_KEY, "-subj", f"/CN={host}", "-keyout", f"{work}/privkey.pem", "-out", str(request))
        leaf = _sign(request, host, (valid_from_days, valid_to_days), folder)
        chain = (folder / "ca.pem").read_text()
        texts = {
            "privkey": Path(work, "privkey.pem").read_text(),
            "cert": leaf,
            "chain": chain,
            "fullchain": leaf + chain,
        }
    for name, text in texts.items():
        path = target / f"{name}.pem"
        path.unlink(missing_ok=True)  # what a link points to is another certificate's
        path.write_text(text)
    (target / "privkey.pem").chmod(0o600)


def sign(request: bytes, *, valid_to_days: float = 90, folder: Path = FOLDER) -> str:
    """The chain for a DER request that asks for HOST. Raises ValueError for any other request."""
    with tempfile.TemporaryDirectory() as work:
        paper = Path(work, "request.pem")
        raw = Path(work, "request.der")
        raw.write_bytes(request)
        try:
            _openssl("req", "-verify", "-inform", "DER", "-in", str(raw), "-out", str(paper))
        except OSError as error:
            raise ValueError("the request cannot be read, or is not signed with its own key") from error
        shown = ["openssl", "req", "-in", str(paper), "-noout", "-subject", "-text"]
        text = subprocess.run(shown, capture_output=True, text=True, check=True).stdout
        names = set(re.findall(r"DNS:([^\s,]+)|CN ?= ?([^\s,/]+)", text))
        if {name or common for name, common in names} != {HOST}:
            raise ValueError(f"the request must ask for {HOST} and nothing else")
        leaf = _sign(paper, HOST, (-1 / 24, valid_to_days), folder)
    return leaf + (folder / "ca.pem").read_text()


def _sign(request: Path, host: str, days: tuple[float, float], folder: Path) -> str:
    """The certificate for a request, whatever subject it names: the name is `host`."""
    leaf = request.with_suffix(".leaf")
    dates = ("-startdate", _stamp(days[0]), "-enddate", _stamp(days[1]))
    config = f"{folder}/openssl.cnf"
    with _signing:
        _openssl(
            "ca", "-batch", "-notext", "-config", config, "-subj", f"/CN={host}",
            "-in", str(request), "-out", str(leaf), *dates, host=host,
        )  # fmt: skip
    return leaf.read_text()


def _stamp(days: float) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).strftime("%Y%m%d%H%M%SZ")


def main(arguments: list[str]) -> None:
    """`python3 -m control.pki FROM_DAYS TO_DAYS`: let production's certificate be one of these dates.

    The files are as old as the certificate: whoever lists them sees what a forgotten renewal leaves.
    """
    from . import disk, namespaces

    begin, end = (float(each) for each in arguments)
    live = Path(disk.MOUNT_POINT) / LIVE
    issue(live, valid_from_days=begin, valid_to_days=end)
    disk.shift_owners(live, namespaces.SHIFT)
    then = (datetime.now(UTC) + timedelta(days=begin)).timestamp()
    for path in (*live.iterdir(), live):
        os.utime(path, (then, then))


if __name__ == "__main__":
    main(sys.argv[1:])
