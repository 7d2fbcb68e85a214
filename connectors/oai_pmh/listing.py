"""One page of a list: begun by its arguments, or continued by a token."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from connectors.oai_pmh import tokens
from connectors.oai_pmh.arguments import Refused, Request
from connectors.oai_pmh.formats import Format, format_named
from connectors.oai_pmh.protocol import ErrorCode, read_stamp
from connectors.oai_pmh.repository import Repository
from connectors.oai_pmh.tokens import Token
from connectors.serving import ServedRecord

_BEGINNING = "0001-01-01T00:00:00+00:00"  # before any record


@dataclass(frozen=True, slots=True)
class Page:
    """Some records of a list, and where it goes on."""

    form: Format
    records: tuple[ServedRecord, ...]
    following: Token
    more: bool

    @property
    def begins(self) -> int:
        """How many records were given before this page."""
        return self.following.cursor - len(self.records)

    @property
    def expires(self) -> datetime:
        """When the token that continues the list ends."""
        return datetime.fromtimestamp(self.following.expires, UTC)


def page(repository: Repository, request: Request, now: datetime) -> Page:
    """The page that a request asks for.

    Raises:
        Refused: a token that is not ours or too old, arguments that cannot be, or no record at all.
    """
    token = _begun(repository, request) if request.token is None else _resumed(repository, request, now)
    form = format_named(token.prefix)
    listed = [
        record
        for record in repository.catalogue.changes(
            read_stamp(token.since) if token.since else None,
            read_stamp(token.until, end=True) if token.until else None,
        )
        if (record.deleted or form.offers(record)) and repository.in_set(record, token.set)
    ]
    if not token.cursor:
        token = replace(token, size=len(listed))
    rest = [record for record in listed if (record.modified, record.identifier) > token.place]
    records = tuple(rest[: repository.page])
    if not records:
        raise Refused(ErrorCode.NO_RECORDS_MATCH, "no record meets these conditions")
    following = replace(
        token,
        after_time=records[-1].modified.isoformat(),
        after_identifier=records[-1].identifier,
        cursor=token.cursor + len(records),
        expires=int((now + repository.token_life).timestamp()),
    )
    return Page(form, records, following, len(rest) > len(records))


def _begun(repository: Repository, request: Request) -> Token:
    form = format_named(request.needed("metadataPrefix"))
    chosen = request.arguments.get("set", "")
    if "set" in request.arguments:
        repository.check_set(chosen)
    since, until = request.span(repository.granularity)
    return Token(request.verb, form.prefix, chosen, since, until, _BEGINNING, "", 0, 0, 0)


def _resumed(repository: Repository, request: Request, now: datetime) -> Token:
    text = request.token or ""
    token = tokens.decode(text, request.verb, repository.token_key, now)
    if token is None:
        raise Refused(ErrorCode.BAD_RESUMPTION_TOKEN, text[:200])
    return token
