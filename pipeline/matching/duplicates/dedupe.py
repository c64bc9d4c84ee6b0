"""Finds rows that record one person: identical rows, rows linked to one resident, and similar rows without a resident.

Belongs here: which rows are compared, and which row survives. Does not: comparing and judging them
(`pipeline.matching.duplicates.row_pairs`), what their columns are (`pipeline.matching.duplicates.dtks`),
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
from pipeline.matching.duplicates.row_pairs import candidate_shares, compare_row_pairs, pairs_of_one_person
from pipeline.matching.judging.duplicate_weights import (
    learn_from_duplicates,
    row_pairs_of_residents,
    sample_true_duplicates,
)
from pipeline.matching.model.linkage import LinkageModel
from pipeline.matching.records.arrays import Floats, Levels, Rows
from pipeline.matching.records.bcd import MislengthNumbers, Packed
from pipeline.matching.records.records import SEED, Records

_NO_SERIAL = np.uint64(0xFFFF)
# A candidate this probable makes the row be compared with the rows linked to that candidate.
_LIKELY = 0.05
_MOST_FULLY_PAIRED = 50


@dataclass(frozen=True)
class DedupeInput:
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
class CertainLinks:
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
    ) -> CertainLinks:
        """From the positions of the linked rows."""
        rows = len(household)
        entry, number, weight = np.full(rows, -1), np.zeros(rows, dtype=np.uint64), np.full(rows, np.nan)
        entry[places], number[places], weight[places] = entries, numbers, bits
        return CertainLinks(household, entry, number, weight, refused)

    def without_refused(self, pairs: pl.DataFrame) -> pl.DataFrame:
        """Pairs (a, b) of rows, without those where an officer refused the resident of one row for the other."""
        for row, other in (("a", "b"), ("b", "a")):
            entry = _values_at(self.entry, pl.col(other))
            pairs = pairs.with_columns(entry=entry).join(
                self.refused, left_on=[row, "entry"], right_on=["row", "entry"], how="anti", maintain_order="left"
            )
        return pairs.drop("entry")


def find_duplicate_rows(
    rows: DedupeInput,
    links: CertainLinks,
    candidates: tuple[pl.DataFrame, Levels],
    model: LinkageModel,
    family_size: float,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Pairs of rows for one person, and the survivor of each group.

    Args:
        rows: in the order of their key, so that pairs do not depend on the order of the files.
        links: certain links of the rows.
        candidates: row, entry, probabilitas of all candidates of rows without a certain link, and the levels of each
            (`results.likely_candidates`).
        model: the trained model.
        family_size: members per family.

    Returns:
        `(pairs, survivors)`, rows by position. Pairs: a, b, bobot, same (identical contents). Survivors: row, survivor
        for every row that does not survive. The survivor of a group is a row with a certain link, of those the one
        that best states its resident's current home, then the one with most fields, then the first.
    """
    comparable, contents = _content_hashes(rows)
    linked = np.flatnonzero(links.entry != -1)
    content_hash = np.zeros(rows.listed.table.height, dtype=np.uint64)
    content_hash[comparable] = contents
    found = pl.concat(
        [
            _pairs_sharing_key(linked, links.entry[linked], links),
            _pairs_sharing_key(comparable, contents, links),
            _similar_pairs(rows, links, candidates, model, family_size, content_hash),
        ]
    )
    pairs = links.without_refused(found).group_by("a", "b").agg(pl.col("bobot").max()).sort("a", "b")
    return pairs.with_columns(_are_identical(rows, pairs)), _survivors(rows, links, pairs)


def _content_hashes(rows: DedupeInput) -> tuple[Rows, Packed]:
    """Rows that may be identical to another, and a hash of the contents of each.

    Without rows that identify nobody: their number lost its serial and they state no family.
    """
    numbers = rows.listed.number
    is_shared = pl.Series(numbers).is_duplicated().to_numpy()
    comparable = np.flatnonzero(is_shared & ((numbers & _NO_SERIAL != 0) | (rows.family != 0)))
    facts = rows.listed.table.take(comparable, rows.same)
    return comparable, facts.select(pl.struct(rows.same).hash(SEED)).to_series().to_numpy()


def _pairs_sharing_key(rows: Rows, keys: Rows | Packed, links: CertainLinks) -> pl.DataFrame:
    """Pairs (a, b, bobot) of rows with one key, unless they are linked to two residents."""
    shared = (
        pl.DataFrame({"row": rows, "kunci": keys})
        .filter(pl.col("kunci").is_duplicated())
        .with_columns(
            bobot=_values_at(links.bits, pl.col("row")).fill_nan(None), siapa=_values_at(links.entry, pl.col("row"))
        )
    )
    # Very many equal rows are each paired only with the first, which makes them one group as well.
    firsts = shared.filter(
        (pl.len().over("kunci") <= _MOST_FULLY_PAIRED) | (pl.col("row") == pl.col("row").min().over("kunci"))
    )
    two_residents = (pl.col("siapa") != pl.col("siapa_b")) & (pl.col("siapa") != -1) & (pl.col("siapa_b") != -1)
    return (
        firsts.join(shared, on="kunci", suffix="_b")
        .filter((pl.col("row") < pl.col("row_b")) & ~two_residents)
        .select(a="row", b="row_b", bobot=pl.min_horizontal("bobot", "bobot_b"))
    )


