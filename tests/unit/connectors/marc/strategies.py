"""Records for property tests: any text a catalogue may hold, in any flavour."""

from __future__ import annotations

import re

from hypothesis import strategies as st

from hub.kernel.record import Field, Flavour, Record, Subfield

# Surrogates exist in no encoding; separators, non-sorting marks and escapes are layout, not text.
# NUL is read as a blank: ``test_every_text_can_be_stored`` holds that.
_LAYOUT = "\x00\x1b\x1d\x1e\x1f\x88\x89\x98\x9c"
# Escapes of XML are mended by reading, wherever they stand: `test_xml_escapes` holds that.
_ESCAPE = re.compile("&(?=(?:amp|lt|gt|quot|apos);)")
TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters=_LAYOUT), max_size=40).map(
    lambda text: _ESCAPE.sub("", text)
)
CHINESE = st.text(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会", min_size=12, max_size=40
)
CODES = st.sampled_from("abcdefgh123")

SUBFIELDS = st.builds(Subfield, CODES, TEXTS)
DATA_FIELDS = st.builds(
    Field,
    st.integers(10, 999).map(lambda number: f"{number:03d}"),
    st.just(""),
    st.text("01 ", min_size=2, max_size=2),
    st.lists(SUBFIELDS, min_size=1, max_size=6).map(tuple),
)
CONTROL_FIELDS = st.builds(Field, st.sampled_from(("001", "005", "008")), TEXTS)


def records(texts: st.SearchStrategy[str] = TEXTS) -> st.SearchStrategy[Record]:
    """Records with a title from ``texts``."""
    title = st.builds(lambda text: Field("200", "", "1 ", (Subfield("a", text),)), texts)
    fields = st.tuples(
        st.lists(CONTROL_FIELDS, max_size=2),
        title.map(lambda field: [field]),
        st.lists(DATA_FIELDS, max_size=6),
    ).map(lambda parts: tuple(field for part in parts for field in part))
    return st.builds(Record, st.just("00000nam a2200000 a 4500"), fields, st.sampled_from(Flavour))
