"""Whatever strangers send to readers of queries, requests and XML: a value or a refusal, and soon."""

from __future__ import annotations

import gzip
import io
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import parse_qsl

import pytest
from lxml import etree

from connectors.errors import ConnectorError, Misconfigured, Unreadable
from connectors.files.tombstones import is_tombstone
from connectors.files.unpacking import Limits, unpacked
from connectors.harvesting.identifiers import control_number
from connectors.oai_pmh import responses as lists
from connectors.oai_pmh import server as oai_pmh
from connectors.oai_pmh import tokens
from connectors.oai_pmh.protocol import Verb
from connectors.oai_pmh.repository import Repository, ServedSet
from connectors.sru import responses as pages
from connectors.sru import server as sru
from connectors.sru.cql import CqlSyntaxError, parse
from connectors.sru.cql_writing import to_cql
from connectors.z3950.from_cql import compile_cql
from connectors.z3950.pqf import parse as parse_pqf
from tests.catalogues import catalogue
from tests.members import NOW, TOKEN_KEY
from tests.mutations import mutated

BOOKS = catalogue(4)
REPOSITORY = Repository(
    BOOKS, "http://127.0.0.1/", TOKEN_KEY, page=2, sets=(ServedSet("all", "All", lambda record: True),)
)
SLOWEST = 2.0  # seconds for one text, on a machine that is busy with other things

QUERIES = (
    b'dc.title = "red chamber" and (dc.creator any "cao gao" not dc.date >= 1980) sortby dc.date/descending',
    b'> dc = "info:srw/cql-context-set/1/dc-v1.1" dc.title =/word/ignoreCase "a*" prox/distance<3 b',
    b'((((a)))) or "and" or c\\*t',
)
SRU_REQUESTS = (
    b"version=1.2&operation=searchRetrieve&query=dc.title%3Dbook&maximumRecords=2&recordPacking=string",
    b"version=2.0&query=book+sortby+dc.date&startRecord=2&recordXMLEscaping=xml&recordSchema=dc&x-a=b",
    b"version=1.1&operation=scan&scanClause=dc.title%3Da&maximumTerms=5&responsePosition=0",
    b"version=1.1&operation=searchRetrieve&query=book&sortKeys=title,dc,1,0,highValue+date,dc,0",
    b"operation=explain&version=1.1",
)
OAI_REQUESTS = (
    b"verb=ListRecords&metadataPrefix=marcxml&from=2024-01-01&until=2024-01-02&set=all",
    b"verb=ListIdentifiers&metadataPrefix=oai_dc&from=2024-01-01T00:00:00Z",
    b"verb=GetRecord&identifier=oai:Books:b000001&metadataPrefix=oai_dc",
    b"verb=Identify",
    b"verb=ListSets",
    b"verb=ListMetadataFormats&identifier=oai:Books:b000001",
)


def parameters(request: bytes) -> list[tuple[str, str]]:
    """A request's parameters, as HTTP brings them."""
    return parse_qsl(request.decode("utf-8", "replace"), keep_blank_values=True)


def answered(request: bytes) -> bytes:
    """The answer of our SRU server."""
    return sru.answer(BOOKS, dict(parameters(request)))


def listed(request: bytes) -> bytes:
    """The answer of our OAI-PMH server."""
    return oai_pmh.answer(REPOSITORY, parameters(request), NOW)


def read_cql(text: bytes) -> None:
    """Read a query; what was read can be written, and is then read as the same."""
    query = parse(text.decode("utf-8", "surrogateescape"))
    assert parse(to_cql(query)) == query


def read_token(text: bytes) -> None:
    """No token but our own is one."""
    assert tokens.decode(text.decode("latin-1"), Verb.LIST_RECORDS, TOKEN_KEY, NOW) is None


def read_record(raw: bytes) -> None:
    """What a harvest reads of a record before it is stored."""
    control_number(raw)
    is_tombstone(raw)


@dataclass(frozen=True, slots=True)
class Reader:
    """Something that reads what strangers send."""

    read: Callable[[bytes], object]
    seeds: tuple[bytes, ...]
    refusals: tuple[type[Exception], ...] = ()  #: how it may say no


