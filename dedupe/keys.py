"""Match keys: records that share one are compared; nobody else is.

Each key comes with refinements. A block (all records with one key) of at most ``LARGEST_BLOCK`` records is
compared whole; in a larger one, and in the block of a bad identifier, only records that also share a
refinement are compared. So no block is dropped, and whether two records are compared follows from the set of
records alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from dedupe.description import Description
from dedupe.description.forms import has_han

#: records of one block that are compared each with each
LARGEST_BLOCK = 60
#: an identifier whose carriers show more different titles than this is a bad one
MOST_TITLES = 4

_TITLE_HEAD = 5  #: Chinese characters of a title in its key
_TITLE_HEAD_LATIN = 14  #: letters of a title in its key
_MOST_KEYS = 24


@dataclass(frozen=True, slots=True)
class MatchKey:
    """A key, what refines it, and whether it is an identifier (its refinements are then titles)."""

    value: str
    refinements: tuple[str, ...]

    @property
    def is_identifier(self) -> bool:
        """Identifiers are written ``i:``; descriptive keys have other letters."""
        return self.value.startswith("i:")


def keys_of(description: Description) -> tuple[MatchKey, ...]:
    """Every key of a description with its refinements; none for a record without a title."""
    if not description.titles.forms:
        return ()
    heads = tuple(dict.fromkeys(form[:3] for form in (*description.titles.forms, description.titles.full)))
    facets = tuple(_facets(description))
    identifiers = [MatchKey(f"i:{value}", heads) for value in dict.fromkeys(_identifiers(description))]
    described = [MatchKey(value, facets) for value in dict.fromkeys(_descriptive(description))]
    return tuple(identifiers + described)[:_MOST_KEYS]


def crossing(members: Sequence[MatchKey]) -> bool:
    """Whether a block with these members is compared by refinement only."""
    if len(members) > LARGEST_BLOCK:
        return True
    if not members or not members[0].is_identifier or len(members) <= MOST_TITLES:
        return False
    return len({member.refinements[:1] for member in members}) > MOST_TITLES


def candidate_pairs(
    blocks: Mapping[str, Sequence[tuple[int, MatchKey]]], wanted: Collection[int] | None = None
) -> set[tuple[int, int]]:
    """All pairs to compare within the given blocks, the smaller record first.

    Each block must hold all its members, for its size decides how it is compared. With ``wanted``, only pairs
    that one of these records is part of.
    """
    pairs: set[tuple[int, int]] = set()
    for block in blocks.values():
        if crossing([key for _, key in block]):
            for group in _refined(block):
                pairs.update(_pairs(group, wanted))
        else:
            pairs.update(_pairs((record for record, _ in block), wanted))
    return pairs


def _refined(block: Sequence[tuple[int, MatchKey]]) -> Iterator[list[int]]:
    groups: dict[str, list[int]] = {}
    for record, key in block:
        for refinement in key.refinements:
            groups.setdefault(refinement, []).append(record)
    return iter(groups.values())


def _pairs(records: Iterable[int], wanted: Collection[int] | None) -> Iterator[tuple[int, int]]:
    members = sorted(set(records))
    if wanted is None:
        return combinations(members, 2)
    chosen = [record for record in members if record in wanted]
    return ((min(one, other), max(one, other)) for one in chosen for other in members if one != other)


def _identifiers(description: Description) -> Iterator[str]:
    identifiers = description.identifiers
    for kind, values in (
        ("isbn", identifiers.isbns + identifiers.set_isbns),
        ("issn", identifiers.issns),
        ("unified", identifiers.unified),
        ("lccn", identifiers.lccns),
        ("oclc", identifiers.oclc),
        ("publisher", identifiers.publisher_numbers),
    ):
        for value in values:
            yield f"{kind}:{value}"


def _descriptive(description: Description) -> Iterator[str]:
    titles, publication = description.titles, description.publication
    for form in dict.fromkeys((*titles.forms[:4], titles.full, titles.sound)):
        if form:
            yield f"t:{_head(form)}"
    main = titles.forms[0]
    tail = main[-4:] if has_han(main) else main[-10:]
    for year in publication.years[:2]:
        for author in description.people.forms("author")[:2]:
            yield f"a:{author.split('·')[-1][:20]}:{year}"
        if publication.publisher_form:
            yield f"z:{tail}:{publication.publisher_form[:2]}:{year}"
        if description.extent.pages:
            yield f"e:{description.extent.pages}:{year}:{publication.publisher_form[:2] or main[:2]}"


def _facets(description: Description) -> Iterator[str]:
    publication = description.publication
    for year in publication.years[:2]:
        yield f"y{year}"
    if publication.publisher_form:
        yield f"p{publication.publisher_form[:4]}"
    if description.extent.pages:
        yield f"e{description.extent.pages}"
    for isbn in description.identifiers.isbns[:2]:
        yield f"i{isbn}"


def _head(form: str) -> str:
    return form[: _TITLE_HEAD if has_han(form) else _TITLE_HEAD_LATIN]
