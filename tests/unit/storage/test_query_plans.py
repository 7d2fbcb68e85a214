"""What is asked at every scan, request and tick reads no whole table: SQLite's own plan says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event

from hub.storage import (
    availability,
    cases,
    clusters,
    commands,
    custody,
    edges,
    effects,
    lending,
    loans,
    people,
    reindexing,
    schema,
    worklists,
)
from hub.storage.sqlite_engine import writing_engine

NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)

QUESTIONS: dict[str, Callable[[Connection], object]] = {
    "a barcode at a desk": lambda c: availability.items_with(c, "1"),
    "a handled barcode": lambda c: custody.with_barcode(c, "1"),
    "volumes on the road": lambda c: custody.under_way(c, ["tote", "vehicle"], NOW),
    "volumes to send on": lambda c: custody.waiting_at(c, "JLT"),
    "giving up a reservation": lambda c: lending.release(c, "S-1"),
    "the volume of a reservation": lambda c: reindexing.reservation_changes(c, "S-1"),
    "the loan of a request": lambda c: loans.loan_of_request(c, "R-1"),
    "a lender's work": lambda c: lending.supplies_at(c, "JLT", ["asked"]),
    "the queues of lenders": lambda c: lending.queue_lengths(c, ["JLT", "QHT"]),
    "the hold shelf": lambda c: lending.requests_at(c, "JLT", ["ready"]),
    "who waits for an edition": lambda c: lending.waiting_for(c, "E-1"),
    "requests past their deadline": lambda c: lending.due_requests(c, NOW, 100),
    "supplies past their deadline": lambda c: lending.due_supplies(c, NOW, 100),
    "loans past their deadline": lambda c: loans.due(c, NOW, 100),
    "who lent to whom": lambda c: loans.flows(c, ["JLT"], ["QHT"], NOW - timedelta(days=90)),
    "open cases": lambda c: cases.open_cases(c, ["JLT"]),
    "the cases of a subject": lambda c: cases.close_cases_about(c, "volume", "JLT/1", "found", NOW),
    "work at every node": worklists.by_node,
    "redirecting an edition": lambda c: clusters.redirect(c, {"E-1": "E-2"}, NOW),
    "pairs to review": lambda c: edges.review_edges(c, 20, 0),
    "due effects": lambda c: effects.claim_due(c, NOW, timedelta(minutes=5), 10),
    "forgetting answers": lambda c: commands.forget(c, NOW),
    "who read a reader's data": lambda c: people.accesses(c, "reader"),
}
#: Small by nature: what is open now, or the people of one network.
MAY_BE_SCANNED = {"routing_slip", "tote"}


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    path: Path = tmp_path_factory.mktemp("plans") / "hub.sqlite"
    schema.upgrade(f"sqlite:///{path}")
    engine = writing_engine(path, durable=False)
    with engine.connect() as opened:
        yield opened
    engine.dispose()


@pytest.mark.parametrize("name", QUESTIONS)
def test_no_whole_table_is_read(name: str, connection: Connection) -> None:
    said: list[tuple[str, Any]] = []

    def hear(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        said.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", hear)
    QUESTIONS[name](connection)
    event.remove(connection, "before_cursor_execute", hear)
    assert said
    for statement, parameters in said:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
        scans = [row.detail for row in plan if row.detail.startswith("SCAN ")]
        assert [scan for scan in scans if scan.split()[1] not in MAY_BE_SCANNED] == [], statement
