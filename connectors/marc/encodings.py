"""Which encoding a record is in, found from its bytes, and its text.

Owns: the candidates, the evidence for each, and decoding with a report of what could not be read.
Must not: look at leader/09 or at 100 $a/26-29, which are wrong in the field more often than useful.

Evidence: strict UTF-8 proves itself. For the others each candidate's text is weighed by how usual its
characters are in catalogues; the wrong decoding of Chinese gives rare characters, of Russian symbols.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat

from connectors.marc import marc8
from connectors.marc.character_weights import BIG5, CYRILLIC, GB18030, LATIN, UNUSUAL

_FIELD_END = b"\x1e"
_SUBFIELD = b"\x1f"
_MARC8_ESCAPE = re.compile(rb"\x1b(?:[(),\-$][(),\-!]?[0-9A-Za-z]|[gbps])")
# One special letter of ANSEL, or up to two marks before a letter; longer runs are another encoding.
_MARC8_SEQUENCE = re.compile(
    rb"(?<![\x80-\xff])(?:[LETTERS]?[MARKS]{1,2}[A-Za-z]|[LETTERS](?![\x80-\xff]))".replace(
        b"LETTERS", marc8.ANSEL_LETTERS
    ).replace(b"MARKS", marc8.ANSEL_MARKS)
)
# An accented letter of Latin-1 before another letter looks the same, but seldom gives a letter in use.
_UNCOMPOSED_SHARE = 0.4
_GB_FOUR_BYTES = re.compile(rb"(?:[\x81-\xfe][0-9]){2}")
_HIGH_BYTES = bytes(range(0x80, 0x100))
_HIGH_RUN = re.compile(rb"[\x80-\xff]{3,}")
# Two characters and more, or a single one of GB 2312 as a word of role leaves it behind a Western name.
_CHINESE_RUN = re.compile(rb"(?:[\x81-\xfe][\x40-\xfe]){2,}|[\xa1-\xfe]{2}")

_ASCII = re.compile(r"[\x00-\x7f]+")

# Characters weighed per record, and how many suffice for a verdict.
_SAMPLE = 60
_ENOUGH = 12
# A strict decoding whose characters weigh this much is accepted without trying the others.
_CLEARLY = 0.7
_CERTAINLY = 0.94
# Below this no candidate explains the bytes; then a few odd ones are damage, many an unknown encoding.
_PLAUSIBLY = 0.45
_DAMAGED_SHARE = 0.005

_CODECS: Mapping[str, tuple[str, Mapping[str, float]]] = {
    "gb18030": ("gb18030", GB18030),
    "big5": ("cp950", BIG5),
    "cp1251": ("cp1251", CYRILLIC),
    "cp866": ("cp866", CYRILLIC),
    "koi8-r": ("koi8-r", CYRILLIC),
    "latin-1": ("cp1252", LATIN),
}


@dataclass(frozen=True, slots=True)
class Decoded:
    """The texts of a record's fields in one encoding; ``unread`` counts replaced characters."""

    texts: tuple[str, ...]
    encoding: str
    confidence: float
    repairs: tuple[str, ...] = ()


class Undecodable(ValueError):
    """No known encoding makes sense of the bytes."""


def decode(contents: Sequence[bytes], encoding: str = "auto") -> Decoded:
    """The fields' texts. With ``auto`` the encoding is found; otherwise it is the one named.

    Raises ``Undecodable`` when no candidate is plausible, ``LookupError`` for an unknown name.
    """
    joined = _FIELD_END.join(contents)
    if encoding != "auto":
        return _decode_as(encoding.lower(), 1.0, contents, joined)
    if joined.isascii():
        if _MARC8_ESCAPE.search(joined):
            return _decode_as("marc8", 0.99, contents, joined)
        return _split(joined.decode("ascii"), contents, "utf-8", 1.0)
    try:
        text = joined.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_unknown(contents, joined)
    return _split(text, contents, "utf-8", 0.99)


def _decode_unknown(contents: Sequence[bytes], joined: bytes) -> Decoded:
    try:
        text = joined.decode("gb18030")
    except UnicodeDecodeError:
        return _decode_as(*_best(joined), contents, joined)
    weight, count = _mean_weight(text, GB18030)
    if weight >= _CLEARLY and count >= _ENOUGH:
        return _split(text, contents, "gb18030", round(min(weight, 0.99), 2))
    return _decode_as(*_best(joined), contents, joined)


def _decode_as(name: str, confidence: float, contents: Sequence[bytes], joined: bytes) -> Decoded:
    if name in ("marc8", "marc-8"):
        return _decode_marc8(contents, confidence)
    try:
        text = joined.decode(_python_codec(name))
    except UnicodeDecodeError:
        return _decode_by_field(name, contents, confidence)
    return _split(text, contents, name, confidence)


