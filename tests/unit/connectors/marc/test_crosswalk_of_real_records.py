"""Real CNMARC and UNIMARC records to MARC 21 and back: every field is kept, or what is lost is listed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

from connectors.marc.crosswalk import to_cnmarc, to_marc21
from connectors.marc.files import read_file
from connectors.marc.reading import ReadRecord, read
from dedupe.description import describe
from hub.kernel.record import Field, Flavour, Record

DATA = Path(__file__).resolve().parents[5] / "shared/data"
FILES = [
    "records/derived/zh_books_cnmarc_dev.utf8.iso",
    "records/derived/zh_real_dev_unimarc.utf8.iso",
    "records/fixtures/DERIVED_*",
    "records/fixtures/*bnf*.xml",
    "records/fixtures/*unimarc*",
    "gold/zh/cnmarc.iso",
    "gold/bibr_t42_unimarc/*-unimarc.xml",
]
# The fields of the table in the notes on the domain.
TABLE = {
    "001", "005", "010", "011", "020", "091", "092", "100", "101", "102", "105", "106", "200", "205", "207",
    "210", "215", "225", "320", "324", "325", "327", "328", "330", "333", "410", "411", "488", "500", "510",
    "540", "541", "600", "601", "602", "605", "606", "607", "608", "610", "675", "676", "680", "690", "692",
    "700", "701", "702", "710", "711", "712", "801", "856",
    *map(str, range(300, 316)), *map(str, range(421, 465)), *map(str, range(512, 518)),
}  # fmt: skip
SAMPLED = 200


def records(limit: int | None) -> Iterator[tuple[str, Record]]:
    for pattern in FILES:
        paths = sorted(DATA.glob(pattern))
        for path in paths:
            for number, raw in enumerate(read_file(path)):
                if limit is not None and number >= limit:
                    break
                found = read(raw)
                if isinstance(found, ReadRecord) and found.record.flavour is not Flavour.MARC21:
                    yield f"{path.name}:{number}", found.record


def letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)) or text.strip()


def said(field: Field, lost: Iterable[str]) -> Counter[tuple[str, str]]:
    """The content of a field without the subfields that are listed as lost; links by what they say."""
    found: Counter[tuple[str, str]] = Counter()
    for part in field.subfields:
        if f"{field.tag}${part.code}" in lost:
            continue
        if field.tag[0] == "4":
            if part.code == "1" and part.value.startswith("001"):
                found["link", letters(part.value[3:])] += 1
            elif part.code != "1":
                found["link", letters(part.value)] += 1
        elif field.tag == "200" and part.code in "fg":
            pieces = part.value.replace("；", " ; ").split(" ; ")
            found.update(("f", letters(piece)) for piece in pieces)
        else:
            found["A" if part.code == "9" else part.code, letters(part.value)] += 1
    return found


def coded(field: Field, lost: Iterable[str]) -> str:
    """The text of coded data with the positions that are listed as lost blanked."""
    text = list((field.first("a") or "").replace("|", " ").replace("#", " ").ljust(40))
    for name in lost:
        if name.startswith(f"{field.tag}/") and name[4].isdigit():
            start, _, end = name[4:].partition("-")
            text[int(start) : int(end or start) + 1] = " " * (int(end or start) + 1 - int(start))
    return "".join(text)


def _agree(stated: str, found: str) -> bool:
    return stated in (" ", found)


def kept(source: Field, back: Record, lost: tuple[str, ...]) -> bool:
    """Whether the field came back with all that is not listed."""
    if source.tag in lost or not source.subfields:
        return source.tag in lost or source in back.fields
    candidates = back.fields if f"{source.tag}/tag" in lost else tuple(back.every(source.tag))
    if source.tag in ("100", "105", "106"):
        texts = [coded(one, lost) for one in candidates]
        stated = coded(source, lost)
        return (
            any(all(a in (" ", b) for a, b in zip(stated, text, strict=False)) for text in texts)
            or not stated.strip()
        )
    wanted = said(source, lost)
    return any(
        not wanted - said(one, ())
        and all(
            a in (" ", "|", b) or f"{source.tag}/ind{place}" in lost or one.tag != source.tag
            for place, (a, b) in enumerate(zip(source.indicators, one.indicators, strict=True), start=1)
        )
        for one in candidates
    )


def compare(limit: int | None) -> tuple[list[str], Counter[str], Counter[str], int]:
    broken: list[str] = []
    stated: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    number = 0
    for name, record in records(limit):
        number += 1
        converted = to_marc21(record)
        back = to_cnmarc(converted.record).record
        for field in record.fields:
            if field.tag not in TABLE:
                continue
            stated[field.tag] += 1
            listed = [one for one in converted.not_carried if one[:3] == field.tag]
            whole[field.tag] += not listed and kept(field, back, ())
            if not kept(field, back, converted.not_carried):
                broken.append(f"{name} {field}")
    return broken, stated, whole, number


@pytest.mark.skipif(not DATA.is_dir(), reason="the shared test data are absent")
def test_every_field_of_the_table_is_kept_or_listed() -> None:
    broken, stated, _, number = compare(SAMPLED)
    assert number > 900
    assert len(stated) > 40
    assert broken == []


@pytest.mark.soak
@pytest.mark.skipif(not DATA.is_dir(), reason="the shared test data are absent")
def test_every_field_of_the_table_is_kept_or_listed_in_all_records() -> None:
    broken, stated, whole, number = compare(None)
    print(f"{number} records there and back; fields that came back whole, by tag:")
    for tag, count in sorted(stated.items()):
        print(f"  {tag} {whole[tag]:7} of {count:7} = {whole[tag] / count:7.2%}")
    assert broken == []


def _by_number(path: Path) -> dict[str, Record]:
    found = (read(raw) for raw in read_file(path))
    return {
        one.record.identifier: one.record
        for one in found
        if isinstance(one, ReadRecord) and one.record.identifier
    }


def _parts(record: Record) -> dict[str, object]:
    """What the matcher sees of a record, part by part."""
    description = describe(record)
    return {
        f"{area.name}.{part.name}": getattr(getattr(description, area.name), part.name)
        for area in fields(description)
        if is_dataclass(getattr(description, area.name))
        for part in fields(getattr(description, area.name))
    }


@pytest.mark.skipif(not DATA.is_dir(), reason="the shared test data are absent")
def test_converted_records_are_described_as_their_twins_catalogued_in_marc21() -> None:
    """Where a UNIMARC record and its MARC 21 twin agree, the converted record agrees with both."""
    parts, agreeing, still_agreeing, after_agreeing = 0, 0, 0, 0
    for path in sorted((DATA / "gold/bibr_t42_unimarc").glob("*-unimarc.xml")):
        twins = _by_number(path.with_name(path.name.replace("-unimarc", "-marc21")))
        for number, record in _by_number(path).items():
            if number not in twins:
                continue
            before, after = _parts(record), _parts(to_marc21(record).record)
            for name, wanted in _parts(twins[number]).items():
                parts += 1
                agreeing += before[name] == wanted
                still_agreeing += before[name] == wanted == after[name]
                after_agreeing += after[name] == wanted
    assert parts > 15_000
    # Two uniform titles in 130, which the matcher does not read, and one responsibility typed into 200 $c.
    assert agreeing - still_agreeing <= 3
    assert after_agreeing > agreeing, "conversion brings the records closer to their twins, never further"


@pytest.mark.skipif(not DATA.is_dir(), reason="the shared test data are absent")
def test_with_foreign_fields_kept_every_field_comes_back_as_it_was() -> None:
    for name, record in records(40):
        back = to_cnmarc(to_marc21(record, keep_foreign=True).record).record
        assert Counter(record.fields) - Counter(back.fields) == Counter(), name
        assert back.leader == record.leader, name
