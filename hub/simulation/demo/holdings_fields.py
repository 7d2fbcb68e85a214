"""A record's volumes as fields, in the practice the member follows.

The practices are those that ``connectors.marc.holdings`` knows how to read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby

from hub.kernel.record import Field
from hub.simulation.demo.fields import data
from hub.simulation.demo.shelving import Copy

_CHINESE_STATES = {"available": "在馆", "on_loan": "借出", "reference": "阅览"}
#: Koha's codes: 0 = may be lent; what is out is not marked here
_KOHA_STATES = {"available": "0", "reference": "1"}
_SYMPHONY_STATES = {"available": "AVAILABLE", "on_loan": "CHECKED OUT", "reference": "NOT FOR LOAN"}

Write = Callable[[Sequence[Copy], str], list[Field]]


def holdings_fields(practice: str, copies: Sequence[Copy], member: str, price: str) -> list[Field]:
    """The fields that state these volumes; ``price`` as the member writes it."""
    if practice == "852":
        return _in_852(copies, member)
    return _PRACTICES[practice](copies, price)


def _repeated(copies: Sequence[Copy], price: str) -> list[Field]:
    """905, one field for a location and volume, the barcodes repeated."""
    return [
        data(
            "905",
            "  ",
            ("a", location),
            *[("b", copy.barcode) for copy in group],
            ("d", group[0].class_number),
            ("e", group[0].book_number),
            ("v", volume),
            ("f", str(len(group))),
        )
        for (location, volume), group in _by_place(copies)
    ]


def _grouped(copies: Sequence[Copy], price: str) -> list[Field]:
    """905, everything in one field; each volume begins again with $a."""
    pairs = [
        pair
        for ordinal, copy in enumerate(copies, start=1)
        for pair in (
            ("a", copy.location),
            ("b", copy.barcode),
            ("c", copy.shelf),
            ("d", copy.class_number),
            ("e", copy.book_number),
            ("v", copy.volume),
            ("f", str(ordinal)),
            ("s", copy.call_number),
        )
    ]
    return [data("905", "  ", *pairs)]


def _ranges(copies: Sequence[Copy], price: str) -> list[Field]:
    """905 with runs of numbers: 00100004-006 for three volumes."""
    return [
        data(
            "905",
            "  ",
            ("a", location),
            ("b", _as_range([copy.barcode for copy in group])),
            ("d", group[0].class_number),
            ("e", group[0].book_number),
            ("v", volume),
        )
        for (location, volume), group in _by_place(copies)
    ]


def _by_place(copies: Iterable[Copy]) -> list[tuple[tuple[str, str], list[Copy]]]:
    ordered = sorted(copies, key=lambda copy: (copy.location, copy.volume, copy.barcode))
    return [
        (place, list(group))
        for place, group in groupby(ordered, key=lambda copy: (copy.location, copy.volume))
    ]


def _as_range(barcodes: Sequence[str]) -> str:
    if len(barcodes) == 1:
        return barcodes[0]
    numbers = [int(barcode) for barcode in barcodes]
    if numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        return ",".join(barcodes)
    return f"{barcodes[0]}-{barcodes[-1][-4:]}"


def _in_985(copies: Sequence[Copy], price: str) -> list[Field]:
    """The call number in 905, every volume in a 985 of its own."""
    head = data(
        "905",
        "  ",
        ("a", copies[0].location),
        ("d", copies[0].class_number),
        ("e", copies[0].book_number),
        ("c", copies[0].shelf),
    )
    return [
        head,
        *(
            data(
                "985",
                "  ",
                ("a", copy.barcode),
                ("b", copy.location),
                ("d", price),
                ("v", copy.volume),
                ("s", _CHINESE_STATES[copy.state]),
            )
            for copy in copies
        ),
    ]


def _in_852(copies: Sequence[Copy], member: str) -> list[Field]:
    return [
        data(
            "852",
            "8 ",
            ("a", member),
            ("b", copy.location),
            ("c", copy.shelf),
            ("h", copy.class_number),
            ("i", copy.book_number),
            ("3", copy.volume),
            ("p", copy.barcode),
            ("n", _CHINESE_STATES[copy.state]),
        )
        for copy in copies
    ]


def _in_949(copies: Sequence[Copy], price: str) -> list[Field]:
    return [
        data(
            "949",
            "  ",
            ("a", copy.call_number),
            ("w", "CLC"),
            ("i", copy.barcode),
            ("k", _SYMPHONY_STATES[copy.state]),
            ("l", copy.shelf),
            ("m", copy.location),
            ("p", price),
            ("v", copy.volume),
        )
        for copy in copies
    ]


def _in_952(copies: Sequence[Copy], price: str) -> list[Field]:
    return [
        data(
            "952",
            "  ",
            ("a", copy.location),
            ("b", copy.location),
            ("c", copy.shelf),
            ("g", price.strip("￥元CNY")),
            ("h", copy.volume),
            ("o", copy.call_number),
            ("p", copy.barcode),
            ("y", "BK"),
            ("7", _KOHA_STATES[copy.state]),
        )
        for copy in copies
    ]


_PRACTICES: Mapping[str, Write] = {
    "repeated": _repeated,
    "grouped": _grouped,
    "ranges": _ranges,
    "985": _in_985,
    "949": _in_949,
    "952": _in_952,
}
