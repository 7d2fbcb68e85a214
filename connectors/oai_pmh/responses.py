"""OAI-PMH responses as values.

Owns: reading Identify, ListMetadataFormats and the lists. Must not: fetch them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from lxml import etree

from connectors import markup
from connectors.errors import Diagnostic, ProtocolViolation
from connectors.oai_pmh.protocol import ErrorCode, Verb

_MAX_RECORDS: Final = 50_000  # in one response


@dataclass(frozen=True, slots=True)
class Identity:
    """What a repository says of itself."""

    name: str
    earliest: str
    deleted: str  #: no, transient or persistent
    granularity: str
    responded: str  #: the repository's own clock


@dataclass(frozen=True, slots=True)
class Listed:
    """One record of a list; ``content`` is the metadata's XML by itself, empty for a deletion."""

    identifier: str
    datestamp: str
    deleted: bool
    content: bytes
    root: str  #: local name of the metadata's element


@dataclass(frozen=True, slots=True)
class ListPage:
    """One response to ListRecords or ListIdentifiers."""

    records: tuple[Listed, ...]
    token: str | None  #: None where the list ends here
    size: int | None  #: the length of the whole list, where stated

    @property
    def nothing_matches(self) -> bool:
        """Whether this is an empty list, rather than the empty last page of one."""
        return not self.records and self.token is None and self.size == 0


def read_identity(data: bytes, where: str) -> Identity:
    """Read a response to Identify.

    Raises:
        ProtocolViolation: it is not one.
        Diagnostic: the repository answered with an error.
    """
    root = _response(data, where)
    body = _body(root, Verb.IDENTIFY, where)
    return Identity(
        markup.text(body, "repositoryName"),
        markup.text(body, "earliestDatestamp"),
        markup.text(body, "deletedRecord") or "no",
        markup.text(body, "granularity"),
        markup.text(root, "responseDate"),
    )


def read_formats(data: bytes, where: str) -> tuple[tuple[str, str], ...]:
    """Read a response to ListMetadataFormats: pairs of prefix and namespace.

    Raises:
        ProtocolViolation: it is not one.
        Diagnostic: the repository answered with an error.
    """
    body = _body(_response(data, where), Verb.LIST_METADATA_FORMATS, where)
    return tuple(
        (markup.text(one, "metadataPrefix"), markup.text(one, "metadataNamespace"))
        for one in markup.children(body, "metadataFormat")
    )


def read_sets(data: bytes, where: str) -> tuple[str, ...]:
    """Read a response to ListSets: the sets' names as they are asked for.

    Raises:
        ProtocolViolation: it is not one.
        Diagnostic: the repository has none, or answered with another error.
    """
    body = _body(_response(data, where), Verb.LIST_SETS, where)
    return tuple(markup.text(one, "setSpec") for one in markup.children(body, "set"))


def read_list(data: bytes, verb: Verb, where: str) -> ListPage:
    """Read a response to ListRecords or ListIdentifiers; "no records match" is an empty list.

    Raises:
        ProtocolViolation: it is not one.
        Diagnostic: the repository answered with an error; its detail begins with the code.
    """
    root = _response(data, where)
    if _error_code(root) == ErrorCode.NO_RECORDS_MATCH:
        return ListPage((), None, 0)
    body = _body(root, verb, where)
    headers = verb is Verb.LIST_IDENTIFIERS
    listed = list(markup.children(body, "header" if headers else "record"))
    if len(listed) > _MAX_RECORDS:
        raise ProtocolViolation("too_large", where, reason="records in a response", limit=_MAX_RECORDS)
    records = tuple(_listed(one, one if headers else markup.child(one, "header"), where) for one in listed)
    element = markup.child(body, "resumptionToken")
    token = markup.text(element) or None
    stated = element.get("completeListSize", "") if element is not None else ""
    size = markup.whole_number(stated)
    if token is None and element is None:
        size = len(records)
    return ListPage(records, token, size)


def _listed(record: etree._Element, header: etree._Element | None, where: str) -> Listed:
    identifier = markup.text(header, "identifier")
    if header is None or not identifier:
        raise ProtocolViolation("malformed", where, reason="a record without identifier")
    deleted = header.get("status") == "deleted"
    metadata = markup.child(record, "metadata")
    inner = markup.elements(metadata) if metadata is not None and not deleted else []
    content = inner[0] if inner else None
    if content is not None and markup.local_name(content) == "collection":
        content = markup.child(content, "record")
    return Listed(
        identifier,
        markup.text(header, "datestamp"),
        deleted,
        b"" if content is None else markup.serialise(content),
        "" if content is None else markup.local_name(content),
    )


def _response(data: bytes, where: str) -> etree._Element:
    root = markup.parse(data, where)
    if markup.local_name(root) != "OAI-PMH":
        found = markup.local_name(root)
        raise ProtocolViolation("unexpected_answer", where, expected="OAI-PMH", found=found)
    return root


def _error_code(root: etree._Element) -> str:
    error = markup.child(root, "error")
    return "" if error is None else error.get("code", "unknown")


def _body(root: etree._Element, verb: Verb, where: str) -> etree._Element:
    code = _error_code(root)
    if code:
        raise Diagnostic(where, "oai-pmh", 0, f"{code} {markup.text(root, 'error')}".strip())
    body = markup.child(root, verb)
    if body is None:
        raise ProtocolViolation("unexpected_answer", where, expected=str(verb), found="nothing")
    return body
