"""From a record to its description."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from dedupe.description.editions import Edition, read_edition
from dedupe.description.extent import Extent, read_extent
from dedupe.description.fields import Fields
from dedupe.description.identifiers import Identifiers, read_identifiers
from dedupe.description.language import Language, read_language
from dedupe.description.material import Material, read_material
from dedupe.description.people import People, read_people
from dedupe.description.publication import Publication, read_publication
from dedupe.description.subjects import Subjects, read_subjects
from dedupe.description.titles import Titles, read_titles
from dedupe.description.volumes import Volumes
from hub.kernel.record import Record

_DEMO = re.compile(r"[(（\[【]\s*演示\s*[)）\]】]|^\s*演示(?:$|[\s：:，。数记])")
_DEMO_TAGS_UNIMARC = ("200", "205", "210", "225", "300", "316", "801")
_DEMO_TAGS_MARC21 = ("245", "250", "260", "264", "490", "500", "590", "040")


@dataclass(frozen=True, slots=True)
class Description:
    """What matching and display need of one record, the same from CNMARC, UNIMARC and MARC 21."""

    titles: Titles = field(default_factory=Titles)
    people: People = field(default_factory=People)
    publication: Publication = field(default_factory=Publication)
    edition: Edition = field(default_factory=Edition)
    extent: Extent = field(default_factory=Extent)
    volumes: Volumes = field(default_factory=Volumes)
    identifiers: Identifiers = field(default_factory=Identifiers)
    material: Material = field(default_factory=Material)
    language: Language = field(default_factory=Language)
    subjects: Subjects = field(default_factory=Subjects)
    companions: tuple[str, ...] = ()  #: kinds of book beside the book: teacher, exercises, guide
    demo: bool = False  #: carries the mark 演示 of invented data


def describe(record: Record) -> Description:
    """Describe a record. Whatever it lacks, leader and coded fields too, is left empty."""
    fields = Fields(record)
    reading = read_titles(fields)
    extent = read_extent(fields)
    volumes = Volumes(reading.volumes, reading.volume_text, reading.pieces or extent.pieces)
    return Description(
        titles=reading.titles,
        people=read_people(fields),
        publication=read_publication(fields),
        edition=read_edition(fields, reading.versions),
        extent=extent,
        volumes=volumes,
        identifiers=read_identifiers(fields),
        material=read_material(fields),
        language=read_language(fields),
        subjects=read_subjects(fields),
        companions=reading.companions,
        demo=_is_demo(fields),
    )


def without(description: Description, hidden: frozenset[str]) -> Description:
    """The description with some evidence hidden: ``215`` (extent), ``price``, ``series``, ``isbn``.

    Raises:
        ValueError: ``hidden`` names something else.
    """
    unknown = hidden - {"215", "price", "series", "isbn"}
    if unknown:
        raise ValueError(f"cannot hide {', '.join(sorted(unknown))}: choose among 215, price, series, isbn")
    if "215" in hidden:
        description = replace(description, extent=Extent())
    if "price" in hidden:
        description = replace(description, publication=replace(description.publication, price=""))
    if "series" in hidden:
        description = replace(description, subjects=replace(description.subjects, series="", series_form=""))
    if "isbn" in hidden:
        bare = replace(description.identifiers, isbns=(), set_isbns=())
        description = replace(description, identifiers=bare)
    return description


def _is_demo(fields: Fields) -> bool:
    tags = _DEMO_TAGS_UNIMARC if fields.unimarc else _DEMO_TAGS_MARC21
    return any(
        "演示" in subfield.value and _DEMO.search(subfield.value) is not None
        for field in fields.every(*tags)
        for subfield in field.subfields
    )
