"""All features in one order."""

from __future__ import annotations

from typing import Any

from dedupe.description import Description
from dedupe.features import (
    authors,
    editions,
    extent,
    isbn,
    language,
    material,
    numbers,
    price,
    publisher,
    series,
    subtitle,
    titles,
    translators,
    volumes,
    years,
)

FEATURES = (
    titles.FEATURE,
    subtitle.FEATURE,
    authors.FEATURE,
    translators.FEATURE,
    publisher.FEATURE,
    years.FEATURE,
    extent.FEATURE,
    isbn.FEATURE,
    numbers.FEATURE,
    volumes.FEATURE,
    editions.FEATURE,
    price.FEATURE,
    series.FEATURE,
    language.FEATURE,
    material.FEATURE,
)
NAMES = tuple(feature.name for feature in FEATURES)

Prepared = dict[str, Any]


def prepare(description: Description) -> Prepared:
    """What every feature needs of a description, taken once however many pairs it is part of."""
    prepared: Prepared = {feature.name: feature.extract(description) for feature in FEATURES}
    prepared["companions"] = description.companions
    return prepared
