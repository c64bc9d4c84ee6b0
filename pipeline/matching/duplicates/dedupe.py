"""Finds rows that record one person: identical rows, rows linked to one resident, and similar rows without a resident.

Belongs here: which rows are compared, and which row survives. Does not: comparing and judging them
(`pipeline.matching.duplicates.row_pairs`), what their columns are (`pipeline.matching.duplicates.dtks_doubles`),
linking to the registry; nothing is deleted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.matching.candidates.blocking import NumberIndex, Pass, PassPairs, merge_passes, pass_columns, run_passes
from pipeline.matching.candidates.registers import Listing
from pipeline.matching.duplicates.recorded_twice import RecordedTwice
from pipeline.matching.duplicates.row_pairs import beliefs, compared, one_persons
from pipeline.matching.judging.doubles import learn_from_duplicates, row_pairs_of_residents, sample_true_duplicates
from pipeline.matching.model.linkage import LinkageModel
from pipeline.matching.records.arrays import Floats, Levels, Rows
from pipeline.matching.records.as_numbers import SEED, Records
from pipeline.matching.records.bcd import MislengthNumbers, Packed

_NO_SERIAL = np.uint64(0xFFFF)
# A candidate this probable makes the row be compared with the rows linked to that candidate.
_LIKELY = 0.05
_ALL_PAIRED = 50


@dataclass(frozen=True)
class Relisted:
    """The input of deduplication, independent of column names.

    Attributes:
        listed: the rows, in the order of their key.
        passes: blocking passes.
        family: packed number of the family that each row states, 0 for none.
        same: columns that identical rows agree in.
        filled: columns counted to find the most complete row.
        at_home: scores how well rows (first positions) state the current home of residents (second positions).
        read: reads the rows at some positions, as they are compared with each other.
    """

    listed: Listing
    passes: tuple[Pass, ...]
    family: Packed
    same: tuple[str, ...]
    filled: tuple[str, ...]
    at_home: Callable[[Rows, Rows], pl.Series]
    read: Callable[[Rows], pl.DataFrame]


@dataclass(frozen=True)
class Taken:
    """The certain links of the rows.

    Attributes:
        household: number of the row's household, -1 for none.
        entry: position of the resident per row, -1 for none.
        number: packed NIK of the resident per row, 0 for none.
        bits: match weight of the link, NaN for none.
        refused: row, entry of pairs that an officer refused.
    """

    household: Rows
    entry: Rows
    number: Packed
    bits: Floats
    refused: pl.DataFrame

    @staticmethod
    def of(  # noqa: PLR0917 - columns of one table
        household: Rows, places: Rows, entries: Rows, numbers: Packed, bits: Floats, refused: pl.DataFrame
    ) -> Taken:
        """From the positions of the linked rows."""
        rows = len(household)
        entry, number, weight = np.full(rows, -1), np.zeros(rows, dtype=np.uint64), np.full(rows, np.nan)
        entry[places], number[places], weight[places] = entries, numbers, bits
        return Taken(household, entry, number, weight, refused)

    def not_refused(self, pairs: pl.DataFrame) -> pl.DataFrame:
        """Pairs (a, b) of rows, without those where an officer refused the resident of one row for the other."""
        for row, other in (("a", "b"), ("b", "a")):
            entry = _gathered(self.entry, pl.col(other))
            pairs = pairs.with_columns(entry=entry).join(
                self.refused, left_on=[row, "entry"], right_on=["row", "entry"], how="anti", maintain_order="left"
            )
        return pairs.drop("entry")


def find_duplicate_rows(
    rows: Relisted,
    taken: Taken,
    candidates: tuple[pl.DataFrame, Levels],
    model: LinkageModel,
    family_size: float,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Pairs of rows for one person, and the survivor of each group.

    Args:
        rows: in the order of their key, so that pairs do not depend on the order of the files.
        taken: certain links of the rows.
        candidates: row, entry, probabilitas of all candidates of rows without a certain link, and the levels of each
            (`results.candidates`).
        model: the trained model.
        family_size: members per family.

    Returns:
        `(pairs, survivors)`, rows by position. Pairs: a, b, bobot, same (identical contents). Survivors: row, survivor
        for every row that does not survive. The survivor of a group is a row with a certain link, of those the one
        that best states its resident's current home, then the one with most fields, then the first.
    """
    known, contents = _contents(rows)
    certain = np.flatnonzero(taken.entry != -1)
    said = np.zeros(rows.listed.table.height, dtype=np.uint64)
    said[known] = contents
    found = pl.concat(
        [
            _sharing(certain, taken.entry[certain], taken),
            _sharing(known, contents, taken),
            _alike(rows, taken, candidates, model, family_size, said),
        ]
    )
    pairs = taken.not_refused(found).group_by("a", "b").agg(pl.col("bobot").max()).sort("a", "b")
    return pairs.with_columns(_equal(rows, pairs)), _survivors(rows, taken, pairs)


