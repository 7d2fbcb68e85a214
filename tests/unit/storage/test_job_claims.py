"""Claims on runs: one holder at most, tokens that grow, and nothing done by whoever lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, precondition, rule
from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import IntegrityError

from hub.storage import jobs
from hub.storage.jobs import Claim, JobRunRow
from hub.storage.store import Store
from hub.storage.tables import metadata
from schedules.claims import is_free

JOB = "harvest/one"
START = datetime(2026, 11, 24, tzinfo=UTC)
LEASE = timedelta(minutes=1)
HOLDERS = st.sampled_from(["a/1", "a/2", "b/1"])


class Claims(RuleBasedStateMachine):
    """Any number of processes claim, beat, lose, take over, let wait and finish, in any order."""

    claims = Bundle("claims")

    def __init__(self) -> None:
        super().__init__()
        engine = create_engine("sqlite://")
        metadata.tables["job_run"].create(engine)
        self.connection: Connection = engine.connect()
        self.now = START
        self.fires = 0
        self.newest_token = 0
        self.holding: Claim | None = None  #: the one that may write, as the model has it

    def teardown(self) -> None:
        self.connection.close()
        self.connection.engine.dispose()

    def standing(self) -> JobRunRow | None:
        return jobs.unfinished(self.connection, JOB)

    def claimed(self, claim: Claim) -> Claim:
        assert claim.token > self.newest_token, "fencing tokens grow strictly"
        self.newest_token, self.holding = claim.token, claim
        return claim

    @rule(seconds=st.integers(1, 90))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @precondition(lambda self: self.standing() is None)
    @rule(target=claims, holder=HOLDERS)
    def claim_the_next(self, holder: str) -> Claim:
        self.fires += 1
        fire_at = START + self.fires * timedelta(hours=1)
        return self.claimed(jobs.begin(self.connection, JOB, fire_at, holder, self.now, LEASE))

    @precondition(lambda self: self.standing() is not None)
    @rule()
    def nobody_begins_beside_an_unfinished_run(self) -> None:
        try:
            with self.connection.begin_nested():
                jobs.begin(self.connection, JOB, START, "c/1", self.now, LEASE)
        except IntegrityError:
            return
        raise AssertionError("a job has one unfinished run at most")

    @precondition(lambda self: (run := self.standing()) is not None and is_free(run, self.now))
    @rule(target=claims, holder=HOLDERS)
    def take_over(self, holder: str) -> Claim:
        run = self.standing()
        assert run is not None
        return self.claimed(jobs.take(self.connection, run, holder, self.now, LEASE))

    @rule(claim=claims)
    def beat(self, claim: Claim) -> None:
        row = jobs.renew(self.connection, claim, self.now)
        assert (row is not None) == (claim == self.holding)
        assert row is None or row.lease_until == self.now + LEASE

    @rule(claim=claims)
    def write(self, claim: Claim) -> None:
        assert (jobs.held(self.connection, claim) is not None) == (claim == self.holding)

    @rule(claim=claims)
    def let_wait(self, claim: Claim) -> None:
        let = jobs.let_wait(self.connection, claim, self.now + LEASE, "window_closed", {"received": 1})
        assert let == (claim == self.holding)
        self.lose(claim)

    @rule(claim=consumes(claims), state=st.sampled_from(["done", "failed", "stopped"]))
    def finish(self, claim: Claim, state: str) -> None:
        assert jobs.finish(self.connection, claim, self.now, state=state) == (claim == self.holding)
        self.lose(claim)

    @precondition(lambda self: (run := self.standing()) is not None and is_free(run, self.now))
    @rule()
    def give_up(self) -> None:
        run = self.standing()
        assert run is not None
        assert jobs.end(self.connection, run, self.now, state="failed", problem="started_too_often")
        self.holding = None

    @rule()
    def forget(self) -> None:
        jobs.forget(self.connection, self.now)

    def lose(self, claim: Claim) -> None:
        if claim == self.holding:
            self.holding = None

    @invariant()
    def one_holder_at_most(self) -> None:
        running = [run for run in jobs.all_unfinished(self.connection, "harvest/") if run.state == "running"]
        assert [run.token for run in running] == ([self.holding.token] if self.holding else [])


TestClaims = Claims.TestCase
TestClaims.settings = settings(max_examples=30, stateful_step_count=25, deadline=None)


async def test_the_database_itself_refuses_a_second_unfinished_run(store: Store) -> None:
    def twice(connection: Connection) -> None:
        for fire_at in (START, START + LEASE):
            jobs.begin(connection, JOB, fire_at, "a/1", START, LEASE)

    with pytest.raises(IntegrityError):
        await store.write(twice)
    assert await store.read(lambda c: jobs.history(c, JOB)) == []


async def test_runs_out_of_turn_have_fire_times_of_their_own(store: Store) -> None:
    def at_once(connection: Connection) -> list[datetime]:
        made = []
        for _ in range(3):
            fire_at = jobs.free_instant(connection, JOB, START)
            claim = jobs.begin(connection, JOB, fire_at, "a/1", START, LEASE)
            jobs.finish(connection, claim, START)
            made.append(fire_at)
        return made

    made = await store.write(at_once)
    assert len(set(made)) == 3
    assert await store.read(lambda c: jobs.last_fire(c, JOB)) == max(made)


async def test_what_was_asked_for_stays_beside_what_came_of_it(store: Store) -> None:
    def act(connection: Connection) -> None:
        jobs.put_by(connection, JOB, START, START, cause="coordinator", details={"full": True, "by": "chief"})
        run = jobs.unfinished(connection, JOB)
        assert run is not None
        assert is_free(run, START)
        in_nanjing = START.astimezone(ZoneInfo("Asia/Shanghai"))
        claim = jobs.take(connection, run, "a/1", in_nanjing, LEASE, cause="command")
        jobs.ask_to_stop(connection, run)
        held = jobs.held(connection, claim)
        assert held is not None
        assert held.stop_asked
        jobs.finish(connection, claim, START + LEASE, state="stopped", outcome={"received": 5})
        assert not jobs.ask_to_stop(connection, run)

    await store.write(act)
    (row,) = await store.read(lambda c: jobs.history(c, JOB))
    assert row.details == {"full": True, "by": "chief", "received": 5}
    assert (row.starts, row.started_at, row.finished_at) == (1, START, START + LEASE)
    assert row.cause == "command"
