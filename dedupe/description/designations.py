"""What a title says beside the title: volume, version, number of pieces, binding.

Libraries put the same designation in a subfield of its own, in brackets, after a full stop or glued to the
title (红楼梦 $h上册, 红楼梦(上), 红楼梦.上册, 江山2). ``peel`` takes it off wherever it stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from dedupe.description.forms import integer

_NUMBER = r"(?:\d{1,4}|[〇零一二三四五六七八九十百两]{1,5}|[ivxlc]{1,7})"
_UNIT = "分册|分卷|卷|册|部|集|辑|编|篇|季|函|辑刊"
_PLACE = {"上": "upper", "中": "middle", "下": "lower", "前": "upper", "后": "lower"}
_WESTERN_UNIT = "volume|vol|tome|tomo|band|bd|teil|theil|tl|part|pt|parte|partie|heft|book|buch|livre|libro"
_WESTERN_UNIT += "|nr|no|v|t|том|т"

_COUNT = re.compile(
    rf"(?:全套?|套装|共|总)+\s*(?:共|全)?\s*({_NUMBER})\s*(?:卷|册|部|集|辑|种|本)(?:装|套装|本)?"
    rf"|(?<![\d第])({_NUMBER})\s*(?:卷本|册装|册套装|卷集)"
)
_BOTH_PARTS = re.compile(
    r"上[、,·.\s]*(中)?[、,·.\s]*下\s*(?:册|卷|部|集|编|篇)|\((上)[、,·.\s]*中?[、,·.\s]*下\)"
)
_BRACKETS = re.compile(r"[(\[【〔〈<{]([^()\[\]【】〔〕〈〉<>{}]{1,40})[)\]】〕〉>}]")
_ORDINAL = re.compile(
    rf"第\s*({_NUMBER})\s*(?:{_UNIT})|(?:卷|册)之?\s*([〇零一二三四五六七八九十百\d]{{1,5}})(?![〇零一二三四五六七八九十百\d年月])"
)
_PLACED = re.compile(r"(?:^|[\s.·:,\-—]|(?<=[\w)\]]))([上中下前后])\s*(?:分册|册|卷|部|集|编|篇|辑)\s*$")
_BARE_PLACE = re.compile(r"(?:^|[\s.·:,\-—])([上中下])\s*$")
_WESTERN = re.compile(rf"(?<!\w)(?:{_WESTERN_UNIT})\b\.?\s*({_NUMBER})(?!\w)")
_GLUED_NUMBER = re.compile(r"(?<=[㐀-鿿぀-ヿ])\s*(\d{1,3}|[ivx]{1,5})\s*$")
_SPACED_NUMBER = re.compile(r"(?<=\w)\s*[.·:,]\s*(\d{1,3}|[ivx]{1,5})\s*$")
_SEGMENT_END = re.compile(
    r"(?<=[^\s:.;·])\s*([:;]|\.\s|\s[·.]\s|——|(?<=\d)[·.](?=[㐀-鿿])|(?<=[㐀-鿿]\d)\s|(?<=[㐀-鿿]\d\d)\s)"
)

_VERSION_WORD = re.compile(
    r"版(?:本)?$|[订编写校译注图写绘藏读选缩影]本$|修订|增订|增补|edition\b|\bed\b\.?$|aufl|ausg|auflage|ausgabe"
)
_TRAILING_VERSION = re.compile(
    rf"(?:第\s*{_NUMBER}\s*版|(?<!\w)\d+\s*版|(?:最新)?(?:修订|增订|增补|重订)(?:第{_NUMBER})?(?:版|本)?"
    r"|(?:彩图|彩绘|插图|图文|全彩|注音|拼音|少儿|少年|青少年?|儿童|幼儿|学生|大字|全译|评注|注释|导读|点评|双语|英汉|简明|缩写)+(?:版|本)"
    r"|(?<=\s)\S{2,10}版)\s*$"
)
_BINDING = re.compile(
    r"(?:软|硬|全彩|豪华|纪念|限量)?(?:精装|平装|简装|线装|盒装|套装|全彩印刷|全彩)(?:本|版)?|hardcover|paperback|pbk|hbk"
)

_LOOSE = " .:;·•,-—"

COMPANIONS = {
    "teacher": re.compile(
        r"教师用书|教师手册|教学参考|教学用书|教师版|teacher'?s|lehrerhandbuch|livre du professeur"
    ),
    "exercises": re.compile(
        r"练习册|习题集|习题解答|习题详解|同步练习|活动手册|作业本|workbook|exercise book|arbeitsbuch"
        r"|cahier d'exercices"
    ),
    "guide": re.compile(r"学习指导|学习辅导|辅导与|导学|实验指导|实训指导|study guide|学习手册"),
    "student": re.compile(r"学生用书|student'?s book"),
}


@dataclass(slots=True)
class Peeled:
    """A folded title and what was taken off it."""

    base: str
    is_part: bool = False  #: a subtitle or part name, not a title proper
    volumes: list[str] = field(default_factory=list)  #: numbers, or upper, middle, lower; in order
    versions: list[str] = field(default_factory=list)  #: edition statements as found
    pieces: int | None = None  #: number of volumes of the whole set
    companions: set[str] = field(default_factory=set)  #: kinds of a book beside the book


def peel(folded: str, *, is_part: bool = False) -> Peeled:
    """Take every designation off a folded title; off a part of one, nothing need remain."""
    peeled = Peeled(folded.replace("•", "·"), is_part=is_part)
    for name, pattern in COMPANIONS.items():
        if pattern.search(peeled.base):
            peeled.companions.add(name)
            peeled.base = pattern.sub(" ", peeled.base)
    _take_brackets(peeled)
    _take_count(peeled)
    _take_version(peeled)
    _take_numbered(peeled)
    segments = _SEGMENT_END.split(peeled.base)
    # The split keeps the separators at odd places; only the segments between them are read.
    peeled.base = "".join(
        part if place % 2 else _take_volume(part, peeled, is_first=place == 0)
        for place, part in enumerate(segments)
    ).strip(_LOOSE)
    if not peeled.base and not is_part:
        peeled.base = folded
    return peeled


def volume_token(text: str) -> str | None:
    """One volume designation as a number or place (上 is "upper"); None when it is neither.

    ``text`` is folded and is known to name a volume, as in a subfield for the part number.
    """
    plain = text.strip(" .,:;()[]")
    if plain[:1] in _PLACE and len(plain) <= 3:
        return _PLACE[plain[0]]
    if match := _ORDINAL.search(plain) or _WESTERN.search(plain):
        number = integer(next(group for group in match.groups() if group))
        return None if number is None else str(number)
    match = re.search(r"\d+", plain)
    number = integer(match.group() if match else plain)
    return None if number is None else str(number)


def _take_brackets(peeled: Peeled) -> None:
    def read(match: re.Match[str]) -> str:
        inside = match.group(1).strip()
        rest = _BINDING.sub("", inside).strip()
        if not rest:
            return " "
        if _COUNT.search(rest) or _BOTH_PARTS.search(match.group()):
            _count(rest, peeled)
            return " "
        if _VERSION_WORD.search(rest):
            peeled.versions.append(rest)
            return " "
        if rest in _PLACE or _PLACED.search(rest) or _ORDINAL.fullmatch(rest) or re.fullmatch(_NUMBER, rest):
            return f" {_push(rest, peeled)} "
        return match.group()

    peeled.base = _BRACKETS.sub(read, peeled.base)


def _push(text: str, peeled: Peeled) -> str:
    token = volume_token(text)
    if token is not None:
        peeled.volumes.append(token)
    return ""


def _count(text: str, peeled: Peeled) -> None:
    match = _COUNT.search(text)
    number = integer(next((group for group in match.groups() if group), "")) if match else None
    peeled.pieces = number or (3 if "中" in text else 2)


def _take_count(peeled: Peeled) -> None:
    for pattern in (_COUNT, _BOTH_PARTS):
        if match := pattern.search(peeled.base):
            _count(match.group(), peeled)
            peeled.base = pattern.sub(" ", peeled.base)


def _take_version(peeled: Peeled) -> None:
    peeled.base = peeled.base.strip()
    match = _TRAILING_VERSION.search(peeled.base)
    if match and (match.start() > 1 or peeled.is_part):
        peeled.versions.append(match.group().strip())
        peeled.base = peeled.base[: match.start()]


def _take_numbered(peeled: Peeled) -> None:
    for pattern in (_ORDINAL, _WESTERN):
        for match in pattern.finditer(peeled.base):
            _push(match.group(), peeled)
        peeled.base = pattern.sub(" ", peeled.base)


def _take_volume(segment: str, peeled: Peeled, *, is_first: bool) -> str:
    bare = segment.strip(_LOOSE)
    if bare and not is_first and re.fullmatch(_NUMBER, bare):
        return _push(bare, peeled)
    if bare.endswith(tuple("0123456789")):
        segment = bare
    for pattern in (_PLACED, _BARE_PLACE, _GLUED_NUMBER, _SPACED_NUMBER):
        found = pattern.search(segment)
        if found and (found.start() > 0 or not is_first or peeled.is_part):
            _push(found.group(1), peeled)
            return segment[: found.start()]
    return segment
