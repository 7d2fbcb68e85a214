"""Units recorded from other programs: read by our codec, and answered by our server."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.z3950.answering import ServerSession
from connectors.z3950.apdu import (
    Apdu,
    Close,
    DiagnosticRecord,
    InitResponse,
    PresentResponse,
    ScanResponse,
    SearchResponse,
)
from connectors.z3950.decoding import decode
from connectors.z3950.encoding import encode
from connectors.z3950.framing import Framer
from tests.catalogues import catalogue

UNITS = Path(__file__).resolve().parents[4] / "fixtures" / "z3950"
NAMES = sorted(path.stem for path in UNITS.glob("*.ber"))
EXCHANGES = (
    "init",
    "search-twenty-terms",
    "present",
    "present-unknown-element-set",
    "search-unknown-attribute",
    "scan",
    "search",
    "present-out-of-range",
    "close",
)


def unit(name: str) -> Apdu:
    return decode((UNITS / f"{name}.ber").read_bytes())


def test_there_is_a_recording_of_each_exchange() -> None:
    assert sorted(f"{side}-{name}" for side in ("yaz-client", "zebra") for name in EXCHANGES) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_recorded_unit_is_read_and_written_again(name: str) -> None:
    data = (UNITS / f"{name}.ber").read_bytes()
    framer = Framer()
    for octet in data:
        assert framer.next() is None
        framer.feed(bytes([octet]))
    whole = framer.next()
    assert whole is not None
    assert framer.pending == 0
    assert decode(whole) == decode(data)
    assert decode(encode(decode(data))) == decode(data)


def essence(answer: Apdu) -> object:
    """What two servers over the same records must agree on."""
    match answer:
        case SearchResponse():
            conditions = [one.condition for one in answer.diagnostics]
            return answer.search_status, answer.result_count, conditions
        case PresentResponse():
            refusals = [one.condition for one in answer.diagnostics]
            slots = [
                slot.condition if isinstance(slot, DiagnosticRecord) else slot.content
                for slot in answer.records
            ]
            return refusals, slots
        case ScanResponse():
            return answer.entries, answer.position
        case InitResponse():
            return answer.result
        case Close():
            return answer.reason
        case _:
            raise AssertionError(type(answer))


def test_our_server_answers_a_recorded_client_as_zebra_did() -> None:
    session = ServerSession(catalogue(30, per_day=5))
    for name in EXCHANGES:
        (ours,) = session.receive(unit(f"yaz-client-{name}"))
        theirs = unit(f"zebra-{name}")
        assert type(ours) is type(theirs)
        assert essence(ours) == essence(theirs), name
