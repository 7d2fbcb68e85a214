"""The server side of OAI-PMH without I/O: arguments and the time in, a response document out.

Whoever serves HTTP hands in the arguments of a GET or a POST and sends the answer as ``text/xml``;
``connectors.http_serving`` does both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from lxml import etree

from connectors import markup
from connectors.oai_pmh.arguments import Refused, Request, read_request
from connectors.oai_pmh.formats import FORMATS, Format, format_named
from connectors.oai_pmh.listing import Page, page
from connectors.oai_pmh.protocol import NAMESPACE, OAI_IDENTIFIER, ErrorCode, Verb, stamp
from connectors.oai_pmh.repository import Repository
from connectors.serving import ServedRecord

CONTENT_TYPE: Final = "text/xml"

_EPOCH: Final = "1970-01-01T00:00:00Z"


def answer(repository: Repository, arguments: Iterable[tuple[str, str]], now: datetime) -> bytes:
    """The response document to a request at the instant ``now``; errors are said in it."""
    root = markup.new(NAMESPACE, "OAI-PMH")
    markup.add(root, "responseDate", stamp(now))
    asked = markup.add(root, "request", repository.base_url)
    given = tuple(arguments)
    try:
        request = read_request(given)
        body = markup.add(root, request.verb)
        _ANSWERS[request.verb](repository, request, body, now)
    except Refused as refused:
        del root[2:]
        markup.add(root, "error", refused.message, code=refused.code)
        if refused.code in (ErrorCode.BAD_VERB, ErrorCode.BAD_ARGUMENT):
            # What is wrong with the arguments may be what they are called.
            return markup.document(root)
    for name, value in given:
        asked.set(name, markup.sayable(value))
    return markup.document(root)


def _identify(repository: Repository, request: Request, body: etree._Element, now: datetime) -> None:
    catalogue = repository.catalogue
    earliest = catalogue.earliest()
    markup.add(body, "repositoryName", catalogue.name)
    markup.add(body, "baseURL", repository.base_url)
    markup.add(body, "protocolVersion", "2.0")
    markup.add(body, "adminEmail", repository.email)
    markup.add(body, "earliestDatestamp", repository.stamp(earliest or datetime.fromisoformat(_EPOCH)))
    markup.add(body, "deletedRecord", "persistent")
    markup.add(body, "granularity", repository.granularity)
    scheme = markup.new(OAI_IDENTIFIER, "oai-identifier")
    markup.add(scheme, "scheme", "oai")
    markup.add(scheme, "repositoryIdentifier", catalogue.name)
    markup.add(scheme, "delimiter", ":")
    markup.add(scheme, "sampleIdentifier", f"oai:{catalogue.name}:1")
    markup.add(body, "description").append(scheme)


def _formats(repository: Repository, request: Request, body: etree._Element, now: datetime) -> None:
    offered = FORMATS
    if "identifier" in request.arguments:
        record = repository.record(request.arguments["identifier"])
        offered = tuple(form for form in FORMATS if not record.deleted and form.offers(record))
    if not offered:
        raise Refused(ErrorCode.NO_METADATA_FORMATS, request.arguments["identifier"])
    for form in offered:
        element = markup.add(body, "metadataFormat")
        markup.add(element, "metadataPrefix", form.prefix)
        markup.add(element, "schema", form.schema)
        markup.add(element, "metadataNamespace", form.namespace)


def _sets(repository: Repository, request: Request, body: etree._Element, now: datetime) -> None:
    if request.token is not None:
        raise Refused(ErrorCode.BAD_RESUMPTION_TOKEN, "the sets fit into one response")
    if not repository.sets:
        raise Refused(ErrorCode.NO_SET_HIERARCHY, "this repository has no sets")
    for one in repository.sets:
        element = markup.add(body, "set")
        markup.add(element, "setSpec", one.spec)
        markup.add(element, "setName", one.name)


def _get_record(repository: Repository, request: Request, body: etree._Element, now: datetime) -> None:
    identifier, prefix = request.needed("identifier"), request.needed("metadataPrefix")
    record, form = repository.record(identifier), format_named(prefix)
    if not (record.deleted or form.offers(record)):
        raise Refused(ErrorCode.CANNOT_DISSEMINATE_FORMAT, prefix)
    _add_record(body, repository, record, form)


def _list_records(repository: Repository, request: Request, body: etree._Element, now: datetime) -> None:
    listed = page(repository, request, now)
    for record in listed.records:
        _add_record(body, repository, record, listed.form)
    _add_token(body, repository, listed)


def _list_identifiers(repository: Repository, request: Request, body: etree._Element, now: datetime) -> None:
    listed = page(repository, request, now)
    for record in listed.records:
        _add_header(body, repository, record)
    _add_token(body, repository, listed)


_ANSWERS: Final[Mapping[Verb, Callable[[Repository, Request, etree._Element, datetime], None]]] = (
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


def _add_token(body: etree._Element, repository: Repository, listed: Page) -> None:
    """A token where the list goes on, an empty one where it ends after several pages."""
    if not (listed.more or listed.begins):
        return
    element = markup.add(body, "resumptionToken")
    if listed.more:
        element.text = listed.following.encode(repository.token_key)
        element.set("expirationDate", stamp(listed.expires))
    element.set("completeListSize", str(listed.following.size))
    element.set("cursor", str(listed.begins))


def _add_header(parent: etree._Element, repository: Repository, record: ServedRecord) -> None:
    header = markup.add(parent, "header")
    if record.deleted:
        header.set("status", "deleted")
    markup.add(header, "identifier", repository.identifier(record))
    markup.add(header, "datestamp", repository.stamp(record.modified))
    for spec in repository.sets_of(record):
        markup.add(header, "setSpec", spec)


def _add_record(parent: etree._Element, repository: Repository, record: ServedRecord, form: Format) -> None:
    element = markup.add(parent, "record")
    _add_header(element, repository, record)
    if not record.deleted:
        markup.add(element, "metadata").append(form.write(record))
