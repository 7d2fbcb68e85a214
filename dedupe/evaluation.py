"""Measuring the matcher against labelled pairs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from dedupe.description import Description, describe, without
from dedupe.features.table import Prepared, prepare
from dedupe.model.levels import Levels, levels_of, script_of
from dedupe.model.scoring import model
from dedupe.vetoes import veto
from hub.kernel.record import Record


@dataclass(frozen=True, slots=True)
class LabelledPair:
    """Two record ids, whether they are one edition, and the kind of case."""

    first: str
    second: str
    same: bool
    stratum: str = ""


@dataclass(slots=True)
class Counts:
    """How a set of pairs was judged."""

    true_positives: int = 0
    false_positives: int = 0
    false_negatives: int = 0
    true_negatives: int = 0

    def add(self, said: bool, same: bool) -> None:
        """Count one pair."""
        name = ("true" if said == same else "false") + ("_positives" if said else "_negatives")
        setattr(self, name, getattr(self, name) + 1)

    @property
    def precision(self) -> float:
        """Of the pairs said to be one edition, how many are; 1 when none was said to be."""
        said = self.true_positives + self.false_positives
        return self.true_positives / said if said else 1.0

    @property
    def recall(self) -> float:
        """Of the pairs that are one edition, how many were found; 1 when there is none."""
        same = self.true_positives + self.false_negatives
        return self.true_positives / same if same else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The figures, with the pairs judged wrongly."""

    pairs: int
    counts: Counts
    automatic: Counts
    by_stratum: Mapping[str, Counts]
    false_positives: tuple[tuple[str, str], ...]
    false_negatives: tuple[tuple[str, str], ...]
    missing: int  #: pairs of which a record is not there
    pairs_per_second: float

    def to_dict(self) -> dict[str, object]:
        """As ``tongjie dedupe evaluate --json`` prints it."""
        return {
            "pairs": self.pairs,
            "precision": round(self.counts.precision, 4),
            "recall": round(self.counts.recall, 4),
            "f1": round(self.counts.f1, 4),
            "false_positives": self.counts.false_positives,
            "false_negatives": self.counts.false_negatives,
            "auto_precision": round(self.automatic.precision, 4),
            "auto_recall": round(self.automatic.recall, 4),
            "pairs_per_second": round(self.pairs_per_second, 1),
            "missing": self.missing,
            "by_stratum": {name: _stratum(counts) for name, counts in sorted(self.by_stratum.items())},
        }


@dataclass(slots=True)
class _Judging:
    counts: Counts = field(default_factory=Counts)
    automatic: Counts = field(default_factory=Counts)
    by_stratum: dict[str, Counts] = field(default_factory=dict)
    wrong: dict[bool, list[tuple[str, str]]] = field(default_factory=lambda: {True: [], False: []})

    def add(self, pair: LabelledPair, said: bool, automatic: bool) -> None:
        self.counts.add(said, pair.same)
        self.automatic.add(automatic, pair.same)
        self.by_stratum.setdefault(pair.stratum, Counts()).add(said, pair.same)
        if said != pair.same:
            self.wrong[said].append((pair.first, pair.second))


def read_pairs(lines: Iterable[str]) -> Iterator[LabelledPair]:
    """Pairs from lines ``id1 id2 label stratum`` with tabs; a heading and pairs marked ``x`` are left out.

    Raises:
        ValueError: a line has fewer than three columns or a label other than 1, 0 and x.
    """
    for number, line in enumerate(lines):
        columns = line.rstrip("\r\n").split("\t")
        if columns == [""] or (number == 0 and columns[2:3] == ["label"]):
            continue
        if len(columns) < 3 or columns[2] not in {"0", "1", "x"}:
            raise ValueError(
                f"line {number + 1}: expected id1, id2, label (1, 0 or x) and stratum with tabs between"
            )
        if columns[2] != "x":
            yield LabelledPair(columns[0], columns[1], columns[2] == "1", "".join(columns[3:4]))


def evaluate(
    records: Mapping[str, Record],
    pairs: Iterable[LabelledPair],
    hidden: frozenset[str] = frozenset(),
    timer: Callable[[], float] = lambda: 0.0,
) -> Evaluation:
    """Judge every pair and count. ``hidden`` names evidence to leave out: 215, price, series, isbn.

    ``timer`` tells seconds; without one no rate is measured.
    """
    table = model()
    described: dict[str, Prepared] = {}
    judging, missing, judged = _Judging(), 0, 0
    wanted = list(pairs)
    for name in dict.fromkeys(name for pair in wanted for name in (pair.first, pair.second)):
        if name in records:
            described[name] = prepare(_described(records[name], hidden))
    started = timer()
    for pair in wanted:
        first, second = described.get(pair.first), described.get(pair.second)
        if first is None or second is None:
            missing += 1
            continue
        judged += 1
        script = script_of(first, second)
        score = 0 if veto(first, second) else table.score(script, levels_of(first, second))
        column = table.columns[script]
        judging.add(pair, score >= column.same, score >= column.automatic)
    seconds = timer() - started
    return Evaluation(
        judged,
        judging.counts,
        judging.automatic,
        judging.by_stratum,
        tuple(judging.wrong[True]),
        tuple(judging.wrong[False]),
        missing,
        judged / seconds if seconds > 0 else 0.0,
    )


def samples(
    records: Mapping[str, Record], pairs: Iterable[LabelledPair], hidden: frozenset[str] = frozenset()
) -> Iterator[tuple[str, Levels, bool]]:
    """What the model is fitted on: script, levels and label of every pair that no veto decides."""
    cache: dict[str, Prepared] = {}
    for pair in pairs:
        for name in (pair.first, pair.second):
            if name not in cache:
                cache[name] = prepare(_described(records[name], hidden))
        first, second = cache[pair.first], cache[pair.second]
        if veto(first, second) is None:
            yield script_of(first, second), levels_of(first, second), pair.same


def _described(record: Record, hidden: frozenset[str]) -> Description:
    description = describe(record)
    return without(description, hidden) if hidden else description


def _stratum(counts: Counts) -> dict[str, object]:
    positives = counts.true_positives + counts.false_negatives
    negatives = counts.true_negatives + counts.false_positives
    return {
        "pairs": positives + negatives,
        "recall": round(counts.recall, 4) if positives else None,
        "false_positive_rate": round(counts.false_positives / negatives, 4) if negatives else None,
    }
