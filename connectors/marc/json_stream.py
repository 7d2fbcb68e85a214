"""A file of JSON cut into records: objects on lines of their own, one after the other, or in a list.

Owns: cutting with memory bounded by the longest record, every piece with its bytes as they came.
Must not: know what a record looks like.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import BinaryIO

from connectors.marc.iso2709 import MAX_PIECE, PADDING

_CHUNK = 1 << 18
_BETWEEN = "\r\n\t \x00\x1a\ufeff,[]"  # what may stand between the records of a list, and around them


def pieces(file: BinaryIO) -> Iterator[bytes]:
    """The records of a file that begins with ``{`` or ``[``.

    What cannot be cut comes out as a piece as well: a line by itself, or the rest of a list.
    """
    first = file.readline(MAX_PIECE)
    if first.lstrip(PADDING).startswith(b"{") and _is_json(first):
        yield first
        while line := file.readline(MAX_PIECE):
            if line.strip(PADDING):
                yield line
    else:
        yield from _in_sequence(first, file)


def _in_sequence(first: bytes, file: BinaryIO) -> Iterator[bytes]:
    # Bytes that are not UTF-8 pass through unchanged, for the reader to reject.
    decode = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode
    scan = json.JSONDecoder().raw_decode
    text, position = decode(first), 0
    while True:
        position = _skip(text, position)
        try:
            _, end = scan(text, position)
        except (ValueError, RecursionError):
            chunk = file.read(_CHUNK) if len(text) - position < MAX_PIECE else b""
            if chunk:
                text, position = text[position:] + decode(chunk), 0
                continue
            if position < len(text):
                yield _bytes(text[position:])
            return
        yield _bytes(text[position:end])
        position = end


def _skip(text: str, position: int) -> int:
    while position < len(text) and text[position] in _BETWEEN:
        position += 1
    return position


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True
