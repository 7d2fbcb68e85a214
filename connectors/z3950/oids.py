"""Object identifiers of ANSI/NISO Z39.50 (ISO 23950), appendix OID."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_ROOT: Final = "1.2.840.10003"
BIB1_ATTRIBUTES: Final = f"{_ROOT}.3.1"
BIB1_DIAGNOSTICS: Final = f"{_ROOT}.4.1"
UNIMARC: Final = f"{_ROOT}.5.1"
USMARC: Final = f"{_ROOT}.5.10"
SUTRS: Final = f"{_ROOT}.5.101"
OPAC: Final = f"{_ROOT}.5.102"
XML: Final = f"{_ROOT}.5.109.10"
CQL: Final = f"{_ROOT}.16.2"

#: Record syntaxes by the names operators use. CNMARC has no identifier of its own: targets serve it under the
#: first or the second, and its flavour is found from the content.
SYNTAXES: Final[Mapping[str, str]] = MappingProxyType(
    {"usmarc": USMARC, "unimarc": UNIMARC, "xml": XML, "sutrs": SUTRS, "opac": OPAC}
)


def syntax_name(oid: str) -> str:
    """The name of a record syntax, or the identifier itself where it has none here."""
    for name, known in SYNTAXES.items():
        if known == oid:
            return name
    return oid
