"""The same fact in the words of one member: names, numbers, dates and extents as cataloguers write them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from hub.kernel.identifiers import isbn10, isbn_hyphenated
from hub.simulation.demo.editions import Edition, Part
from hub.simulation.demo.habits import Habits
from hub.simulation.demo.works.values import Contributor

_DIGITS = "零一二三四五六七八九"
#: more people in one role are "the first and others"
_MOST_NAMES = 3
#: ISBNs grew from ten to thirteen digits in this year
THIRTEEN_DIGITS_SINCE = 2007


def title(edition: Edition, habits: Habits) -> str:
    """The title proper, in the script the member transcribes."""
    if not edition.is_chinese and edition.work.original:
        return edition.work.original.title
    return edition.work.traditional if in_traditional(edition, habits) else edition.work.title


def in_traditional(edition: Edition, habits: Habits) -> bool:
    """Whether the member's record of this edition is in traditional script."""
    return edition.traditional and habits.keeps_script


def name(person: Contributor, edition: Edition, habits: Habits) -> str:
    """A person's name in the script of the record."""
    return person.traditional if in_traditional(edition, habits) else person.name


def pinyin(text: str) -> str:
    """Romanisation as typed into Chinese systems, where ü is v."""
    return text.replace("ü", "v")


def statements(people: Sequence[Contributor], edition: Edition, habits: Habits) -> tuple[str, ...]:
    """The statements of responsibility of the people named, one for each role."""
    if not edition.is_chinese and edition.work.original:
        return (direct_order(edition.work.original.by),)
    return tuple(
        _statement(list(group), role, edition, habits)
        for role, group in groupby(people, key=lambda person: person.role)
    )


def direct_order(inverted: Sequence[str]) -> str:
    """Names as on a title page: ``Hugo, Victor`` becomes ``Victor Hugo``."""
    return ", ".join(" ".join(reversed(each.split(", ", 1))) for each in inverted)


def _statement(people: list[Contributor], role: str, edition: Edition, habits: Habits) -> str:
    names = [f"{_origin(person, habits)}{name(person, edition, habits)}" for person in people]
    if len(names) > _MOST_NAMES:
        return f"{names[0]}等{role}"
    if habits.statement == "spaced":
        return f"{' '.join(names)} {role}"
    return f"{(', ' if habits.statement == 'compact' else '，').join(names)}{role}"


def _origin(person: Contributor, habits: Habits) -> str:
    if not person.origin or habits.statement in ("spaced", "joined"):
        return ""
    brackets = {"square": "[{}]", "wide": "（{}）"}.get(habits.statement, "({})")
    return brackets.format(person.origin)


def isbn(number: str, edition: Edition, habits: Habits) -> str:
    """A 13-digit ISBN as the member writes it."""
    short = isbn10(number)
    if habits.isbn == "by age" and short and edition.year < THIRTEEN_DIGITS_SINCE:
        return f"{isbn_hyphenated(number)[4:-1]}{short[-1]}"
    return number if habits.isbn == "plain" else isbn_hyphenated(number)


def price(edition: Edition, habits: Habits) -> str:
    """The price as printed."""
    if not edition.is_chinese:
        return f"USD{edition.price_fen / 700:.2f}"
    amount = f"{edition.price_fen / 100:.2f}"
    return {"CNY": f"CNY{amount}", "sign": f"￥{amount}", "yuan": f"{amount}元"}[habits.price]


def date(edition: Edition, habits: Habits) -> str:
    """Year, or year and month, of publication."""
    if habits.date == "month" and edition.month:
        return f"{edition.year}.{edition.month}"
    return f"[{edition.year}]" if habits.date == "bracketed" else str(edition.year)


def publisher(edition: Edition, habits: Habits, *, short: bool) -> str:
    """The publisher's name in one of its forms."""
    if in_traditional(edition, habits):
        return edition.publisher.traditional
    return edition.publisher.short if short else edition.publisher.full


def extent(edition: Edition, pages: str, habits: Habits) -> str:
    """Pages as counted by the cataloguer, or the number of volumes of a set."""
    chinese = edition.is_chinese and habits.extent != "isbd"
    if edition.pieces > 1:
        volumes = f"{edition.pieces}册" if chinese else f"{edition.pieces} v."
        return f"{volumes} ({pages}页)" if chinese and habits.extent == "pages" else volumes
    unit = {"pages": "页", "spaced": " 页", "p": "p", "isbd": " p." if not edition.is_chinese else "页"}
    return f"{pages}{unit[habits.extent]}"


def part(part_: Part, habits: Habits) -> str:
    """The designation of a volume within its set."""
    if habits.volumes == "number":
        return str(part_.number)
    if habits.volumes in ("upper lower", "in title") and part_.of <= len("上中下"):
        which = ("上下" if part_.of == len("上下") else "上中下")[part_.number - 1]
        return f"{which}册" if habits.volumes == "upper lower" else which
    return f"第{numeral(part_.number)}册" if habits.volumes != "in title" else numeral(part_.number)


def numeral(number: int) -> str:
    """A number from 1 to 99 in Chinese."""
    tens, units = divmod(number, 10)
    if not tens:
        return _DIGITS[units]
    return f"{_DIGITS[tens] if tens > 1 else ''}十{_DIGITS[units] if units else ''}"


def printing(year: int, ordinal: int) -> str:
    """A later printing, as cataloguers add it to the date or the edition statement."""
    return f"{year}年第{ordinal}次印刷"


def edition_statement(edition: Edition) -> str:
    """The edition statement; first editions have none."""
    return f"第{edition.number}版" if edition.number > 1 else ""
