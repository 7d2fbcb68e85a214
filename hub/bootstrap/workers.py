"""Child processes for parsing and matching. They never outlive the hub, however it ends."""

from __future__ import annotations

import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, parent_process


def worker_pool(wanted: int) -> ProcessPoolExecutor:
    """A pool of ``wanted`` processes; 0: one less than the cores, so that the web stays quick."""
    count = wanted or max(1, (os.cpu_count() or 2) - 1)
    # A forked child would inherit locks held by other threads at that moment.
    return ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_begin)


def _begin() -> None:
    """Leave when the hub is gone: a pool's workers would else wait for work for ever after a ``kill -9``."""
    # Ctrl+C reaches the whole group; the hub ends the pool itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with_the_hub, daemon=True).start()


def _leave_with_the_hub() -> None:
    hub = parent_process()
    if hub is not None:
        hub.join()
        os._exit(1)
