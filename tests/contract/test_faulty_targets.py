"""Whatever a Z39.50 target does, a harvest ends within its deadline and says what it has not got."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager

import pytest

from connectors.testing import Fault, Traffic, at, every, z3950_peer
from connectors.testing import z3950_faults as faults
from connectors.z3950.answering import ServerLimits
from tests.catalogues import catalogue
from tests.faulty import SHORT, Attempt, attempt, judge

BOOKS = catalogue(120)
EVERYTHING = BOOKS.live()


def harvest(*made: Fault, limits: ServerLimits | None = None, **options: object) -> Attempt:
    def peer(traffic: Traffic) -> AbstractAsyncContextManager[str]:
        return z3950_peer(BOOKS, *made, limits=limits, traffic=traffic)

    return attempt("z3950", peer, chunk=20, **options)


#: Faults that cost nothing: the harvest is complete all the same.
HARMLESS: dict[str, tuple[Fault, ...]] = {
    "nothing": (),
    "indefinite lengths": (faults.indefinite,),
    "another reference": (faults.other_reference,),
    "short presents called a success": (faults.short_presents(3),),
    "segments": (faults.segmented,),
    "another encoding than is said": (faults.recoded("gb18030"),),
    "one dropped connection": (at(5, faults.drop),),
    "an answer broken off": (at(6, faults.drop_in_the_middle),),
    "a connection dropped at each ninth request": (every(9, faults.drop),),
    "a polite leave": (at(4, faults.take_leave),),
    "results cut in silence": (faults.cut(100, told=False),),
    "results cut and called so": (faults.cut(100, told=True),),
    "a total too low before": (faults.lying_total(120, -15, 1),),
    "a total always too low": (faults.lying_total(120, -15),),
}

#: Faults that cost a timeout, and nothing else.
SLOW: dict[str, Fault] = {
    "a hang at the beginning": at(1, faults.hang),
    "one hang": at(6, faults.hang),
    "a hang in the middle of an answer": at(6, faults.hang_in_the_middle),
    "an answer byte by byte": at(6, faults.drip),
}

#: Faults that cost completeness, and what must be said.
HARMFUL: dict[str, tuple[Fault, str]] = {
    "drops every connection": (faults.drop, "disconnected"),
    "refuses the session": (faults.refuse_session, "session_refused"),
    "answers in another protocol": (faults.nonsense, "malformed"),
    "never ends its answer": (faults.endless, "malformed"),
    "announces gigabytes": (at(4, faults.enormous), "malformed"),
    "announces a gigabyte and sends it": (faults.announced_and_sent, "malformed"),
    "sends segments for ever": (faults.endless_segments, "no_progress"),
    "nests without bottom": (at(4, faults.bottomless), "malformed"),
    "answers something else": (at(4, faults.wrong_kind), "unexpected_answer"),
    "presents nothing": (faults.short_presents(0), "no_progress"),
    "presents more than asked for": (faults.generous, "malformed"),
    "presents the same again": (faults.stuck, "records_repeat"),
    "counts too many": (faults.lying_count(7), "diagnostic"),
    "counts one too few": (faults.lying_count(-1), "slice_inexact or sum_differs or total_unconfirmed"),
    "counts too many in all": (faults.lying_total(120, 15), "diagnostic or total_contradicted"),
    "counts less than nothing": (faults.negative_count, "malformed"),
    "delivers only the first records": (faults.capped(100), "diagnostic"),
    "refuses one record": (faults.refusing("b000077"), "records_refused"),
}

#: Faults that nothing but a timeout ends.
HANGING: dict[str, Fault] = {
    "hangs for ever": faults.hang,
    "hangs in the middle of every answer": faults.hang_in_the_middle,
    "answers byte by byte": faults.drip,
}


@pytest.mark.parametrize("pipeline", [1, 3])
@pytest.mark.parametrize("name", HARMLESS)
def test_what_can_be_mended_is_mended(name: str, pipeline: int) -> None:
    judge(harvest(*HARMLESS[name], pipeline=pipeline, max_set=60, attempts=6), None, EVERYTHING)


@pytest.mark.parametrize("name", SLOW)
def test_what_comes_too_late_is_asked_for_again(name: str) -> None:
    judge(harvest(SLOW[name], timeout=SHORT, attempts=6), None, EVERYTHING)


@pytest.mark.parametrize("name", HARMFUL)
def test_what_cannot_be_mended_is_said(name: str) -> None:
    fault, problem = HARMFUL[name]
    judge(harvest(fault), problem, EVERYTHING)


@pytest.mark.parametrize("name", HANGING)
def test_what_never_comes_is_given_up(name: str) -> None:
    judge(harvest(HANGING[name], timeout=SHORT), "timed_out", EVERYTHING)


@pytest.mark.parametrize("max_set", [50, 1000])
def test_a_count_that_is_too_low_is_noticed(max_set: int) -> None:
    outcome = harvest(faults.lying_count(-1), max_set=max_set).outcome
    assert outcome.problem is not None
    assert outcome.inexact


def test_a_refused_record_is_counted_and_the_others_come() -> None:
    outcome = harvest(faults.refusing("b000077")).outcome
    assert [record.syntax for record in outcome.records].count("diagnostic") == 1
    assert len(outcome.records) == 120
    assert outcome.values == {"count": 1, "first": "14 b000077"}


def test_a_capped_target_is_harvested_in_slices() -> None:
    judge(harvest(faults.capped(50), max_set=50), None, EVERYTHING)


def test_a_target_that_cuts_its_results_is_harvested_around_the_cut() -> None:
    judge(harvest(limits=ServerLimits(max_hits=60), max_set=1000), None, EVERYTHING)
