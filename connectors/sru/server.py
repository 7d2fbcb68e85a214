"""The server side of SRU without I/O: request parameters in, an XML document out.

Whoever serves HTTP hands in the parameters of a GET or a POST and sends the answer as ``application/xml``;
``connectors.http_serving`` does both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from connectors.serving import ServedCatalogue, ServedRecord
from connectors.sru import writing
from connectors.sru.cql_terms import pieces
from connectors.sru.diagnostics import Number, Refusal, Refused
from connectors.sru.explaining import description
from connectors.sru.indexes import index_named
from connectors.sru.parameters import Asked, Operation, Parameters, asked
from connectors.sru.schemas import Schema, offered, schema_named
from connectors.sru.searching import evaluate
from connectors.sru.writing import Delivered, Outcome, ScannedTerm, Slot
from connectors.z3950.opac import Holdings

CONTENT_TYPE: Final = "application/xml"


def answer(
    catalogue: ServedCatalogue, parameters: Parameters, address: str = "", holdings: Holdings | None = None
) -> bytes:
    """The response document to a request; what is wrong with the request is said in it as a diagnostic.

    ``address`` is the URL at which the catalogue is served, for explain; ``holdings`` lets OPAC records be
    served.
    """
    request, schemas = asked(parameters), offered(holdings)
    match request.operation:
        case Operation.SEARCH:
            return _search(catalogue, request, schemas)
        case Operation.SCAN:
            return _scan(catalogue, request)
        case Operation.EXPLAIN:
            refusals = (request.problem,) if request.problem else ()
            zeerex = description(request.version, catalogue.name, address, schemas)
            return writing.explain_response(request.version, zeerex, request.is_escaped, refusals)


def _search(catalogue: ServedCatalogue, request: Asked, schemas: Sequence[Schema]) -> bytes:
    try:
        outcome = _outcome(catalogue, request, schemas)
    except Refused as refused:
        outcome = Outcome(refusals=(refused.refusal,))
    return writing.search_response(request.version, outcome, request.parameters)


def _outcome(catalogue: ServedCatalogue, request: Asked, schemas: Sequence[Schema]) -> Outcome:
    search = request.search()
    schema = schema_named(search.schema, schemas)
    found = evaluate(search.query, search.sort, catalogue)
    if search.start > max(len(found), 1):
        return Outcome(len(found), refusals=(Refusal(Number.OUT_OF_RANGE, str(search.start)),))
    records = found[search.start - 1 : search.start - 1 + search.count]
    following = search.start + len(records)
    return Outcome(
        total=len(found),
        slots=tuple(_slot(record, schema) for record in records),
        start=search.start,
        following=following if following <= len(found) else None,
        escaped=search.escaped,
        refusals=search.warnings,
    )


def _slot(record: ServedRecord, schema: Schema) -> Slot:
    content = schema.write(record)
    if content is None:
        return Refusal(Number.NOT_IN_SCHEMA, schema.name)
    return Delivered(content, schema.identifier, record.identifier)


def _scan(catalogue: ServedCatalogue, request: Asked) -> bytes:
    try:
        terms = tuple(_terms(catalogue, request))
    except Refused as refused:
        return writing.scan_response(request.version, (), (refused.refusal,), request.parameters)
    return writing.scan_response(request.version, terms, (), request.parameters)


def _terms(catalogue: ServedCatalogue, request: Asked) -> Iterator[ScannedTerm]:
    scan = request.scan()
    index = index_named(scan.clause.index, scan.clause.context_set)
    start = "".join(pieces(scan.clause.term))
    # At position 0 the list begins behind the term, which is therefore asked for and left out.
    found = catalogue.scan(index, start, scan.count + (scan.position == 0), max(scan.position - 1, 0))
    for value, records in found:
        if scan.position or value != start.casefold():
            yield ScannedTerm(value, records)
