"""A certificate for this machine, made where the tests run."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest


def self_signed(folder: Path) -> Path:
    """A certificate for 127.0.0.1, its key beside it as ``.key``; skips the test where none can be made."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl, which makes the certificate, is not installed")
    path = folder / "server.pem"
    command = (
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
        "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
        "-keyout", str(path.with_suffix(".key")), "-out", str(path),
    )  # fmt: skip
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    return path
