"""What is installed: exactly the five packages, with their data, and two commands."""

from __future__ import annotations

import importlib
import importlib.metadata
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TOP_LEVEL = ("connectors", "dedupe", "hub", "ill", "schedules")


@pytest.mark.parametrize("name", TOP_LEVEL)
def test_a_name_is_ours(name: str) -> None:
    """The names are common words; another distribution that ships one of them would shadow ours silently."""
    found = Path(str(importlib.import_module(name).__file__))
    assert found.is_relative_to(ROOT)
    assert set(importlib.metadata.packages_distributions().get(name, ())) <= {"tongjie"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)],
        check=True, capture_output=True, cwd=folder,
    )  # fmt: skip
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_exactly_our_packages(wheel: Path) -> None:
    names = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {name for name in names if not name.endswith(".dist-info")} == set(TOP_LEVEL)


def test_the_wheel_brings_every_data_file(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    data = {
        str(path.relative_to(ROOT))
        for top in TOP_LEVEL
        for path in (ROOT / top).rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc", ".md"} and "__pycache__" not in path.parts
    }
    assert data - inside == set()


def test_requirements_are_pinned() -> None:
    for name in ("requirements.txt", "requirements-test.txt"):
        lines = (ROOT / name).read_text("utf-8").split()
        assert lines
        assert all("==" in line for line in lines), name
