"""The command line in this process: what it prints and the code it ends with."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hub.cli.main import run


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str

    @property
    def answer(self) -> dict[str, Any]:
        """The one JSON object on stdout."""
        assert self.code in {0, 1}, self.err
        lines = self.out.splitlines()
        assert len(lines) == 1, self.out + self.err
        found = json.loads(lines[0])
        assert isinstance(found, dict)
        return found


Tongjie = Callable[..., Said]


@pytest.fixture(autouse=True)
def _logs() -> Iterator[None]:
    """A command sets up logging for its process; a test has to put it back."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def tongjie(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Tongjie:
    """Perform one command over a folder of the test's own."""

    def perform(*words: object, stdin: str = "", **settings: str) -> Said:
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        environment = {"TONGJIE_DATA": str(tmp_path / "data"), "TONGJIE_LANGUAGE": "en", **settings}
        capsys.readouterr()
        try:
            code = run([str(word) for word in words], environment)
        except SystemExit as leaving:
            code = int(leaving.code or 0)
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return perform
