r"""Worksheet text: one field a line, as cataloguers paste it (MarcEdit's mnemonic form).

``=245  10$aTitle``: tag, two indicators with ``\`` for a blank, subfields after ``$``, ``ǂ`` or ``‡``.
"""

from __future__ import annotations

import re

from connectors.marc import encodings
from connectors.marc.malformed import Malformed
from hub.kernel.record import Field, Subfield

_LINE = re.compile(r"=([0-9A-Za-z]{3}) {0,2}(.*)", re.DOTALL)
_DATA = re.compile(r"([^$ǂ‡]{2})([$ǂ‡].*)", re.DOTALL)
_LEADER_TAGS = frozenset(("LDR", "000"))
_MNEMONICS = {"{dollar}": "$", "{bsol}": "\\", "{lcub}": "{", "{rcub}": "}"}
_MNEMONIC = re.compile("|".join(map(re.escape, _MNEMONICS)))


def parse(raw: bytes) -> tuple[str, tuple[Field, ...], encodings.Decoded]:
    """The leader and fields of one record, and how its text was decoded.

    The text is decoded before it is cut: in GBK the second byte of a character can be a delimiter.
    Raises ``Malformed`` (``bad_worksheet``, ``no_fields``) or ``encodings.Undecodable``.
    """
    decoded = encodings.decode((raw.replace(b"\x00", b" "),))
    leader = ""
    fields: list[Field] = []
    for line in filter(None, map(str.strip, decoded.texts[0].splitlines())):
        match = _LINE.fullmatch(line)
        if match is None:
            raise Malformed("bad_worksheet", line[:60])
        tag, content = match.groups()
        if tag in _LEADER_TAGS:
            leader = content.replace("\\", " ")
        else:
            fields.append(_field(tag, content))
    if not fields:
        raise Malformed("no_fields")
    return leader, tuple(fields), decoded


def _field(tag: str, content: str) -> Field:
    match = _DATA.fullmatch(content)
    if match is None or tag.startswith("00"):
        return Field(tag, _plain(content.replace("\\", " ")))
    indicators, rest = match.groups()
    parts = [part for part in rest[1:].split(rest[0]) if part]
    subfields = tuple(Subfield(part[0], _plain(part[1:])) for part in parts)
    return Field(tag, "", indicators.replace("\\", " "), subfields)


def _plain(text: str) -> str:
    return _MNEMONIC.sub(lambda match: _MNEMONICS[match[0]], text)
