"""What an operator may say about asking a member for its copies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from connectors import options as read
from connectors.options import Options

AUTOMATIC: Final = "auto"
#: the ways of asking that each protocol knows, the preferred first
WAYS: Final = {
    "z3950": ("opac", "marc"),
    "sru": ("marcxml", "opacxml", "isohold"),
}
_DATE_ORDERS: Final = ("", "mdy", "dmy")

#: whether it may be asked while it is harvested; whoever knows of harvests decides by it
BESIDE_HARVEST: Final = "availability_beside_harvest"

#: Option names and what they mean, for help texts and validation.
OPTIONS: Final = {
    "availability": "how to ask for copies: auto, no, opac or marc (Z39.50), marcxml, opacxml, isohold (SRU)",
    "availability_record": "index of the record's own number: a bib-1 use attribute, or a CQL index",
    "availability_isbn": "index of ISBNs: a bib-1 use attribute, or a CQL index",
    "availability_profile": "holdings profile of live MARC answers, where the harvest has another",
    "availability_dates": "order of dates whose year stands last: mdy or dmy",
    BESIDE_HARVEST: "whether it bears such questions while it is harvested: no, or yes",
}


@dataclass(frozen=True, slots=True)
class AskingHabits:
    """How one member wants to be asked."""

    way: str  #: one of the protocol's ``WAYS``, ``auto`` or ``no``
    record_index: str
    isbn_index: str
    profile: str  #: name of a holdings profile, or ``auto``
    encoding: str  #: of ISO 2709 records
    date_order: str


def habits(protocol: str, options: Options, record_index: str, isbn_index: str) -> AskingHabits:
    """Read the options; the two indexes are the protocol's usual ones.

    Raises:
        Misconfigured: naming the option.
    """
    known = WAYS.get(protocol, ())
    read.yes(options, BESIDE_HARVEST)
    profile = read.text(options, "availability_profile") or read.text(options, "profile", AUTOMATIC)
    return AskingHabits(
        way=read.choice(options, "availability", AUTOMATIC, (AUTOMATIC, "no", *known)),
        record_index=read.text(options, "availability_record", record_index),
        isbn_index=read.text(options, "availability_isbn", isbn_index),
        profile=profile,
        encoding=read.text(options, "encoding", AUTOMATIC),
        date_order=read.choice(options, "availability_dates", "", _DATE_ORDERS),
    )
