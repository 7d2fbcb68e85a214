"""The server side of OAI-PMH without I/O: request parameters in, an XML document out.

Whoever serves HTTP hands in the parameters of the query string (or form), its own address and the time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from lxml import etree

from connectors import markup
from connectors.oai_pmh import tokens
from connectors.oai_pmh.dublin_core import dublin_core
from connectors.oai_pmh.protocol import (
    DUBLIN_CORE,
    MARCXML,
    NAMESPACE,
    SECONDS,
    ErrorCode,
    Verb,
    read_stamp,
    stamp,
)
from connectors.oai_pmh.tokens import Token
from connectors.serving import ServedCatalogue, ServedRecord

CONTENT_TYPE: Final = "text/xml"

#: Metadata prefixes with their namespaces and schemas.
FORMATS: Final = {
    "marcxml": (MARCXML, "http://www.loc.gov/standards/marcxml/schema/MARC21slim.xsd"),
    "oai_dc": (DUBLIN_CORE, "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"),
}
_LIST_ARGUMENTS: Final = frozenset({"metadataPrefix", "from", "until", "set", "resumptionToken"})
_ARGUMENTS: Final[Mapping[Verb, frozenset[str]]] = MappingProxyType(
    {
        Verb.IDENTIFY: frozenset(),
        Verb.LIST_METADATA_FORMATS: frozenset({"identifier"}),
        Verb.LIST_SETS: frozenset({"resumptionToken"}),
        Verb.LIST_IDENTIFIERS: _LIST_ARGUMENTS,
        Verb.LIST_RECORDS: _LIST_ARGUMENTS,
        Verb.GET_RECORD: frozenset({"identifier", "metadataPrefix"}),
    }
)


class Refused(Exception):
    """The request cannot be answered."""

    def __init__(self, code: ErrorCode, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Repository:
    """A catalogue as a repository: its own address, who answers for it, how much goes into one response."""

    catalogue: ServedCatalogue
    base_url: str
    email: str = "admin@localhost.invalid"
    page: int = 100

    def identifier(self, record: ServedRecord) -> str:
        """The record's identifier as a URI."""
        return f"oai:{self.catalogue.name}:{record.identifier}"

    def record(self, identifier: str) -> ServedRecord:
        """The record under an identifier.

        Raises:
            Refused: there never was one.
        """
        prefix = f"oai:{self.catalogue.name}:"
        record = self.catalogue.record(identifier.removeprefix(prefix))
        if record is None or not identifier.startswith(prefix):
            raise Refused(ErrorCode.ID_DOES_NOT_EXIST, identifier)
        return record


def answer(repository: Repository, parameters: Mapping[str, str], now: datetime) -> bytes:
    """The response document to a request at the instant ``now``; errors are said in it."""
    root = markup.new(NAMESPACE, "OAI-PMH")
    markup.add(root, "responseDate", stamp(now))
    request = markup.add(root, "request", repository.base_url)
    try:
        verb = _verb(parameters)
        body = etree.SubElement(root, f"{{{NAMESPACE}}}{verb}")
        _ANSWERS[verb](repository, parameters, body)
    except Refused as refused:
        del root[2:]
        markup.add(root, "error", refused.message, code=refused.code)
        if refused.code in (ErrorCode.BAD_VERB, ErrorCode.BAD_ARGUMENT):
            return markup.document(root)
    for name, value in parameters.items():
        request.set(name, markup.sayable(value))
    return markup.document(root)


def _verb(parameters: Mapping[str, str]) -> Verb:
    try:
        verb = Verb(parameters.get("verb", ""))
    except ValueError:
        raise Refused(ErrorCode.BAD_VERB, parameters.get("verb", "the verb is missing")) from None
    unknown = sorted(set(parameters) - _ARGUMENTS[verb] - {"verb"})
    if unknown:
        raise Refused(ErrorCode.BAD_ARGUMENT, f"{unknown[0]} is not an argument of {verb}")
    if "resumptionToken" in parameters and len(parameters) > 2:
        raise Refused(ErrorCode.BAD_ARGUMENT, "resumptionToken is an exclusive argument")
    return verb


def _needed(parameters: Mapping[str, str], name: str) -> str:
    value = parameters.get(name, "")
    if not value:
        raise Refused(ErrorCode.BAD_ARGUMENT, f"{name} is missing")
    return value


def _identify(repository: Repository, parameters: Mapping[str, str], body: etree._Element) -> None:
    earliest = repository.catalogue.earliest()
    markup.add(body, "repositoryName", repository.catalogue.name)
    markup.add(body, "baseURL", repository.base_url)
    markup.add(body, "protocolVersion", "2.0")
    markup.add(body, "adminEmail", repository.email)
    markup.add(body, "earliestDatestamp", stamp(earliest) if earliest else "1970-01-01T00:00:00Z")
    markup.add(body, "deletedRecord", "persistent")
    markup.add(body, "granularity", SECONDS)


def _formats(repository: Repository, parameters: Mapping[str, str], body: etree._Element) -> None:
    if "identifier" in parameters:
        repository.record(parameters["identifier"])
    for prefix, (namespace, schema) in FORMATS.items():
        element = markup.add(body, "metadataFormat")
        markup.add(element, "metadataPrefix", prefix)
        markup.add(element, "schema", schema)
        markup.add(element, "metadataNamespace", namespace)


