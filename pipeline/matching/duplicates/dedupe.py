"""Rows that record one person: twice the same, linked to one resident, or alike outside the registry.

Belongs here: which rows meet, and which row survives. Does not: comparing and judging them
(`pipeline.matching.duplicates.row_pairs`), what their columns are (`pipeline.matching.duplicates.dtks_doubles`),
linking to the registry; nothing is deleted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.matching.candidates.blocking import Found, Numbers, Pass, columns_of, pairs_of, united
from pipeline.matching.candidates.registers import Listed
from pipeline.matching.duplicates.recorded_twice import RecordedTwice
from pipeline.matching.duplicates.row_pairs import beliefs, compared, one_persons
from pipeline.matching.judging.doubles import of_doubles, rows_of_one, sure_doubles
from pipeline.matching.model.linkage import LinkageModel
from pipeline.matching.records.arrays import Floats, Levels, Rows
from pipeline.matching.records.as_numbers import SEED, Records
from pipeline.matching.records.identifiers_near import Odd, Packed

_NO_SERIAL = np.uint64(0xFFFF)
# A candidate this probable is worth comparing with the row that is taken for him.
_LIKELY = 0.05
_ALL_PAIRED = 50


@dataclass(frozen=True)
class Relisted:
    """What must be known of rows to find those that list somebody again, whatever their columns are called.

    Attributes:
        listed: the rows, in the order of their key.
        passes: which of them meet.
        family: packed number of the family that each states, 0 for none.
        same: columns in which rows that say the same are equal.
        filled: columns that the row which survives has most of.
        at_home: how much rows (the first positions) state of where certain residents (the second) live now.
        read: the rows at some positions, as they are compared with each other.
    """

    listed: Listed
    passes: tuple[Pass, ...]
    family: Packed
    same: tuple[str, ...]
    filled: tuple[str, ...]
    at_home: Callable[[Rows, Rows], pl.Series]
    read: Callable[[Rows], pl.DataFrame]


@dataclass(frozen=True)
class Taken:
    """Whom each row is certainly taken for.

    Attributes:
        household: number of the row's household, -1 for none.
        entry: position of the resident per row, -1 for none.
        number: packed NIK of the resident per row, 0 for none.
        bits: evidence for it, NaN for none.
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
        """From the positions of the rows that are taken for somebody."""
        rows = len(household)
        entry, number, weight = np.full(rows, -1), np.zeros(rows, dtype=np.uint64), np.full(rows, np.nan)
        entry[places], number[places], weight[places] = entries, numbers, bits
        return Taken(household, entry, number, weight, refused)

    def not_refused(self, pairs: pl.DataFrame) -> pl.DataFrame:
        """Pairs (a, b) of rows but for those where an officer said that the one is not who the other is taken for."""
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
        rows: in the order of their key: which row of a pair is held against which must not depend on the order of the
            files.
        taken: whom rows are linked to for certain.
        candidates: row, entry, probabilitas of everybody a row without a certain link may be, and the levels of each
            (`results.candidates`).
        model: the trained model.
        family_size: members per family.

    Returns:
        `(pairs, survivors)`, all rows by their positions: a, b, the pair's bits and whether they say the same; and row,
        survivor of every row that is not the survivor of its group: the one linked automatically, then where its
        resident lives now, then with most facts filled in, then the first.
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
    """Rows that may say the same as another, and what each says, as a hash.

    None that tells nobody apart, as those do whose number lost its serial and that name no family.
    """
    numbers = rows.listed.number
    shared = pl.Series(numbers).is_duplicated().to_numpy()
    known = np.flatnonzero(shared & ((numbers & _NO_SERIAL != 0) | (rows.family != 0)))
    said = rows.listed.table.take(known, rows.same)
    return known, said.select(pl.struct(rows.same).hash(SEED)).to_series().to_numpy()


def _sharing(rows: Rows, keys: Rows | Packed, taken: Taken) -> pl.DataFrame:
    """Pairs (a, b, bobot) of rows with one key, unless they are certainly two residents."""
    shared = (
        pl.DataFrame({"row": rows, "kunci": keys})
        .filter(pl.col("kunci").is_duplicated())
        .with_columns(
            bobot=_gathered(taken.bits, pl.col("row")).fill_nan(None), siapa=_gathered(taken.entry, pl.col("row"))
        )
    )
    # Of very many equal rows each is paired with the first alone, which makes them one group all the same.
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
    """Pairs (a, b, bobot) of which at least one row has no certain resident, by comparing the rows themselves.

    What doubles differ in is learnt from the pairs that are sure to be some, and so is which families are there twice.
    """
    free = taken.entry == -1
    # A row whose resident is certain has that resident's number, whatever is written in it.
    number = np.where(free, rows.listed.number, taken.number)
    of_one = rows_of_one(taken.entry, taken.number)
    families = RecordedTwice.of(taken.household, taken.entry, of_one)
    met = _met(rows, taken, number, candidates[0], families)
    sure = sure_doubles(of_one, taken.number, contents)
    own, other = (np.concatenate(side) for side in zip(met, sure, strict=True))
    every = compared(model, rows.read, number, own, other, families)
    pairs, doubles = every.chosen(slice(len(met[0]))), every.chosen(slice(len(met[0]), None))
    learnt = of_doubles(model, doubles.levels)
    known = beliefs(candidates[0], free, pairs.own, taken.entry[pairs.other])
    return one_persons(learnt, pairs, known, candidates[1], len(free), family_size)


def _met(
    rows: Relisted, taken: Taken, number: Packed, candidates: pl.DataFrame, families: RecordedTwice
) -> tuple[Rows, Rows]:
    """Distinct pairs of a row without a certain resident and another row that may be his, each pair once."""
    free = taken.entry == -1
    single = np.flatnonzero(free)
    table, written, read = rows.listed.table, rows.listed.written, columns_of(rows.passes)
    loose = table.take(single, read)
    found = pairs_of(rows.passes, [Records(loose)], table.blocks(read))
    kin = families.beside(single)
    found += [Found("KELUARGA", *kin, len(kin[0])), _same_resident(taken, single, candidates)]
    if written is not None:
        of_loose = table.take(single, [written]).to_series()
        close = Numbers(number).near(of_loose)
        found.append(Found("NIK_DEKAT", *close, len(close[0])))
    pairs = united(found, table.height)
    own, right = single[pairs.left], pairs.right
    # Two loose rows meet twice, a row always meets itself. A number of 15 or 17 digits is held against whole ones.
    place = np.arange(table.height)
    if written is not None:
        place[single] += np.where(Odd(of_loose).any, 0, table.height)
    once = np.flatnonzero((own != right) & (~free[right] | (place[own] < place[right])))
    return own[once], right[once]


def _same_resident(taken: Taken, single: Rows, candidates: pl.DataFrame) -> Found:
    """Loose rows beside the rows that certainly are the resident each may be."""
    other = np.flatnonzero(taken.entry != -1)
    certain = pl.DataFrame({"other": other, "entry": taken.entry[other]})
    loose = pl.DataFrame({"own": np.arange(len(single)), "row": single})
    pairs = loose.join(candidates.filter(pl.col("probabilitas") >= _LIKELY), on="row").join(certain, on="entry")
    return Found("PENDUDUK", pairs["own"].to_numpy(), pairs["other"].to_numpy(), pairs.height)


def _equal(rows: Relisted, pairs: pl.DataFrame) -> pl.Series:
    """Whether both rows of each pair say the same."""
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