def text_reader(read: Callable[[str], object], seeds: tuple[bytes, ...]) -> Reader:
    """A reader of queries that an operator may have mistyped."""
    return Reader(lambda data: read(data.decode("utf-8", "surrogateescape")), seeds, (Misconfigured,))


def read_archive(data: bytes) -> None:
    """Unpack a dropped file."""
    with TemporaryDirectory() as folder:
        file, workspace = Path(folder, "drop"), Path(folder, "workspace")
        file.write_bytes(data)
        workspace.mkdir()
        unpacked(file, "drop", workspace, Limits())


def zipped(method: int) -> bytes:
    """An archive of two files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        archive.writestr("a.mrc", b"a record" * 50)
        archive.writestr("b/c.mrc", b"another" * 50)
    return packed.getvalue()


ARCHIVES = (
    gzip.compress(b"a record" * 50),
    *map(zipped, (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)),
)
RECORDS = tuple(record.raw for record in BOOKS.in_order(BOOKS.live()))
READERS: dict[str, Reader] = {
    "CQL": Reader(read_cql, QUERIES, (CqlSyntaxError,)),
    "CQL for Z39.50": text_reader(compile_cql, QUERIES),
    "PQF": text_reader(
        parse_pqf, (b'@and @attr 1=4 "red chamber" @or @attr 2=3 @attr 4=1 a @not b c', b"@set 1")
    ),
    "SRU requests": Reader(lambda data: etree.fromstring(answered(data)), SRU_REQUESTS),
    "SRU pages": Reader(
        lambda data: pages.read_page(data, "here"),
        tuple(map(answered, SRU_REQUESTS)),
        (ConnectorError,),
    ),
    "SRU explanations": Reader(
        lambda data: pages.read_explanation(data, "here"), (answered(b""),), (ConnectorError,)
    ),
    "OAI-PMH requests": Reader(lambda data: etree.fromstring(listed(data)), OAI_REQUESTS),
    "OAI-PMH lists": Reader(
        lambda data: lists.read_list(data, Verb.LIST_RECORDS, "here"),
        tuple(map(listed, OAI_REQUESTS)),
        (ConnectorError,),
    ),
    "OAI-PMH identities": Reader(
        lambda data: lists.read_identity(data, "here"), (listed(b"verb=Identify"),), (ConnectorError,)
    ),
    "OAI-PMH formats": Reader(
        partial(lists.read_formats, where="here"), (listed(b"verb=ListMetadataFormats"),), (ConnectorError,)
    ),
    "OAI-PMH tokens": Reader(read_token, (b"eyJhIjoxfQ", b"AAAAAAAAAAAAAAAAAAAAAFtd")),
    "archives": Reader(read_archive, ARCHIVES, (Unreadable, OSError)),
    "records before they are stored": Reader(
        read_record, (*RECORDS, *(record.marcxml or b"" for record in BOOKS.in_order(BOOKS.live())))
    ),
}


def torment(name: str, count: int, seed: int) -> None:
    """Feed so many texts to a reader."""
    reader = READERS[name]
    for text in mutated(reader.seeds, count, seed):
        started = time.perf_counter()
        try:
            with suppress(*reader.refusals):
                reader.read(text)
        except Exception as error:
            pytest.fail(f"{type(error).__name__}: {error} on {text!r}")
        assert time.perf_counter() - started < SLOWEST, text


@pytest.mark.parametrize("name", READERS)
def test_what_was_never_broken_is_read(name: str) -> None:
    reader = READERS[name]
    read = 0
    for seed in reader.seeds:
        try:
            reader.read(seed)
            read += 1
        except reader.refusals:
            continue
    assert read


@pytest.mark.parametrize("name", READERS)
def test_a_broken_text_is_read_or_refused(name: str) -> None:
    torment(name, 1_500, seed=1)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(2, 5))
@pytest.mark.parametrize("name", READERS)
def test_a_hundred_thousand_broken_texts_are_read_or_refused(name: str, seed: int) -> None:
    torment(name, 35_000, seed)
