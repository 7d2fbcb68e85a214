"""The peer of ``z3950`` within one process: ZOOM, the interface of YAZ's C library, called directly."""

from __future__ import annotations

import ctypes
from ctypes import POINTER, byref, c_char_p, c_int, c_size_t, c_void_p
from functools import cache

from connectors.transport import TcpAddress
from hub.benchmarks.benchmark import Absent
from hub.errors import Broken

LIBRARY = "libyaz.so.5"


def absent() -> Absent | None:
    """Why ZOOM cannot take part; None when its library is here."""
    try:
        library()
    except OSError:
        return Absent("zoom", "bench.no_program", {"programs": LIBRARY})
    return None


def fetch(address: TcpAddress, query: str, count: int, chunk: int) -> int:
    """Find ``query`` and fetch ``count`` records, ``chunk`` at a time; how many bytes came.

    Each record is asked for its bytes, as whoever uses the library must, but they are not copied.

    Raises:
        Broken: it does not connect, find or fetch.
    """
    zoom = library()
    options = zoom.ZOOM_options_create()
    settings = {"databaseName": address.path, "preferredRecordSyntax": "usmarc", "count": "0"}
    settings |= {"elementSetName": "F", "presentChunk": str(chunk)}
    for name, value in settings.items():
        zoom.ZOOM_options_set(options, name.encode(), value.encode())
    connection = zoom.ZOOM_connection_create(options)
    found = None
    try:
        zoom.ZOOM_connection_connect(connection, f"{address.host}:{address.port}".encode(), 0)
        found = zoom.ZOOM_connection_search_pqf(connection, query.encode())
        return sum(
            _chunk(connection, found, start, min(chunk, count - start)) for start in range(0, count, chunk)
        )
    finally:
        zoom.ZOOM_resultset_destroy(found)
        zoom.ZOOM_connection_destroy(connection)
        zoom.ZOOM_options_destroy(options)


def _chunk(connection: int, found: int, start: int, count: int) -> int:
    zoom = library()
    records = (c_void_p * count)()
    zoom.ZOOM_resultset_records(found, records, start, count)
    if zoom.ZOOM_connection_errcode(connection):
        raise Broken("bench.peer_failed", program="zoom")
    length, size = c_int(), 0
    for record in records:
        zoom.ZOOM_record_get(record, b"raw", byref(length))
        size += length.value
    return size


@cache
def library() -> ctypes.CDLL:
    """YAZ's library with its functions declared.

    Raises:
        OSError: it is not installed.
    """
    zoom = ctypes.CDLL(LIBRARY)
    declared = {
        "ZOOM_options_create": (c_void_p, []),
        "ZOOM_options_set": (None, [c_void_p, c_char_p, c_char_p]),
        "ZOOM_options_destroy": (None, [c_void_p]),
        "ZOOM_connection_create": (c_void_p, [c_void_p]),
        "ZOOM_connection_connect": (None, [c_void_p, c_char_p, c_int]),
        "ZOOM_connection_errcode": (c_int, [c_void_p]),
        "ZOOM_connection_search_pqf": (c_void_p, [c_void_p, c_char_p]),
        "ZOOM_connection_destroy": (None, [c_void_p]),
        "ZOOM_resultset_records": (None, [c_void_p, POINTER(c_void_p), c_size_t, c_size_t]),
        "ZOOM_resultset_destroy": (None, [c_void_p]),
        "ZOOM_record_get": (c_void_p, [c_void_p, c_char_p, POINTER(c_int)]),
    }
    for name, (answer, arguments) in declared.items():
        function = getattr(zoom, name)
        function.restype, function.argtypes = answer, arguments
    return zoom
