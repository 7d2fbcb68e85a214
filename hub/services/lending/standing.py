"""A reader's standing: what limits and suspensions say before anything is lent or asked for. Fails closed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from hub.errors import Conflict
from hub.messages.catalogue import text
from hub.services.lending.context import Lending
from hub.storage import lending as storage
from hub.storage import loans
from ill.policy import Ruling


@dataclass(frozen=True, slots=True)
class Objection:
    """One reason why not, with the rule that says so where one does (P10)."""

    code: str  #: key of the lending messages
    values: dict[str, Any] = field(default_factory=dict)
    about: str = ""  #: the input field it is about
    rule: Ruling | None = None

    def as_error(self) -> Conflict:
        """The refusal for this reason."""
        rule = {"rule": self.rule.as_data()} if self.rule else {}
        return Conflict(f"lending.{self.code}", field=self.about or None, **self.values, **rule)

    def as_data(self, language: str) -> dict[str, Any]:
        """For answers that list every reason."""
        return {
            "code": f"lending.{self.code}",
            "field": self.about,
            "text": text(f"lending.{self.code}", language, **self.values),
            "rule": self.rule.as_data() if self.rule else None,
            **{name: value for name, value in self.values.items() if isinstance(value, str | int)},
        }


def limits(
    lending: Lending, reader: str, home: str, reader_class: str, *, owner: str = ""
) -> list[Objection]:
    """What the reader has too much of: volumes over all libraries and, with ``owner``, of that one."""
    connection = lending.tx.connection
    found = []
    overall = lending.ruling("volumes_at_once", node=home, reader_class=reader_class)
    held = loans.count_open(connection, reader) + storage.count_open_requests(connection, reader)
    if held >= overall.number:
        found.append(_limit("too_many_volumes", held, overall))
    if owner:
        per_owner = owner_limit(lending, owner, home, reader_class)
        of_owner = volumes_by_owner(lending, reader)[owner]
        if of_owner >= per_owner.number:
            found.append(_limit("too_many_of_owner", of_owner, per_owner, lending.node_name(owner)))
    return found


def owner_limit(lending: Lending, owner: str, home: str, reader_class: str) -> Ruling:
    """How many of its volumes an owner lets one reader have at once."""
    return lending.ruling("volumes_at_once_per_owner", owner=owner, home=home, reader_class=reader_class)


def volumes_by_owner(lending: Lending, reader: str) -> Counter[str]:
    """How many volumes of each owner the reader holds or has on the way."""
    held = Counter(loans.held_by_owner(lending.tx.connection, reader))
    return held + Counter(storage.requested_by_owner(lending.tx.connection, reader))


def suspensions(lending: Lending, reader: str, home: str, reader_class: str) -> list[Objection]:
    """What keeps a reader from asking for anything: open requests, uncollected and overdue volumes."""
    connection, now = lending.tx.connection, lending.tx.now
    found = []
    most = lending.ruling("open_requests", node=home, reader_class=reader_class)
    if (number := storage.count_open_requests(connection, reader)) >= most.number:
        found.append(_limit("too_many_requests", number, most))
    days = lending.ruling("suspension_days", node=home, reader_class=reader_class).number
    allowed = lending.ruling("no_shows_allowed", node=home, reader_class=reader_class)
    missed = storage.count_closed(connection, reader, "not_collected", now - timedelta(days=days))
    if missed > allowed.number:
        values = {"number": missed, "days": days}
        found.append(Objection("suspended_for_no_shows", values, rule=allowed))
    strict = lending.ruling("overdue_suspends_requests", node=home, reader_class=reader_class)
    if strict.yes and (late := loans.count_overdue(connection, reader, now)):
        found.append(Objection("suspended_for_overdue", {"number": late}, rule=strict))
    return found


def _limit(code: str, number: int, rule: Ruling, owner: str = "") -> Objection:
    values: dict[str, Any] = {"number": number, "limit": rule.number}
    if owner:
        values["owner"] = owner
    return Objection(code, values, rule=rule)
