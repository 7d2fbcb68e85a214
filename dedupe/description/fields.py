"""A record's fields by tag, with the original script of MARC 21 put beside its romanisation.

Owns: the two questions every extraction asks: which dialect is this, and what stands in these fields.
"""

from __future__ import annotations

from collections.abc import Iterator

from hub.kernel.record import Field, Flavour, Record


class Fields:
    """Quick access to the fields of one record.

    ``unimarc`` is true for UNIMARC and CNMARC, whose tags mean the same. In MARC 21 a field 880 is filed
    under the tag it stands for ($6), before its romanised twin, so that the original script is read first.
    """

    __slots__ = ("_by_tag", "leader", "romanised_tags", "unimarc")

    def __init__(self, record: Record) -> None:
        self.unimarc = record.flavour is not Flavour.MARC21
        self.leader = record.leader.ljust(24)
        self._by_tag: dict[str, list[Field]] = {}
        #: tags that have an original-script twin: their plain fields hold a romanisation
        self.romanised_tags: frozenset[str] = frozenset()
        originals: dict[str, list[Field]] = {}
        for field in record.fields:
            if field.tag == "880":
                linked = (field.first("6") or "")[:3]
                originals.setdefault(linked, []).append(field)
            else:
                self._by_tag.setdefault(field.tag, []).append(field)
        if originals:
            self.romanised_tags = frozenset(tag for tag in originals if tag in self._by_tag)
            for tag, twins in originals.items():
                self._by_tag[tag] = twins + self._by_tag.get(tag, [])

    def every(self, *tags: str) -> Iterator[Field]:
        """The fields with these tags, tag by tag."""
        for tag in tags:
            yield from self._by_tag.get(tag, ())

    def all(self, tag: str, codes: str) -> list[str]:
        """Every non-empty value of these subfields, trimmed."""
        return [
            value
            for field in self._by_tag.get(tag, ())
            for subfield in field.subfields
            if subfield.code in codes and (value := subfield.value.strip())
        ]

    def first(self, tag: str, codes: str) -> str:
        """The first non-empty value of these subfields, or an empty string."""
        found = self.all(tag, codes)
        return found[0] if found else ""

    def control(self, tag: str) -> str:
        """The value of a control field, or an empty string."""
        fields = self._by_tag.get(tag)
        return fields[0].value if fields else ""

    @property
    def coded(self) -> str:
        """The coded general data: field 008 of MARC 21, subfield $a of field 100 of UNIMARC."""
        return self.first("100", "a") if self.unimarc else self.control("008")
