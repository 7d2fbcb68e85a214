"""What is not carried: found by converting back, never declared.

A name in the list is a field (``905``), a subfield (``801$a``), an indicator (``225/ind1``), a leader
position (``LDR/08``), positions of coded data (``100/26-29``), or ``306/tag`` where the content is carried
but comes back under another tag.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

from connectors.marc.crosswalk import links, titles
from hub.kernel.record import Field

# Where one position of coded data ends and the next begins.
_POSITIONS: Final[Mapping[str, tuple[int, ...]]] = {
    "100": (0, 8, 9, 17, 20, 21, 22, 25, 26, 30, 34, 36),
    "105": (0, 4, 8, 9, 10, 11, 12, 13),
    "106": (0, 1),
    "008": (0, 6, 7, 15, 18, 22, 23, 24, 28, 29, 30, 31, 32, 33, 34, 35, 38, 39, 40),
}
# MARC 21 has two tags for these; either says the same.
_SAME: Final = frozenset((("260", "264"), ("100", "700"), ("110", "710"), ("111", "711"), ("130", "240")))


def losses(source: Field, back: Sequence[Field], *, strict: bool) -> Iterator[str]:
    """What of a field did not come back from the other side.

    ``strict`` compares tags and indicators as well; without it, subfields only.
    """
    same = [field for field in back if field.tag == source.tag]
    if not back:
        yield source.tag
        return
    if strict and not same and (source.tag, back[0].tag) not in _SAME:
        yield f"{source.tag}/tag"
    if source.tag in _POSITIONS:
        yield from _positions(source, same[0] if same else back[0])
        return
    if strict and same:
        yield from _indicators(source, same[0])
    yield from _subfields(source, same or back)


def _positions(source: Field, back: Field) -> Iterator[str]:
    bounds = _POSITIONS[source.tag]
    said, found = ((field.value or field.first("a") or "").ljust(bounds[-1]) for field in (source, back))
    for start, end in pairwise(bounds):
        stated = said[start:end]
        if stated.strip(" |#") and stated != found[start:end]:
            yield f"{source.tag}/{start}" + (f"-{end - 1}" if end - start > 1 else "")
    if said[bounds[-1] :].strip(" |#"):
        yield f"{source.tag}/{bounds[-1]}-{len(said) - 1}"


def _indicators(source: Field, back: Field) -> Iterator[str]:
    for place, (stated, found) in enumerate(zip(source.indicators, back.indicators, strict=True), start=1):
        if stated != found and stated not in " |":
            yield f"{source.tag}/ind{place}"


def _subfields(source: Field, back: Sequence[Field]) -> Iterator[str]:
    found = [one for field in back for one in _said(field)]
    for own, code, letters in _said(source):
        if (code, letters) in (pair := [(other, text) for _, other, text in found]):
            del found[pair.index((code, letters))]
        else:
            yield f"{source.tag}${own}"


def _said(field: Field) -> Iterable[tuple[str, str, str]]:
    """Each subfield by its own code, by the code that it is compared under, and by its letters."""
    if field.tag in links.cnmarc_tags():
        return [(own, code, letters(text)) for own, code, text in links.stated(field)]
    if not field.subfields:
        return [("", "", letters(field.value))]
    if field.tag == "200":
        return list(_title(field))
    return [(part.code, _compared(part.code), letters(part.value)) for part in field.subfields]


def _title(field: Field) -> Iterator[tuple[str, str, str]]:
    """A title's subfields; several statements of responsibility are the same in one $f and in $f and $g."""
    for part in field.subfields:
        if part.code in "fg":
            for statement in titles.RESPONSIBILITIES.split(part.value):
                yield part.code, "f", letters(statement)
        else:
            yield part.code, _compared(part.code), letters(part.value)


def _compared(code: str) -> str:
    """Pinyin is the same in $9 and in the capital letter of the title."""
    return "A" if code == "9" else code


def letters(text: str) -> str:
    """What a text says without the punctuation of either format."""
    return "".join(character for character in text if character.isalnum()) or text.strip()
