"""What the readers of a simulated network want."""

from __future__ import annotations

from datetime import date

import pytest

from hub.services.networks import Network, parse, shipped
from hub.simulation.demo.casting import Bookshelf
from hub.simulation.demo.catalogues import generate
from hub.simulation.demo.chance import seeded
from hub.simulation.scenario import FIRST_WISH, LAST_WISH, Wishes, population

TUESDAY = date(2026, 5, 12)
MANY = 300


@pytest.fixture(scope="module")
def network() -> Network:
    return parse(shipped())


@pytest.fixture(scope="module")
def shelf(network: Network) -> Bookshelf:
    return Bookshelf(generate(seeded(1)), network.nodes)


def wishes(shelf: Bookshelf, network: Network, seed: int = 1) -> Wishes:
    return Wishes(shelf, network, seeded(seed))


def test_the_same_seed_wishes_the_same(shelf: Bookshelf, network: Network) -> None:
    first, again, other = (wishes(shelf, network, seed) for seed in (1, 1, 2))
    assert list(first.requests(TUESDAY, 50)) == list(again.requests(TUESDAY, 50))
    assert list(first.visits(TUESDAY, 5)) == list(again.visits(TUESDAY, 5))
    assert list(wishes(shelf, network).requests(TUESDAY, 50)) != list(other.requests(TUESDAY, 50))


def test_wishes_have_keys_of_their_own_and_fall_into_the_day(shelf: Bookshelf, network: Network) -> None:
    found = list(wishes(shelf, network).requests(TUESDAY, MANY))
    assert len({intention.key for _, intention in found}) == MANY
    assert all(FIRST_WISH <= at < LAST_WISH for at, _ in found)


def test_readers_collect_and_return_where_that_is_possible(shelf: Bookshelf, network: Network) -> None:
    found = [intention for _, intention in wishes(shelf, network).requests(TUESDAY, MANY)]
    assert all("pickup" in network.nodes[each.pickup].capabilities for each in found)
    assert all("return" in network.nodes[each.return_at].capabilities for each in found)
    elsewhere = sum(each.return_at != each.pickup for each in found)
    assert 0.1 < elsewhere / MANY < 0.4


def test_no_volume_is_carried_off_twice(shelf: Bookshelf, network: Network) -> None:
    every = wishes(shelf, network)
    volumes = [
        visit.volume for day in range(5) for _, visit in every.visits(TUESDAY.replace(day=12 + day), 10)
    ]
    assert len(set(volumes)) == len(volumes) == 50


def test_the_population_has_cards_of_its_own(network: Network) -> None:
    people = population(network.nodes)
    assert (
        len({account.login for account in people}) == len({account.card for account in people}) == len(people)
    )
    assert len(people) > 100
