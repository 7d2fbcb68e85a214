"""People and bodies: names without roles, dynasties and nationalities; authors apart from translators."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dedupe.description.fields import Fields
from dedupe.description.forms import fold, has_han, strip_isbd, words
from hub.kernel.record import Field

#: most people read from one record: an anthology with 600 authors is no better known by all of them
MOST = 24
#: longest text of one name read, in characters
LONGEST = 120

AUTHOR, TRANSLATOR, OTHER = "author", "translator", "other"

# Characters that also end given names (沈从文, 钱学森) are roles only within a longer word.
_ROLE_WORDS = (
    "原著|编著|主编|编写|编撰|编译|译注|校注|选编|编选|编绘|改编|著译|译著|合著|撰写|撰文|绘著|图文|口述|整理|点校|校点|注释"
    "|评注|导读|插图|绘画|绘图|摄影|作词|作曲|演唱|导演|译者|作者|翻译|总主编|执笔|文图|图|著|编|译|撰|绘|辑|摄"
)
_ROLE_END = re.compile(rf"\s*[\[(]?(?:{_ROLE_WORDS})[\])]?\s*$")
_PREFIX = re.compile(r"^\s*[(\[（［〔【]([^)\]）］〕】]{1,8})[)\]）］〕】]\s*")
_ANY_BRACKETS = re.compile(r"[(\[（［〔【][^)\]）］〕】]*[)\]）］〕】]")
_AND_OTHERS = re.compile(r"\s*\[?(?:\.\.\.)?\s*(?:et al\.?|等)\]?\s*$|\.\.\.$|u\.\s?a\.$|\[und \d+.*$")
_DATES = re.compile(r"[,，]?\s*\(?\d{3,4}\s*-+\.*\s*(?:\d{3,4})?\)?\s*$")
_BETWEEN = re.compile(r"\s*[;；/]\s*")
_BETWEEN_NAMES = re.compile(r"\s*[,，、&]\s*|\s+(?:and|und|et|y|e)\s+")
_HAN_SPACE = re.compile(r"(?<=[㐀-鿿])\s+(?=[㐀-鿿])")
_LATIN_AFTER_HAN = re.compile(r"(?<=[㐀-鿿])\s*[A-Za-z][A-Za-z.'\s-]{2,}$")
_TRANSLATOR_CODES = frozenset({"trl", "730"})
_TRANSLATION = re.compile(r"译|transl|trad|ubers|oversett|перев")
_AUTHORSHIP = re.compile(r"著|主编|编写|编著|撰|原作|作者|aut\b|author|^070$|^edt?$|编$")


@dataclass(frozen=True, slots=True)
class Person:
    """``name`` is shown; ``form``, its folded words in the order of the record, is compared."""

    name: str
    form: str
    role: str = AUTHOR


@dataclass(frozen=True, slots=True)
class People:
    """Everyone the record names, authors first, and the statement of responsibility as written."""

    people: tuple[Person, ...] = ()
    statement: str = ""

    def forms(self, role: str) -> tuple[str, ...]:
        """The compared forms of everyone in this role."""
        return tuple(person.form for person in self.people if person.role == role)


def read_people(fields: Fields) -> People:
    """Read name fields; the statement of responsibility supplies whom they leave out."""
    found: dict[str, Person] = {}
    for field, primary in _name_fields(fields):
        person = _from_field(field, primary, fields.unimarc)
        if person and person.form not in found:
            found[person.form] = person
    statements = _statements(fields)
    for person in _from_statements(statements):
        if not any(_same_short(person.form, form) for form in found):
            found[person.form] = person
    ordered = sorted(found.values(), key=lambda person: (AUTHOR, TRANSLATOR, OTHER).index(person.role))
    return People(tuple(ordered[:MOST]), " ; ".join(statements)[:LONGEST])


def name_form(name: str) -> str:
    """The compared form of a name: without punctuation, accents and brackets."""
    folded = fold(_ANY_BRACKETS.sub(" ", name[:LONGEST]))
    if has_han(folded):
        return "·".join(words(_HAN_SPACE.sub("", _LATIN_AFTER_HAN.sub("", folded))))
    return " ".join(words(_DATES.sub("", folded)))


def _same_short(first: str, second: str) -> bool:
    """Whether one form is the other or the family name of it (爱因斯坦 within 阿尔伯特·爱因斯坦)."""
    if first == second:
        return True
    if has_han(first) or has_han(second):
        return first.split("·")[-1] == second.split("·")[-1]
    return set(first.split()) <= set(second.split()) or set(second.split()) <= set(first.split())


def _name_fields(fields: Fields) -> list[tuple[Field, bool]]:
    primary: tuple[str, ...] = ("100", "110", "111")
    secondary: tuple[str, ...] = ("700", "710", "711")
    if fields.unimarc:
        primary, secondary = ("700", "701", "710", "711"), ("702", "712")
    pairs = []
    for tags, is_primary in ((primary, True), (secondary, False)):
        for tag in tags:
            romanised = tag in fields.romanised_tags
            for field in fields.every(tag):
                # The romanised twin of a name in its own script names nobody new.
                if romanised and field.tag != "880":
                    continue
                pairs.append((field, is_primary))
    return pairs


def _from_field(field: Field, primary: bool, unimarc: bool) -> Person | None:
    raw = strip_isbd(_PREFIX.sub("", (field.first("a") or "").strip()))[:LONGEST]
    if unimarc and (given := field.first("b")) and not has_han(raw):
        raw = f"{raw}, {strip_isbd(given)}"
    form = name_form(raw)
    if not form:
        return None
    said = fold(" ".join(field.all("4e")))
    return Person(_ANY_BRACKETS.sub("", raw).strip() or raw, form, _role(said, primary))


def _role(said: str, primary: bool) -> str:
    if said in _TRANSLATOR_CODES or _TRANSLATION.search(said):
        return TRANSLATOR
    if primary or _AUTHORSHIP.search(said):
        return AUTHOR
    return OTHER


def _statements(fields: Fields) -> list[str]:
    if fields.unimarc:
        return fields.all("200", "fg")
    values = [field.first("c") or "" for field in fields.every("245")]
    return [value.strip() for value in values[:1] if value.strip()]


def _from_statements(statements: list[str]) -> list[Person]:
    """Names of Chinese statements; Western ones are sentences and are left alone."""
    found: list[Person] = []
    parts = [part for statement in statements for part in _BETWEEN.split(fold(statement[: LONGEST * 4]))]
    for place, part in enumerate(parts):
        if not has_han(part):
            continue
        role_text = match.group() if (match := _ROLE_END.search(part)) else ""
        role = (
            TRANSLATOR
            if "译" in role_text
            else (AUTHOR if place == 0 or _AUTHORSHIP.search(role_text) else OTHER)
        )
        names = _names(part[: len(part) - len(role_text)] if role_text else part)
        found += [Person(name, name_form(name), role) for name in names]
    return [person for person in found if 1 < len(person.form) <= 40][:MOST]


def _names(text: str) -> list[str]:
    bare = _AND_OTHERS.sub("", text)
    names: list[str] = []
    for piece in _BETWEEN_NAMES.split(bare):
        without = _ANY_BRACKETS.sub(" ", piece).strip()
        # Chinese names stand apart by spaces; a Latin name among them keeps its own.
        names += _HAN_SPACE.split(without) if has_han(without) else [without]
    return [name.strip() for name in names if name.strip()]
