"""Assignment: the best resident of each row, which rows compete for a resident, and what a human must decide.

Residents go to the rows that claim them best; a row that loses its resident falls back to its next candidate. Exact
assignment within components of rows and residents was measured on adversarial registers (54,000 rows, three times the
usual errors): of the 261 rows left to a human it moved none to another resident, so it is not used. Belongs here:
claims, ties, doubts, outcomes. Does not: probabilities (`pipeline.matching.judging.scoring`).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from pipeline.matching.levels.evidence import is_member
from pipeline.matching.model.linkage import Cutoffs
from pipeline.matching.records.arrays import Flags, Floats, Levels, Rows

SEVERAL_FIT = "CALON_SETARA"
"""Reason code of rows that several candidates fit about equally well."""
_CLAIM = 0.5
_EQUALLY_STRONG = 0.05
# Sums of the same weights in another order differ by less.
_EQUAL_BITS = 1e-6


def best_pair_per_row(rows: Rows, bits: Floats) -> Rows:
    """Position of each row's best pair, the first of equal ones; pairs must be sorted by row."""
    if not len(rows):
        return rows
    starts = np.flatnonzero(np.r_[True, rows[1:] != rows[:-1]])
    sizes = np.diff(np.r_[starts, len(rows)])
    best = np.flatnonzero(bits == np.repeat(np.maximum.reduceat(bits, starts), sizes))
    return best[np.r_[True, rows[best[1:]] != rows[best[:-1]]]]


def claimed_by_other_rows(rows: Rows, residents: Rows, bits: Floats, probability: Floats, settled: Flags) -> Flags:
    """Whether another row claims each pair's resident at least as well.

    Args:
        rows: row per pair.
        residents: resident per pair.
        bits: match weight per pair.
        probability: per pair.
        settled: per resident, whether a settled row has claimed it already.
    """
    count = len(settled)
    claims = np.flatnonzero(probability > _CLAIM)
    best = np.full(count, -np.inf)
    np.maximum.at(best, residents[claims], bits[claims])
    leading = claims[bits[claims] >= best[residents[claims]]]
    leaders = np.bincount(residents[leading], minlength=count)
    leader = np.full(count, -1, dtype=np.int64)
    leader[residents[leading]] = rows[leading]
    only_leader = (leaders[residents] == 1) & (leader[residents] == rows)
    return ((leaders[residents] > 0) & ~only_leader & (bits <= best[residents])) | settled[residents]


def claimed_by_better_rows(outbid: Flags, residents: Rows, bits: Floats, settled: Flags) -> Flags:
    """Whether a strictly better row claims the resident of each outbid pair.

    Identical rows outbid each other, which is no evidence against any of them.

    Args:
        outbid: per row's best pair, whether another row claims the resident at least as well (`claimed_by_other_rows`).
        residents: resident per pair.
        bits: match weight per pair.
        settled: per resident, whether a settled row has claimed it already.
    """
    strongest = np.full(len(settled), -np.inf)
    np.maximum.at(strongest, residents, bits)
    return outbid & (settled[residents] | (bits < strongest[residents] - _EQUAL_BITS))


def best_for_several_rows(residents: Rows, bits: Floats, settled: Flags) -> Flags:
    """Whether each pair's resident is also the best one of another row that is not a mere copy of this one.

    Args:
        residents: resident per row's best pair.
        bits: match weight per pair.
        settled: per resident, whether a settled row has claimed it already.
    """
    strongest, weakest = np.full(len(settled), -np.inf), np.full(len(settled), np.inf)
    np.maximum.at(strongest, residents, bits)
    np.minimum.at(weakest, residents, bits)
    return (settled | (strongest > weakest + _EQUAL_BITS))[residents]


def undistinguished_candidates(levels: Levels, rows: Rows, best: Rows) -> Rows:
    """Positions of other candidates that no fact rules out: each level is that of the row's best pair, or unknown.

    A mother's name missing in the registry is no reason to prefer the namesake who has one.

    Args:
        rows: row per pair, sorted.
        best: position of each row's best pair, ascending.
    """
    best_pair_of_row = np.full(int(rows.max(initial=-1)) + 1, -1)
    best_pair_of_row[rows[best]] = best
    others = np.flatnonzero((best_pair_of_row[rows] != -1) & (best_pair_of_row[rows] != np.arange(len(rows))))
    for column in levels.T:
        level, best_level = column[others], column[best_pair_of_row[rows[others]]]
        others = others[(level == 0) | (level == best_level)]
    return others


def strong_rivals(rows: Rows, ambiguous: Rows, probability: Floats, undistinguished: Rows) -> Rows:
    """Positions of the pairs that made rows `SEVERAL_FIT`: their other candidates that are strong too, or equal.

    Args:
        rows: row per pair.
        ambiguous: positions of the best pairs of those rows.
        probability: per pair.
        undistinguished: positions of pairs (`undistinguished_candidates`).
    """
    is_rival = probability >= _EQUALLY_STRONG
    is_rival[undistinguished], is_rival[ambiguous] = True, False
    return np.flatnonzero(is_rival & is_member(rows, rows[ambiguous]))


def decide(links: pl.DataFrame, cutoffs: Cutoffs) -> pl.DataFrame:
    """Add `keputusan` and `keraguan` (why a human must decide, null for the rest) to the best pair of each row.

    Args:
        links: one row per best pair, with keyakinan (posterior, not calibrated), confirmed (name or number, and the
            family, support the pair), runner_up (posterior of the row's next candidate), undistinguished (some other
            candidate is not ruled out), supported (`lookalikes.is_supported`), outbid (another row claims the resident
            at least as well), named_otherwise (another row claims the resident too, and this one has another name),
            lookalike (reason code of the lookalike that cannot be ruled out, null for none).
        cutoffs: the posterior that an automatic link needs.
    """
    least = pl.when("confirmed").then(cutoffs.automatic).otherwise(cutoffs.automatic_unconfirmed)
    unsure = pl.col("keyakinan") < least
    doubt = (
        pl.when((pl.col("runner_up") >= _EQUALLY_STRONG) | pl.col("undistinguished"))
        .then(pl.lit(SEVERAL_FIT))
        .when(~pl.col("supported"))
        .then(pl.lit("FAKTA_KURANG"))
        .when((unsure & pl.col("outbid")) | pl.col("named_otherwise"))
        .then(pl.lit("DIAMBIL_BARIS_LAIN"))
        .when(unsure)
        .then(pl.lit("BUKTI_LEMAH"))
        .otherwise("lookalike")
    )
    return links.with_columns(keraguan=doubt).with_columns(
        keputusan=pl.when(pl.col("keraguan").is_null()).then(pl.lit("OTOMATIS")).otherwise(pl.lit("TINJAU"))
    )
