r"""Worksheet text: one field a line, as cataloguers paste it.

Two forms are read. MarcEdit's mnemonic form, ``=245  10$aTitle``, writes ``\`` for a blank and ``{dollar}``
for a dollar sign. The plain form, ``2001 ǂaTitle`` or ``245 10 |a Title``, begins with the tag, may wrap
long lines with an indent, writes ``_`` for a blank in coded data, and comes with pseudo-fields such as
``-01``, the path of the record in the system that it was taken from (dp2). The delimiter is any of
``$ ǂ ‡ @ | ▼`` and is found from the text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from connectors.marc import encodings
from connectors.marc.evidence import Undecodable
from connectors.marc.malformed import Malformed
from hub.kernel.record import Field, Record, Subfield

DELIMITERS: Final = "$ǂ‡@|▼"

_LEADER_TAGS: Final = frozenset(("LDR", "000", "###"))
_MNEMONIC_LINE: Final = re.compile(r"=([0-9A-Za-z]{3}) {0,2}(.*)", re.DOTALL)
_PLAIN_LINE: Final = re.compile(r"(00[0-9](?=.)|(?:[0-9]{3}|[A-Z]{3})(?![0-9A-Za-z]{3}))(.*)", re.DOTALL)
_PSEUDO_FIELD: Final = re.compile(r"-\d\d")
_BARE_LEADER: Final = re.compile(r"[\d _?|*]{5}[a-z][a-z_ ?|#*]{2}.{8,17}")
_FIRST_SUBFIELD: Final = re.compile(
    rf"(?:=[0-9A-Za-z]{{3}}|[0-9]{{3}}|[A-Z]{{3}}).{{0,5}}?([{re.escape(DELIMITERS)}])[0-9A-Za-z]"
)
_RULE: Final = re.compile(r"[*=_-]{3,}")
_MNEMONICS: Final = {"dollar": "$", "bsol": "\\", "lcub": "{", "rcub": "}", "verbar": "|", "commat": "@"}
_MNEMONIC: Final = re.compile(r"\{(?:(" + "|".join(_MNEMONICS) + r")|U\+([0-9A-F]{4,6}))\}")
_NAMES: Final = {character: name for name, character in _MNEMONICS.items()}
_SNIFFED: Final = 20


def is_worksheet(raw: bytes) -> bool:
    """Whether these bytes, or the beginning of a file, are worksheet text rather than ISO 2709."""
    if b"\x1e" in raw:
        return False
    text = _decoded_for_a_look(raw)
    lines = [line for line in map(str.strip, text.splitlines()[:_SNIFFED]) if line]
    fields = sum(_FIRST_SUBFIELD.match(line) is not None for line in lines)
    return fields >= max(1, len(lines) // 3)


def begins_record(line: bytes) -> bool:
    """Whether a line is a leader, which begins a record where no empty line ends the one before it."""
    return line.startswith((b"=LDR", b"=000", b"LDR", b"-01"))


def ends_record(line: bytes) -> bool:
    """Whether a line stands between records: empty, or a rule of asterisks."""
    stripped = line.strip()
    return not stripped or (len(stripped) > 2 and not stripped.strip(b"*"))


def parse(raw: bytes) -> tuple[str, tuple[Field, ...], encodings.Decoded]:
    """The leader and fields of one record, and how its text was decoded.

    The text is decoded before it is cut: in GBK the second byte of a character can be a delimiter.
    Raises ``Malformed`` (``bad_worksheet``, ``no_fields``) or ``Undecodable``.
    """
    decoded = encodings.decode(raw.replace(b"\x00", b" "))
    text = decoded.text.removeprefix("\ufeff")
    if text.lstrip().startswith("="):
        leader, fields = _mnemonic(text)
    else:
        leader, fields = _plain(text)
    if not fields:
        raise Malformed("no_fields")
    return leader, tuple(fields), decoded


def to_worksheet(record: Record, delimiter: str = "$") -> str:
    """The record in mnemonic form; what would be read as layout is written as a mnemonic."""
    leader = _escaped(record.leader, delimiter).replace(" ", "\\")
    return "".join([f"=LDR  {leader}\n", *(f"{_line(field, delimiter)}\n" for field in record.fields)])


def _line(field: Field, delimiter: str) -> str:
    if field.is_control or not field.subfields:
        return f"={field.tag}  {_escaped(field.value, delimiter)}"
    parts = (f"{delimiter}{part.code}{_escaped(part.value, delimiter)}" for part in field.subfields)
    indicators = field.indicators.replace(" ", "\\")
    return f"={field.tag}  {indicators}{''.join(parts)}"


def _escaped(text: str, delimiter: str) -> str:
    return "".join(_escape(character, delimiter) for character in text)


def _escape(character: str, delimiter: str) -> str:
    if character in _NAMES and (character in "{}\\" or character == delimiter):
        return f"{{{_NAMES[character]}}}"
    # Line ends, blanks at either end and other delimiters are layout.
    if character == delimiter or (character.isspace() and character != " ") or not character.isprintable():
        return f"{{U+{ord(character):04X}}}"
    return character


def _unescaped(text: str) -> str:
    def meant(match: re.Match[str]) -> str:
        return _MNEMONICS[match[1]] if match[1] else chr(min(int(match[2], 16), 0x10FFFF))

    return _MNEMONIC.sub(meant, text)


def _mnemonic(text: str) -> tuple[str, list[Field]]:
    leader = ""
    fields: list[Field] = []
    lines = [line for line in text.split("\n") if line.strip()]
    delimiter = _delimiter(lines)
    for line in lines:
        match = _MNEMONIC_LINE.fullmatch(line.lstrip().removesuffix("\r"))
        if match is None:
            raise Malformed("bad_worksheet", line.strip()[:60])
        tag, content = match.groups()
        if tag in _LEADER_TAGS:
            leader = _unescaped(content.replace("\\", " "))
        elif tag.startswith("00") or content[2:3] != delimiter:
            fields.append(Field(tag, _unescaped(content.replace("\\", " "))))
        else:
            parts = _subfields(content[2:], delimiter, spaced=False)
            fields.append(Field(tag, "", content[:2].replace("\\", " "), parts))
    return leader, fields


def _plain(text: str) -> tuple[str, list[Field]]:
    lines = [line for line in _unwrapped(text) if not _PSEUDO_FIELD.match(line) and not _RULE.fullmatch(line)]
    delimiter = _delimiter(lines)
    leader = ""
    if lines and _BARE_LEADER.fullmatch(lines[0].strip()):
        leader = _blanked(lines.pop(0))
    found: list[tuple[str, str]] = []
    for line in lines:
        match = _PLAIN_LINE.fullmatch(line)
        if match is None:
            raise Malformed("bad_worksheet", line[:60])
        tag, content = match.groups()
        if tag in _LEADER_TAGS:
            leader = _blanked(content.strip())
        else:
            found.append((tag, content))
    spaced = _is_spaced((content for _, content in found), delimiter)
    return leader, [_plain_field(tag, content, delimiter, spaced) for tag, content in found]


def _unwrapped(text: str) -> Iterator[str]:
    """The lines, an indented one joined to the line before it."""
    line = ""
    for piece in text.splitlines():
        if piece[:1].isspace() and line:
            line = f"{line.rstrip()} {piece.strip()}" if piece.strip() else line
            continue
        if line:
            yield line
        line = piece if piece.strip() else ""
    if line:
        yield line


def _plain_field(tag: str, content: str, delimiter: str, spaced: bool) -> Field:
    start = content.find(delimiter)
    if tag.startswith("00") or not 0 <= start <= len("  __ "):
        return Field(tag, content.strip())
    parts = _subfields(content[start:], delimiter, spaced=spaced)
    if tag == "100":
        # 36 positions of coded data, whose blanks are written as low lines to be seen.
        parts = tuple(Subfield(part.code, part.value.replace("_", " ")) for part in parts)
    return Field(tag, "", _indicators(content[:start]), parts)


def _indicators(head: str) -> str:
    """Two indicators out of what stands between tag and first subfield, one blank around them allowed."""
    if len(head) == 4 and head[0] == head[3] == " ":
        head = head[1:3]
    elif len(head) == 3:
        head = head[1:] if head[0] == " " else head[:2]
    return re.sub(r"[_#\\]", " ", head)[:2].ljust(2)


def _subfields(text: str, delimiter: str, *, spaced: bool) -> tuple[Subfield, ...]:
    """The subfields; a delimiter that no code follows is text."""
    pieces = re.split(rf"{re.escape(delimiter)}(?=[0-9A-Za-z])", text)[1:]
    values = [(piece[0], piece[1:].strip() if spaced else piece[1:]) for piece in pieces]
    return tuple(Subfield(code, _unescaped(value)) for code, value in values)


def _is_spaced(contents: Iterator[str], delimiter: str) -> bool:
    """Whether blanks stand around each subfield for the eye only: ``|a Title |b rest``."""
    values = re.findall(rf"{re.escape(delimiter)}[0-9A-Za-z](.)", "\n".join(contents))
    return bool(values) and all(first == " " for first in values)


def _delimiter(lines: Sequence[str]) -> str:
    """The delimiter that begins most fields; the dollar sign when none does."""
    found = Counter(match[1] for line in lines if (match := _FIRST_SUBFIELD.match(line.strip())))
    return max(found, key=lambda one: (found[one], -DELIMITERS.index(one))) if found else "$"


def _blanked(leader: str) -> str:
    return re.sub(r"[_#\\]", " ", leader.rstrip("\r\n"))


def _decoded_for_a_look(raw: bytes) -> str:
    try:
        return encodings.decode(raw).text
    except Undecodable:
        return raw.decode("latin-1")
