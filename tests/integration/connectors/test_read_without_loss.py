"""Good records are read whole: what they decode to is what came, and the same in whichever encoding.

Without loss: the fields' texts, written in the encoding that was found, are the bytes that came, but for the
marks that do not sort; where an encoding has several ways to write a letter, no byte is unread.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from lxml import etree

from connectors.marc import marcxml
from connectors.marc.files import read_file
from connectors.marc.layout import lay_out
from connectors.marc.non_sorting import without_marks
from connectors.marc.reading import ReadRecord, read
from dedupe.description.describing import describe

DATA = Path(__file__).parents[4] / "shared" / "data" / "records"
SAMPLE = 400
#: records whose own bytes are damaged: escapes of MARC-8 lost or doubled, a code that is in no table
DAMAGED = {
    ("diac-4-theo-directly-from-sierra.mrc", 6), ("diac_from_oclc.mrc", 4), ("diac_from_oclc.mrc", 6),
}  # fmt: skip
#: what these repair is still there: a missing indicator is a blank, text without a delimiter stands in $a
REPAIRED_WITHOUT_LOSS = {"markup", "character_variant", "indicators", "subfield_missing"}

pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the real records are not beside the repository")


def good_records(folder: str, limit: int | None) -> Iterator[tuple[str, int, bytes]]:
    for path in sorted((DATA / folder).iterdir()):
        if ".sql." in path.name:
            continue  # statements of a database around the records, no file of records
        for number, raw in enumerate(islice(read_file(path), limit)):
            yield path.name, number, raw


def is_damaged(name: str, number: int) -> bool:
    return (name.rpartition("~")[2], number) in DAMAGED


def lost(raw: bytes) -> str | None:
    """What was lost of a record, if anything was."""
    result = read(raw)
    if not isinstance(result, ReadRecord):
        return f"rejected: {result.reason}"
    if set(result.repairs) - REPAIRED_WITHOUT_LOSS:
        return f"repaired: {result.repairs}"
    if raw.lstrip().startswith(b"<"):
        return None if values(result) == values_in_xml(raw) else "other values than in the XML"
    if raw.lstrip().startswith((b"{", b"[")):
        return None
    texts = [one for _, one in texts_of(result)]
    if result.encoding in ("marc8", "iso5426", "latin-1-by-cp850") or result.repairs:
        return "replaced characters" if any("\ufffd" in text for text in texts) else None
    codec = {"latin-1": "cp1252"}.get(result.encoding, result.encoding)
    came = [without_marks(content.decode(codec)) for content in lay_out(raw).contents]
    written = [text.encode(codec) for text in texts]
    return None if written == [text.encode(codec) for text in came] else "other bytes"


def texts_of(result: ReadRecord) -> Iterator[tuple[str, str]]:
    for field in result.record.fields:
        parts = "".join(f"\x1f{code}{value}" for code, value in field.pairs)
        yield field.tag, field.indicators + parts if parts else field.value


def values(result: ReadRecord) -> list[str]:
    return [
        value
        for _, content, pairs in result.record.contents()
        for value in ([v for _, v in pairs] or [content])
    ]


def values_in_xml(raw: bytes) -> list[str]:
    root = etree.fromstring(raw, marcxml.parser())
    found = []
    for element in root.iter():
        name = marcxml.local_name(element)
        if name == "subfield" or name == "controlfield":
            found.append(without_marks(element.text or ""))
    return found


@pytest.mark.parametrize("folder", ["fixtures", "zh", "derived"])
def test_good_records_are_read_without_loss(folder: str) -> None:
    found = [
        (name, number, loss)
        for name, number, raw in good_records(folder, SAMPLE)
        if not is_damaged(name, number) and (loss := lost(raw))
    ]
    assert found == []


@pytest.mark.soak
def test_every_derived_record_is_read_without_loss() -> None:
    records = good_records("derived", None)
    assert [(name, number, loss) for name, number, raw in records if (loss := lost(raw))] == []


def twins(limit: int | None) -> Iterator[tuple[bytes, bytes]]:
    paths = [DATA / "derived" / f"zh_books_cnmarc_dev.{name}.iso" for name in ("gb18030", "utf8")]
    if not all(path.exists() for path in paths):
        pytest.skip("the twins are not among the real records")
    yield from zip(*(islice(read_file(path), limit) for path in paths), strict=True)


def differing_descriptions(limit: int | None) -> tuple[int, list[int]]:
    compared, differing = 0, []
    for number, (one, other) in enumerate(twins(limit)):
        results = read(one), read(other)
        described = [describe(result.record) for result in results if isinstance(result, ReadRecord)]
        if len(described) < 2 or described[0] != described[1]:
            differing.append(number)
        compared += 1
    return compared, differing


def test_the_same_records_in_two_encodings_have_the_same_descriptions() -> None:
    assert differing_descriptions(SAMPLE) == (SAMPLE, [])


@pytest.mark.soak
def test_all_records_in_two_encodings_have_the_same_descriptions() -> None:
    compared, differing = differing_descriptions(None)
    assert compared > 20_000
    assert differing == []
