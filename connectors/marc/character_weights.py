"""How usual characters are in catalogues, from 1 (usual) to ``UNUSUAL``: the evidence for an encoding.

The levels of the Chinese standards are by frequency: level 1 of GB 2312 and of Big5 holds the
characters of ordinary text, level 2 rarer ones, and everything else is seldom met.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

UNUSUAL = -0.5

_CHINESE_PUNCTUATION = "，。、；：？！·—…（）《》〈〉「」『』【】〔〕“”‘’．－～／［］￥○×"
_FREQUENT_CYRILLIC = "оеаинтсрвлкмдпуяыьгзбчй"
_FREQUENT_LATIN = "éèêëàâäáãåçñöôóòøõüûùúíîïìßæœÉÈÀÄÅÖÜØÇÑáíªº"


def _cells(codec: str, leads: Iterable[int], trails: Iterable[int]) -> str:
    trail_bytes = tuple(trails)
    return "".join(bytes((lead, trail)).decode(codec, "ignore") for lead in leads for trail in trail_bytes)


def _weights(*levels: tuple[float, str]) -> Mapping[str, float]:
    """Later levels override earlier ones."""
    return MappingProxyType({character: weight for weight, characters in levels for character in characters})


_GB_TRAILS = range(0xA1, 0xFF)
_BIG5_TRAILS = (*range(0x40, 0x7F), *range(0xA1, 0xFF))

# Traditional characters lie outside GB 2312, yet libraries that use GB 18030 hold such books.
GB18030 = _weights(
    (0.4, _cells("big5", range(0xA4, 0xC7), _BIG5_TRAILS)),
    (0.3, _cells("gb2312", range(0xD8, 0xF8), _GB_TRAILS)),
    (0.5, _cells("gb2312", range(0xA1, 0xAA), _GB_TRAILS)),
    (0.75, _cells("gb2312", range(0xA4, 0xA6), _GB_TRAILS) + "ー"),
    (0.9, _CHINESE_PUNCTUATION),
    (1.0, _cells("gb2312", range(0xB0, 0xD8), _GB_TRAILS)),
)

BIG5 = _weights(
    (0.3, _cells("big5", range(0xC9, 0xFA), _BIG5_TRAILS)),
    (0.5, _cells("big5", range(0xA1, 0xA4), _BIG5_TRAILS)),
    (0.9, _CHINESE_PUNCTUATION),
    (1.0, _cells("big5", range(0xA4, 0xC7), _BIG5_TRAILS)),
)

CYRILLIC = _weights(
    (0.2, "".join(map(chr, range(0x0410, 0x0430)))),
    (0.5, "".join(map(chr, range(0x0430, 0x0450))) + "ё«»—№"),
    (0.9, _FREQUENT_CYRILLIC),
)

LATIN = _weights(
    (0.3, "".join(map(chr, range(0xC0, 0x100))) + "©®«»“”‘’–—¿¡°"),
    (0.65, _FREQUENT_LATIN),
)
