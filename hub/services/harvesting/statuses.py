"""What members call the state of a volume, in the words the hub uses."""

from __future__ import annotations

from collections.abc import Mapping

#: what the hub knows -> what is found in records (Chinese systems, 876$j and 952 conventions)
FOUND: Mapping[str, tuple[str, ...]] = {
    "available": ("", "available", "在馆", "可借", "在架", "入藏", "0", "-", "not checked out"),
    "on_loan": ("on_loan", "on loan", "checked out", "借出", "已借出", "外借"),
    "reference": ("reference", "not for loan", "阅览", "保留", "仅供阅览", "只限阅览", "特藏"),
    "missing": ("missing", "lost", "丢失", "剔除", "注销", "遗失", "withdrawn"),
    "processing": ("processing", "in process", "编目中", "加工中", "on order", "订购中"),
}
_KNOWN = {word: status for status, words in FOUND.items() for word in words}


def status_of(stated: str) -> str:
    """The hub's word. A word nobody knows is not offered for loan: it may mean anything."""
    return _KNOWN.get(stated.strip().casefold(), "reference")
