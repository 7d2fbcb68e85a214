"""The words of OAI-PMH 2.0: namespaces, verbs, error codes, and its two forms of dates."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Final

NAMESPACE: Final = "http://www.openarchives.org/OAI/2.0/"
DUBLIN_CORE: Final = "http://www.openarchives.org/OAI/2.0/oai_dc/"
DUBLIN_CORE_ELEMENTS: Final = "http://purl.org/dc/elements/1.1/"
MARCXML: Final = "http://www.loc.gov/MARC21/slim"
MARCXCHANGE: Final = "info:lc/xmlns/marcxchange-v2"
OAI_IDENTIFIER: Final = "http://www.openarchives.org/OAI/2.0/oai-identifier"
SECONDS: Final = "YYYY-MM-DDThh:mm:ssZ"
DAYS: Final = "YYYY-MM-DD"

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}Z)?\Z")


class Verb(StrEnum):
    """The six requests."""

    IDENTIFY = "Identify"
    LIST_METADATA_FORMATS = "ListMetadataFormats"
    LIST_SETS = "ListSets"
    LIST_IDENTIFIERS = "ListIdentifiers"
    LIST_RECORDS = "ListRecords"
    GET_RECORD = "GetRecord"


class ErrorCode(StrEnum):
    """The error conditions of section 3.6."""

    BAD_ARGUMENT = "badArgument"
    BAD_RESUMPTION_TOKEN = "badResumptionToken"
    BAD_VERB = "badVerb"
    CANNOT_DISSEMINATE_FORMAT = "cannotDisseminateFormat"
    ID_DOES_NOT_EXIST = "idDoesNotExist"
    NO_RECORDS_MATCH = "noRecordsMatch"
    NO_METADATA_FORMATS = "noMetadataFormats"
    NO_SET_HIERARCHY = "noSetHierarchy"


def stamp(moment: datetime, *, days: bool = False) -> str:
    """An instant in UTC, as datestamps are written."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d" if days else "%Y-%m-%dT%H:%M:%SZ")


def read_stamp(text: str, *, end: bool = False) -> datetime | None:
    """The instant of a datestamp; of a day its beginning, or its end. None where it is no datestamp."""
    match = _DATE.match(text)
    if match is None:
        return None
    try:
        if match.group(1):
            moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
            return moment.replace(microsecond=999_999) if end else moment
        day = date.fromisoformat(text)
    except ValueError:
        return None
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return moment.replace(hour=23, minute=59, second=59, microsecond=999_999) if end else moment
