from __future__ import annotations

import os
import socket
import subprocess
import sys

from hub.services.claims import holder, is_gone


def test_a_process_that_lives_is_not_gone() -> None:
    assert not is_gone(holder())
    assert not is_gone(f"{socket.gethostname()}/{os.getppid()}")


def test_a_process_of_this_machine_that_ended_is_gone() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert is_gone(f"{socket.gethostname()}/{ended.pid}")


def test_nobody_knows_of_processes_elsewhere() -> None:
    assert not is_gone("another-machine/999999999")
    assert not is_gone("nonsense")
