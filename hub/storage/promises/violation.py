"""A broken promise: which, where, and what is wrong there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Violation:
    """One row that breaks a promise."""

    promise: str  #: P1 ... P10
    table: str
    row: str  #: the row's key
    problem: str  #: key of a message in the area ``doctor``
    values: Mapping[str, Any] = field(default_factory=dict)


Check = Callable[[Connection, datetime], list[Violation]]
