from __future__ import annotations

import random

from dedupe.description import describe
from dedupe.keys import LARGEST_BLOCK, MOST_TITLES, MatchKey, candidate_pairs, crossing, keys_of
from tests.short_records import record


def members(number: int, refinement: str = "y2001") -> list[tuple[int, MatchKey]]:
    return [(place, MatchKey("t:红楼梦", (refinement,))) for place in range(number)]


def test_one_book_in_two_dialects_shares_keys() -> None:
    first = describe(record("cnmarc", {"010": "$a978-7-02-000220-7", "200": "$a红楼梦$f曹雪芹著"}))
    second = describe(record("marc21", {"020": "$a702000220X", "245": "$a紅樓夢 /$c(清)曹雪芹著"}))
    shared = {key.value for key in keys_of(first)} & {key.value for key in keys_of(second)}
    assert {"i:isbn:9787020002207", "t:红楼梦"} <= shared


def test_a_record_without_a_title_has_no_keys() -> None:
    assert keys_of(describe(record("cnmarc", {"010": "$a978-7-02-000220-7"}))) == ()


def test_a_block_is_compared_whole_up_to_its_limit_and_by_refinement_beyond() -> None:
    small = members(LARGEST_BLOCK)
    assert len(candidate_pairs({"k": small})) == LARGEST_BLOCK * (LARGEST_BLOCK - 1) // 2
    large = [*small, (LARGEST_BLOCK, MatchKey("t:红楼梦", ("y1999",)))]
    assert crossing([key for _, key in large])
    pairs = candidate_pairs({"k": large})
    assert len(pairs) == LARGEST_BLOCK * (LARGEST_BLOCK - 1) // 2, "nobody shares the refinement of the last"


def test_an_identifier_with_many_titles_only_joins_those_of_one_title() -> None:
    titles = ["红楼", "西游", "三国", "水浒", "聊斋"]
    assert len(titles) > MOST_TITLES
    block = [(place, MatchKey("i:isbn:1", (title,))) for place, title in enumerate([*titles, "红楼"])]
    assert candidate_pairs({"i:isbn:1": block}) == {(0, 5)}


def test_wanted_records_get_the_same_pairs_as_in_a_full_run() -> None:
    chance = random.Random(5)
    blocks = {
        f"t:{name}": [
            (record_, MatchKey(f"t:{name}", (f"y{chance.randrange(4)}",)))
            for record_ in chance.sample(range(200), chance.randrange(2, 120))
        ]
        for name in range(12)
    }
    everything = candidate_pairs(blocks)
    wanted = set(chance.sample(range(200), 30))
    assert candidate_pairs(blocks, wanted) == {pair for pair in everything if wanted & set(pair)}
