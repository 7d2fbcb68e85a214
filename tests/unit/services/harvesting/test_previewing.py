"""A preview shows where items would stand, with the confidence in how they are read."""

from __future__ import annotations

from connectors.marc.writing import to_iso2709
from connectors.ports import RawRecord
from hub.kernel.record import Field, Flavour, Record, Subfield
from hub.services.harvesting.locations import Locations
from hub.services.harvesting.previewing import previewed

LOCATIONS = Locations("GL", {"gl": "GL", "gl-hx": "HXJ"})


def received(name: str, *fields: tuple[str, str]) -> RawRecord:
    made = tuple(
        Field(tag, "", "  ", tuple(Subfield(part[0], part[1:]) for part in text.split("$")[1:]))
        for tag, text in (("200", f"$a题名{name}"), *fields)
    )
    return RawRecord(to_iso2709(Record("00000nam0 2200000   450 ", made, Flavour.CNMARC)), name)


def test_items_stand_at_their_nodes_and_unknown_locations_are_shown() -> None:
    shown = previewed(
        [
            received("1", ("905", "$aGL$bD001669$bD001705$dK86$e1")),
            received("2", ("905", "$aGL-HX$bD001706$dK86$e2")),
            received("3", ("905", "$aGL-ZZ$bD001707$dK86$e3")),
            received("4"),
            RawRecord(b"nonsense", "5"),
        ],
        LOCATIONS,
        "auto",
        "auto",
    )
    assert (shown["profile"], shown["confidence"], shown["records"]) == ("cnmarc-905-copies", 1.0, 5)
    assert [(row["record"], row.get("barcode"), row.get("node")) for row in shown["items"]] == [
        ("1", "D001669", "GL"),
        ("1", "D001705", "GL"),
        ("2", "D001706", "HXJ"),
        ("3", "D001707", "?"),
        ("4", None, None),
        ("5", None, None),
    ]
    assert shown["items"][-1]["problem"]
    assert shown["items"][3]["location"] == "GL-ZZ"
    assert shown["unmapped"] == {"GL-ZZ": 1}
    assert shown["profiles"][0] == {"profile": "cnmarc-905-copies", "confidence": 1.0}


def test_a_chosen_profile_is_used_with_the_confidence_it_deserves() -> None:
    records = [received("1", ("905", "$aGL$bD001669$bD001705$dK86$e1"))]
    shown = previewed(records, LOCATIONS, "auto", "cnmarc-985-items")
    assert (shown["profile"], shown["confidence"]) == ("cnmarc-985-items", 0.0)
    assert [row.get("barcode") for row in shown["items"]] == [None]


def test_no_profile_is_used_on_too_little_evidence() -> None:
    notes = [received(str(number), ("905", "$a著录说明")) for number in range(3)]
    good = [received("9", ("905", "$aGL$bD001669$dK86$e1"))]
    shown = previewed(notes + good, LOCATIONS, "auto", "auto")
    assert (shown["profile"], shown["confidence"]) == ("-", 0.25)
    assert previewed([], LOCATIONS, "auto", "auto")["confidence"] == 0.0


def test_what_is_held_of_a_serial_is_shown() -> None:
    shown = previewed([received("1", ("866", "$a1990-1999"))], LOCATIONS, "auto", "auto")
    assert shown["items"] == [{"record": "1", "title": "题名1", "held": "1990-1999"}]
