"""Whatever readers, staff, vans and the clock do in whatever order: no promise is broken, and all of it ends.

Runs the real use cases on a real database, each step under a savepoint of a transaction that is thrown away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, func, make_url, select

from hub.errors import HubError
from hub.kernel.volumes import Volume
from hub.services import networks, policies
from hub.services.context import Principal, Role, Transaction
from hub.services.lending import answering, borrowing, deadlines, requesting, returns, volumes
from hub.storage import people
from hub.storage.people import PersonRow
from hub.storage.promises import deadlines as deadline_promises
from hub.storage.promises import engagements, rules, telling
from hub.storage.sqlite_engine import writing_engine
from hub.storage.tables.columns import core
from hub.storage.tables.lending import Loan, Request, Reservation, Supply

NETWORK = networks.parse(networks.shipped(), 1)
START = datetime(2026, 11, 24, 2, tzinfo=UTC)
NODES = ("XWT", "QHT", "QH01", "GLT", "JLT", "YZT")
READERS = tuple(
    Principal(f"A-{number}", Role.READER, home, f"RD-{number}")
    for number, home in enumerate(("XWT", "QHT", "YZT"))
)
COPIES = (
    ("E1", ("QHT", "Q1", "QHT"), ("GLT", "G1", "GLT"), ("YZT", "Y1", "YZT")),
    ("E2", ("XWT", "X1", "XWT")),
)
VOLUMES = tuple(Volume(owner, barcode) for _, *copies in COPIES for owner, barcode, _ in copies)
COORDINATOR = Principal("A-C", Role.COORDINATOR, "JLT")

KINDS = [
    "place",
    "place",
    "cancel",
    "answer",
    "answer",
    "pick",
    "pick",
    "pick",
    "report",
    "depart",
    "depart",
    "arrive",
    "arrive",
    "arrive",
    "issue",
    "issue",
    "return",
    "walk_up",
    "lose",
    "time",
    "silence",
]

number = st.integers(0, 11)
step = st.tuples(st.sampled_from(KINDS), number, number)


class History:
    """One run: a transaction that is never committed, and a clock."""

    def __init__(self, connection: Connection, make_edition: Callable[..., None]) -> None:
        self.connection = connection
        self.now = START
        self.performed = 0
        self.decide(policies.load_defaults)
        for reader in READERS:
            assert reader.reader is not None
            person = PersonRow(
                reader.reader, "x", f"card-{reader.reader}", reader.node, "adult", "lending",
                START + timedelta(days=9_999),
            )  # fmt: skip
            people.add_person(connection, person)
        for cluster, *copies in COPIES:
            make_edition(connection, cluster, tuple(copies), {}, START)

    def decide(self, act: Callable[[Transaction], object]) -> None:
        """As the store does it: a refusal leaves nothing behind."""
        self.performed += 1
        self.now += timedelta(minutes=1)
        try:
            with self.connection.begin_nested():
                act(Transaction(self.connection, self.now, NETWORK, f"k{self.performed}"))
        except HubError as refusal:
            if refusal.status >= 500 or not (refusal.say("zh") and refusal.say("en")):
                pytest.fail(f"no refusal: {refusal!r}")

    def rows(self, model: type[Any], *where: Any) -> list[Any]:
        table = core(model)
        return list(self.connection.execute(select(table).where(*where).order_by(table.c.id)))

    def step(self, kind: str, first: int, second: int) -> None:
        if kind == "time":
            self.now += timedelta(hours=1 + first * 7)
        elif kind == "silence":
            self.now += timedelta(days=1 + first)
            self.sweep()
        elif kind in {"place", "walk_up", "return", "depart", "arrive"}:
            self.decide(lambda tx: self.anywhere(kind, tx, first, second))
        else:
            self.with_what_is_there(kind, first, second)

    def anywhere(self, kind: str, tx: Transaction, first: int, second: int) -> None:
        node, volume = NODES[second % len(NODES)], VOLUMES[first % len(VOLUMES)]
        reader = READERS[first % len(READERS)]
        if kind == "place":
            wanted = requesting.PlaceInput(
                edition=COPIES[second % 2][0], pickup=NODES[first % len(NODES)], wait=second > 5
            )
            requesting.place(tx, reader, wanted)
        elif kind == "walk_up":
            scanned = borrowing.WalkUpInput(barcode=volume.barcode, card=f"card-{reader.reader}", node=node)
            borrowing.walk_up(tx, COORDINATOR, scanned)
        elif kind == "return":
            returns.take_back(tx, COORDINATOR, returns.ReturnInput(barcode=volume.barcode, node=node))
        elif kind == "depart":
            volumes.departed(tx, volume, node)
        else:
            volumes.arrived(tx, volume, node)

    def with_what_is_there(self, kind: str, first: int, second: int) -> None:
        if kind in {"cancel", "issue"}:
            found = self.rows(Request)
        elif kind == "lose":
            found = self.rows(Loan)
        else:
            found = self.rows(Supply)
        if not found:
            return
        chosen = found[first % len(found)]
        acts: dict[str, Callable[[Transaction], object]] = {
            "cancel": lambda tx: requesting.cancel(
                tx, COORDINATOR, requesting.CancelInput(request=chosen.id)
            ),
            "issue": lambda tx: borrowing.issue(tx, COORDINATOR, borrowing.IssueInput(request=chosen.id)),
            "lose": lambda tx: borrowing.report_lost(
                tx, COORDINATOR, borrowing.LoanInput(loan=chosen.id)
            ),
            "answer": lambda tx: answering.answer(
                tx, COORDINATOR,
                answering.AnswerInput(
                    supply=chosen.id, answer=("will_supply", "not_on_shelf", "declined")[second % 3]
                ),
            ),
            "pick": lambda tx: answering.pick(
                tx, COORDINATOR, answering.PickInput(supply=chosen.id, barcode=chosen.barcode)
            ),
            "report": lambda tx: answering.report(
                tx, COORDINATOR,
                answering.ReportInput(supply=chosen.id, problem=("lost", "wrong_volume")[second % 2]),
            ),
        }  # fmt: skip
        self.decide(acts[kind])

    def sweep(self) -> None:
        for _ in range(200):
            due = deadlines.due(self.connection, self.now)
            if not due:
                return
            for subject in due:
                with self.connection.begin_nested():
                    deadlines.expire(Transaction(self.connection, self.now, NETWORK, subject.key), subject)
        pytest.fail(f"the sweep never ends: {due}")

    def check(self) -> None:
        areas = (engagements, deadline_promises, telling, rules)
        checks = [check for area in areas for check in area.CHECKS]
        broken = [found for check in checks for found in check(self.connection, self.now)]
        assert broken == []

    def let_time_pass(self) -> None:
        for _ in range(10):
            self.now += timedelta(days=100)
            self.sweep()
        self.check()
        assert self.rows(Request, core(Request).c.outcome == "open") == []
        assert self.rows(Supply, core(Supply).c.live) == []
        reserved = select(func.count()).select_from(core(Reservation))
        assert self.connection.execute(reserved).scalar_one() == 0
        lent = core(Loan).c
        assert self.rows(Loan, lent.returned_at.is_(None), lent.state != "lost") == []


@pytest.fixture
def engine(sqlite_url: str) -> Iterator[Engine]:
    path = make_url(sqlite_url).database
    assert path is not None
    made = writing_engine(Path(path), durable=False)
    yield made
    made.dispose()


def live_through(
    engine: Engine, make_edition: Callable[..., None], history: list[tuple[str, int, int]]
) -> None:
    with engine.connect() as connection:
        world = History(connection, make_edition)
        for kind, first, second in history:
            world.step(kind, first, second)
            world.sweep()
            world.check()
        world.let_time_pass()
        connection.rollback()


same_database = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@settings(same_database, max_examples=20)
@given(history=st.lists(step, min_size=5, max_size=25))
def test_any_history_keeps_the_promises_and_ends(
    engine: Engine, make_edition: Callable[..., None], history: list[tuple[str, int, int]]
) -> None:
    live_through(engine, make_edition, history)


@pytest.mark.soak
@settings(same_database, max_examples=2_000)
@given(history=st.lists(step, max_size=80))
def test_many_long_histories(
    engine: Engine, make_edition: Callable[..., None], history: list[tuple[str, int, int]]
) -> None:
    live_through(engine, make_edition, history)
