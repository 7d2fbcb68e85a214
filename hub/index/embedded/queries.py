"""Plans as tantivy queries."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tantivy import FieldType, Occur, Query

from hub.index.embedded.schema import schema
from hub.index.fields import Facet
from hub.index.query import plan
from hub.index.query.plan import Plan


def compiled(wanted: Plan) -> Query:
    """The tantivy query of a plan."""
    match wanted:
        case plan.All():
            return Query.all_query()
        case plan.Nothing():
            return Query.empty_query()
        case plan.Scored(part=part, score=score):
            return Query.const_score_query(compiled(part), score)
        case plan.Weighted(part=part, factor=factor):
            return Query.boost_query(compiled(part), factor)
        case plan.AllOf() | plan.AnyOf() | plan.Except() | plan.Preferring():
            return _joined(wanted)
        case _:
            return _single(wanted)


def filtered(wanted: Plan, filters: Mapping[Facet, Plan], without: Facet | None = None) -> Query:
    """The plan under every filter except that of the facet ``without``; filters never change a score."""
    query = compiled(wanted)
    kept = [compiled(part) for facet, part in filters.items() if facet is not without]
    if not kept:
        return query
    narrowing = [(Occur.Must, Query.const_score_query(part, 0.0)) for part in kept]
    return Query.boolean_query([(Occur.Must, query), *narrowing])


def _single(wanted: Plan) -> Query:
    match wanted:
        case plan.Term(field=field, token=token):
            return Query.term_query(schema(), field, token)
        case plan.Phrase(field=field, tokens=tokens):
            return Query.phrase_query(schema(), field, list(tokens))
        case plan.Prefix(field=field, stem=stem):
            return Query.regex_query(schema(), field, re.escape(stem) + ".*")
        case plan.Near(field=field, token=token, distance=distance):
            return Query.fuzzy_term_query(schema(), field, token, distance)
        case plan.Between(field=field, low=low, high=high):
            return Query.range_query(schema(), field, FieldType.Integer, low, high)
        case _:
            raise TypeError(f"no plan: {wanted!r}")


def _joined(wanted: Plan) -> Query:
    match wanted:
        case plan.AllOf(parts=parts):
            return _all_of(parts)
        case plan.AnyOf(parts=parts, at_least=at_least):
            clauses = [(Occur.Should, compiled(part)) for part in parts]
            # One is what a boolean query of alternatives asks for anyway, and quicker without the count.
            return Query.boolean_query(clauses, at_least if at_least > 1 else None)
        case plan.Preferring(wanted=needed, preferred=preferred):
            raising = [(Occur.Should, compiled(part)) for part in preferred]
            return Query.boolean_query([(Occur.Must, compiled(needed)), *raising])
        case _:
            return _all_of((wanted,))


def _all_of(parts: tuple[Plan, ...]) -> Query:
    clauses = [
        (Occur.MustNot, compiled(part.part))
        if isinstance(part, plan.Except)
        else (Occur.Must, compiled(part))
        for part in parts
    ]
    if all(occur == Occur.MustNot for occur, _ in clauses):
        # What is only excluded is excluded from everything.
        clauses.append((Occur.Must, Query.all_query()))
    return Query.boolean_query(clauses)
