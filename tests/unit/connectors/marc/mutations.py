"""Records with something wrong: what transport, conversion and careless programs do to bytes."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from random import Random

from connectors.marc.iso2709 import FIELD_END, RECORD_END, SUBFIELD
from connectors.marc.marc_json import to_json
from connectors.marc.marcxml import to_marcxml
from connectors.marc.writing import to_iso2709
from hub.benchmarks.records import made_record
from hub.kernel.record import Record

Mutation = Callable[[bytes, Random], bytes]

_TELLING = (
    RECORD_END, FIELD_END, SUBFIELD, b"\x00", b"\x1a", b"\x1b$1", b"\x1b(3", b"&#x1E;", b"&amp;", b"\r\n",
    b"\xff", b"\xc2\x98", "亅".encode("gb18030"), "é".encode(), b"99999", b"<", b"]]>", b'"', b"\\u0000",
)  # fmt: skip


def flip(raw: bytes, chance: Random) -> bytes:
    at = chance.randrange(len(raw))
    return raw[:at] + bytes((chance.randrange(256),)) + raw[at + 1 :]


def digit(raw: bytes, chance: Random) -> bytes:
    """Another digit in the leader or the directory."""
    at = chance.randrange(min(len(raw), 200))
    return raw[:at] + b"%d" % chance.randrange(10) + raw[at + 1 :]


def insert(raw: bytes, chance: Random) -> bytes:
    at = chance.randrange(len(raw) + 1)
    return raw[:at] + chance.choice(_TELLING) + raw[at:]


def drop(raw: bytes, chance: Random) -> bytes:
    at = chance.randrange(len(raw))
    return raw[:at] + raw[at + chance.randrange(1, 30) :]


def truncate(raw: bytes, chance: Random) -> bytes:
    return raw[: chance.randrange(len(raw))]


def repeat(raw: bytes, chance: Random) -> bytes:
    at = chance.randrange(len(raw))
    end = at + chance.randrange(1, 80)
    return raw[:end] + raw[at:end] * chance.randrange(1, 5) + raw[end:]


def reencode(raw: bytes, chance: Random) -> bytes:
    """The text in another encoding, the numbers as they were."""
    codec = chance.choice(("gb18030", "cp950", "utf-8", "cp1252", "utf-16-le", "koi8-r"))
    return raw.decode("utf-8", "replace").encode(codec, "replace")


MUTATIONS: Sequence[Mutation] = (flip, digit, insert, drop, truncate, repeat, reencode)
LAYOUTS: Sequence[Callable[[Record], bytes]] = (
    to_iso2709,
    to_iso2709,
    to_iso2709,
    lambda record: to_iso2709(record, "gb18030"),
    lambda record: to_iso2709(record, "marc8"),
    to_marcxml,
    lambda record: json.dumps(to_json(record), ensure_ascii=False).encode(),
)


def mutated(number: int) -> bytes:
    """The broken record of this number, always the same."""
    chance = Random(number)
    raw = chance.choice(LAYOUTS)(made_record(number % 500))
    for _ in range(chance.randrange(1, 4)):
        if raw:
            raw = chance.choice(MUTATIONS)(raw, chance)
    return raw
