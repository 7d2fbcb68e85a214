"""The matcher judged on the labelled pairs of real Chinese records, over the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import typed


@pytest.mark.parametrize("files", [("records.jsonl",), ("cnmarc.iso", "marc21.mrc")], ids="+".join)
def test_the_gold_pairs_are_told_apart(shared_data: Path, tmp_path: Path, files: tuple[str, ...]) -> None:
    gold = shared_data / "gold" / "zh"
    if not gold.is_dir():
        pytest.skip("no labelled pairs beside the repository")
    records = [gold / name for name in files]
    words = ("dedupe", "evaluate", "--records", *records, "--pairs", gold / "pairs.tsv", "--json")
    answer = typed(tmp_path / "data", *words).answer
    assert (answer["pairs"], answer["missing"]) == (8000, 0)
    assert answer["f1"] >= 0.99
    assert answer["auto_precision"] >= 0.999, "what is joined without a person must be right"
    assert not (tmp_path / "data").exists(), "evaluating needs no hub"
