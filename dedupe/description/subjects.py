"""What it is about and for whom: classes, subjects, abstract, audience, series. Mostly for display."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dedupe.description.fields import Fields
from dedupe.description.forms import fold, fold_letters, strip_isbd

#: audience codes of UNIMARC 100/17 and MARC 21 008/22, as the display record names them
_AUDIENCE_UNIMARC = {
    "a": "juvenile",
    "b": "preschool",
    "c": "children",
    "d": "children",
    "e": "youth",
    "k": "adult",
    "m": "adult",
}
_AUDIENCE_MARC21 = {
    "a": "preschool",
    "b": "children",
    "c": "children",
    "d": "youth",
    "e": "adult",
    "g": "general",
    "j": "juvenile",
}
_CLC = re.compile(r"^[A-KN-VXZ][A-Z]?\d*")
_LONGEST_ABSTRACT = 2000
_MOST = 12


@dataclass(frozen=True, slots=True)
class Subjects:
    """Classes of the Chinese Library Classification, subject words, abstract, audience and series."""

    classes: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    abstract: str = ""
    audience: str = ""
    series: str = ""
    series_form: str = ""  #: folded letters of the series title


def read_subjects(fields: Fields) -> Subjects:
    """Read subject access and series."""
    if fields.unimarc:
        classes = fields.all("690", "a")
        subject_tags, abstract, series = (
            ("606", "600", "601", "607", "610"),
            fields.first("330", "a"),
            fields.first("225", "a"),
        )
        audience = _AUDIENCE_UNIMARC.get(fields.coded[17:18], "")
    else:
        classes = [
            value
            for field in fields.every("084")
            if (field.first("2") or "").startswith("clc")
            for value in field.all("a")
        ]
        subject_tags, abstract = ("650", "600", "610", "651", "653"), fields.first("520", "a")
        series = fields.first("490", "a") or fields.first("440", "a") or fields.first("830", "a")
        audience = _AUDIENCE_MARC21.get(fields.coded[22:23], "")
    subjects = dict.fromkeys(strip_isbd(value) for tag in subject_tags for value in fields.all(tag, "a"))
    title = strip_isbd(series)
    return Subjects(
        tuple(dict.fromkeys(value for value in classes if _CLC.match(value)))[:_MOST],
        tuple(subject for subject in subjects if subject)[:_MOST],
        abstract[:_LONGEST_ABSTRACT],
        audience,
        title,
        fold_letters(fold(title)),
    )
