"""Records written in one line, for tests."""

from __future__ import annotations

import re
from collections.abc import Mapping

from hub.kernel.record import Field, Flavour, Record, Subfield

_SUBFIELD = re.compile(r"\$(.)([^$]*)")


def record(dialect: str, fields: Mapping[str, str], leader: str = "00000nam a2200000 i 4500") -> Record:
    """``{"200": "$a红楼梦$f曹雪芹著"}`` as a record; a value without ``$`` is a control field."""
    made = []
    for tag, text in fields.items():
        for one in text.split(" | "):
            if one.startswith("$"):
                # ``$6245-01/$1`` is one value: $1 is a script code there, not a subfield.
                parts = _SUBFIELD.findall(one.replace("/$1", "/\x01"))
                subfields = tuple(Subfield(code, value.replace("\x01", "$1")) for code, value in parts)
                made.append(Field(tag, "", "  ", subfields))
            else:
                made.append(Field(tag, one))
    return Record(leader, tuple(made), Flavour(dialect))
