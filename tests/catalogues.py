"""Small catalogues for the tests of protocols: records built byte by byte, spread over days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from xml.sax.saxutils import escape

from connectors.serving import ServedCatalogue, ServedRecord

FIRST_DAY = datetime(2024, 1, 1, 8, tzinfo=UTC)


def iso2709(fields: list[tuple[str, str]]) -> bytes:
    """A UTF-8 MARC21 record from (tag, content) pairs; data fields start with their indicators."""
    directory, data = b"", b""
    for tag, content in fields:
        field = content.encode() + b"\x1e"
        directory += f"{tag}{len(field):04d}{len(data):05d}".encode()
        data += field
    base = 24 + len(directory) + 1
    length = base + len(data) + 1
    return f"{length:05d}nam a22{base:05d} i 4500".encode() + directory + b"\x1e" + data + b"\x1d"


def served_record(number: int, modified: datetime, title: str | None = None) -> ServedRecord:
    """Record ``b<number>``; its title names its number."""
    identifier = f"b{number:06d}"
    title = title or f"Book number{number} of the shelf"
    raw = iso2709(
        [
            ("001", identifier),
            ("005", modified.strftime("%Y%m%d%H%M%S.0")),
            ("008", f"240101s{1950 + number % 70}    cc            000 0 chi d"),
            ("100", f"1 \x1faAuthor{number % 7}, Test"),
            ("245", f"10\x1fa{title}"),
        ]
    )
    xml = (
        '<record xmlns="http://www.loc.gov/MARC21/slim"><leader>00000nam a2200000 i 4500</leader>'
        f'<controlfield tag="001">{identifier}</controlfield>'
        f'<datafield tag="245" ind1="1" ind2="0"><subfield code="a">{escape(title)}</subfield></datafield>'
        "</record>"
    )
    return ServedRecord(identifier, raw, xml.encode(), modified)


def catalogue(size: int, *, per_day: int = 25, name: str = "Books") -> ServedCatalogue:
    """``size`` records, so many changed on each day from ``FIRST_DAY``."""
    return ServedCatalogue(
        name,
        (served_record(number, FIRST_DAY + timedelta(days=number // per_day)) for number in range(size)),
    )
