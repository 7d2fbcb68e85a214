"""A whole record from one flavour into the other, and what of it has no place there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from connectors.marc.crosswalk import agencies, coded, foreign, imprints, links, names, rules, scripts, titles
from connectors.marc.crosswalk.leaders import leader_losses, leader_to_cnmarc, leader_to_marc21
from connectors.marc.crosswalk.losses import letters, losses
from connectors.marc.crosswalk.scripts import InTwoScripts
from hub.kernel.identifiers import unified_book_number
from hub.kernel.record import Field, Flavour, Record

_SAME = ("001", "005")


@dataclass(frozen=True, slots=True)
class Converted:
    """A record in the other flavour, and the names of what was not carried (see ``losses``)."""

    record: Record
    not_carried: tuple[str, ...]


def to_marc21(record: Record, *, keep_foreign: bool = False) -> Converted:
    """A CNMARC (or UNIMARC) record as MARC 21. A MARC 21 record comes back as it is.

    With ``keep_foreign`` every field that would not come back as it is stands whole in an 886 as well, from
    which ``to_cnmarc`` takes it back.
    """
    if record.flavour is Flavour.MARC21:
        return Converted(record, ())
    leader = leader_to_marc21(record.leader)
    lost = dict.fromkeys(leader_losses(record.leader, leader_to_cnmarc(leader)))
    primary = [field for field in record.every(*names.PRIMARY) if field.first("a")]
    main = min(primary, key=lambda field: field.tag, default=None)
    pairs: list[InTwoScripts] = []
    for field in record.fields:
        if field.tag in coded.CNMARC_TAGS:
            continue
        produced = _to_marc21(field, main=field is main)
        if field.tag != agencies.CNMARC_TAG:
            lost.update(dict.fromkeys(losses(field, _all_to_cnmarc(produced), strict=True)))
        pairs.extend(produced)
    fields = [*coded.to_marc21(record, leader), *scripts.linked(_uniform_titles(pairs, main))]
    fields = list(agencies.joined(fields, record))
    result = _record(leader, fields, Flavour.MARC21)
    lost.update(dict.fromkeys(_gathered_losses(record, result)))
    if keep_foreign:
        result = Record(
            leader, (*result.fields, *foreign.kept(record, to_cnmarc(result).record)), Flavour.MARC21
        )
    return Converted(result, tuple(lost))


def _gathered_losses(record: Record, result: Record) -> Iterator[str]:
    """What is lost of the fields that go together into others: coded data and agencies."""
    coded_back = coded.to_cnmarc(result)
    for field in record.every(*coded.CNMARC_TAGS):
        found = [one for one in coded_back if one.tag == field.tag]
        yield from losses(field, found, strict=True)
    agencies_back = [one for field in result.every("003", "040") for one in agencies.agency_to_cnmarc(field)]
    for field in record.every(agencies.CNMARC_TAG):
        found = agencies.counterpart(field, _dated(agencies_back, record))
        yield from losses(field, found, strict=True)


def to_cnmarc(record: Record) -> Converted:
    """A MARC 21 record as CNMARC. A CNMARC or UNIMARC record comes back as it is."""
    if record.flavour is not Flavour.MARC21:
        return Converted(record, ())
    if any(map(foreign.is_ours, record.fields)):
        return _with_foreign(record)
    leader = leader_to_cnmarc(record.leader)
    lost: dict[str, None] = {}
    fields = list(coded.to_cnmarc(record))
    for pair in scripts.united(record):
        field = pair.field
        if field.tag in coded.MARC21_TAGS or coded.is_ours(field):
            continue
        produced = _to_cnmarc(pair)
        back = [one.field for each in produced for one in _to_marc21(each, main=field.tag[0] == "1")]
        lost.update(dict.fromkeys(losses(_without_language(field), back, strict=False)))
        fields.extend(produced)
    draft = _record(leader, imprints.joined(fields), Flavour.CNMARC)
    result = Record(leader, tuple(_dated(draft.fields, draft)), Flavour.CNMARC)
    coded_back = coded.to_marc21(result, leader_to_marc21(leader))
    for field in record.every(*coded.MARC21_TAGS):
        found = [one for one in coded_back if one.tag == field.tag]
        if found or field.tag == "008":
            lost.update(dict.fromkeys(losses(field, found, strict=False)))
    return Converted(result, tuple(lost))


def _record(leader: str, fields: Iterable[Field], flavour: Flavour) -> Record:
    return Record(leader, tuple(sorted(fields, key=lambda field: field.tag)), flavour)


def _dated(fields: Iterable[Field], record: Record) -> list[Field]:
    return [agencies.dated(field, record) if field.tag == agencies.CNMARC_TAG else field for field in fields]


def _without_language(field: Field) -> Field:
    """040 without its language of cataloguing, which is carried with the coded data."""
    if field.tag != "040":
        return field
    kept = tuple(part for part in field.subfields if part.code != "b")
    return Field(field.tag, "", field.indicators, kept)


def _to_marc21(field: Field, *, main: bool) -> tuple[InTwoScripts, ...]:
    """One CNMARC field with its pinyin as what it becomes."""
    pair = scripts.divided(field)
    produced = _field_to_marc21(pair.field, main=main)
    if pair.romanised is None or len(produced) != 1:
        return tuple(map(InTwoScripts, produced))
    romanised = _field_to_marc21(pair.romanised, main=main)
    return (InTwoScripts(produced[0], romanised[0] if romanised else None),)


def _to_cnmarc(pair: InTwoScripts) -> tuple[Field, ...]:
    """One MARC 21 field with its 880 as what it becomes."""
    produced = _field_to_cnmarc(pair.field)
    if pair.romanised is None or len(produced) != 1:
        return produced
    romanised = _field_to_cnmarc(pair.romanised)
    return (scripts.whole(InTwoScripts(produced[0], romanised[0] if romanised else None)),)


def _all_to_cnmarc(pairs: Iterable[InTwoScripts]) -> list[Field]:
    return imprints.joined(field for pair in pairs for field in _to_cnmarc(pair))


def _field_to_marc21(field: Field, *, main: bool) -> tuple[Field, ...]:
    if field.tag in _SAME:
        return (field,)
    match field.tag:
        case "200":
            return titles.title_to_marc21(field)
        case "210":
            return imprints.imprint_to_marc21(field)
        case "327":
            return titles.contents_to_marc21(field)
        case "801":
            return agencies.agency_to_marc21(field)
    if field.tag in names.CNMARC_NAMES + names.CNMARC_SUBJECTS:
        return names.name_to_marc21(field, main=main)
    if field.tag in links.cnmarc_tags():
        return links.link_to_marc21(field)
    return rules.to_marc21(field)


def _field_to_cnmarc(field: Field) -> tuple[Field, ...]:
    if field.tag in _SAME:
        return (field,)
    match field.tag:
        case "003" | "040":
            return agencies.agency_to_cnmarc(field)
        case "245":
            return titles.title_to_cnmarc(field)
        case "260" | "264":
            return imprints.imprint_to_cnmarc(field)
        case "505":
            return titles.contents_to_cnmarc(field)
        case "024" if _is_unknown_number(field):
            return ()
    if field.tag in names.MARC21_NAMES + names.MARC21_SUBJECTS:
        return names.name_to_cnmarc(field)
    if field.tag in links.marc21_tags():
        return links.link_to_cnmarc(field)
    return rules.to_cnmarc(field)


def _is_unknown_number(field: Field) -> bool:
    """A number of no declared kind counts as a 统一书号 only where it is called so or looks like one."""
    called = field.first("q") == "统一书号"
    return field.indicators[0] == "8" and not called and not unified_book_number(field.first("a") or "")


def _uniform_titles(pairs: list[InTwoScripts], main: Field | None) -> list[InTwoScripts]:
    """The fields with the uniform title as main entry (130) where no name is."""
    if main is not None:
        return pairs
    return [_as_main_title(pair) if pair.field.tag == "240" else pair for pair in pairs]


def _as_main_title(pair: InTwoScripts) -> InTwoScripts:
    def moved(field: Field) -> Field:
        return Field("130", "", "0 ", field.subfields)

    return InTwoScripts(moved(pair.field), moved(pair.romanised) if pair.romanised else None)


def _with_foreign(record: Record) -> Converted:
    """The record with the fields that 886 hold in place of what became of them, unless changed since."""
    bare = Record(record.leader, tuple(field for field in record.fields if not foreign.is_ours(field)))
    plain = to_cnmarc(bare)
    fields: list[Field] = list(plain.record.fields)
    back = foreign.taken_back(record.fields)
    for source in back:
        place = len(fields)
        # What was taken back already stands for itself.
        for field in _became(source, [field for field in fields if field not in back]):
            place = min(place, fields.index(field))
            fields.remove(field)
        fields.insert(place, source)
    leader = foreign.leader_of(record.fields) or plain.record.leader
    restored = _record(leader, fields, Flavour.CNMARC)
    unchanged = len(leader) == len(record.leader) and _said(to_marc21(restored).record) == _said(bare)
    return Converted(restored, plain.not_carried) if unchanged else plain


def _became(source: Field, fields: Sequence[Field]) -> list[Field]:
    """Which of the fields stand for a field that was kept."""
    if source.tag in coded.CNMARC_TAGS:
        return [field for field in fields if field.tag == source.tag][:1]
    if source.tag == agencies.CNMARC_TAG:
        return agencies.counterpart(source, (field for field in fields if field.tag == source.tag))
    as_main, as_added = (list(_to_marc21(source, main=main)) for main in (True, False))
    for produced in (as_main, as_added, _uniform_titles(as_added, None)):
        wanted = _all_to_cnmarc(produced)
        if wanted and all(field in fields for field in wanted):
            return wanted
    return []


def _said(record: Record) -> Counter[tuple[str, str, str]]:
    """What a MARC 21 record says, whatever its punctuation and the numbers of its links between scripts."""
    return Counter(
        (field.tag, field.indicators, letters(field.value) + _content(field))
        for field in map(_without_language, record.fields)
        if field.value or field.subfields
    )


def _content(field: Field) -> str:
    return "$".join(sorted(part.code + letters(part.value) for part in field.subfields if part.code != "6"))
