"""Agreeing on a character set (CharSetandLanguageNegotiation-3): values, to bytes and back.

Few targets know it and some end the conversation over it, so it is used only where an operator asks for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from connectors.z3950 import ber_writing as write
from connectors.z3950.ber import (
    EXTERNAL,
    GENERAL_STRING,
    OBJECT_IDENTIFIER,
    SEQUENCE,
    Element,
    context,
)

NEGOTIATION: Final = "1.2.840.10003.15.3"
OTHER_INFORMATION: Final = context(201)
_EXTERNALLY_DEFINED: Final = context(4)
_SINGLE_TYPE: Final = context(0)
_OCTET_ALIGNED: Final = context(1)
_PROPOSAL: Final = context(1)
_RESPONSE: Final = context(2)
_SETS: Final = context(1)
_LANGUAGES: Final = context(2)
_IN_RECORDS: Final = context(3)
_ISO_10646: Final = context(2)
_PRIVATE: Final = context(3)
_ENCODING_LEVEL: Final = context(2)
_EXTERNALLY_SPECIFIED: Final = context(2)

#: Encodings of ISO 10646 by their object identifiers; every other set is named as a private one.
_LEVELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ucs-2": "1.0.10646.1.0.2",
        "ucs-4": "1.0.10646.1.0.4",
        "utf-16": "1.0.10646.1.0.5",
        "utf-8": "1.0.10646.1.0.8",
    }
)
_NAMES: Final = {oid: name for name, oid in _LEVELS.items()}


@dataclass(frozen=True, slots=True)
class CharacterSets:
    """Character sets proposed by a client, or the one that a target selected, by lower-case names."""

    names: tuple[str, ...]
    languages: tuple[str, ...] = ()
    in_records: bool | None = None  #: whether records come in the set too


def encode_proposal(sets: CharacterSets | None) -> bytes:
    """The other information of an InitRequest."""
    if sets is None:
        return b""
    named = write.constructed(_SETS, *map(_set, sets.names)) if sets.names else b""
    languages = b""
    if sets.languages:
        spoken = (write.text(GENERAL_STRING, language) for language in sets.languages)
        languages = write.constructed(_LANGUAGES, *spoken)
    return _other_information(write.constructed(_PROPOSAL, named, languages, _in_records(sets)))


def encode_selection(sets: CharacterSets | None) -> bytes:
    """The other information of an InitResponse."""
    if sets is None:
        return b""
    named = write.constructed(_SETS, _set(sets.names[0])) if sets.names else b""
    language = write.text(_LANGUAGES, sets.languages[0] if sets.languages else None)
    return _other_information(write.constructed(_RESPONSE, named, language, _in_records(sets)))


def _other_information(negotiation: bytes) -> bytes:
    defined = write.constructed(
        _EXTERNALLY_DEFINED,
        write.oid(OBJECT_IDENTIFIER, NEGOTIATION),
        write.constructed(_SINGLE_TYPE, negotiation),
    )
    return write.constructed(OTHER_INFORMATION, write.constructed(SEQUENCE, defined))


def _set(name: str) -> bytes:
    level = _LEVELS.get(name)
    if level is not None:
        return write.constructed(_ISO_10646, write.oid(_ENCODING_LEVEL, level))
    named = write.octets(_OCTET_ALIGNED, name.encode("utf-8"))
    return write.constructed(_PRIVATE, write.constructed(_EXTERNALLY_SPECIFIED, named))


def _in_records(sets: CharacterSets) -> bytes:
    return b"" if sets.in_records is None else write.boolean(_IN_RECORDS, sets.in_records)


def decode_proposal(unit: Element) -> CharacterSets | None:
    """What an InitRequest proposes; None where it proposes nothing."""
    proposal = _negotiation(unit, _PROPOSAL)
    if proposal is None:
        return None
    listed, languages = proposal.child(_SETS), proposal.child(_LANGUAGES)
    return CharacterSets(
        tuple(_names((listed.children or ()) if listed is not None else ())),
        tuple(one.text() for one in (languages.children or ())) if languages is not None else (),
        _records_too(proposal),
    )


def decode_selection(unit: Element) -> CharacterSets | None:
    """What an InitResponse selects; None where it says nothing."""
    selection = _negotiation(unit, _RESPONSE)
    if selection is None:
        return None
    selected, language = selection.child(_SETS), selection.child(_LANGUAGES)
    return CharacterSets(
        tuple(_names((selected.children or ())[:1] if selected is not None else ())),
        (language.text(),) if language is not None else (),
        _records_too(selection),
    )


def _negotiation(unit: Element, kind: int) -> Element | None:
    listed = unit.child(OTHER_INFORMATION)
    for information in (listed.children or ()) if listed is not None else ():
        external = information.child(_EXTERNALLY_DEFINED)
        oid = external.child(OBJECT_IDENTIFIER) if external is not None else None
        if external is not None and oid is not None and oid.oid() == NEGOTIATION:
            content = external.child(_SINGLE_TYPE)
            return content.child(kind) if content is not None else None
    return None


def _names(sets: tuple[Element, ...] | list[Element]) -> Iterator[str]:
    for one in sets:
        if one.tag == _ISO_10646:
            level = one.child(_ENCODING_LEVEL)
            yield "utf-8" if level is None else _NAMES.get(level.oid(), level.oid())
        elif one.tag == _PRIVATE:
            external = _within(one, EXTERNAL) or one.child(_EXTERNALLY_SPECIFIED)
            named = _within(external, _OCTET_ALIGNED)
            if named is not None:
                yield named.text().casefold()


def _within(element: Element | None, tag: int) -> Element | None:
    return None if element is None else element.child(tag)


def _records_too(element: Element) -> bool | None:
    found = element.child(_IN_RECORDS)
    return None if found is None else found.boolean()
