from __future__ import annotations

import pytest

from connectors.marc.flavour import flavour_of
from hub.kernel.record import Field, Flavour, Subfield


def field(tag: str, code: str, value: str) -> Field:
    return Field(tag, "", "  ", (Subfield(code, value),))


TITLE_200 = field("200", "a", "Title")
TITLE_245 = field("245", "a", "Title")


@pytest.mark.parametrize(
    ("fields", "flavour"),
    [
        ((TITLE_245,), Flavour.MARC21),
        ((TITLE_200,), Flavour.UNIMARC),
        ((field("200", "a", "城南旧影"),), Flavour.CNMARC),
        ((TITLE_200, field("101", "a", "chi")), Flavour.CNMARC),
        ((TITLE_200, field("102", "a", "CN")), Flavour.CNMARC),
        ((TITLE_200, field("801", "a", "CN")), Flavour.CNMARC),
        ((TITLE_200, field("100", "a", "20200105d2019    em y0chiy50      ea")), Flavour.CNMARC),
        ((TITLE_200, field("100", "a", "20200105d2019    em y0frey50      ba")), Flavour.UNIMARC),
        ((TITLE_200, field("690", "a", "I267")), Flavour.CNMARC),
        (
            (TITLE_245, field("200", "a", "Local"), Field("008", "x" * 40), field("260", "a", "x")),
            Flavour.MARC21,
        ),
        ((field("852", "b", "MAIN"), field("876", "p", "1")), Flavour.MARC21),
        ((), Flavour.MARC21),
    ],
)
def test_the_flavour_shows_in_the_fields(fields: tuple[Field, ...], flavour: Flavour) -> None:
    assert flavour_of(fields) is flavour
