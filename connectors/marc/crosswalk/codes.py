"""The codes of fixed positions, from ``coded.yaml``, in either direction."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import yaml


@cache
def codes(name: str) -> dict[str, str]:
    """The codes of MARC 21 by those of CNMARC."""
    return _tables()[name]


@cache
def codes_back(name: str) -> dict[str, str]:
    """The codes of CNMARC by those of MARC 21."""
    return {marc21: cnmarc for cnmarc, marc21 in reversed(codes(name).items())}


@cache
def _tables() -> Mapping[str, dict[str, str]]:
    tables: Mapping[str, dict[str, str]] = yaml.safe_load(
        files("connectors.marc.crosswalk").joinpath("coded.yaml").read_text("utf-8")
    )
    return tables
