from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from hub.kernel.nodes import NodeTree
from hub.messages.catalogue import messages
from hub.simulation.demo.casting import BookKind, Bookshelf
from hub.simulation.demo.catalogues import DemoNetwork
from hub.simulation.demo.chance import seeded
from hub.simulation.demo.day import Day, Delivery, LenderConduct, ReaderConduct, Returned, plan_day, stories
from hub.simulation.demo.people import demo_accounts

TUESDAY = date(2026, 11, 24)
NANJING = ZoneInfo("Asia/Shanghai")


@pytest.fixture(scope="module")
def shelf(network: DemoNetwork, nodes: NodeTree) -> Bookshelf:
    return Bookshelf(network, nodes)


@pytest.fixture(scope="module")
def day(shelf: Bookshelf, nodes: NodeTree) -> Day:
    return plan_day(shelf, nodes, seeded(1), TUESDAY, NANJING)


def test_the_day_has_at_least_forty_requests(day: Day) -> None:
    assert len(day.requests) >= 40
    assert len({request.key for request in day.requests}) == len(day.requests)
    assert len(day.loans) >= 1
    assert len(day.suggestions) >= 1


def test_everything_that_can_go_otherwise_does(day: Day) -> None:
    assert {each.story.lender for each in day.requests} == set(LenderConduct)
    assert {each.story.reader for each in day.requests} == set(ReaderConduct)
    assert {each.story.delivery for each in day.requests} == set(Delivery)
    assert {each.story.returned for each in day.requests} == set(Returned)
    assert {each.story.book for each in day.requests} == set(BookKind)


def test_every_story_can_be_told(day: Day) -> None:
    told = {story.key for story in stories()} | {each.key.rpartition("-")[0] for each in day.loans}
    told |= {each.key for each in day.suggestions}
    assert {f"demo.story_{key}" for key in told} == {
        key for key in messages() if key.startswith("demo.story_")
    }


def test_the_same_seed_plans_the_same_day(shelf: Bookshelf, nodes: NodeTree, day: Day) -> None:
    assert plan_day(shelf, nodes, seeded(1), TUESDAY, NANJING) == day
    assert plan_day(shelf, nodes, seeded(2), TUESDAY, NANJING) != day


def test_requests_are_in_the_order_of_time_and_within_the_day(day: Day) -> None:
    instants = [request.at for request in day.requests]
    assert instants == sorted(instants)
    assert {instant.date() for instant in instants} == {TUESDAY}
    assert all(instant.utcoffset() is not None for instant in instants)


def test_books_have_to_travel(day: Day, nodes: NodeTree) -> None:
    followers = {story.key for story in stories() if story.same_book_as}
    at_home = [
        request.key
        for request in day.requests
        if request.story.key not in followers and request.pickup in request.book.nodes
    ]
    assert at_home == []


def test_a_second_request_for_a_single_copy_comes_after_the_first_by_another_reader(day: Day) -> None:
    first = {each.book.edition: each for each in day.requests if each.story.key == "last_copy"}
    later = [each for each in day.requests if each.story.same_book_as == "last_copy"]
    assert len(later) >= 3
    for each in later:
        assert first[each.book.edition].at < each.at
        assert first[each.book.edition].reader != each.reader


def test_who_asks_twice_has_asked_before(day: Day) -> None:
    again = [each for each in day.requests if each.story.reader is ReaderConduct.IS_REFUSED]
    assert again
    for each in again:
        assert any(
            other.reader == each.reader and other.book == each.book and other.at < each.at
            for other in day.requests
        )


def test_nobody_asks_twice_otherwise(day: Day) -> None:
    wishes = Counter(
        (each.reader, each.book.edition)
        for each in day.requests
        if each.story.reader is not ReaderConduct.IS_REFUSED
    )
    assert max(wishes.values()) == 1


def test_walk_up_volumes_are_promised_to_nobody(day: Day) -> None:
    asked_for = {each.book.edition for each in day.requests}
    assert all(loan.volume.edition not in asked_for for loan in day.loans)
    assert all(loan.node == loan.volume.node != loan.return_at for loan in day.loans)


def test_readers_stay_within_their_limits(day: Day) -> None:
    wishes: dict[str, int] = defaultdict(int)
    for each in (*day.requests, *day.loans):
        wishes[each.reader] += 1
    assert max(wishes.values()) <= 5


def test_cards_and_places_are_real(day: Day, nodes: NodeTree) -> None:
    cards = {account.login: account.card for account in demo_accounts(nodes)}
    assert all(cards[loan.reader] == loan.card for loan in day.loans)
    places = {place for each in day.requests for place in (each.pickup, each.return_at)}
    assert all({"pickup", "return"} <= nodes[place].capabilities for place in places)


def test_a_single_copy_is_single(shelf: Bookshelf) -> None:
    books = shelf.books(BookKind.SINGLE_COPY)
    assert len(books) >= 10
    assert all(len(book.nodes) == 1 for book in books)
    assert all(len(book.owners) >= 4 for book in shelf.books(BookKind.HELD_BY_MANY))
