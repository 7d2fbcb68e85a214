"""What kind of thing it is and on what it is carried."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dedupe.description.fields import Fields
from dedupe.description.forms import fold

_KINDS = {
    "a": "text", "t": "text", "b": "text", "c": "score", "d": "score", "e": "map", "f": "map",
    "g": "video", "i": "sound", "j": "sound", "k": "image", "m": "electronic", "l": "electronic",
    "o": "kit", "r": "object",
}  # fmt: skip
_SPOKEN = re.compile(
    r"录音|有声|音频|唱片|磁带|声音|光盘|sound|audio|\bcds?\b|compact disc|disques? compact|tontrager"
    r"|kassette|cassette|schallpl"
)
_FILMED = re.compile(r"录像|影碟|视频|影像|\bdvds?\b|video|blu-?ray|film")
_ONLINE = re.compile(
    r"电子资源|电子图书|网络|online|e-?book|electronic|elektronisch|ressource electronique|\bpdf\b|epub"
)
_MICRO = re.compile(r"缩微|micro(?:form|film|fiche)|mikrofi")
_BRAILLE = re.compile(r"盲文|braille")
_LARGE = re.compile(r"大字|large print|grossdruck|gros caracteres")
_PAGES = re.compile(r"\d\]?\s*(?:页|面|叶|p\b|pages?\b|s\b|seiten\b)")


@dataclass(frozen=True, slots=True)
class Material:
    """``kind``: text, score, sound, video ...; ``carrier``: print, online, micro, braille, large-print.

    An empty string means that the record does not tell.
    """

    kind: str = ""
    carrier: str = ""
    level: str = ""  #: serial, component, or empty for a publication complete in itself


def read_material(fields: Fields) -> Material:
    """Read the leader, the general material designation, the carrier field and the extent's unit."""
    designation = fold(" ".join(fields.all("200", "b") if fields.unimarc else _designations(fields)))
    extent = fold(fields.first("215" if fields.unimarc else "300", "a"))
    kind = _KINDS.get(fields.leader[6], "")
    # Pages in the extent mean that a disc named beside them accompanies a book.
    unit = "" if _PAGES.search(extent) else extent
    kind = _kind(kind, designation, unit)
    return Material(kind, _carrier(kind, f"{designation} {unit}", fields), _level(fields))


def _designations(fields: Fields) -> list[str]:
    return fields.all("245", "h") + fields.all("338", "a")


def _kind(kind: str, designation: str, unit: str) -> str:
    for text in (designation, unit):
        if _FILMED.search(text):
            return "video"
        if _SPOKEN.search(text) and kind not in {"score", "electronic"}:
            return "sound"
    return kind


def _carrier(kind: str, text: str, fields: Fields) -> str:
    for carrier, pattern in (
        ("online", _ONLINE),
        ("micro", _MICRO),
        ("braille", _BRAILLE),
        ("large-print", _LARGE),
    ):
        if pattern.search(text):
            return carrier
    form = _form_of_item(fields)
    if form:
        return form
    return "print" if kind in {"text", "score", "map"} else ""


def _form_of_item(fields: Fields) -> str:
    codes = {
        "o": "online",
        "s": "online",
        "q": "online",
        "a": "micro",
        "b": "micro",
        "c": "micro",
        "f": "braille",
        "d": "large-print",
    }
    if fields.unimarc:
        # 106 $a (UNIMARC form of item): d large print, f braille, s electronic, r regular print.
        return {"d": "large-print", "f": "braille", "s": "online"}.get(fields.first("106", "a")[:1], "")
    coded = fields.control("008")
    return codes.get(coded[23], "") if len(coded) > 23 and fields.leader[6] in "at" else ""


def _level(fields: Fields) -> str:
    return {"s": "serial", "i": "serial", "a": "component", "b": "component"}.get(fields.leader[7], "")
