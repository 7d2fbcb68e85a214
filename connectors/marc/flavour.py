"""Which dialect a record speaks, found from its tags and coded data.

MARC 21 keeps the title in 245, UNIMARC and its Chinese form CNMARC (GB/T 33286) in 200. CNMARC has no
identifier of its own in any protocol; it is UNIMARC made in Chinese.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import compress

from hub.kernel.fields import Field, fields_of
from hub.kernel.record import Flavour

_ENTERED = re.compile(r"\d{8}")
_HAN = re.compile(r"[\u3400-\u9fff]")
_MARC21_TAGS = frozenset(("008", "040", "245", "260", "264", "300", "650", "852"))
_UNIMARC_TAGS = frozenset(("101", "102", "105", "200", "210", "215", "606", "801"))
# Local to Chinese practice: unified book number, CLC and CAS classes, holdings.
_CHINESE_TAGS = frozenset(("091", "690", "692", "905", "906", "985", "986"))
# Fields of coded data that tell more than their tags do, and the title.
_TELLING_TAGS = frozenset(("100", "101", "102", "200", "801"))


def flavour_of(fields: Sequence[Field]) -> Flavour:
    """The flavour of a record with these fields; MARC 21 when nothing speaks for another."""
    tags = tuple([field.tag for field in fields])
    return flavour_by_tags(tags) or _flavour_by_content(fields, frozenset(tags))


def flavour_of_texts(tags: tuple[str, ...], texts: Sequence[str]) -> Flavour:
    """The flavour of a record with the fields that ``fields_of`` would make of these."""
    told = flavour_by_tags(tags)
    if told is not None:
        return told
    telling = [tag in _TELLING_TAGS for tag in tags]
    fields = fields_of([*compress(tags, telling)], [*compress(texts, telling)])
    return _flavour_by_content(fields, frozenset(tags))


@lru_cache(maxsize=4096)  # a catalogue repeats a few hundred lists of tags
def flavour_by_tags(tags: tuple[str, ...]) -> Flavour | None:
    """The flavour where the tags alone tell."""
    if "245" in tags and "200" not in tags:
        return Flavour.MARC21
    if "200" in tags and "245" not in tags and not _CHINESE_TAGS.isdisjoint(tags):
        return Flavour.CNMARC
    return None


def _flavour_by_content(fields: Sequence[Field], tags: frozenset[str]) -> Flavour:
    if not _is_unimarc(fields, tags):
        return Flavour.MARC21
    return Flavour.CNMARC if _is_chinese(fields, tags) else Flavour.UNIMARC


def _is_unimarc(fields: Sequence[Field], tags: frozenset[str]) -> bool:
    if "200" in tags and "245" not in tags:
        return True
    coded = any(field.tag == "100" and _ENTERED.match(field.first("a") or "") for field in fields)
    return coded or len(tags & _UNIMARC_TAGS) > len(tags & _MARC21_TAGS)


def _is_chinese(fields: Sequence[Field], tags: frozenset[str]) -> bool:
    if tags & _CHINESE_TAGS:
        return True
    return any(_speaks_chinese(field) for field in fields)


def _speaks_chinese(field: Field) -> bool:
    value = field.first("a") or ""
    if field.tag == "100":
        return value[22:25] == "chi"
    if field.tag == "101":
        return "chi" in field.all("a")
    if field.tag in ("102", "801"):
        return value[:2].upper() == "CN"
    return field.tag == "200" and _HAN.search(value) is not None