def _contents(rows: Relisted) -> tuple[Rows, Packed]:
    """Rows that may be identical to another, and a hash of the contents of each.

    Without rows that identify nobody: their number lost its serial and they state no family.
    """
    numbers = rows.listed.number
    shared = pl.Series(numbers).is_duplicated().to_numpy()
    known = np.flatnonzero(shared & ((numbers & _NO_SERIAL != 0) | (rows.family != 0)))
    said = rows.listed.table.take(known, rows.same)
    return known, said.select(pl.struct(rows.same).hash(SEED)).to_series().to_numpy()


def _sharing(rows: Rows, keys: Rows | Packed, taken: Taken) -> pl.DataFrame:
    """Pairs (a, b, bobot) of rows with one key, unless they are linked to two residents."""
    shared = (
        pl.DataFrame({"row": rows, "kunci": keys})
        .filter(pl.col("kunci").is_duplicated())
        .with_columns(
            bobot=_gathered(taken.bits, pl.col("row")).fill_nan(None), siapa=_gathered(taken.entry, pl.col("row"))
        )
    )
    # Very many equal rows are each paired only with the first, which makes them one group as well.
    firsts = shared.filter(
        (pl.len().over("kunci") <= _ALL_PAIRED) | (pl.col("row") == pl.col("row").min().over("kunci"))
    )
    two = (pl.col("siapa") != pl.col("siapa_b")) & (pl.col("siapa") != -1) & (pl.col("siapa_b") != -1)
    return (
        firsts.join(shared, on="kunci", suffix="_b")
        .filter((pl.col("row") < pl.col("row_b")) & ~two)
        .select(a="row", b="row_b", bobot=pl.min_horizontal("bobot", "bobot_b"))
    )


def _gathered(values: Rows | Floats, places: pl.Expr) -> pl.Expr:
    return pl.lit(pl.Series(values)).gather(places)


def _alike(  # noqa: PLR0917 - what is known of rows and of persons
    rows: Relisted,
    taken: Taken,
    candidates: tuple[pl.DataFrame, Levels],
    model: LinkageModel,
    family_size: float,
    contents: Packed,
) -> pl.DataFrame:
    """Pairs (a, b, bobot) found by comparing rows; at least one row of each pair has no certain resident.

    Rows linked to one resident show how duplicates differ and which families are recorded twice.
    """
    free = taken.entry == -1
    # A row with a certain resident counts with the resident's number, whatever is written in it.
    number = np.where(free, rows.listed.number, taken.number)
    of_one = row_pairs_of_residents(taken.entry, taken.number)
    families = RecordedTwice.of(taken.household, taken.entry, of_one)
    met = _met(rows, taken, number, candidates[0], families)
    sure = sample_true_duplicates(of_one, taken.number, contents)
    own, other = (np.concatenate(side) for side in zip(met, sure, strict=True))
    every = compared(model, rows.read, number, own, other, families)
    pairs, doubles = every.take(slice(len(met[0]))), every.take(slice(len(met[0]), None))
    learnt = learn_from_duplicates(model, doubles.levels)
    known = beliefs(candidates[0], free, pairs.own, taken.entry[pairs.other])
    return one_persons(learnt, pairs, known, candidates[1], len(free), family_size)