def _decode_marc8(contents: Sequence[bytes], confidence: float) -> Decoded:
    decoder = marc8.Decoder()
    texts = ["\x1f".join(map(decoder.decode, content.split(_SUBFIELD))) for content in contents]
    repairs = ("undecodable_bytes",) if decoder.unknown else ()
    return Decoded(tuple(texts), "marc8", confidence, repairs)


def _decode_by_field(name: str, contents: Sequence[bytes], confidence: float) -> Decoded:
    """Subfield by subfield, because systems paste text of another encoding into single ones."""
    texts: list[str] = []
    repairs: set[str] = set()
    for content in contents:
        decoded = [_decode_part(name, part) for part in content.split(_SUBFIELD)]
        texts.append("\x1f".join(text for text, _ in decoded))
        repairs.update(repair for _, found in decoded for repair in found)
    return Decoded(tuple(texts), name, round(confidence * 0.8, 2), tuple(sorted(repairs)))


def _decode_part(name: str, content: bytes) -> tuple[str, tuple[str, ...]]:
    codec = _python_codec(name)
    for attempt in (codec, "utf-8"):
        try:
            return content.decode(attempt), () if attempt == codec else ("mixed_encoding",)
        except UnicodeDecodeError:
            continue
    other, confidence = _best_or_none(content)
    if other not in (None, name, "utf-8") and confidence >= _CLEARLY:
        decoded = _decode_as(str(other), confidence, (content,), content)
        return decoded.texts[0], ("mixed_encoding", *decoded.repairs)
    return content.decode(codec, "replace"), ("undecodable_bytes",)


def _best_or_none(data: bytes) -> tuple[str | None, float]:
    try:
        return _best(data)
    except Undecodable:
        return None, 0.0


def _python_codec(name: str) -> str:
    return _CODECS[name][0] if name in _CODECS else name


def _split(text: str, contents: Sequence[bytes], encoding: str, confidence: float) -> Decoded:
    texts = text.split("\x1e")
    if len(texts) != len(contents):
        texts = [content.decode(_python_codec(encoding)) for content in contents]
    return Decoded(tuple(texts), encoding, confidence)


def _best(data: bytes) -> tuple[str, float]:
    if (western := _weigh_marc8(data)) >= _CERTAINLY:
        return "marc8", western
    # On equal evidence the first wins: mainland practice before Taiwan's.
    scores = {"gb18030": _weigh_gb18030(data)}
    scores |= {name: _weigh(data, name) for name in _CODECS if name != "gb18030"}
    scores |= {"marc8": western, "utf-8": _weigh_broken_utf8(data)}
    name = max(scores, key=lambda candidate: scores[candidate])
    if scores[name] < _PLAUSIBLY:
        if _count_high([data]) <= len(data) * _DAMAGED_SHARE:
            return "utf-8", 0.5
        raise Undecodable(", ".join(f"{key} {value:.2f}" for key, value in scores.items()))
    return name, round(min(scores[name], 0.99), 2)


def _weigh_gb18030(data: bytes) -> float:
    """Four-byte characters prove the encoding by their form; the others are weighed by use."""
    two_byte, four_byte = _GB_FOUR_BYTES.subn(b"", data)
    if four_byte == 0 or two_byte.isascii():
        return 0.9 if four_byte else _weigh(data, "gb18030")
    count = len(_ASCII.sub("", two_byte.decode("gb18030", "replace")))
    return (_weigh(two_byte, "gb18030") * count + 0.9 * four_byte) / (count + four_byte)


def _weigh(data: bytes, name: str) -> float:
    """What speaks for a candidate; bytes it cannot decode weigh like unusual characters."""
    codec, weights = _CODECS[name]
    weight, _ = _mean_weight(data.decode(codec, "replace"), weights)
    # Western records have single accented letters; words of other scripts come in runs.
    run = _CHINESE_RUN if name in ("gb18030", "big5") else _HIGH_RUN
    in_runs = _count_high(run.findall(data)) / _count_high([data])
    return weight * (1 - in_runs if weights is LATIN else in_runs)


def _mean_weight(text: str, weights: Mapping[str, float]) -> tuple[float, int]:
    unusual = _ASCII.sub("", text)[:_SAMPLE]
    return sum(map(weights.get, unusual, repeat(UNUSUAL))) / len(unusual), len(unusual)


def _count_high(parts: Sequence[bytes]) -> int:
    return sum(len(part) - len(part.translate(None, _HIGH_BYTES)) for part in parts)


def _weigh_marc8(data: bytes) -> float:
    found = _MARC8_SEQUENCE.findall(data)
    explained = sum(_count_high([part]) * _marc8_share(part) for part in found)
    return 0.95 * explained / _count_high([data])


def _marc8_share(sequence: bytes) -> float:
    usual = len(sequence) == 1 or sequence[-2:] in marc8.USUAL_PAIRS
    return 1.0 if usual else _UNCOMPOSED_SHARE


def _weigh_broken_utf8(data: bytes) -> float:
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = len(_ASCII.sub("", text)) - broken
    return 0.9 * whole / (whole + 2 * broken)
