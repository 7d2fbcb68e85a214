from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.marc.holdings import StatedItem, detect, items, profiles
from connectors.marc.reading import ReadRecord, read
from hub.kernel.identifiers import isbn13
from hub.simulation.demo.catalogues import DemoNetwork, MemberCatalogue, generate
from hub.simulation.demo.chance import seeded
from hub.simulation.demo.habits import catalogues
from hub.simulation.demo.works.reading import works

ROOT = Path(__file__).resolve().parents[4]
PROFILES = {
    "repeated": "cnmarc-905-copies",
    "grouped": "cnmarc-905-groups",
    "ranges": "cnmarc-905-ranges",
    "985": "cnmarc-985-items",
    "852": "marc21-852-items",
    "949": "marc21-949-symphony",
    "952": "marc21-952-koha",
}
SOURCES = [habits.source for habits in catalogues()]


@pytest.fixture(params=SOURCES)
def catalogue(request: pytest.FixtureRequest, network: DemoNetwork) -> MemberCatalogue:
    return next(each for each in network.catalogues if each.habits.source == request.param)


def stated(catalogue: MemberCatalogue) -> Iterator[StatedItem]:
    profile = profiles()[PROFILES[catalogue.habits.holdings]]
    for record in catalogue.records:
        yield from items(record.record, profile)


def test_the_same_seed_gives_the_same_bytes_in_any_process(network: DemoNetwork) -> None:
    program = (
        "from hub.simulation.demo.catalogues import generate\n"
        "from hub.simulation.demo.chance import seeded\n"
        "print(generate(seeded(1)).digest)"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    found = subprocess.run(
        [sys.executable, "-c", program], env=environment, cwd=ROOT, capture_output=True, check=True, text=True
    )
    assert found.stdout.strip() == network.digest


def test_another_seed_gives_others(network: DemoNetwork) -> None:
    assert generate(seeded(2)).digest != network.digest


def test_the_network_is_as_large_as_promised(network: DemoNetwork) -> None:
    assert 3_000 <= len(network.truth) <= 5_000
    assert len({each.habits.member for each in network.catalogues}) >= 20
    held = {row.edition.split("/")[0].rsplit("-", 1)[0] for row in network.truth}
    assert len(held & {work.key for work in works()}) >= 400


def test_popular_works_are_held_by_several_libraries(network: DemoNetwork) -> None:
    holders = defaultdict(set)
    for row in network.truth:
        holders[row.edition].add(row.member)
    assert any(edition.startswith("hongloumeng-") and len(held) >= 3 for edition, held in holders.items())
    assert sum(len(held) >= 5 for held in holders.values()) >= 150


def test_records_read_back_as_they_were_written(catalogue: MemberCatalogue) -> None:
    habits = catalogue.habits
    for record in catalogue.records:
        found = read(record.raw, encoding=habits.encoding)
        assert isinstance(found, ReadRecord)
        assert found.format == habits.flavour
        assert found.repairs == ()
        assert found.record.fields == record.record.fields


def test_the_encoding_can_mostly_be_found_out(network: DemoNetwork) -> None:
    # Mostly: a record with nothing but Russian in GB18030 looks like Big5.
    wrong = [
        (catalogue.habits.source, record.identifier)
        for catalogue in network.catalogues
        for record in catalogue.records
        if read(record.raw).encoding != catalogue.habits.encoding and not record.raw.isascii()
    ]
    assert len(wrong) < 0.003 * len(network.truth)


def test_the_truth_covers_each_record(catalogue: MemberCatalogue) -> None:
    rows = catalogue.truth
    assert [row.digest for row in rows] == [record.digest for record in catalogue.records]
    named = [row.identifier for row in rows if row.identifier]
    assert len(named) == len(set(named))
    if catalogue.habits.identifier not in ("repeating", "lacking"):
        assert len(named) == len(rows)


def test_some_members_repeat_or_lack_identifiers(network: DemoNetwork) -> None:
    unnamed = Counter(row.source for row in network.truth if not row.identifier)
    styles = {habits.source: habits.identifier for habits in catalogues()}
    assert {styles[source] for source in unnamed} == {"repeating", "lacking"}


def test_every_record_says_that_it_is_a_demonstration(catalogue: MemberCatalogue) -> None:
    tag = "300" if catalogue.habits.flavour == "cnmarc" else "500"
    assert all("演示数据" in (each.record.first(tag, "a") or "") for each in catalogue.records)


def test_the_holdings_practice_is_found_out(catalogue: MemberCatalogue) -> None:
    found = detect(record.record for record in catalogue.records)
    assert found.profile is not None
    assert found.profile.name == PROFILES[catalogue.habits.holdings]
    assert found.confidence >= 0.9


def test_barcodes_are_unique_within_a_library_and_shared_between_libraries(network: DemoNetwork) -> None:
    owners = defaultdict(list)
    for catalogue in network.catalogues:
        for item in stated(catalogue):
            owners[item.barcode].append(catalogue.habits.member)
    assert all(len(found) == len(set(found)) for found in owners.values())
    assert sum(len(found) > 1 for found in owners.values()) >= 100


def test_volumes_are_mostly_available(network: DemoNetwork) -> None:
    states = Counter(
        item.status
        for catalogue in network.catalogues
        if catalogue.habits.holdings in ("852", "985")
        for item in stated(catalogue)
    )
    assert set(states) == {"在馆", "借出", "阅览"}
    assert states["在馆"] > 0.8 * states.total()


def test_location_codes_are_those_of_the_member(catalogue: MemberCatalogue) -> None:
    used = {item.location for item in stated(catalogue)}
    assert used == set(catalogue.habits.locations)


def test_one_location_code_belongs_to_no_node() -> None:
    unmapped = [code for habits in catalogues() for code, node in habits.locations.items() if not node]
    assert len(unmapped) == 1


def test_numbers_are_sound_but_for_a_few_slips(network: DemoNetwork) -> None:
    sound = wrong = 0
    for catalogue in network.catalogues:
        tag = "010" if catalogue.habits.flavour == "cnmarc" else "020"
        for record in catalogue.records:
            sound += sum(isbn13(number) is not None for number in record.record.all(tag, "a"))
            wrong += sum(isbn13(number) is None for number in record.record.all(tag, "az"))
    assert sound > 2_000
    assert 0 < wrong < 0.02 * sound