def _values_at(values: Rows | Floats, places: pl.Expr) -> pl.Expr:
    return pl.lit(pl.Series(values)).gather(places)


def _similar_pairs(  # noqa: PLR0917 - what is known of rows and of persons
    rows: DedupeInput,
    links: CertainLinks,
    candidates: tuple[pl.DataFrame, Levels],
    model: LinkageModel,
    family_size: float,
    contents: Packed,
) -> pl.DataFrame:
    """Pairs (a, b, bobot) found by comparing rows; at least one row of each pair has no certain resident.

    Rows linked to one resident show how duplicates differ and which families are recorded twice.
    """
    is_unlinked = links.entry == -1
    # A row with a certain resident counts with the resident's number, whatever is written in it.
    number = np.where(is_unlinked, rows.listed.number, links.number)
    true_duplicates = row_pairs_of_residents(links.entry, links.number)
    families = RecordedTwice.of(links.household, links.entry, true_duplicates)
    candidate_pairs = _candidate_pairs(rows, links, number, candidates[0], families)
    training_pairs = sample_true_duplicates(true_duplicates, links.number, contents)
    own, other = (np.concatenate(side) for side in zip(candidate_pairs, training_pairs, strict=True))
    row_pairs = compare_row_pairs(model, rows.read, number, own, other, families)
    count = len(candidate_pairs[0])
    pairs, training_levels = row_pairs.take(slice(count)), row_pairs.levels[count:]
    learned = learn_from_duplicates(model, training_levels)
    known = candidate_shares(candidates[0], is_unlinked, pairs.own, links.entry[pairs.other])
    return pairs_of_one_person(learned, pairs, known, candidates[1], len(is_unlinked), family_size)


def _candidate_pairs(
    rows: DedupeInput, links: CertainLinks, number: Packed, candidates: pl.DataFrame, families: RecordedTwice
) -> tuple[Rows, Rows]:
    """Distinct candidate pairs of a row without a certain resident and another row, each pair once."""
    is_unlinked = links.entry == -1
    unlinked = np.flatnonzero(is_unlinked)
    table, written, columns = rows.listed.table, rows.listed.written, pass_columns(rows.passes)
    unlinked_rows = table.take(unlinked, columns)
    found = run_passes(rows.passes, [Records(unlinked_rows)], table.blocks(columns))
    same_family = families.pairs_across_households(unlinked)
    found += [
        PassPairs("KELUARGA", *same_family, len(same_family[0])),
        _pairs_by_candidate(links, unlinked, candidates),
    ]
    if written is not None:
        written_numbers = table.take(unlinked, [written]).to_series()
        near = NumberIndex(number).find_near(written_numbers)
        found.append(PassPairs("NIK_DEKAT", *near, len(near[0])))
    pairs = merge_passes(found, table.height)
    own, right = unlinked[pairs.left], pairs.right
    # Drop rows paired with themselves and one of two mirrored pairs; rows with 15 or 17 digits stay first in a pair.
    rank = np.arange(table.height)
    if written is not None:
        rank[unlinked] += np.where(MislengthNumbers(written_numbers).present, 0, table.height)
    once = np.flatnonzero((own != right) & (~is_unlinked[right] | (rank[own] < rank[right])))
    return own[once], right[once]


def _pairs_by_candidate(links: CertainLinks, unlinked: Rows, candidates: pl.DataFrame) -> PassPairs:
    """Pairs of unlinked rows and rows that are certainly linked to one of their candidates."""
    linked = np.flatnonzero(links.entry != -1)
    linked_rows = pl.DataFrame({"other": linked, "entry": links.entry[linked]})
    unlinked_rows = pl.DataFrame({"own": np.arange(len(unlinked)), "row": unlinked})
    pairs = unlinked_rows.join(candidates.filter(pl.col("probabilitas") >= _LIKELY), on="row").join(
        linked_rows, on="entry"
    )
    return PassPairs("PENDUDUK", pairs["own"].to_numpy(), pairs["other"].to_numpy(), pairs.height)


def _are_identical(rows: DedupeInput, pairs: pl.DataFrame) -> pl.Series:
    """Whether both rows of each pair are identical."""
    both = rows.listed.table.take(np.concatenate([pairs["a"].to_numpy(), pairs["b"].to_numpy()]), rows.same)
    one, two = both.head(pairs.height), both.tail(pairs.height)
    agree = pl.DataFrame([one[column].eq_missing(two[column]).alias(column) for column in rows.same])
    return agree.select(same=pl.all_horizontal(pl.all())).to_series()


def _survivors(rows: DedupeInput, links: CertainLinks, pairs: pl.DataFrame) -> pl.DataFrame:
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
    filled_fields = rows.listed.table.take(members, rows.filled).select(filled=filled)
    entries = links.entry[members]
    linked = np.flatnonzero(entries != -1)
    home = np.full(len(members), -1)
    home[linked] = rows.at_home(members[linked], entries[linked]).to_numpy()
    return (
        group.with_columns(filled_fields.to_series(), home=pl.Series(home))
        .sort("home", "filled", "a", descending=[True, True, False])
        .select(row="a", survivor=pl.col("a").first().over("group"))
        .filter(pl.col("row") != pl.col("survivor"))
        .sort("row")
    )
