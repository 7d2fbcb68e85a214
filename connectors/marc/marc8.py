"""MARC-8, the character set of MARC 21 before Unicode, East Asian characters (EACC) included.

Follows the MARC 21 specification of character sets and exchange media. The code tables are
pymarc's; its converter is not used, because it writes to stderr and drops what it cannot read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from pymarc import marc8_mapping

REPLACEMENT = "\ufffd"
ESCAPE = 0x1B

_BASIC_LATIN, _ANSEL, _EACC = 0x42, 0x45, 0x31
# EACC: six planes for the usual forms, then six for simplified ones at the same places, and so on.
_FIRST_LAYER, _LAYER_HEIGHT = 0x21, 6
_SPECIAL_SETS = frozenset((0x67, 0x62, 0x70))
_ENCODING_ORDER = (_BASIC_LATIN, _ANSEL, 0x4E, 0x51, 0x53, 0x32, 0x33, 0x34, 0x62, 0x70, 0x67, _EACC)
_CLUSTER = re.compile(r".[\u0300-\u036f\ufe20-\ufe2f]*", re.DOTALL)
_ANSEL_TABLE = marc8_mapping.CODESETS[_ANSEL]
#: the letters and signs of ANSEL beyond ASCII, and the bytes of marks on the letter that follows
ANSEL_SPECIALS = {
    code: chr(character)
    for code, (character, combines) in _ANSEL_TABLE.items()
    if code > 0xA0 and not combines
}
ANSEL_MARKS = bytes(sorted(code for code, (_, combines) in _ANSEL_TABLE.items() if code > 0xA0 and combines))

# Marks of a ligature belong to two letters and compose with neither.
_LIGATURE_HALVES = b"\xeb\xec\xfa\xfb"
# A mark and its letter that Unicode knows as one character, or half a ligature.
USUAL_PAIRS = frozenset(
    bytes((mark, letter))
    for mark in ANSEL_MARKS
    for letter in range(0x41, 0x7B)
    if mark in _LIGATURE_HALVES
    or len(unicodedata.normalize("NFC", chr(letter) + chr(_ANSEL_TABLE[mark][0]))) == 1
)

# The specification's own references, and those that Innovative's systems write instead.
_CHARACTER_REFERENCE = re.compile(r"&#x([0-9A-Fa-f]{2,6});|\{u([0-9A-Fa-f]{4,6})\}")
_RAW_REFERENCE = re.compile(_CHARACTER_REFERENCE.pattern.encode("ascii"))
# NUL, which no text has, and the separators, which would cut the record once more.
_LAYOUT = frozenset((0x00, 0x1D, 0x1E, 0x1F))
_PLAIN_RUN = re.compile(rb"[\x20-\x7e]+")
_DESIGNATION = re.compile(
    rb"\x1b(?:(?P<g0>[(,]|\$,?(?!\)|-))|(?P<g1>[)\-]|\$[)\-]))(?P<set>!?[0-9A-Za-z])|\x1b(?P<special>[gbps])"
)


class Decoder:
    """Decodes one subfield after another; counts the codes for which no character is known (``unknown``).

    ``variants`` counts those for which only another form of the character is known.

    The graphic sets return to Basic Latin and ANSEL for each value, as the specification demands
    of whoever wrote it.
    """

    def __init__(self) -> None:
        self.unknown = 0
        self.variants = 0

    def decode(self, data: bytes) -> str:
        """The text of one value, composed (NFC). Unknown codes become U+FFFD."""
        if data.isascii() and ESCAPE not in data:
            return _resolve_references(data.decode("ascii"))
        text: list[str] = []
        marks: list[str] = []
        sets = [_BASIC_LATIN, _ANSEL]
        position = 0
        while position < len(data):
            if data[position] == ESCAPE and (designation := _DESIGNATION.match(data, position)):
                _designate(sets, designation)
                position = designation.end()
            elif reference := _RAW_REFERENCE.match(data, position):
                # Systems write references without going back to Basic Latin.
                self._append(text, marks, reference[0].decode("ascii"))
                position = reference.end()
            elif sets[0] == _BASIC_LATIN and (run := _PLAIN_RUN.match(data, position)):
                self._append(text, marks, run.group().decode("ascii"))
                position = run.end()
            else:
                position = self._one(data, position, sets, text, marks)
        text.extend(marks)
        return unicodedata.normalize("NFC", _resolve_references("".join(text)))

    def _one(self, data: bytes, position: int, sets: list[int], text: list[str], marks: list[str]) -> int:
        """Decode the character at ``position``; returns where the next begins."""
        code, width = data[position], 1
        active = sets[1] if code > 0x80 else sets[0]
        if active in _SPECIAL_SETS and code not in marc8_mapping.CODESETS[active]:
            # Superscripts, subscripts and Greek symbols are often left without the closing escape.
            active = sets[0] = _BASIC_LATIN
        if code <= 0x20:
            self._append(text, marks, chr(code))
            return position + 1
        if active == _EACC:
            group = data[position : position + 3]
            if ESCAPE in group:
                self.unknown += 1
                return position + group.index(ESCAPE)
            code, width = int.from_bytes(group) & 0x7F7F7F, 3
        character, combines = self._character(active, code)
        if combines:
            marks.append(character)
        else:
            self._append(text, marks, character)
        return position + width

    def _character(self, active: int, code: int) -> tuple[str, bool]:
        table = marc8_mapping.CODESETS[active]
        # A set may be designated to either half; its table lists one of them.
        found = table.get(code) or table.get(code ^ 0x80)
        if found is None and active == _EACC:
            found = self._east_asian(code)
        if found is None:
            self.unknown += 1
            return REPLACEMENT, False
        return chr(found[0]), bool(found[1])

    def _east_asian(self, code: int) -> tuple[int, int] | None:
        """A code that the table lacks: another form of the character at the same place in the first layer."""
        if code in marc8_mapping.ODD_MAP:
            return marc8_mapping.ODD_MAP[code], 0
        layer = (code >> 16) - _FIRST_LAYER
        found = marc8_mapping.CODESETS[_EACC].get(code - (layer - layer % _LAYER_HEIGHT << 16))
        if found is not None:
            self.variants += 1
        return found

    @staticmethod
    def _append(text: list[str], marks: list[str], run: str) -> None:
        """MARC-8 writes marks before their letter, Unicode after it."""
        if marks:
            text.extend((run[0], *marks, run[1:]))
            marks.clear()
        else:
            text.append(run)


def encode(text: str) -> tuple[bytes, tuple[str, ...]]:
    """The text in MARC-8, and the characters that MARC-8 lacks.

    Those are written as numeric character references (``&#x1F600;``), the specification's own
    lossless substitute, which ``Decoder`` reads back.
    """
    text = text.replace("&#x", "&#x26;#x").replace("{u", "&#x7B;u")
    if text.isascii():
        return text.encode("ascii"), ()
    out = bytearray()
    missing: list[str] = []
    active = _BASIC_LATIN
    for cluster in _CLUSTER.findall(unicodedata.normalize("NFC", text)):
        for target, code in _codes(cluster, missing):
            if target != active:
                out += _escape(active, target)
                active = target
            out += code
    if active != _BASIC_LATIN:
        out += _escape(active, _BASIC_LATIN)
    return bytes(out), tuple(missing)


def _codes(cluster: str, missing: list[str]) -> Iterator[tuple[int, bytes]]:
    """The (graphic set, bytes) of a letter with its marks, marks first."""
    table = _encoding_table()
    for form in (cluster, unicodedata.normalize("NFD", cluster)):
        if all(character in table for character in form):
            yield from (table[character] for character in form[1:] + form[0])
            return
    for character in cluster:
        if character in table and not unicodedata.combining(character):
            yield table[character]
        else:
            missing.append(character)
            yield _BASIC_LATIN, f"&#x{ord(character):04X};".encode("ascii")


def _escape(active: int, target: int) -> bytes:
    if target in _SPECIAL_SETS:
        return bytes((ESCAPE, target))
    if active in _SPECIAL_SETS and target == _BASIC_LATIN:
        return bytes((ESCAPE, 0x73))
    return bytes((ESCAPE, 0x24, target)) if target == _EACC else bytes((ESCAPE, 0x28, target))


@cache
def _encoding_table() -> dict[str, tuple[int, bytes]]:
    """Each character of MARC-8 with the set to designate to G0 and its bytes; plainer sets win.

    ANSEL stands in G1 beside Basic Latin, so it needs no designation of its own.
    """
    table: dict[str, tuple[int, bytes]] = {}
    for graphic_set in _ENCODING_ORDER:
        target = _BASIC_LATIN if graphic_set == _ANSEL else graphic_set
        for code, (point, _) in marc8_mapping.CODESETS[graphic_set].items():
            if graphic_set == _EACC:
                table.setdefault(chr(point), (target, code.to_bytes(3)))
            elif code >= 0x20:
                table.setdefault(
                    chr(point), (target, bytes((code if target == _BASIC_LATIN else code & 0x7F,)))
                )
    return table


def _designate(sets: list[int], designation: re.Match[bytes]) -> None:
    if special := designation["special"]:
        sets[0] = _BASIC_LATIN if special == b"s" else special[0]
        return
    code = designation["set"][-1]
    if code in marc8_mapping.CODESETS:
        sets[0 if designation["g0"] else 1] = code


def _resolve_references(text: str) -> str:
    if "&#x" not in text and "{u" not in text:
        return text
    return _CHARACTER_REFERENCE.sub(_referenced, text)


def _referenced(match: re.Match[str]) -> str:
    code = int(match[1] or match[2], 16)
    return (
        chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF and code not in _LAYOUT else match[0]
    )
