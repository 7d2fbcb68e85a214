"""The calibrated score: a sum of weights, turned into thousandths."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from dedupe.model.levels import Levels

Weights = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Column:
    """The weights of one script: natural log-odds per level, a start, and where the tiers begin."""

    start: float
    weights: Weights
    automatic: int  #: score in thousandths from which a pair needs nobody's word
    same: int  #: score from which two records, and two groups on average, are held to be one edition
    review: int  #: score from which a person should look


@dataclass(frozen=True, slots=True)
class Model:
    """The whole table with the version that every stored score belongs to."""

    version: str
    columns: Mapping[str, Column]

    def score(self, script: str, levels: Levels) -> int:
        """The probability of one edition in thousandths."""
        column = self.columns[script]
        total = column.start
        for name, level in levels.items():
            total += column.weights[name].get(level, 0.0)
        return thousandths(total)

    def contributions(self, script: str, levels: Levels) -> dict[str, float]:
        """The weight of every feature's level in this pair, in log-odds."""
        weights = self.columns[script].weights
        return {name: weights[name].get(level, 0.0) for name, level in levels.items()}


def thousandths(log_odds: float) -> int:
    """Log-odds as a probability in thousandths."""
    return round(1000 / (1 + math.exp(-max(-30.0, min(30.0, log_odds)))))


@cache
def model() -> Model:
    """The model in force."""
    return from_table(json.loads(files("dedupe.model").joinpath("table.json").read_text("utf-8")))


def from_table(table: dict[str, Any]) -> Model:
    """A model from its table."""
    columns = {name: Column(**column) for name, column in table["columns"].items()}
    return Model(table["version"], columns)
