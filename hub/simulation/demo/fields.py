"""Short ways to write fields: what is empty is left out."""

from __future__ import annotations

from hub.kernel.record import Field, Subfield


def control(tag: str, value: str) -> Field:
    """A control field."""
    return Field(tag, value)


def data(tag: str, indicators: str, *pairs: tuple[str, str]) -> Field:
    """A data field of the pairs (code, value) whose value is not empty."""
    subfields = tuple(Subfield(code, value) for code, value in pairs if value)
    return Field(tag, "", indicators, subfields)


def filled(fields: list[Field]) -> tuple[Field, ...]:
    """The fields that say anything, in the order of their tags."""
    return tuple(
        sorted((field for field in fields if field.value or field.subfields), key=lambda field: field.tag)
    )
