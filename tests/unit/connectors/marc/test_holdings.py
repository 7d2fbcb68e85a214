from __future__ import annotations

import pytest

from connectors.marc.holdings import StatedItem, detect, items, parse_profiles, profiles, ranked
from connectors.marc.number_ranges import MAX_NUMBERS, MAX_RANGE, expand, is_range
from connectors.statuses import circulation_status
from hub.kernel.record import Field, Record, Subfield


def field(tag: str, written: str, indicators: str = "  ") -> Field:
    """A field from the way cataloguers write it: ``$aTSG $bD001``."""
    parts = [part for part in written.split("$") if part]
    return Field(tag, "", indicators, tuple(Subfield(part[0], part[1:].strip()) for part in parts))


def record(*fields: Field) -> Record:
    return Record(" " * 24, fields)


# Per profile: the fields of one record, and the items they state.
CASES: dict[str, tuple[list[tuple[str, str]], list[StatedItem]]] = {
    "cnmarc-905-copies": (
        [("905", "$aTSG $bD001669 $bD001705 $dK86 $e1 $f2")],
        [StatedItem("D001669", "TSG", "K86/1"), StatedItem("D001705", "TSG", "K86/1")],
    ),
    "cnmarc-905-groups": (
        [("905", "$a1 $bT002267 $c0 $dK86 $e1 $f1 $sK86/1:0 $a2 $bT002269 $c0 $dK86 $e1 $f2 $sK86/1:1")],
        [StatedItem("T002267", "1", "K86/1:0", "0"), StatedItem("T002269", "2", "K86/1:1", "0")],
    ),
    "cnmarc-905-ranges": (
        [("905", "$b20295403-5405 $dD2-6 $e8")],
        [StatedItem(f"2029540{last}", "", "D2-6/8") for last in (3, 4, 5)],
    ),
    "cnmarc-985-items": (
        [("905", "$aYHT $dI106.4 $e1 $sI106.4/1"), ("985", "$a320500000002 $b二楼社科 $d25.00 $h000002")],
        [StatedItem("320500000002", "二楼社科", "I106.4/1", price="25.00")],
    ),
    "cnmarc-986-items": (
        [("905", "$sI106.4/1"), ("986", "$a320500000002 $b书库")],
        [StatedItem("320500000002", "书库", "I106.4/1")],
    ),
    "cnmarc-982-items": (
        [("905", "$sI106.4/1"), ("982", "$a普通图书 $b320500000002 $c书库")],
        [StatedItem("320500000002", "书库", "I106.4/1")],
    ),
    "cnmarc-906-barcodes": (
        [("905", "$aTSG $dK86 $e1"), ("906", "$hD001669 $hD001705")],
        [StatedItem("D001669", "TSG", "K86/1"), StatedItem("D001705", "TSG", "K86/1")],
    ),
    "cnmarc-906-numbers": (
        [("906", "$a211260 $b1683011-3012 $dF124 $e26 $x912")],
        [StatedItem("1683011", "211260", "F124/26"), StatedItem("1683012", "211260", "F124/26")],
    ),
    "marc21-852-items": (
        [("852", "$aQXT $bQXT01 $c书库 $hI313.4 $i1 $p1000002")],
        [StatedItem("1000002", "QXT01", "I313.4/1", "书库")],
    ),
    "marc21-852-evergreen": (
        [("852", "$aMain $bHAWLEY $cPAR $dFERTILE $g33500012563250 $kLARGE PRINT $nAvailable")],
        [StatedItem("33500012563250", "HAWLEY", "LARGE PRINT", "PAR", status="Available")],
    ),
    "marc21-876-items": (
        [
            ("852", "$8221 $bannex $cstore $hQA1 $i.B2"),
            ("852", "$8222 $bmain $cstacks $hDS181 $i.P38"),
            ("876", "$0222 $p0111500537803"),
        ],
        [StatedItem("0111500537803", "main", "DS181 .P38", "stacks")],
    ),
    "marc21-949-symphony": (
        [("949", "$aQA76 .R3 $c1 $i30420205501863 $lSTACKS $mMAIN $tBOOK $wLC")],
        [StatedItem("30420205501863", "MAIN", "QA76 .R3", "STACKS")],
    ),
    "marc21-949-collections": (
        [("949", "$aWSTACK $cPQ2683.I32 1996 $g30094000460060 $o125211")],
        [StatedItem("30094000460060", "WSTACK", "PQ2683.I32 1996")],
    ),
    "marc21-952-koha": (
        [("952", "$70 $aQHT $bQHT $c外借处 $d2009-07-16 $oZ228/B197 $pT00002 $yBK $g30.00")],
        [StatedItem("T00002", "QHT", "Z228/B197", "外借处", price="30.00")],
    ),
    "marc21-952-folio": (
        [("952", "$b31924128478918 $hCB19 .G69 2021")],
        [StatedItem("31924128478918", "", "CB19 .G69 2021")],
    ),
    "unimarc-995-koha": (
        [("995", "$bBIB $cBIB $f000123456 $k843 CAM $eADULTE $o0")],
        [StatedItem("000123456", "BIB", "843 CAM", "ADULTE", status="0")],
    ),
    "alma-ava": (
        [("AVA", "$bMDMP $c中文库本书 $dF124 26 $eavailable $f1 $g0 $q总馆")],
        [StatedItem("", "总馆", "F124 26", "中文库本书", status="available")],
    ),
    "z3950-opac": (
        [("OPH", "$bMain $cStacks $hI247.5/1 $3v.2 $pA0001 $jon loan $q2027-01-25 $zDUE 01-25-27")],
        [StatedItem("A0001", "Main", "I247.5/1", "Stacks", "v.2", status="on loan")],
    ),
}


