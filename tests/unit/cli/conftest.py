"""The command line over a folder of the test's own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.command_line import Said, typed

Tongjie = Callable[..., Said]


@pytest.fixture
def tongjie(tmp_path: Path) -> Tongjie:
    """Perform one command."""
    return partial(typed, tmp_path / "data")
