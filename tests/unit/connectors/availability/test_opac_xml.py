"""OPAC records as XML: what is written is read again, whatever is empty."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from connectors import markup
from connectors.availability.opac_xml import read_opac_xml, write_opac_xml
from connectors.z3950.opac import Circulation, OpacHolding, Volume

#: as they come back: texts are read without the blanks around them
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), max_size=12)
CIRCULATIONS = st.builds(
    Circulation, st.booleans(), WORDS, WORDS, WORDS, WORDS, st.booleans(), st.booleans(), WORDS, WORDS, WORDS
)
HOLDINGS = st.builds(
    OpacHolding,
    *(WORDS,) * 6,
    st.lists(st.builds(Volume, WORDS, WORDS, WORDS), max_size=2).map(tuple),
    st.lists(CIRCULATIONS, max_size=3).map(tuple),
    *(WORDS,) * 11,
)


@given(st.lists(HOLDINGS, max_size=3))
def test_what_is_written_is_read_again(holdings: list[OpacHolding]) -> None:
    record = etree.fromstring(b"<record xmlns='http://www.loc.gov/MARC21/slim'/>")
    written = etree.tostring(write_opac_xml(record, holdings))
    read = read_opac_xml(markup.parse(written, "here"))
    assert read.holdings == tuple(holdings)
    assert b"MARC21/slim" in read.bibliographic
