"""Vetoes: what makes two records different editions whatever else agrees."""

from __future__ import annotations

from dedupe.features import editions, extent, isbn, material, volumes, years
from dedupe.features.table import Prepared
from dedupe.features.titles import CUT, similarity


def veto(first: Prepared, second: Prepared) -> str | None:
    """The code of the first veto that holds, the cheap ones first; None when none does."""
    if material.conflicts(first["material"], second["material"]):
        return "veto.material"
    if volumes.conflicts(first["volume"], second["volume"]):
        return "veto.volume"
    if extent.set_and_single(first["extent"], second["extent"]):
        return "veto.set"
    if editions.conflicts(first["edition"], second["edition"]):
        return "veto.edition"
    if first["companions"] != second["companions"]:
        return "veto.companion"
    if _years_apart(first, second):
        return "veto.year"
    return "veto.title" if similarity(first["title"], second["title"]) < CUT else None


def _years_apart(first: Prepared, second: Prepared) -> bool:
    """Years too far apart, and nothing speaks of a reprint: a stated printing, a shared ISBN, equal pages."""
    apart = years.distance(first["year"], second["year"])
    if apart is None or apart <= years.TOLERANCE:
        return False
    if years.is_reprint(first["year"], second["year"]):
        return False
    if isbn.compare(first["isbn"], second["isbn"]) in {"shared", "shared_set"}:
        return False
    # The same number of pages from the same publisher is how a reprint looks when nobody said so.
    same_pages = extent.compare(first["extent"], second["extent"]) == "same"
    return not (same_pages and first["publisher"] and first["publisher"] == second["publisher"])
