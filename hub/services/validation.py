"""Input checked against an operation's model; what is wrong said field by field in the caller's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from hub.errors import Refusal
from hub.messages.catalogue import text
from hub.services.operations import Input

#: pydantic's error type -> (our message, which of its context values is the limit)
PROBLEMS: Mapping[str, tuple[str, str]] = {
    "missing": ("input.missing", ""),
    "extra_forbidden": ("input.unknown", ""),
    "string_too_long": ("input.too_long", "max_length"),
    "string_too_short": ("input.too_short", "min_length"),
    "less_than_equal": ("input.too_large", "le"),
    "less_than": ("input.too_large", "lt"),
    "greater_than_equal": ("input.too_small", "ge"),
    "greater_than": ("input.too_small", "gt"),
    "int_parsing": ("input.not_a_number", ""),
    "int_type": ("input.not_a_number", ""),
    "int_from_float": ("input.not_a_number", ""),
    "string_type": ("input.not_text", ""),
    "datetime_parsing": ("input.not_a_time", ""),
    "datetime_from_date_parsing": ("input.not_a_time", ""),
    "timezone_aware": ("input.not_a_time", ""),
    "bool_parsing": ("input.not_true_or_false", ""),
    "bool_type": ("input.not_true_or_false", ""),
    "literal_error": ("input.not_one_of", "expected"),
    "enum": ("input.not_one_of", "expected"),
    "string_pattern_mismatch": ("input.bad_pattern", "pattern"),
}
#: the placeholder that each message's limit fills
PLACEHOLDER = {"input.not_one_of": "options", "input.bad_pattern": "pattern"}


class InvalidInput(Refusal):
    """One or more fields are wrong. ``problems`` pairs each field with what is wrong and the remedy."""

    def __init__(self, found: list[tuple[str, str, dict[str, object]]]) -> None:
        """``found`` holds (field, message key, values)."""
        super().__init__("input.wrong", field=found[0][0])
        self.found = found

    def problems(self, language: str) -> list[dict[str, str]]:
        """Each wrong field with its sentence."""
        return [
            {"field": field, "problem": text(message, language, **values)}
            for field, message, values in self.found
        ]

    def say(self, language: str) -> str:
        """All problems in one sentence."""
        joined = "; ".join(f"{problem['field']}: {problem['problem']}" for problem in self.problems(language))
        return text("input.wrong", language, problems=joined)


def validated(model: type[Input], data: Mapping[str, Any]) -> Input:
    """The input as a value.

    Raises:
        InvalidInput: naming every wrong field with its remedy.
    """
    try:
        return model.model_validate(dict(data))
    except ValidationError as error:
        raise InvalidInput([_problem(entry) for entry in error.errors()]) from None


def _problem(entry: Any) -> tuple[str, str, dict[str, object]]:
    field = ".".join(str(part) for part in entry["loc"]) or "body"
    known = PROBLEMS.get(entry["type"])
    if known is None:
        return field, "input.other", {"detail": entry["msg"]}
    message, limit = known
    values = {PLACEHOLDER.get(message, "limit"): entry["ctx"][limit]} if limit else {}
    return field, message, values
