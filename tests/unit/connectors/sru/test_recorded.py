from __future__ import annotations

from pathlib import Path

import pytest

from connectors.errors import ProtocolViolation
from connectors.sru.responses import SruDiagnostic, SruRecord, read_page

RESPONSES = Path(__file__).resolve().parents[4] / "fixtures" / "sru"


def test_a_record_in_cdata_is_a_record() -> None:
    page = read_page((RESPONSES / "record-in-cdata.xml").read_bytes(), "here")
    (slot,) = page.slots
    assert isinstance(slot, SruRecord)
    assert slot.content.startswith(b'<record xmlns="http://www.loc.gov/MARC21/slim">')


def test_a_diagnostic_in_a_record_s_place_is_not_a_record() -> None:
    page = read_page((RESPONSES / "surrogate-among-records.xml").read_bytes(), "here")
    assert (page.total, page.exact) == (7606, False)
    refused, record = page.slots
    assert refused == SruDiagnostic("info:srw/diagnostic/1/66", "mods", "Unknown schema for retrieval")
    assert isinstance(record, SruRecord)
    assert b"xmlns:m=" in record.content


def test_a_total_of_endless_digits_is_no_total() -> None:
    said = b"<searchRetrieveResponse><numberOfRecords>" + b"9" * 5000 + b"</numberOfRecords>"
    with pytest.raises(ProtocolViolation, match="malformed"):
        read_page(said + b"</searchRetrieveResponse>", "here")
