"""The metadata formats that a repository of ours offers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from lxml import etree

from connectors import markup
from connectors.oai_pmh.arguments import Refused
from connectors.oai_pmh.dublin_core import dublin_core
from connectors.oai_pmh.protocol import DUBLIN_CORE, MARCXCHANGE, MARCXML, ErrorCode
from connectors.serving import ServedRecord

_MARC21_SCHEMA: Final = "http://www.loc.gov/standards/marcxml/schema/MARC21slim.xsd"
_MARCXCHANGE_SCHEMA: Final = "http://www.loc.gov/standards/iso25577/marcxchange-2-0.xsd"
#: The namespace is declared on a record's first element, behind at most an XML declaration.
_HEAD: Final = 300


@dataclass(frozen=True, slots=True)
class Format:
    """One form that metadata is given in."""

    prefix: str
    namespace: str
    schema: str
    offers: Callable[[ServedRecord], bool]  #: whether a record can be had in it
    write: Callable[[ServedRecord], etree._Element]


def _is_marc21(record: ServedRecord) -> bool:
    return record.marcxml is not None and MARCXML.encode() in record.marcxml[:_HEAD]


def _is_marcxchange(record: ServedRecord) -> bool:
    return record.marcxml is not None and not _is_marc21(record)


def _is_marc(record: ServedRecord) -> bool:
    return record.marcxml is not None


def _marcxml(record: ServedRecord) -> etree._Element:
    return markup.parse(record.marcxml or b"", record.identifier)


#: ``marcxml`` is every MARC record in the namespace of its family, as harvesters of union catalogues expect
#: it; the two after it are of one family each.
FORMATS: Final[tuple[Format, ...]] = (
    Format("marcxml", MARCXML, _MARC21_SCHEMA, _is_marc, _marcxml),
    Format("marc21", MARCXML, _MARC21_SCHEMA, _is_marc21, _marcxml),
    Format("unimarc", MARCXCHANGE, _MARCXCHANGE_SCHEMA, _is_marcxchange, _marcxml),
    Format(
        "oai_dc",
        DUBLIN_CORE,
        "http://www.openarchives.org/OAI/2.0/oai_dc.xsd",
        lambda record: True,
        dublin_core,
    ),
)


def format_named(prefix: str) -> Format:
    """The format of this prefix.

    Raises:
        Refused: there is none.
    """
    for form in FORMATS:
        if form.prefix == prefix:
            return form
    raise Refused(ErrorCode.CANNOT_DISSEMINATE_FORMAT, prefix)
