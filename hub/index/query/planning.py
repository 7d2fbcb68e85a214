"""From a question to a plan: words become tokens, and each kind of token is looked up where it belongs.

Owns: how Chinese, pinyin, initials, numbers and call numbers are told apart, and what ranks first.
Must not: know an engine, or how a question was written (the box and CQL build the same tree).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hub.index import fields
from hub.index.analysis import numbers, pinyin, tokens
from hub.index.query import plan
from hub.index.query.pinyin_planning import spelled
from hub.index.query.plan import Plan, all_of, any_of
from hub.index.query.tree import (
    Beginning,
    Both,
    Either,
    Everything,
    Exactly,
    Field,
    Question,
    Without,
    Words,
    Years,
)
from hub.kernel.identifiers import isbn13

ORDERED: Mapping[Field, str] = {
    Field.ANY: fields.TEXT,
    Field.TITLE: fields.TITLE,
    Field.AUTHOR: fields.PERSON,
    Field.SUBJECT: fields.SUBJECT,
    Field.PUBLISHER: fields.PUBLISHER,
}

#: Where the tokens of a title may be looked for.
TITLE_FIELDS = frozenset({fields.TEXT, fields.TITLE, fields.TITLE_PINYIN, fields.TITLE_INITIALS})

# A whole title outranks anything else, however many libraries hold it; a title by another name, or read
# aloud, comes next, before anything that words alone can earn.
WHOLE_TITLE_SCORE, OTHER_TITLE_SCORE, SPELLED_TITLE_SCORE = 10_000.0, 1_000.0, 300.0
TITLE_AMONG_WORDS_SCORE = 200.0
# Every word is required, so that its rarity tells nothing: where it stands does. Only in the title proper
# the length counts too, and the shorter title is nearer. What is equal then is ordered by its libraries.
FOUND_SCORE, TITLE_SCORE, PERSON_SCORE, SUBJECT_SCORE, TITLE_PHRASE_SCORE = 1.0, 2.0, 2.0, 0.5, 4.0
PROPER_TITLE_FACTOR = 8.0


def planned(question: Question) -> Plan:
    """The plan that answers ``question`` exactly."""
    match question:
        case Everything():
            return plan.All()
        case Words(field=field, text=text):
            return _words(field, text)
        case Exactly(field=field, text=text):
            return _exactly(field, text)
        case Beginning(field=field, stem=stem):
            return _beginning(field, stem)
        case Years(first=first, last=last):
            return plan.Between(fields.YEAR, first, last)
        case Without(part=part):
            return plan.Except(planned(part))
        case Both(parts=parts):
            return all_of(tuple(planned(part) for part in parts))
        case Either(parts=parts):
            return any_of(tuple(planned(part) for part in parts))


def _words(field: Field, text: str) -> Plan:
    if field is Field.NUMBER:
        forms = numbers.asked(text) or numbers.standard(text)
        return any_of(tuple(plan.Term(fields.NUMBER, form) for form in forms))
    if field is Field.CALL_NUMBER:
        return _call_number(text)
    if field is Field.ANY and (found := _recognised(text)) is not None:
        return found
    return _ranked(field, text, _all_words(field, text))


def _recognised(text: str) -> Plan | None:
    """A plan for what is no words but a number; None when it is words."""
    forms = numbers.asked(text)
    found = any_of(tuple(plan.Scored(plan.Term(fields.NUMBER, form), 1.0) for form in forms))
    if isbn13(text):
        return found
    if not forms and not numbers.looks_like_call_number(text):
        return None
    # Without a check digit it may as well be words: 2001-2005 has the shape of a 统一书号.
    words = _ranked(Field.ANY, text, _all_words(Field.ANY, text))
    return any_of((found if forms else _call_number(text), words))


def _call_number(text: str) -> Plan:
    whole = plan.Scored(plan.Term(fields.CALL_NUMBER, numbers.call_number(text)), 20.0)
    steps = numbers.class_steps(text)
    # A book number was given: the class alone would find every other book on the shelf too.
    if not steps or "/" in text or " " in text.strip():
        return whole
    return plan.AnyOf((whole, plan.Scored(plan.Term(fields.CLASS, steps[-1]), 1.0)))


def _all_words(field: Field, text: str) -> Plan:
    """Each word or Chinese run must be found, as it is written or as it is read."""
    cut = tokens.runs(text)
    words = [run.text for run in cut if not run.unspaced]
    alone = len(cut) == 1
    parts: list[Plan] = []
    for run in cut:
        written = all_of(tuple(plan.Term(ORDERED[field], token) for token in tokens.required((run,))))
        read = () if run.unspaced else spelled(field, (run.text,), alone=alone)
        parts.append(any_of((written, *read)))
    if not parts:
        return plan.Nothing()
    joined = all_of(tuple(parts))
    # "hong lou meng" and "xi'an": syllables apart are pinyin only when read together.
    if 1 < len(words) == len(cut):
        return any_of((joined, *spelled(field, tuple(words), alone=True)))
    return joined


def _exactly(field: Field, text: str) -> Plan:
    if field not in ORDERED:
        return _words(field, text)
    wanted = tokens.sequence(tokens.runs(text))
    if not wanted:
        return plan.Nothing()
    index_field = ORDERED[field]
    found: Plan = plan.Phrase(index_field, wanted) if len(wanted) > 1 else plan.Term(index_field, wanted[0])
    return _ranked(field, text, found)


def _beginning(field: Field, stem: str) -> Plan:
    if field not in ORDERED:
        return _words(field, stem)
    cut = tokens.runs(stem)
    if not cut:
        return plan.Nothing()
    *before, last = cut
    # Chinese needs no truncation: what follows is found by its characters anyway.
    ending: Plan = (
        all_of(tuple(plan.Term(ORDERED[field], token) for token in tokens.required((last,))))
        if last.unspaced
        else plan.Prefix(ORDERED[field], last.text)
    )
    return all_of((*(plan.Term(ORDERED[field], token) for token in tokens.required(tuple(before))), ending))


def _ranked(field: Field, text: str, wanted: Plan) -> Plan:
    """``wanted``, with what stands in titles and names before what stands elsewhere."""
    cut = tokens.runs(text)
    if not cut or field not in (Field.ANY, Field.TITLE):
        return wanted
    preferred = [*_whole_titles(cut), *_in_titles(cut, wanted)]
    if field is Field.ANY:
        for token in tokens.required(cut):
            preferred.append(plan.Scored(plan.Term(fields.PERSON, token), PERSON_SCORE))
            preferred.append(plan.Scored(plan.Term(fields.SUBJECT, token), SUBJECT_SCORE))
    return plan.Preferring(plan.Scored(wanted, FOUND_SCORE), tuple(preferred))


def _whole_titles(cut: tuple[tokens.Run, ...]) -> Iterator[Plan]:
    """The question as a whole title, written or read, or a title among its words: 红楼梦 曹雪芹."""
    whole = "".join(run.text for run in cut)
    yield plan.Scored(plan.Term(fields.WHOLE_TITLE, whole), WHOLE_TITLE_SCORE)
    yield plan.Scored(plan.Term(fields.OTHER_TITLE, whole), OTHER_TITLE_SCORE)
    if whole.isascii():
        for name in (fields.TITLE_PINYIN, fields.TITLE_INITIALS):
            yield plan.Scored(plan.Term(name, pinyin.WHOLE + whole), SPELLED_TITLE_SCORE)
    for run in cut:
        if 1 < len(run.text) < len(whole):
            yield plan.Scored(plan.Term(fields.WHOLE_TITLE, run.text), TITLE_AMONG_WORDS_SCORE)


def _in_titles(cut: tuple[tokens.Run, ...], wanted: Plan) -> Iterator[Plan]:
    ordered = tokens.sequence(cut)
    if len(ordered) > 1:
        yield plan.Scored(plan.Phrase(fields.TITLE, ordered), TITLE_PHRASE_SCORE)
    for token in tokens.required(cut):
        yield plan.Scored(plan.Term(fields.TITLE, token), TITLE_SCORE)
    for term in dict.fromkeys(plan.wanted_terms(wanted)):
        if term.field in TITLE_FIELDS:
            yield plan.Weighted(plan.Term(fields.PROPER_TITLE, term.token), PROPER_TITLE_FACTOR)
