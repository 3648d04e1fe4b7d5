"""What the golden disk is given: the stack's image, without a word on where it was built."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

from simulator import golden


def test_the_image_forgets_the_machine_that_built_it(tmp_path: Path) -> None:
    """The archive's last entry of the configuration counts: all is in it but the builder's container."""
    archive, config = tmp_path / "stack.tar", {"container_config": {"Hostname": "vm"}, "os": "linux"}
    with tarfile.open(archive, "w") as made:
        for name, content in (("a.json", config), ("manifest.json", [{"Config": "a.json"}])):
            data = json.dumps(content).encode()
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            made.addfile(entry, io.BytesIO(data))
    golden._forget_builder(archive)
    with tarfile.open(archive) as changed:
        changed.extractall(tmp_path, filter="data")
    assert json.loads((tmp_path / "a.json").read_text()) == {"os": "linux"}
