"""A private PostgreSQL server for tests: on a free loopback port, in a temporary folder, unprivileged."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SETTINGS = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=60",
    "shared_buffers=64MB",
    "listen_addresses=127.0.0.1",
)


def programs() -> Path | None:
    """The folder of the newest PostgreSQL server installed, or None."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if debian:
        return debian[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


@contextmanager
def running_server() -> Iterator[str]:
    """Start a server, yield the URL of its maintenance database, and remove every trace of it.

    Raises:
        RuntimeError: PostgreSQL is not installed, or there is no unprivileged user to run it as.
    """
    folder = programs()
    if folder is None:
        raise RuntimeError("the PostgreSQL server programs are not installed")
    user = _unprivileged_user()
    home = Path(tempfile.mkdtemp(prefix="tongjie-postgresql-"))
    try:
        if user is not None:
            shutil.chown(home, user)
        _run(user, folder / "initdb", "-D", home / "data", "-U", "tongjie", "-A", "trust", "-E", "UTF8", "-N")
        port = _free_port()
        options = " ".join(
            f"-c {setting}" for setting in (*SETTINGS, f"port={port}", f"unix_socket_directories={home}")
        )
        control = (folder / "pg_ctl", "-D", home / "data", "-w", "-s")
        _run(user, *control, "-l", home / "log", "-o", options, "start")
        try:
            yield f"postgresql+psycopg://tongjie@127.0.0.1:{port}/postgres"
        finally:
            _run(user, *control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(home)


def _unprivileged_user() -> str | None:
    """Whom to run as: PostgreSQL refuses root. None means the present user will do."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in names:
            return name
    raise RuntimeError("PostgreSQL refuses to run as root, and there is no user postgres or nobody")


def _run(user: str | None, *command: str | Path) -> None:
    # The server inherits its parent's streams: a pipe would never close, so a file takes what they say.
    with tempfile.TemporaryFile() as said:
        done = subprocess.run(
            [str(part) for part in command], user=user, group=pwd.getpwnam(user).pw_gid if user else None,
            extra_groups=[] if user else None, cwd="/", stdin=subprocess.DEVNULL, stdout=said,
            stderr=subprocess.STDOUT, timeout=60, env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"}, check=False,
        )  # fmt: skip
        said.seek(0)
        if done.returncode != 0:
            raise RuntimeError(f"{command[0]} failed: {said.read().decode(errors='replace')}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
