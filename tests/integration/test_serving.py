"""The hub as a process: it answers, takes commands, stops when told, and is alone in its folder."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import lived_in
from tests.command_line import Started, started, tongjie, typed
from tests.postgresql_server import running_server

READY = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def get(port: int, path: str) -> tuple[int, str]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return answer.status, answer.read().decode()


@contextmanager
def served(data: Path, *words: str, **settings: str) -> Iterator[tuple[Started, int]]:
    """A hub that answers, and its port."""
    port = free_port()
    with started(data, "serve", *words, TONGJIE_PORT=str(port), **settings) as hub:
        deadline = time.monotonic() + READY
        while True:
            try:
                get(port, "/healthz")
                break
            except OSError:
                assert hub.process.poll() is None, hub.said
                assert time.monotonic() < deadline, hub.said
                time.sleep(0.05)
        yield hub, port


def test_a_hub_answers_takes_commands_and_stops_cleanly(tmp_path: Path) -> None:
    data, file = tmp_path / "data", tmp_path / "jlt.mrc"
    file.write_bytes(lived_in.marc("JLT", range(5)))
    with served(data) as (hub, port):
        assert get(port, "/healthz")[0] == 200
        assert get(port, "/")[0] == 200

        second = tongjie(data, "serve", settings={"TONGJIE_PORT": str(free_port())})
        assert second.code == 1
        assert str(hub.process.pid) in second.err, "who holds the folder is named"
        assert typed(data, "upgrade").code == 1, "nothing is upgraded under a running hub"

        lock = json.loads((data / "hub.lock").read_text())
        assert lock["pid"] == hub.process.pid
        done = tongjie(data, "ingest", file.relative_to(tmp_path), "--member", "JLT", "--json")
        assert (done.code, done.answer["stored"]) == (0, 5), done.err
        export = tmp_path / "clusters.tsv"
        assert typed(data, "cluster", "--export", export, "--json").answer["clusters"] == 5
        assert len(export.read_text("utf-8").splitlines()) == 5
        assert typed(data, "search", "hlm", "--json").answer["total"] == 1
        assert json.loads(get(port, "/api/v1/editions?q=hlm")[1])["total"] == 1
        user = ("user", "add", "li", "--role", "reader", "--node", "XWT", "--card", "C1", "--password", "-")
        assert typed(data, *user, stdin="open sesame\n").code == 0, "asked here, performed there"
        refused = typed(data, "network", "show", "XYZ")
        assert (refused.code, refused.err) == (1, "tongjie: There is no node XYZ. Check it and try again.\n")
        in_chinese = typed(data, "network", "show", "XYZ", TONGJIE_LANGUAGE="zh")
        assert in_chinese.err == "tongjie: 没有找到节点：XYZ。请核对后重试。\n", "in the caller's language"
        assert typed(data, "doctor", "--json").answer["violations"] == []
        assert typed(data, "backup", tmp_path / "kept", "--json").answer["bytes"] > 0

        assert hub.stopped(signal.SIGTERM) == 0, hub.said
        assert "Traceback" not in hub.said
        assert not (data / "hub.sock").exists()
    assert typed(data, "search", "hlm", "--json").answer["total"] == 1, "and the folder is free again"


def test_a_killed_hub_leaves_a_folder_that_opens_again(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with served(data) as (hub, _):
        hub.stopped(signal.SIGKILL)
    assert (data / "hub.sock").exists(), "a killed hub cannot tidy up"
    assert len(typed(data, "network", "list", "--json").answer["nodes"]) == 46
    with served(data) as (hub, port):
        assert get(port, "/healthz")[0] == 200
        assert hub.stopped(signal.SIGTERM) == 0, hub.said


def test_progress_comes_over_the_socket(tmp_path: Path) -> None:
    data, file = tmp_path / "data", tmp_path / "jlt.mrc"
    file.write_bytes(lived_in.marc("JLT", range(5)))
    with served(data, "--roles", "web") as (hub, _):
        lines = asyncio.run(
            ask(data / "hub.sock", ["ingest"], {
                "file": str(file), "member": "JLT", "encoding": "auto", "profile": "auto", "dry_run": False,
            })
        )  # fmt: skip
        assert lines[0] == {"progress": ["jlt.mrc", 5, None]}
        assert lines[-1]["answer"]["stored"] == 5
        for nonsense in (b"what?\n", b"[]\n", b'{"command": ["user", "add"]}\n', b"\xff\n"):
            (said,) = asyncio.run(ask_raw(data / "hub.sock", nonsense))
            assert set(said) == {"problem"}
        assert hub.stopped(signal.SIGTERM) == 0, hub.said


async def ask(path: Path, words: list[str], arguments: dict[str, object]) -> list[dict[str, object]]:
    asked = {"command": words, "arguments": arguments, "language": "en"}
    return await ask_raw(path, json.dumps(asked).encode() + b"\n")


async def ask_raw(path: Path, line: bytes) -> list[dict[str, object]]:
    reader, writer = await asyncio.open_unix_connection(str(path))
    writer.write(line)
    await writer.drain()
    lines = [json.loads(answer) async for answer in reader]
    writer.close()
    await writer.wait_closed()
    return lines


@pytest.mark.postgresql
def test_everything_on_postgresql(tmp_path: Path) -> None:
    data, file = tmp_path / "data", tmp_path / "jlt.mrc"
    file.write_bytes(lived_in.marc("JLT", range(5)))
    with running_server() as url:
        settings = {"TONGJIE_DATABASE_URL": url}
        read = typed(data, "ingest", file, "--member", "JLT", "--json", **settings)
        assert (read.code, read.answer["stored"]) == (0, 5), read.err
        united = typed(data, "cluster", "--json", **settings)
        assert (united.code, united.answer["clusters"]) == (0, 5), united.err
        found = typed(data, "search", "hlm", "--json", **settings)
        assert (found.code, found.answer["total"]) == (0, 1), found.err
        checked = typed(data, "doctor", "--json", **settings)
        assert (checked.code, checked.answer["violations"]) == (0, []), checked.err
        assert not (data / "hub.sqlite").exists()


def test_a_postgresql_that_is_not_there_is_named_without_its_password(tmp_path: Path) -> None:
    url = f"postgresql+psycopg://hub:geheim@127.0.0.1:{free_port()}/hub"
    said = typed(tmp_path / "data", "network", "list", TONGJIE_DATABASE_URL=url)
    assert said.code == 1
    assert "127.0.0.1" in said.err
    assert "Traceback" not in said.err
    assert "geheim" not in said.err
