"""Files of records: any supported layout as a stream of pieces, in memory bounded by one record.

Owns: telling the layouts apart by their first byte, and cutting.
Must not: read records; ``connectors.marc.reading.read`` does that, and rejects what is none.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from lxml import etree

from connectors.marc import iso2709, json_stream, marcxml, worksheet
from connectors.marc.malformed import Malformed
from connectors.marc.tables import files as tables

_CHUNK = 1 << 18
_SNIFFED = 4096


def read_file(path: Path) -> Iterator[bytes]:
    """The records of a file as pieces, each for ``reading.read``.

    ISO 2709, MARCXML (single records, collections, answers of SRU and OAI-PMH), MARC-in-JSON (one
    object, a list, or one object a line), worksheet text and tables (CSV, XLSX). What cannot be cut comes
    out as a piece as well, so that it is rejected and counted. Raises ``OSError``.
    """
    with path.open("rb") as file:
        head = file.read(_SNIFFED)
        file.seek(0)
        match head.lstrip(iso2709.PADDING)[:1]:
            case b"<":
                yield from _xml_pieces(file)
            case b"{" | b"[":
                yield from json_stream.pieces(file)
            case b"=":
                yield from _worksheet_pieces(file)
            case _ if worksheet.is_worksheet(head):
                yield from _worksheet_pieces(file)
            case _:
                yield from tables.pieces(path, file, head) or _iso2709_pieces(file)


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk


def _iso2709_pieces(file: BinaryIO) -> Iterator[bytes]:
    splitter = iso2709.Splitter()
    for chunk in _chunks(file):
        for piece in splitter.feed(chunk):
            yield piece.raw
    for piece in splitter.close():
        yield piece.raw


def _xml_pieces(file: BinaryIO) -> Iterator[bytes]:
    parser = etree.XMLPullParser(
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    first = True
    for chunk in _chunks(file):
        try:
            try:
                parser.feed(chunk.lstrip(iso2709.PADDING) if first else chunk)
            finally:
                yield from _finished_records(parser)
        except (etree.XMLSyntaxError, Malformed):
            # The rest of the file cannot be cut; one piece stands for it and carries the cause.
            yield b"<" + chunk.lstrip(iso2709.PADDING).removeprefix(b"<")
            return
        first = False
    if not _closed(parser):
        yield b"<unfinished"


def _closed(parser: etree.XMLPullParser) -> bool:
    try:
        parser.close()
    except etree.XMLSyntaxError:
        return False
    return True


def _finished_records(parser: etree.XMLPullParser) -> Iterator[bytes]:
    for event, element in parser.read_events():
        if not isinstance(element, etree._Element):
            continue
        if event == "start":
            if element.getparent() is None:
                marcxml.refuse_entities(element)
        elif marcxml.local_name(element) == "record":
            if marcxml.is_record(element):
                yield etree.tostring(element, encoding="utf-8", with_tail=False)
            _forget(element)


def _forget(element: etree._Element) -> None:
    """Free a handled record and its handled predecessors, which the parent would otherwise keep."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while (sibling := element.getprevious()) is not None:
            parent.remove(sibling)


def _worksheet_pieces(file: BinaryIO) -> Iterator[bytes]:
    """Records are separated by an empty line or a rule, or by the next leader where these are missing."""
    record = bytearray()
    while line := file.readline(iso2709.MAX_PIECE):
        ended = worksheet.ends_record(line) or worksheet.begins_record(line)
        if record and (ended or len(record) > iso2709.MAX_PIECE):
            yield bytes(record)
            record.clear()
        if not worksheet.ends_record(line):
            record += line
    if record:
        yield bytes(record)
