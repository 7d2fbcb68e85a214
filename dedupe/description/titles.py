"""Titles: title proper, other title information, variants, and the forms that matching compares."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from dedupe.description.designations import Peeled, peel, volume_token
from dedupe.description.fields import Fields
from dedupe.description.forms import fold, fold_letters, has_han, is_native, strip_isbd
from hub.kernel.record import Field

#: longest title text read for matching, in characters; what lies beyond tells no two editions apart
LONGEST = 400
#: most variant titles kept for matching
MOST_FORMS = 6

_SUBTITLE_MARK = re.compile(r"\s*[:：；;]\s*|\s+=\s+|——|\s-\s|--")
_LEADING_ARTICLE = re.compile(
    r"(?:the|a|an|der|die|das|ein|eine|le|la|les|l'|un|une|il|lo|gli|i|el|los|las|uno|una)(?:\s+|(?<='))(?=\w)"
)
#: uniform and original titles: they name the work, in whatever edition
_ORIGINALS_UNIMARC = (("500", "a"), ("454", "at"))
_ORIGINALS_MARC21 = (("130", "a"), ("240", "a"), ("765", "t"))
#: syllables shaped like pinyin without its tones; one that is read is never read otherwise, to stay linear
_PINYIN = re.compile("(?>(?:[zcs]h|[bpmfdtnlgkhjqxzcsryw])?[aeiouv]+(?:ng|n|r)?)++")
_VARIANTS_UNIMARC = ("510", "512", "513", "514", "515", "516", "517", "540", "541", "518")
_GMD = re.compile(
    r"\[[^\]]*(?:资料|资源|制品|盲文|electronic|sound|video|micro|ressource|kit|map|graphic)[^\]]*\]\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Titles:
    """The titles of a record. ``proper`` to ``romanised`` are shown; the rest is folded and compared."""

    proper: str = ""
    other: tuple[str, ...] = ()  #: other title information
    variants: tuple[str, ...] = ()  #: parallel and variant titles
    access: tuple[str, ...] = ()  #: original titles and translations: searched and shown, never compared
    romanised: str = ""  #: pinyin or another romanisation: not a title
    forms: tuple[str, ...] = ()  #: letters of the title proper and of each variant, the first is the main one
    full: str = ""  #: letters of title proper and other title information
    subtitle: str = ""  #: letters of the other title information
    spaced: str = ""  #: the words of ``full``, for scripts that divide words
    sound: str = (
        ""  #: letters of the romanised title proper, which a record without the original script has as title
    )


@dataclass(frozen=True, slots=True)
class TitleReading:
    """The titles with what else the title fields said."""

    titles: Titles
    volumes: tuple[str, ...]
    volume_text: str
    versions: tuple[str, ...]
    pieces: int | None
    companions: tuple[str, ...]


def read_titles(fields: Fields) -> TitleReading:
    """Read every title of the record, in either dialect."""
    main_fields = list(fields.every("200" if fields.unimarc else "245"))
    proper, romanised = _main(main_fields, fields)
    if proper is None:
        return TitleReading(Titles(), (), "", (), None, ())
    codes = _codes(fields)
    title = strip_isbd(_GMD.sub("", (proper.first("a") or "").strip()))[:LONGEST]
    other = tuple(strip_isbd(value)[:LONGEST] for value in proper.all(codes["other"]) if strip_isbd(value))
    part_names = tuple(strip_isbd(value) for value in proper.all(codes["part_name"]) if strip_isbd(value))
    numbers = tuple(strip_isbd(value) for value in proper.all(codes["part_number"]) if strip_isbd(value))
    # ISBD writes the title and its other title information as one string in many records.
    head, tail = _divide(fold(title))
    peeled = peel(head)
    rest = [
        peel(part, is_part=True) for part in (tail, *(fold(value) for value in (*part_names, *other))) if part
    ]
    stated = _stated_variants(fields)
    variants = _variants(stated, title)
    access = _without(_distinct((*stated, *_originals(fields))), (title, romanised, *variants))
    titles = _assemble(title, (*part_names, *other), variants, romanised, peeled, rest)
    volumes = [*peeled.volumes, *filter(None, (volume_token(fold(value)) for value in numbers))]
    volumes += [token for part in rest for token in part.volumes]
    everything = [peeled, *rest]
    return TitleReading(
        replace(titles, access=access),
        tuple(volumes),
        " ".join(numbers),
        tuple(version for part in everything for version in part.versions),
        next((part.pieces for part in everything if part.pieces), None),
        tuple(sorted({kind for part in everything for kind in part.companions})),
    )


def _codes(fields: Fields) -> dict[str, str]:
    if fields.unimarc:
        return {"other": "e", "part_number": "hv", "part_name": "i"}
    return {"other": "b", "part_number": "n", "part_name": "p"}


def _main(candidates: list[Field], fields: Fields) -> tuple[Field | None, str]:
    """The title field in the original script, and the romanised title if the record carries one."""
    if not candidates:
        return None, ""
    main = candidates[0]
    if fields.unimarc:
        pinyin = main.first("A") or main.first("9") or ""
        return main, pinyin.strip()
    romanised = ""
    if len(candidates) > 1 and "245" in fields.romanised_tags:
        romanised = strip_isbd(candidates[-1].first("a") or "")
    elif is_native(main.first("a") or ""):
        romanised = next(filter(_reads_as_pinyin, fields.all("246", "a")), "")
    return main, romanised


def _reads_as_pinyin(text: str) -> bool:
    """Whether a Latin title can be Chinese read aloud, and is no translation or original title."""
    letters = "".join(character for character in fold(text) if character.isalpha())
    return _PINYIN.fullmatch(letters) is not None


def _stated_variants(fields: Fields) -> tuple[str, ...]:
    if not fields.unimarc:
        return _distinct(fields.all("246", "ab") + fields.all("740", "a"))
    added = [value for tag in _VARIANTS_UNIMARC for value in fields.all(tag, "a")]
    return _distinct(fields.all("200", "dc") + added)


def _originals(fields: Fields) -> list[str]:
    places = _ORIGINALS_UNIMARC if fields.unimarc else _ORIGINALS_MARC21
    return [value for tag, codes in places for value in fields.all(tag, codes)]


def _variants(stated: tuple[str, ...], title: str) -> tuple[str, ...]:
    """The stated titles that identify the edition as its title proper does."""
    if is_native(title):
        # A Latin variant of a Chinese title is its romanisation or a translation: neither identifies it.
        stated = tuple(value for value in stated if is_native(value))
    return stated[:MOST_FORMS]


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for value in values:
        if title := strip_isbd(value)[:LONGEST]:
            found.setdefault(_letters(title), title)
    return tuple(found.values())


def _without(values: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    forms = {_letters(value) for value in known}
    return tuple(value for value in values if _letters(value) not in forms)[:MOST_FORMS]


def _divide(folded: str) -> tuple[str, str]:
    """The folded title proper and the subtitle typed after a colon or a dash, if there is one."""
    match = _SUBTITLE_MARK.search(folded)
    if match is None or match.start() < 2:
        return folded, ""
    head, tail = folded[: match.start()], folded[match.end() :]
    return (head, tail) if any(character.isalpha() for character in tail) else (folded, "")


def _letters(text: str) -> str:
    letters = fold_letters(text)
    return letters or text.strip()


def _assemble(
    title: str,
    other: tuple[str, ...],
    variants: tuple[str, ...],
    romanised: str,
    peeled: Peeled,
    rest: list[Peeled],
) -> Titles:
    base = peeled.base if has_han(peeled.base) else _LEADING_ARTICLE.sub("", peeled.base, count=1)
    forms = [_letters(base)]
    forms += [_letters(peel(_divide(fold(variant))[0]).base) for variant in variants]
    subtitle = " ".join(part.base for part in rest)
    spaced = f"{base} {subtitle}".strip()
    return Titles(
        proper=title,
        other=other,
        variants=variants,
        romanised=romanised,
        forms=tuple(dict.fromkeys(form for form in forms if form))[:MOST_FORMS],
        full=_letters(spaced),
        subtitle=fold_letters(subtitle),
        spaced="" if has_han(spaced) else spaced,
        sound=fold_letters(peel(_divide(fold(romanised))[0]).base) if romanised else "",
    )
