"""How names agree; shared by the features about people."""

from __future__ import annotations

from rapidfuzz import fuzz

from dedupe.description.forms import has_han


def names_agree(first: str, second: str) -> bool:
    """Whether two compared forms can be one person: a family name alone agrees with the full name."""
    if first == second:
        return True
    if has_han(first) and has_han(second):
        return _chinese_agree(first, second)
    if has_han(first) or has_han(second):
        return False
    return _western_agree(first.split(), second.split())


def some_agree(first: tuple[str, ...], second: tuple[str, ...]) -> int:
    """How many names of the shorter list have a partner in the other."""
    shorter, longer = (first, second) if len(first) <= len(second) else (second, first)
    return sum(any(names_agree(name, other) for other in longer) for name in shorter)


def _chinese_agree(first: str, second: str) -> bool:
    one, other = first.replace("·", ""), second.replace("·", "")
    if one == other or first.split("·")[-1] == second.split("·")[-1]:
        return True
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) >= 2 and (longer.startswith(shorter) or longer.endswith(shorter)):
        return True
    return len(shorter) >= 3 and fuzz.ratio(one, other) >= 75.0


def _western_agree(first: list[str], second: list[str]) -> bool:
    long_1 = {word for word in first if len(word) > 2}
    long_2 = {word for word in second if len(word) > 2}
    shared = long_1 & long_2
    if not shared:
        return fuzz.ratio(" ".join(first), " ".join(second)) >= 85.0
    if shared in (long_1, long_2):
        return True
    initials_1 = {word[0] for word in first if word not in shared}
    initials_2 = {word[0] for word in second if word not in shared}
    return bool(initials_1 & initials_2)
