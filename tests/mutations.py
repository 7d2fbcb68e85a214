"""Texts made worse at random: what a fuzzer feeds to everything that reads what strangers send."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import repeat

#: Bytes that mean something to the readers of queries and of XML.
WORDS = (
    *(b'"', b"\\", b"(", b")", b"<", b">", b"=", b"/", b"*", b"?", b"^", b"&", b"\0", b"\xff", b"\xe7\xba"),
    *(b"<![CDATA[", b"]]>", b"<!--", b"<!DOCTYPE a>", b"<?xml?>", b"&lt;", b"&#0;", b"&#55296;", b"&x;"),
    *(b" and ", b" sortby ", b" prox/unit=word ", b"@attr 1=4 ", b"@or ", b"@set ", b"999999999999999999999"),
    *(
        b"<record/>",
        b"</records>",
        b'xmlns="',
        b"\xed\xa0\x80",
        "红楼梦".encode(),
        "红楼梦".encode("gb18030"),
    ),
)


def mutated(seeds: Sequence[bytes], count: int, seed: int) -> Iterator[bytes]:
    """So many texts, each made of one of the seeds by some changes; the same for the same ``seed``."""
    chance = random.Random(seed)
    for _ in repeat(None, count):
        data = bytearray(chance.choice(seeds))
        for _ in range(chance.randint(1, 6)):
            _change(data, chance, seeds)
        yield bytes(data)


def _change(data: bytearray, chance: random.Random, seeds: Sequence[bytes]) -> None:
    start = chance.randint(0, len(data))
    stop = min(len(data), start + chance.choice((1, 1, 2, 4, 16, 64)))
    match chance.randrange(6):
        case 0:
            del data[start:stop]
        case 1:
            data[start:start] = chance.choice(WORDS)
        case 2:
            data[start:start] = data[start:stop] * chance.choice((1, 2, 50))
        case 3:
            data[start:stop] = chance.randbytes(stop - start)
        case 4:
            other = chance.choice(seeds)
            place = chance.randint(0, len(other))
            data[start:] = other[place : place + 2_000]
        case _:
            del data[start:]
