"""What goes into an image's build."""

from __future__ import annotations

import tarfile
import tomllib
from glob import glob
from pathlib import Path

import pytest

from scoring.placeholders import TEMPLATE
from simulator import image, recipes


@pytest.mark.parametrize("recipe", [recipes.SERVER, recipes.STACK], ids=lambda recipe: recipe.name)
def test_a_build_is_made_of_plain_files(recipe: recipes.Recipe) -> None:
    """A link to a file elsewhere in the sources comes as that file."""
    with tarfile.open(fileobj=image._context(recipe)) as archive:
        assert [entry.name for entry in archive if not entry.isreg()] == []


def test_the_report_s_template_is_one_text() -> None:
    """The server's `incident report` starts from the file that `drill report template` starts from."""
    with tarfile.open(fileobj=image._context(recipes.SERVER)) as archive:
        file = archive.extractfile("production/bin/erp_report.md")
        assert file is not None
        assert file.read().decode() == TEMPLATE


def test_an_installed_product_builds_from_the_same_files() -> None:
    """The package data that go into a wheel hold every file of the builds, hidden ones too."""
    package = recipes.BOX.parent
    project = tomllib.loads((package.parent / "pyproject.toml").read_text())
    patterns = project["tool"]["setuptools"]["package-data"]["simulator"]
    # as setuptools has it: Path.glob would find hidden files by `*` too
    found = {Path(each) for pattern in patterns for each in glob(f"{package}/{pattern}", recursive=True)}  # noqa: PTH207
    assert [path for path in recipes.tree(recipes.BOX) if path not in found] == []
