"""What systems answer about their copies, read into one vocabulary."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from connectors.availability.from_xml import xml_record
from connectors.availability.options import habits
from connectors.availability.values import LiveItem
from connectors.errors import ProtocolViolation
from connectors.sru.responses import SruRecord, read_page

FIXTURES = Path(__file__).resolve().parents[4] / "fixtures" / "availability"
HABITS = habits("sru", {}, "", "")

#: the real answers, by the end of their names: the states of their copies, in any order
REAL = {
    "alma-dickinson-multiple": ["available", "available", "on_loan"],
    "alma-pitt-extra-eresource-record": ["available"],
    "alma-princeton": ["available"],
    "evergreen-east-central-with-checked-out-item-status": ["on_loan"],
    "evergreen-east-central-with-in-transit-item-status": ["in_process"],
    "evergreen-lake-agassiz-with-available-item-status": ["available"],
    "evergreen-north-west-with-available-item-status": ["available"],
    "evergreen-traverse-de-sioux-with-available-item-status": ["available"],
    "folio-not-requestable": ["available", "on_loan"],
    "horizon-hennepin": ["available"],
    "horizon-jhu": ["available"],
    "horizon-southeastern": ["available", "available", "available"],
    "koha-chatham": ["available"],
    "koha-chatham_checked_out": ["on_loan"],
    "polaris-with-held-item-status": ["reserved"],
    "polaris-with-in-item-status": ["available"],
    "polaris-with-out-item-status": ["on_loan"],
    "sierra-laroche": ["available"],
    "sierra-laroche-unavail": ["on_loan"],
    "sierra-widener-check-shelves": ["available"],
    "voyager-temp": ["available"],
    "voyager-yale": ["available"],
}


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*.yaml")), ids=lambda path: path.stem)
def test_an_answer_is_read(path: Path) -> None:
    case: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    found = xml_record(case["answer"].encode(), habits("sru", case.get("options", {}), "", ""), "test")
    assert list(found.items) == [LiveItem(**item) for item in case["items"]]
    assert (found.record.identifier if found.record else None) == case.get("record")


@pytest.mark.parametrize("name", sorted(REAL))
def test_a_real_answer_is_read(name: str, shared_data: Path) -> None:
    paths = list((shared_data / "records" / "fixtures").glob(f"*zresponsexml~{name}.xml"))
    if not paths:
        pytest.skip("the real answers are not there")
    page = read_page(paths[0].read_bytes(), "test")
    records = [xml_record(slot.content, HABITS, "test") for slot in page.slots if isinstance(slot, SruRecord)]
    assert Counter(item.status for one in records for item in one.items) == Counter(REAL[name])


@pytest.mark.parametrize(
    "answer",
    [
        "<dc xmlns='http://purl.org/dc/elements/1.1/'><title>x</title></dc>",
        "<opacRecord>",
        "<!DOCTYPE a [<!ENTITY b 'c'>]><opacRecord/>",
    ],
)
def test_what_is_no_answer_is_refused(answer: str) -> None:
    with pytest.raises(ProtocolViolation):
        xml_record(answer.encode(), HABITS, "test")
