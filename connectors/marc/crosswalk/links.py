"""Links to other records: CNMARC 4XX and MARC 21 76X to 78X and 830.

CNMARC embeds the fields of the other record (``$1 2001 $aTitle``); plain subfields are read as well.
"""

from __future__ import annotations

from connectors.marc.crosswalk.rules import Outcome, without_punctuation
from hub.kernel.record import Field, Subfield

_SERIES = "830"
TO_MARC21 = {
    "410": _SERIES, "411": _SERIES, "421": "770", "422": "772", "423": "777", "430": "780", "431": "780",
    "432": "780", "433": "780", "434": "780", "435": "780", "436": "780", "437": "780", "440": "785",
    "441": "785", "442": "785", "443": "785", "444": "785", "445": "785", "446": "785", "447": "785",
    "448": "785", "451": "775", "452": "776", "453": "767", "454": "765", "455": "787", "456": "787",
    "461": "773", "462": "773", "463": "773", "464": "774", "470": "787", "481": "787", "482": "787",
    "488": "787",
}  # fmt: skip
# The first CNMARC tag of each group stands for it on the way back.
TO_CNMARC = {marc21: cnmarc for cnmarc, marc21 in reversed(TO_MARC21.items())} | {"787": "488"}

_TITLE_PARTS = {"a": "title", "t": "title", "v": "volume", "x": "issn", "3": "identifier"}


def link_to_marc21(source: Field) -> Outcome:
    """A link with title, volume, ISSN and identifier; what else is embedded is not carried."""
    found, lost = _linked(source)
    if "title" not in found:
        return Outcome((), tuple(part.code for part in source.subfields))
    tag = TO_MARC21[source.tag]
    title, volume = ("a", "v") if tag == _SERIES else ("t", "g")
    parts = [Subfield(title, found["title"])]
    if "volume" in found:
        parts.append(Subfield(volume, found["volume"]))
    if "issn" in found:
        parts.append(Subfield("x", found["issn"]))
    if "identifier" in found:
        parts.append(Subfield("w", found["identifier"]))
    return Outcome((Field(tag, "", " 0" if tag == _SERIES else "0 ", tuple(parts)),), tuple(lost))


def link_to_cnmarc(source: Field) -> Outcome:
    """The link by the embedded-field technique, as Chinese libraries write it."""
    title = source.first("t") or source.first("a")
    if not title:
        return Outcome((), tuple(part.code for part in source.subfields))
    parts: list[Subfield] = []
    if identifier := source.first("w"):
        parts.append(Subfield("1", f"001{identifier}"))
    parts += [Subfield("1", "2001 "), Subfield("a", without_punctuation(title).rstrip("."))]
    if volume := source.first("v") or source.first("g"):
        parts.append(Subfield("v", volume))
    if issn := source.first("x"):
        parts += [Subfield("1", "011  "), Subfield("a", issn)]
    lost = tuple(part.code for part in source.subfields if part.code not in "atvgxw67")
    return Outcome((Field(TO_CNMARC[source.tag], "", " 0", tuple(parts)),), lost)


def _linked(source: Field) -> tuple[dict[str, str], list[str]]:
    """What the field says of the other record, and the codes of what it says beyond that."""
    found: dict[str, str] = {}
    lost: list[str] = []
    embedded = ""
    for part in source.subfields:
        if part.code == "1":
            embedded = part.value[:3]
            if embedded == "001":
                found.setdefault("identifier", part.value[3:].strip())
            continue
        name = "issn" if embedded == "011" and part.code == "a" else _TITLE_PARTS.get(part.code)
        if name is None or embedded not in ("", "200", "011"):
            lost.append(part.code)
        else:
            found.setdefault(name, part.value)
    return found, lost
