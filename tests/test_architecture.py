"""The layout and the import rule of ARCHITECTURE.md, held."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ARMS = ("connectors", "dedupe", "ill", "schedules")

# Inside hub: who may import whom. A name stands for hub.<name> and everything below it.
INSIDE_HUB = {
    "kernel": set(),
    "messages": set(),
    "errors": {"messages"},
    "config": {"errors", "kernel"},
    "logs": {"errors"},
    "storage": {"kernel", "errors"},
    "index": {"kernel", "errors"},
    "services": {"kernel", "errors", "messages", "storage", "index"},
    "servers": {"kernel", "errors", "messages", "services"},
    "web": {"kernel", "errors", "messages", "services"},
    "simulation": {"kernel", "errors", "messages", "services"},
    "benchmarks": {"kernel", "errors", "messages", "services", "storage", "index"},
    "cli": {"kernel", "errors", "messages", "services", "benchmarks", "config", "logs", "bootstrap"},
}
EVERYTHING = {"bootstrap", "__main__"}


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def sources() -> list[Path]:
    return sorted(path for top in ("hub", *ARMS) for path in (ROOT / top).rglob("*.py"))


def broken(path: Path) -> list[str]:
    parts = path.relative_to(ROOT).with_suffix("").parts
    ours = [name for name in imports(path) if name.split(".")[0] in ("hub", *ARMS, "tests", "fixtures")]
    if parts[0] in ARMS:
        return [name for name in ours if name.split(".")[0] != parts[0] and not name.startswith("hub.kernel")]
    area = parts[1] if len(parts) > 1 else "__init__"
    if area in EVERYTHING:
        return []
    allowed = INSIDE_HUB.get(area, set()) | {area}
    arms_allowed = area in {"services", "servers", "simulation", "benchmarks", "cli"}
    bad = []
    for name in ours:
        top, _, rest = name.partition(".")
        if top in ARMS:
            if not (arms_allowed or (area == "index" and name.startswith("connectors.sru.cql"))):
                bad.append(name)
        elif top != "hub" or rest.split(".")[0] not in allowed:
            bad.append(name)
    return bad


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_follow_the_rule(path: Path) -> None:
    assert broken(path) == []


def test_every_package_says_what_it_owns() -> None:
    missing = [
        str(folder.relative_to(ROOT))
        for top in ("hub", *ARMS)
        for folder in [ROOT / top, *(ROOT / top).rglob("*")]
        if folder.is_dir() and (folder / "__init__.py").exists() and not (folder / "README.md").exists()
    ]
    assert missing == [], "each package has a README.md with Owns / Must not / How to extend"


def test_files_stay_small() -> None:
    long = [
        f"{path.relative_to(ROOT)}: {len(path.read_text('utf-8').splitlines())} lines"
        for path in [*sources(), *sorted((ROOT / "tests").rglob("*.py"))]
        if len(path.read_text("utf-8").splitlines()) > 400
    ]
    assert long == [], "one idea per file, none over 400 lines"


def test_fixtures_hold_no_code() -> None:
    assert list((ROOT / "fixtures").rglob("*.py")) == []


def test_hub_itself_is_empty() -> None:
    assert (ROOT / "hub" / "__init__.py").read_text("utf-8").strip() == ""


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_codecs_do_no_input_or_output(path: Path) -> None:
    if path.name not in {"codec.py", "ber.py", "apdu.py", "iso2709.py", "framing.py", "cql.py", "pqf.py"}:
        return
    forbidden = {"socket", "asyncio", "aiohttp", "os", "pathlib", "time", "random", "datetime.now"}
    assert not [name for name in imports(path) if name.split(".")[0] in forbidden]
