from __future__ import annotations

import pytest

from connectors.harvesting.identifiers import control_number
from tests.catalogues import iso2709

GBK = "号0001".encode("gb18030")


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        (iso2709([("001", "ocm123"), ("245", "10\x1faX")]), "ocm123"),
        (iso2709([("001", "  padded "), ("245", "10\x1faX")]), "padded"),
        (iso2709([("245", "10\x1faX")]), None),
        (iso2709([("001", ""), ("245", "10\x1faX")]), None),
        (iso2709([("001", "xx0001")]).replace(b"xx", GBK[:2]), "号0001"),
        (b'<record xmlns="x"><controlfield tag="001"> 42 </controlfield></record>', "42"),
        (b"<m:record><m:controlfield  tag='001'>a&amp;b</m:controlfield></m:record>", "a&b"),
        (b'<record><controlfield tag="003">x</controlfield></record>', None),
        (b'{"leader":"","fields":[{"001":"j7"}]}', "j7"),
        (b"", None),
        (b"\x00" * 40, None),
        (b"00026     2200025   45000010", None),
    ],
)
def test_the_number_is_read_from_the_bytes(raw: bytes, number: str | None) -> None:
    assert control_number(raw) == number
