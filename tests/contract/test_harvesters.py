"""Every harvester keeps the same promises, whatever it speaks."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from connectors.errors import ERROR_CODES, Misconfigured
from connectors.marc.reading import Rejected, read
from connectors.ports import Fetched, Harvester, HarvestOrder
from connectors.registry import PROTOCOLS, open_harvester
from connectors.serving import ServedCatalogue
from tests.catalogues import FIRST_DAY, catalogue, served_record
from tests.harvests import Outcome, gather
from tests.members import MEMBERS

T = TypeVar("T")

OPTIONS: dict[str, dict[str, object]] = {
    "z3950": {"chunk": 40},
    "sru": {"chunk": 40},
    "oai-pmh": {"identifier": "tail"},
    "file": {},
}


def with_member(
    protocol: str,
    served: ServedCatalogue,
    folder: Path,
    work: Callable[[Harvester], Awaitable[T]],
    **options: object,
) -> T:
    async def run() -> T:
        async with MEMBERS[protocol](served, folder) as address:
            return await work(open_harvester(protocol, address, {**OPTIONS[protocol], **options}))

    return asyncio.run(run())


def harvested(protocol: str, served: ServedCatalogue, folder: Path, order: HarvestOrder) -> Outcome:
    return with_member(protocol, served, folder, lambda harvester: gather(harvester, order))


@pytest.fixture(params=PROTOCOLS)
def protocol(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_who_has_seen_enough_leaves_nothing_open(protocol: str, tmp_path: Path) -> None:
    abandoned: list[str] = []

    async def leave(harvester: Harvester) -> None:
        before = sys.get_asyncgen_hooks()
        # Called for every generator that is thrown away before its end instead of being closed.
        sys.set_asyncgen_hooks(finalizer=lambda generator: abandoned.append(str(generator)))
        try:
            async with aclosing(harvester.fetch(HarvestOrder())) as events:
                async for event in events:
                    if isinstance(event, Fetched):
                        break
            gc.collect()
        finally:
            sys.set_asyncgen_hooks(*before)

    with_member(protocol, catalogue(333), tmp_path, leave)
    assert not abandoned


def test_every_record_comes_once(protocol: str, tmp_path: Path) -> None:
    served = catalogue(333)
    outcome = harvested(protocol, served, tmp_path, HarvestOrder())
    assert outcome.problem is None
    assert outcome.totals == {"before": 333, "after": 333}
    assert outcome.identifiers == served.live()
    assert len(outcome.records) == 333
    assert sum(outcome.slices.values()) == 333
    assert outcome.inexact == []


def test_a_record_arrives_as_it_is(protocol: str, tmp_path: Path) -> None:
    served = catalogue(1)
    (record,) = harvested(protocol, served, tmp_path, HarvestOrder()).records
    answer = read(record.raw)
    assert not isinstance(answer, Rejected)
    assert answer.record.identifier == record.identifier == "b000000"
    assert answer.record.first("245", "a") == "Book number0 of the shelf"
    if record.syntax == "marc":
        assert record.raw == served.in_order(["b000000"])[0].raw


def test_an_empty_catalogue_is_no_error(protocol: str, tmp_path: Path) -> None:
    outcome = harvested(protocol, catalogue(0), tmp_path, HarvestOrder())
    assert outcome.problem is None
    assert outcome.records == []
    assert outcome.totals == {"before": 0, "after": 0}


def test_what_was_deleted_does_not_come_as_a_live_record(protocol: str, tmp_path: Path) -> None:
    served = catalogue(50)
    served.delete("b000007", FIRST_DAY + timedelta(days=90))
    outcome = harvested(protocol, served, tmp_path, HarvestOrder())
    assert outcome.problem is None
    assert {record.identifier for record in outcome.records if not record.deleted} == served.live()
    assert {record.identifier for record in outcome.records if record.deleted} <= {"b000007"}


# A folder's times are those of its files, which its own tests set.
@pytest.mark.parametrize("protocol", sorted(set(PROTOCOLS) - {"file"}))
def test_changes_since_a_day_come_alone(protocol: str, tmp_path: Path) -> None:
    served = catalogue(200)
    changed = FIRST_DAY + timedelta(days=60)
    served.change(served_record(5, changed, "Changed"))
    outcome = harvested(
        protocol, served, tmp_path, HarvestOrder(full=False, since=changed - timedelta(days=1))
    )
    assert outcome.problem is None
    assert outcome.identifiers == {"b000005"}


def test_the_probe_knows_the_total(protocol: str, tmp_path: Path) -> None:
    profile = with_member(protocol, catalogue(60), tmp_path, lambda harvester: harvester.probe())
    assert profile.protocol == protocol
    assert (profile.total, profile.total_exact) == (60, True)
    assert profile.incremental
    assert profile.syntaxes


# A list has no checkpoints: it is one slice.
@pytest.mark.parametrize("protocol", sorted(set(PROTOCOLS) - {"oai-pmh"}))
def test_slices_of_an_interrupted_run_are_not_fetched_again(protocol: str, tmp_path: Path) -> None:
    served = catalogue(300)

    async def twice(harvester: Harvester) -> tuple[Outcome, Outcome]:
        first = await gather(harvester, HarvestOrder())
        done = frozenset(list(first.slices)[:-1])
        return first, await gather(harvester, HarvestOrder(done_slices=done))

    first, second = with_member(protocol, served, tmp_path, twice, max_set=80)
    assert len(first.slices) > 1
    assert second.problem is None
    assert second.slices == dict(list(first.slices.items())[-1:])


@pytest.mark.parametrize(
    ("protocol", "address", "options", "code"),
    [
        ("gopher", "gopher://here", {}, "unknown_protocol"),
        ("z3950", "http://127.0.0.1/", {}, "bad_address"),
        ("z3950", "tcp://127.0.0.1/", {}, "bad_address"),
        ("z3950", "tcp://127.0.0.1:99999/", {}, "bad_address"),
        ("z3950", "tcp://user:secret@127.0.0.1:210/", {}, "bad_address"),
        ("z3950", "tcp://127.0.0.1:210/", {"chunk": "many"}, "bad_option"),
        ("z3950", "tcp://127.0.0.1:210/", {"syntax": "danmarc"}, "bad_option"),
        ("z3950", "tcp://127.0.0.1:210/", {"query_encoding": "klingon"}, "bad_option"),
        ("sru", "tcp://127.0.0.1:210/", {}, "bad_address"),
        ("sru", "http://user:secret@127.0.0.1/", {}, "bad_address"),
        ("sru", "http://127.0.0.1/", {"version": "3.0"}, "bad_option"),
        ("oai-pmh", "127.0.0.1", {}, "bad_address"),
        ("oai-pmh", "http://127.0.0.1/", {"timeout": "0"}, "bad_option"),
        ("file", "http://127.0.0.1/", {}, "bad_address"),
    ],
)
def test_what_cannot_be_is_refused_at_once(
    protocol: str, address: str, options: dict[str, object], code: str
) -> None:
    with pytest.raises(Misconfigured) as caught:
        open_harvester(protocol, address, options)
    assert caught.value.code == code
    assert code in ERROR_CODES
    assert "secret" not in f"{caught.value} {caught.value.values}"


@pytest.mark.parametrize(
    ("protocol", "address", "code"),
    [
        ("z3950", "tcp://127.0.0.1:1/Default", "unreachable"),
        ("sru", "http://127.0.0.1:1/", "unreachable"),
        ("oai-pmh", "http://127.0.0.1:1/", "unreachable"),
        ("file", "/nonexistent/folder", "unreadable_file"),
    ],
)
def test_a_target_that_is_down_ends_the_harvest_with_its_reason(
    protocol: str, address: str, code: str
) -> None:
    pauses: list[float] = []

    async def no_wait(seconds: float) -> None:
        pauses.append(seconds)

    harvester = open_harvester(protocol, address, {"attempts": 3}, no_wait)
    outcome = asyncio.run(gather(harvester, HarvestOrder()))
    assert outcome.problem == code
    assert outcome.values["where"]
    assert outcome.records == []
    assert bool(pauses) == (protocol != "file")


@pytest.mark.parametrize("protocol", ["z3950", "sru"])
def test_a_record_whose_leader_says_deleted_comes_as_a_deletion(protocol: str, tmp_path: Path) -> None:
    gone = served_record(1, FIRST_DAY)
    assert gone.marcxml is not None
    raw = gone.raw[:5] + b"d" + gone.raw[6:]
    xml = gone.marcxml.replace(b"00000nam", b"00000dam")
    served = ServedCatalogue("Books", [served_record(0, FIRST_DAY), replace(gone, raw=raw, marcxml=xml)])
    outcome = harvested(protocol, served, tmp_path, HarvestOrder())
    assert outcome.problem is None
    assert {(record.identifier, record.deleted) for record in outcome.records} == {
        ("b000000", False),
        ("b000001", True),
    }