def _met(
    rows: Relisted, taken: Taken, number: Packed, candidates: pl.DataFrame, families: RecordedTwice
) -> tuple[Rows, Rows]:
    """Distinct candidate pairs of a row without a certain resident and another row, each pair once."""
    free = taken.entry == -1
    single = np.flatnonzero(free)
    table, written, read = rows.listed.table, rows.listed.written, pass_columns(rows.passes)
    loose = table.take(single, read)
    found = run_passes(rows.passes, [Records(loose)], table.blocks(read))
    kin = families.beside(single)
    found += [PassPairs("KELUARGA", *kin, len(kin[0])), _same_resident(taken, single, candidates)]
    if written is not None:
        of_loose = table.take(single, [written]).to_series()
        close = NumberIndex(number).find_near(of_loose)
        found.append(PassPairs("NIK_DEKAT", *close, len(close[0])))
    pairs = merge_passes(found, table.height)
    own, right = single[pairs.left], pairs.right
    # Drop rows paired with themselves and one of two mirrored pairs; rows with 15 or 17 digits stay first in a pair.
    place = np.arange(table.height)
    if written is not None:
        place[single] += np.where(MislengthNumbers(of_loose).present, 0, table.height)
    once = np.flatnonzero((own != right) & (~free[right] | (place[own] < place[right])))
    return own[once], right[once]


def _same_resident(taken: Taken, single: Rows, candidates: pl.DataFrame) -> PassPairs:
    """Pairs of loose rows and rows that are certainly linked to one of their candidates."""
    other = np.flatnonzero(taken.entry != -1)
    certain = pl.DataFrame({"other": other, "entry": taken.entry[other]})
    loose = pl.DataFrame({"own": np.arange(len(single)), "row": single})
    pairs = loose.join(candidates.filter(pl.col("probabilitas") >= _LIKELY), on="row").join(certain, on="entry")
    return PassPairs("PENDUDUK", pairs["own"].to_numpy(), pairs["other"].to_numpy(), pairs.height)


def _equal(rows: Relisted, pairs: pl.DataFrame) -> pl.Series:
    """Whether both rows of each pair are identical."""
    both = rows.listed.table.take(np.concatenate([pairs["a"].to_numpy(), pairs["b"].to_numpy()]), rows.same)
    one, two = both.head(pairs.height), both.tail(pairs.height)
    agree = pl.DataFrame([one[column].eq_missing(two[column]).alias(column) for column in rows.same])
    return agree.select(same=pl.all_horizontal(pl.all())).to_series()


def _survivors(rows: Relisted, taken: Taken, pairs: pl.DataFrame) -> pl.DataFrame:
    both = pl.concat([pairs.select("a", "b"), pairs.select(a="b", b="a")])
    group = both.select("a").unique().with_columns(group="a")
    while True:
        smallest = both.join(group, left_on="b", right_on="a").group_by("a").agg(pl.col("group").min())
        joined = group.join(smallest, on="a", suffix="_new").with_columns(new=pl.min_horizontal("group", "group_new"))
        if (joined["new"] == joined["group"]).all():
            break
        group = joined.select("a", group="new")
    members = group["a"].to_numpy()
    filled = pl.sum_horizontal(pl.all().is_not_null().cast(pl.Int32))
    told = rows.listed.table.take(members, rows.filled).select(filled=filled)
    entries = taken.entry[members]
    linked = np.flatnonzero(entries != -1)
    home = np.full(len(members), -1)
    home[linked] = rows.at_home(members[linked], entries[linked]).to_numpy()
    return (
        group.with_columns(told.to_series(), home=pl.Series(home))
        .sort("home", "filled", "a", descending=[True, True, False])
        .select(row="a", survivor=pl.col("a").first().over("group"))
        .filter(pl.col("row") != pl.col("survivor"))
        .sort("row")
    )
