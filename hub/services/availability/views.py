"""Live availability as it is told: words in the reader's language, ages, and who did not answer and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from hub.messages.catalogue import messages, text
from hub.services.availability.answers import (
    Answered,
    Basis,
    CopyNow,
    LiveAvailability,
    OtherCopies,
    SourceAnswer,
)
from hub.services.network_document.network import Network

_STEPS: Final = (
    (timedelta(days=2), "days"),
    (timedelta(hours=2), "hours"),
    (timedelta(minutes=1), "minutes"),
)
_UNITS: Final = {"days": timedelta(days=1), "hours": timedelta(hours=1), "minutes": timedelta(minutes=1)}
_MOMENT: Final = timedelta(seconds=5)


def age(since: datetime, now: datetime, language: str) -> str:
    """How long ago in words: 刚刚, 40 秒前, 2 分钟前, 3 天前."""
    gone = now - since
    if gone < _MOMENT:
        return text("availability.just_now", language)
    for least, unit in _STEPS:
        if gone >= least:
            return text(f"availability.{unit}_ago", language, count=gone // _UNITS[unit])
    return text("availability.seconds_ago", language, count=int(gone.total_seconds()))


def status_name(status: str, language: str) -> str:
    """The word for a state, the same as wherever copies are listed."""
    for area in ("search", "availability"):
        if (key := f"{area}.status_{status}") in messages():
            return text(key, language)
    return status


class View:
    """An answer told to one reader."""

    def __init__(self, live: LiveAvailability, network: Network, language: str) -> None:
        self._live = live
        self._network = network
        self._language = language

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        live = self._live
        return {
            "edition": live.edition,
            "asked_at": live.asked_at.isoformat(),
            "complete": live.complete,
            "available": sum(copy.available for copy in live.copies),
            "libraries": self._libraries(live.copies),
            "items": [self._copy(copy) for copy in live.copies],
            "others": [self._other(other) for other in live.others],
            "sources": [self._source(answer) for answer in live.answers],
        }

    def _libraries(self, copies: Iterable[CopyNow]) -> list[dict[str, Any]]:
        """By node: how many copies, how many in."""
        found: dict[str, list[CopyNow]] = {}
        for copy in copies:
            found.setdefault(copy.node, []).append(copy)
        return [
            {
                "node": node,
                "name": self._name(node),
                "items": len(here),
                "available": sum(copy.available for copy in here),
                "as_of": min(copy.as_of for copy in here).isoformat(),
                "label": self._label_of(here),
                "summary": self._say(
                    "n_of_m", available=sum(copy.available for copy in here), items=len(here)
                ),
            }
            for node, here in sorted(found.items())
        ]

    def _label_of(self, copies: list[CopyNow]) -> str:
        """How fresh the states of some copies are: the oldest of them."""
        oldest = min(copies, key=lambda copy: (copy.basis is not Basis.STORED, copy.as_of))
        return self._label(oldest.basis, oldest.as_of)

    def _label(self, basis: Basis, as_of: datetime) -> str:
        if basis in (Basis.LIVE, Basis.HUB):
            return self._say(f"basis_{basis}")
        return self._say(f"basis_{basis}", age=age(as_of, self._live.asked_at, self._language))

    def _copy(self, copy: CopyNow) -> dict[str, Any]:
        return {
            "owner": copy.owner,
            "barcode": copy.barcode,
            "node": copy.node,
            "call_number": copy.call_number,
            "volume": copy.volume,
            "status": copy.status,
            "status_name": status_name(copy.status, self._language),
            "available": copy.available,
            "basis": copy.basis.value,
            "label": self._label(copy.basis, copy.as_of),
            "as_of": copy.as_of.isoformat(),
            "due": copy.due.isoformat() if copy.due else None,
            "said": copy.said,
        }

    def _other(self, other: OtherCopies) -> dict[str, Any]:
        return {
            "library": other.member,
            "node": other.node,
            "name": self._name(other.node) if other.node else other.location or self._name(other.member),
            "call_number": other.call_number,
            "volume": other.volume,
            "copies": other.copies,
            "status": other.status,
            "status_name": status_name(other.status, self._language),
            "due": other.due.isoformat() if other.due else None,
            "said": other.said,
        }

    def _source(self, answer: SourceAnswer) -> dict[str, Any]:
        reply = answer.reply
        return {
            "source": answer.source,
            "library": answer.member,
            "name": self._name(answer.member),
            "record": answer.record,
            "state": reply.answered.value,
            "label": self._say(f"answered_{reply.answered}", **self._ages(answer)),
            "as_of": answer.as_of.isoformat(),
            "age": age(answer.as_of, self._live.asked_at, self._language),
            "age_seconds": max(0, int((self._live.asked_at - answer.as_of).total_seconds())),
            "problem": reply.problem,
            "problem_text": self._problem(reply.problem),
            "silent_since": reply.silent_since.isoformat() if reply.silent_since else None,
        }

    def _ages(self, answer: SourceAnswer) -> Mapping[str, str]:
        now, reply = self._live.asked_at, answer.reply
        if reply.answered is Answered.LIVE:
            return {}
        ages = {"age": age(answer.as_of, now, self._language)}
        if reply.answered is Answered.FAILED:
            ages["problem"] = self._problem(reply.problem)
        if reply.answered is Answered.RESTING:
            ages["silence"] = age(reply.silent_since or now, now, self._language)
        return ages

    def _problem(self, code: str) -> str:
        return text(f"harvest.{code}", self._language) if f"harvest.{code}" in messages() else code

    def _name(self, node: str) -> str:
        nodes = self._network.nodes
        return nodes[node].name(self._language) if node in nodes else node

    def _say(self, name: str, **values: object) -> str:
        return text(f"availability.{name}", self._language, **values)
