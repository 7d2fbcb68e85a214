"""Volumes of a set in one form: 第七册, 卷七, v.7 and 7 are one volume, whatever a library writes on it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dedupe.description.designations import volume_token
from hub.kernel.text import fold

PLACES: Mapping[str, str] = {"upper": "上", "middle": "中", "lower": "下"}
#: longer texts say more than which volume it is (a year, a range of issues) and are left as they are
LONGEST = 10
NUMBERS = re.compile(r"\d+")


def volume_name(stated: str) -> str:
    """The volume's number or place; what cannot be read as one, as stated."""
    plain = fold(stated).strip()
    if not plain or len(plain) > LONGEST or len(NUMBERS.findall(plain)) > 1:
        return stated.strip()
    token = volume_token(plain)
    return stated.strip() if token is None else PLACES.get(token, token)
