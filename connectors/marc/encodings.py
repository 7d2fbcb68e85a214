"""The text of a record from its bytes, with a report of what could not be read.

Owns: the way from bytes to text, as a whole or part by part.
Must not: look at leader/09 or at 100 $a/26-29, which are wrong in the field more often than useful.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from connectors.marc import evidence, iso5426, marc8
from connectors.marc.character_sets import text_of
from connectors.marc.evidence import Undecodable as Undecodable  # for those who call decode

_FIELD_END: Final = b"\x1e"
_SUBFIELD: Final = b"\x1f"
_ESCAPE: Final = b"\x1b"
_MARC8_ESCAPE: Final = re.compile(rb"\x1b(?:[(),\-$][(),\-!]?[0-9A-Za-z]|[gbps])")
#: control characters that would be read as the end of a field or subfield
_AS_BLANKS: Final = dict.fromkeys((0x1E, 0x1F), " ")


class Decoded(NamedTuple):
    """A record's text in one encoding, its fields still joined by their separator.

    ``confidence`` in the encoding runs from 0 to 1.
    """

    text: str
    encoding: str
    confidence: float
    repairs: tuple[str, ...] = ()

    @property
    def texts(self) -> list[str]:
        """The text of each field."""
        return self.text.split("\x1e")


def decode(body: bytes, encoding: str = "auto") -> Decoded:
    """The text of a record's fields, which are joined by the separator of ISO 2709.

    With ``auto`` the encoding is found; otherwise it is the one named. Raises ``Undecodable`` when no
    candidate is plausible, ``LookupError`` for an unknown name.
    """
    if encoding != "auto":
        return _decode_as(encoding.lower(), 1.0, body)
    if body.isascii():
        if _ESCAPE in body and _MARC8_ESCAPE.search(body):
            return _decode_as("marc8", 0.99, body)
        return Decoded(body.decode("ascii"), "utf-8", 1.0)
    try:
        return Decoded(body.decode("utf-8"), "utf-8", 0.99)
    except UnicodeDecodeError:
        return _decode_unknown(body)


def _decode_unknown(body: bytes) -> Decoded:
    try:
        text = body.decode("gb18030")
    except UnicodeDecodeError:
        return _decode_as(*evidence.best(body), body)
    confidence = evidence.confidence_in_gb18030(text)
    if confidence is not None:
        return Decoded(text, "gb18030", confidence)
    return _decode_as(*evidence.best(body), body)


def _decode_as(name: str, confidence: float, body: bytes) -> Decoded:
    if name in ("marc8", "marc-8"):
        return _decode_marc8(body, confidence)
    if name == "iso5426":
        text, unknown = iso5426.decode(body)
        return Decoded(text, name, confidence, ("undecodable_bytes",) if unknown else ())
    try:
        text = text_of(body, name)
    except UnicodeDecodeError:
        return _decode_by_part(name, body, confidence)
    if text.count("\x1e") != body.count(_FIELD_END):
        # An encoding that is no extension of ASCII; its text is cut where its bytes are.
        return _decode_by_part(name, body, confidence)
    return Decoded(text, name, confidence)


def _decode_marc8(body: bytes, confidence: float) -> Decoded:
    decoder = marc8.Decoder()
    text = "\x1e".join(
        "\x1f".join(map(decoder.decode, content.split(_SUBFIELD))) for content in body.split(_FIELD_END)
    )
    found = {"character_variant": decoder.variants, "undecodable_bytes": decoder.unknown}
    return Decoded(text, "marc8", confidence, tuple(repair for repair, count in found.items() if count))


def _decode_by_part(name: str, body: bytes, confidence: float) -> Decoded:
    """Subfield by subfield, because systems paste text of another encoding into single ones."""
    repairs: set[str] = set()
    texts = []
    for content in body.split(_FIELD_END):
        parts = [_decode_part(name, part, repairs) for part in content.split(_SUBFIELD)]
        texts.append("\x1f".join(part.translate(_AS_BLANKS) for part in parts))
    return Decoded("\x1e".join(texts), name, round(confidence * 0.8, 2), tuple(sorted(repairs)))


def _decode_part(name: str, part: bytes, repairs: set[str]) -> str:
    try:
        return text_of(part, name)
    except UnicodeDecodeError:
        pass  # the part is in another encoding, which is to be found
    other = _other_encoding(name, part)
    if other is None:
        repairs.add("undecodable_bytes")
        return text_of(part, name, "replace")
    decoded = _decode_as(*other, part)
    repairs.update(("mixed_encoding", *decoded.repairs))
    return decoded.text


def _other_encoding(name: str, part: bytes) -> tuple[str, float] | None:
    """The encoding of a part that is not in the record's own; None when it is anybody's guess."""
    try:
        part.decode("utf-8")
    except UnicodeDecodeError:
        pass  # it has to be weighed
    else:
        return "utf-8", 0.99
    try:
        other, confidence = evidence.best(part)
    except Undecodable:
        return None
    return (other, confidence) if other not in (name, "utf-8") and confidence >= evidence.CLEARLY else None
