"""Options in a form: what is written there comes back as it was, whatever it looks like."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import Refusal
from hub.web.pages.coordination.stated_options import as_lines, from_lines, taken_away

NAMES = st.from_regex(r"[a-z_]{1,12}", fullmatch=True)
# What stands for a hidden secret is left alone.
TEXTS = st.text().filter(lambda text: text != "***")
VALUES = st.one_of(TEXTS, st.integers(), st.booleans(), st.dictionaries(NAMES, TEXTS, max_size=2))


@given(st.dictionaries(NAMES, VALUES, max_size=5))
def test_what_is_written_is_read_back(options: dict[str, object]) -> None:
    assert from_lines(as_lines(options)) == options


def test_values_are_typed_as_on_the_command_line() -> None:
    assert from_lines(' chunk=10 \n\nkeys=a,b=c\nsegments=true\nuser="12"') == {
        "chunk": 10,
        "keys": "a,b=c",
        "segments": True,
        "user": "12",
    }


@pytest.mark.parametrize("line", ["chunk", "=10"])
def test_a_line_that_is_no_option_is_refused(line: str) -> None:
    with pytest.raises(Refusal, match="NAME=VALUE"):
        from_lines(line)


def test_a_line_that_is_gone_takes_its_option_away_and_no_other() -> None:
    before = {"chunk": 10, "user": "a", "locations": {}, "password": "***"}
    assert taken_away(before, {"user": "b"}, {"locations"}) == ["chunk"]
    assert "password" not in from_lines("password=***")