@pytest.mark.parametrize("name", profiles())
def test_every_profile_has_a_case_and_reads_it(name: str) -> None:
    fields, expected = CASES[name]
    assert list(items(record(*(field(*written) for written in fields)), profiles()[name])) == expected


@pytest.mark.parametrize("name", profiles())
def test_every_profile_is_found_from_its_case(name: str) -> None:
    sample = record(*(field(*written) for written in CASES[name][0]))
    detected = detect([sample])
    assert detected.profile is not None
    assert detected.profile.name == name
    assert detected.confidence > 0


def test_a_few_records_that_contradict_lower_the_confidence_only() -> None:
    good = record(field("905", "$aTSG $b00100001 $b00100002 $dK86 $e1"))
    odd = record(field("905", "$aTSG $b未编 $dK86 $e1"))
    detected = detect([good] * 9 + [odd])
    assert detected.profile is not None
    assert (detected.profile.name, detected.confidence) == ("cnmarc-905-copies", 0.9)


def test_cataloguing_notes_are_not_taken_for_items() -> None:
    assert detect([record(field("906", "$a7 $bcbc $corignew $du $eocip $f19"))]).profile is None


@pytest.mark.parametrize(
    ("flags", "status"),
    [
        ("$70$00", ""),
        ("$71", "not for loan"),
        ("$11$70", "lost"),
        ("$q2023-03-12$70", "checked out"),
        ("$01", "withdrawn"),
    ],
)
def test_subfields_that_stand_for_a_status(flags: str, status: str) -> None:
    [item] = items(
        record(field("952", f"$bMAIN$p31437000069572$o580.1{flags}")), profiles()["marc21-952-koha"]
    )
    assert item.status == status
    assert circulation_status(item.status) == {
        "": "unknown",
        "not for loan": "reference_only",
        "checked out": "on_loan",
    }.get(status, status)


def test_rivals_are_ranked_with_their_confidence() -> None:
    both = record(field("905", "$aTSG$bD001669$dK86$e1"))
    found = ranked([both])
    assert [one.confidence for one in found] == sorted((one.confidence for one in found), reverse=True)
    assert found[0] == detect([both])
    assert len(found) > 1
    assert ranked([record(field("245", "$aTitle"))]) == ()


def test_no_local_fields_no_profile() -> None:
    assert detect([record(field("200", "$aTitle"))]).profile is None
    assert detect([]).confidence == 0


def test_a_bad_profile_says_which() -> None:
    with pytest.raises(ValueError, match="mine"):
        parse_profiles("mine: {summary: {en: x, zh: x}}")
    with pytest.raises(ValueError, match="mapping"):
        parse_profiles("- a")


def test_every_profile_is_named_in_both_languages() -> None:
    assert all(set(profile.summary) == {"en", "zh"} for profile in profiles().values())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20295403-5408", tuple(f"2029540{last}" for last in range(3, 9))),
        ("D0098-D0101", ("D0098", "D0099", "D0100", "D0101")),
        ("D0098-0101", ("D0098", "D0099", "D0100", "D0101")),
        ("0999-1000", ("0999", "1000")),
        ("1001，1003-1004;1009", ("1001", "1003", "1004", "1009")),
        ("T002267", ("T002267",)),
        ("5408-5403", ("5408-5403",)),
        ("1-99999", ("1-99999",)),
        ("1000000-1999999", ("1000000-1999999",)),
        ("", ()),
    ],
)
def test_ranges_are_written_out_only_when_sound(text: str, expected: tuple[str, ...]) -> None:
    assert expand(text) == expected


def test_a_plain_number_is_no_range() -> None:
    assert is_range("20295403-5408")
    assert not is_range("T002267")
    assert not is_range("5408-5403")


def test_a_list_without_end_is_not_written_out() -> None:
    assert expand("1" * 5000 + "-2") == ("1" * 5000 + "-2",)
    written = expand(";".join(["1-999"] * 500))
    assert len(written) < MAX_NUMBERS + MAX_RANGE + 500
    assert written[-1] == "1-999"