def _sets(repository: Repository, parameters: Mapping[str, str], body: etree._Element) -> None:
    raise Refused(ErrorCode.NO_SET_HIERARCHY, "this repository has no sets")


def _get_record(repository: Repository, parameters: Mapping[str, str], body: etree._Element) -> None:
    record = repository.record(_needed(parameters, "identifier"))
    prefix = _prefix(_needed(parameters, "metadataPrefix"))
    if prefix == "marcxml" and record.marcxml is None and not record.deleted:
        raise Refused(ErrorCode.CANNOT_DISSEMINATE_FORMAT, prefix)
    _add_record(body, repository, record, prefix)


def _list_records(repository: Repository, parameters: Mapping[str, str], body: etree._Element) -> None:
    page = _list(repository, parameters, Verb.LIST_RECORDS)
    for record in page.records:
        _add_record(body, repository, record, page.token.prefix)
    page.add_token(body)


def _list_identifiers(repository: Repository, parameters: Mapping[str, str], body: etree._Element) -> None:
    page = _list(repository, parameters, Verb.LIST_IDENTIFIERS)
    for record in page.records:
        _add_header(body, repository, record)
    page.add_token(body)


_ANSWERS: Final[Mapping[Verb, Callable[[Repository, Mapping[str, str], etree._Element], None]]] = (
    MappingProxyType(
        {
            Verb.IDENTIFY: _identify,
            Verb.LIST_METADATA_FORMATS: _formats,
            Verb.LIST_SETS: _sets,
            Verb.LIST_IDENTIFIERS: _list_identifiers,
            Verb.LIST_RECORDS: _list_records,
            Verb.GET_RECORD: _get_record,
        }
    )
)


@dataclass(frozen=True, slots=True)
class _Page:
    records: tuple[ServedRecord, ...]
    token: Token  #: where the next page begins
    more: bool

    def add_token(self, body: etree._Element) -> None:
        """A token where the list goes on, an empty one where it ends after several pages."""
        begun = self.token.cursor - len(self.records)
        if self.more or begun:
            text = self.token.encode() if self.more else None
            markup.add(
                body, "resumptionToken", text, completeListSize=str(self.token.size), cursor=str(begun)
            )


def _list(repository: Repository, parameters: Mapping[str, str], verb: Verb) -> _Page:
    token = _resumed(parameters["resumptionToken"], verb) if "resumptionToken" in parameters else None
    token = token or _begun(parameters, verb)
    listed = repository.catalogue.changes(
        read_stamp(token.since) if token.since else None,
        read_stamp(token.until, end=True) if token.until else None,
    )
    if token.prefix == "marcxml":
        listed = tuple(record for record in listed if record.marcxml is not None or record.deleted)
    if not token.cursor:
        token = replace(token, size=len(listed))
    rest = tuple(record for record in listed if (record.modified, record.identifier) > token.place)
    records = rest[: repository.page]
    if not records:
        raise Refused(ErrorCode.NO_RECORDS_MATCH, "no record meets these conditions")
    following = replace(
        token,
        after_time=records[-1].modified.isoformat(),
        after_identifier=records[-1].identifier,
        cursor=token.cursor + len(records),
    )
    return _Page(records, following, len(rest) > len(records))


def _resumed(text: str, verb: Verb) -> Token:
    token = tokens.decode(text, verb)
    if token is None:
        raise Refused(ErrorCode.BAD_RESUMPTION_TOKEN, text)
    return token


def _begun(parameters: Mapping[str, str], verb: Verb) -> Token:
    prefix = _prefix(_needed(parameters, "metadataPrefix"))
    if "set" in parameters:
        raise Refused(ErrorCode.NO_SET_HIERARCHY, "this repository has no sets")
    since, until = parameters.get("from", ""), parameters.get("until", "")
    for name, value in (("from", since), ("until", until)):
        if value and read_stamp(value) is None:
            raise Refused(ErrorCode.BAD_ARGUMENT, f"{name} is not a date in UTC")
    if since and until and (len(since) != len(until) or since > until):
        raise Refused(ErrorCode.BAD_ARGUMENT, "from and until do not go together")
    return Token(verb, prefix, since, until, "0001-01-01T00:00:00+00:00", "", 0, 0)


def _prefix(prefix: str) -> str:
    if prefix not in FORMATS:
        raise Refused(ErrorCode.CANNOT_DISSEMINATE_FORMAT, prefix)
    return prefix


def _add_header(parent: etree._Element, repository: Repository, record: ServedRecord) -> None:
    header = markup.add(parent, "header")
    if record.deleted:
        header.set("status", "deleted")
    markup.add(header, "identifier", repository.identifier(record))
    markup.add(header, "datestamp", stamp(record.modified))


def _add_record(parent: etree._Element, repository: Repository, record: ServedRecord, prefix: str) -> None:
    element = markup.add(parent, "record")
    _add_header(element, repository, record)
    if record.deleted:
        return
    metadata = markup.add(element, "metadata")
    if prefix == "marcxml" and record.marcxml is not None:
        metadata.append(markup.parse(record.marcxml, record.identifier))
    else:
        metadata.append(dublin_core(record))
