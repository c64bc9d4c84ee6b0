"""Links as tables: decisions with their weights, passes, reasons and sentences.

Arrays and frames are indexed by one of these; an array that leads from one to another is named after its goal:

    pairs      compared pairs of an open row and a resident, sorted by row: `search.pairs`, all of `judgement`
    links      the best pair of each open row that is probable enough: `_BestPairs`; `.pairs` leads to the pairs
    rows       open rows: `search.row_table`; `search.pairs.left` leads there from pairs
    residents  entries that are in a pair: `search.resident_table`; `search.pairs.right` and `search.via` lead there
    DTKS, register  all rows and all entries: `search.positions` and `search.entries` lead there from rows and residents

Belongs here: turning arrays of pairs into the rows of `link.anggota_dukcapil`. Does not: judging
(`pipeline.matching.judging.inference`) or wording (`pipeline.matching.outcome.explain`).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import partial

import numpy as np
import polars as pl

from pipeline.matching.candidates.blocking import pass_codes
from pipeline.matching.candidates.search import SearchResult
from pipeline.matching.judging.assignment import (
    SEVERAL_FIT,
    best_for_several_rows,
    best_pair_per_row,
    claimed_by_better_rows,
    decide,
    strong_rivals,
    undistinguished_candidates,
)
from pipeline.matching.judging.inference import Judgement
from pipeline.matching.judging.lookalikes import (
    LONGER,
    PERHAPS_TWO,
    SLIP,
    TWO_NAMES,
    PairFeatures,
    first_lookalike_not_excluded,
    has_impossible_number,
    has_same_birth_and_family_or_number,
    has_same_sole_role,
    is_another_person,
    is_one_person_under_two_names,
    is_supported,
    margins,
    may_be_namesakes,
    name_states,
    only_mother_partly_agrees,
    same_name_and_birth_next_door,
)
from pipeline.matching.judging.scoring import Prior, odds_against_rest
from pipeline.matching.levels.implied_facts import mark_implied_reasons
from pipeline.matching.model.calibration import calibrated
from pipeline.matching.model.linkage import Cutoffs, LinkageModel, has_outcome
from pipeline.matching.outcome.corrections import is_safe
from pipeline.matching.outcome.explain import bits_per_fact, explain, reasons_of, slip_phrases
from pipeline.matching.outcome.verdicts import NO_LOOKALIKE, VERDICT_COLUMNS, nik_comparison, rounded
from pipeline.matching.records.arrays import Flags, Floats, Levels, Rows
from pipeline.parallel import map_on_all_cores

# Best pairs per batch and core.
_PAIRS_PER_BATCH = 32_768
# Positions of the link's row and of its resident.
POSITIONS = ("row", "entry")


@dataclass(frozen=True)
class WeighedLinks:
    """The best resident of each open row that has one worth showing.

    Attributes:
        links: `POSITIONS` and `VERDICT_COLUMNS`.
        facts: the weights of each link's facts.
        rivals: `POSITIONS` and bobot of the other candidates of rows in doubt as `SEVERAL_FIT`.
    """

    links: pl.DataFrame
    facts: pl.DataFrame
    rivals: pl.DataFrame


def weighed_links(judgement: Judgement, search: SearchResult, residents: int) -> WeighedLinks:
    """The link of each open row, certain or for review.

    Args:
        judgement: the judgement.
        search: the compared pairs.
        residents: size of the registry.
    """
    model, (best, undistinguished) = judgement.model, _choose_best_pairs(judgement, search, residents)

    def weigh(start: int) -> tuple[pl.DataFrame, pl.DataFrame]:
        return _weigh_batch(judgement, search, best.batch(start), residents)

    batches = map_on_all_cores(weigh, range(0, max(len(best.pairs), 1), _PAIRS_PER_BATCH))
    links, facts = (pl.concat(tables) for tables in zip(*batches, strict=True))
    shown = links.select(is_worth_showing(model.cutoffs)).to_series()
    ambiguous = best.pairs[(shown & links["keraguan"].eq_missing(SEVERAL_FIT)).to_numpy()]
    others = strong_rivals(search.pairs.left, ambiguous, judgement.posterior.pair, undistinguished)
    rivals = _positions_of(search, others).with_columns(bobot=pl.Series(rounded(judgement.bits.match[others])))
    return WeighedLinks(links.filter(shown).select(*POSITIONS, *VERDICT_COLUMNS), facts.filter(shown), rivals)


@dataclass(frozen=True)
class _BestPairs:
    """The best pair of each row (if its posterior is large enough), with what requires all pairs to calculate.

    Attributes:
        pairs: position of the pair.
        odds: log2 odds against everything else its row could be.
        runner_up: posterior of the row's next best candidate, 0 for none.
        disputed: whether a better row claims the resident (`assignment.claimed_by_better_rows`).
        contested: whether the resident is also the best one of another row (`assignment.best_for_several_rows`).
        undistinguished: whether some other candidate of the row fits as well (`assignment.undistinguished_candidates`).
    """

    pairs: Rows
    odds: Floats
    runner_up: Floats
    disputed: Flags
    contested: Flags
    undistinguished: Flags

    def batch(self, start: int) -> _BestPairs:
        """`_PAIRS_PER_BATCH` of them."""
        return _BestPairs(*(getattr(self, field.name)[start : start + _PAIRS_PER_BATCH] for field in fields(self)))


def _choose_best_pairs(judgement: Judgement, search: SearchResult, residents: int) -> tuple[_BestPairs, Rows]:
    """The best pairs, and the positions of other candidates of their rows that no fact rules out."""
    pairs, model, rows = search.pairs, judgement.model, search.row_table.height
    best_pairs = best_pair_per_row(pairs.left, judgement.bits.match)
    odds = odds_against_rest(pairs.left, best_pairs, judgement.bits, Prior(rows, model.absent, residents))
    runner_up = _runner_up_per_row(pairs.left, best_pairs, judgement.posterior.pair, rows)
    # Skip pairs too improbable to be shown.
    is_probable = judgement.posterior.pair[best_pairs] >= model.cutoffs.review
    best_pairs, odds = best_pairs[is_probable], odds[is_probable]
    rows_of_best, residents_of_best = pairs.left[best_pairs], pairs.right[best_pairs]
    bits, outbid = judgement.bits.match[best_pairs], judgement.outbid[best_pairs]
    undistinguished = undistinguished_candidates(judgement.levels, pairs.left, best_pairs)
    best = _BestPairs(
        pairs=best_pairs,
        odds=odds,
        runner_up=runner_up[rows_of_best],
        disputed=claimed_by_better_rows(outbid, residents_of_best, bits, search.is_linked),
        contested=best_for_several_rows(residents_of_best, bits, search.is_linked),
        undistinguished=np.isin(rows_of_best, pairs.left[undistinguished]),
    )
    return best, undistinguished


def _weigh_batch(
    judgement: Judgement, search: SearchResult, batch: _BestPairs, residents: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Decide and explain some of the best pairs: `POSITIONS`, `VERDICT_COLUMNS`, keraguan; and the weights of facts."""
    pairs, model, best_pairs = search.pairs, judgement.model, batch.pairs
    row, resident = search.row_table[pairs.left[best_pairs]], search.resident_table[pairs.right[best_pairs]]
    columns = _decision_columns(judgement, search, batch, (row, resident), residents)
    # A retired number is never proposed as a correction.
    aman = is_safe(model.cutoffs) & ~pl.col("usang")
    decided = decide(columns.with_columns(aman=aman), model.cutoffs).with_columns(
        aturan=pass_codes(search.found_by[best_pairs], search.codes)
    )
    compared_niks = search.resident_table["n"].gather(search.via[best_pairs])
    links = decided.hstack(_reasons_and_sentences(judgement, best_pairs, decided, (row, resident), compared_niks))
    facts = decided.select("selisih", "jarak").hstack(bits_per_fact(model, judgement.levels[best_pairs], residents))
    return links.select(*POSITIONS, *VERDICT_COLUMNS, "keraguan"), facts


def _decision_columns(
    judgement: Judgement,
    search: SearchResult,
    batch: _BestPairs,
    sides: tuple[pl.DataFrame, pl.DataFrame],
    residents: int,
) -> pl.DataFrame:
    """`POSITIONS` of some of the best pairs, and the columns that `decide` and `is_safe` need."""
    model, best_pairs, (row, resident) = judgement.model, batch.pairs, sides
    groups, levels = model.groups, judgement.levels[best_pairs]
    has = partial(has_outcome, model, levels)
    states = name_states(model, levels, row, resident, search.common_words)
    features = PairFeatures(levels, has_impossible_number(model, row), states)
    margin = margins(model, features, batch.disputed, residents)
    nearest = margin.min(axis=0, initial=NO_LOOKALIKE)
    # If only the birth year is known, a valid unlike number may well be a namesake's own.
    known_birth = features.impossible_number | has(groups.same_or_swapped_birth_date)
    same_birth_or_year, same_name = has(groups.same_birth_date_or_year), has(groups.same_name)
    return _positions_of(search, best_pairs).hstack(
        pl.DataFrame(
            {
                "bobot": rounded(judgement.bits.match[best_pairs]),
                "keyakinan": rounded(judgement.posterior.pair[best_pairs], 6),
                "probabilitas": rounded(calibrated(batch.odds, nearest, model.calibration), 6),
                "selisih": rounded(batch.odds),
                "runner_up": batch.runner_up,
                "undistinguished": batch.undistinguished,
                "supported": _is_well_supported(model, features, batch, nearest),
                "confirmed": (same_name | has(groups.number_or_slip)) & has(groups.same_family_likely),
                "outbid": judgement.outbid[best_pairs],
                "named_otherwise": batch.contested & _is_named_otherwise(model, features, batch.odds, nearest),
                "lookalike": first_lookalike_not_excluded(model, margin),
                "jarak": rounded(nearest),
                "dua_nama": states >= TWO_NAMES,
                "nomor_lain": has(groups.different_number) & ~(same_birth_or_year & known_birth),
                "sengketa": (batch.disputed & ~same_name) | (batch.contested & (states >= PERHAPS_TWO)),
                "nama_lain": is_another_person(model, features),
                "berbeda": row["n"] != resident["n"],
                "usang": resident["retired"],
            }
        )
    )


def _is_well_supported(model: LinkageModel, features: PairFeatures, batch: _BestPairs, nearest: Floats) -> Flags:
    """Whether more than name, birth year, sex and desa support each pair (`is_supported`), and no namesake fits too.

    Args:
        model: the trained model.
        features: of the pairs.
        batch: the pairs.
        nearest: margin of the lookalike that is hardest to rule out.
    """
    levels, cutoffs = features.levels, model.cutoffs
    # A possible namesake next door must be as certain as a correction.
    certain = (nearest >= cutoffs.correction_margin) & (batch.odds >= cutoffs.correction_bits)
    namesake = may_be_namesakes(model, features) & ~(same_name_and_birth_next_door(model, levels) & ~batch.contested)
    supported = is_supported(model, features) & (certain | ~(namesake | only_mother_partly_agrees(model, features)))
    in_role_or_birth = has_same_sole_role(model, levels) | has_same_birth_and_family_or_number(model, features)
    return supported | (certain & in_role_or_birth)


def _is_named_otherwise(model: LinkageModel, features: PairFeatures, odds: Floats, nearest: Floats) -> Flags:
    """Whether the name may be another person's, for residents whom other rows claim too."""
    groups, has = model.groups, partial(has_outcome, model, features.levels)
    unlike = has(groups.mostly_different_name) & (features.names != SLIP)
    unsure = (features.names == PERHAPS_TWO) | (features.names == LONGER)
    perhaps = (unsure & (nearest < model.cutoffs.contested)) | unlike
    # With the resident's number and birth date (or year), a similar name hardly means somebody else.
    same_number_and_birth = has(groups.same_number) & has(groups.same_birth_date_or_year)
    two_names_of_one = is_one_person_under_two_names(model, features.levels) & (odds >= model.cutoffs.correction_bits)
    return np.where(same_number_and_birth, unlike, (features.names == TWO_NAMES) | perhaps) & ~two_names_of_one


def _reasons_and_sentences(
    judgement: Judgement,
    best_pairs: Rows,
    decided: pl.DataFrame,
    sides: tuple[pl.DataFrame, pl.DataFrame],
    compared_niks: pl.Series,
) -> pl.DataFrame:
    """Reasons and sentence of some of the best pairs; `compared_niks` may be retired ones of the residents."""
    model, (row, resident) = judgement.model, sides
    nik = nik_comparison(model)
    retired = pl.lit((row["n"] == compared_niks) & (compared_niks != resident["n"]))
    # Level 0 although the row has a number: it was copied over a household.
    copied = pl.lit(row["n"] != 0) & (pl.col(nik) == "NIK_KOSONG")
    reasons = mark_implied_reasons(model, reasons_of(model, judgement.levels[best_pairs]), row).with_columns(
        pl.when(retired).then(pl.lit("NIK_PENSIUN")).when(copied).then(pl.lit("NIK_BEDA")).otherwise(nik).alias(nik)
    )
    doubtful = pl.col("keraguan").is_not_null()
    unsafe = (pl.col("keputusan") == "OTOMATIS") & pl.col("berbeda") & ~pl.col("aman")
    reasons = reasons.hstack(
        decided.select(
            "keraguan",
            nomor=pl.when(unsafe).then(pl.lit("NIK_DIUSULKAN")),
            petugas=pl.when(doubtful).then(pl.lit("PERLU_PETUGAS")),
        )
    )
    details = pl.DataFrame(
        {
            "angka": slip_phrases(row["n"].to_numpy(), compared_niks.to_numpy()),
            "panjang": _written_digits(model, row),
            "kerabat": judgement.relatives.there[best_pairs],
            "kerabat_lain": judgement.relatives.elsewhere[best_pairs],
        }
    )
    return explain(reasons, nik, details)


def _positions_of(search: SearchResult, pairs: Rows) -> pl.DataFrame:
    """`POSITIONS` of some pairs."""
    rows, residents = search.pairs.left[pairs], search.pairs.right[pairs]
    return pl.DataFrame({"row": search.positions[rows], "entry": search.entries[residents]})


def is_worth_showing(cutoffs: Cutoffs) -> pl.Expr:
    """Whether a link (keputusan, probabilitas) is kept: improbable pairs are no work for an officer."""
    return (pl.col("keputusan") == "OTOMATIS") | (pl.col("probabilitas") >= cutoffs.review)


def _written_digits(model: LinkageModel, rows: pl.DataFrame) -> pl.Series:
    """Number of digits of the NIK as written, null if there is none."""
    written = model.comparison(nik_comparison(model)).columns["written"]
    if written not in rows.columns:
        return pl.Series([None] * rows.height, dtype=pl.UInt32)
    return rows[written].str.count_matches(r"\d")


def likely_candidates(judgement: Judgement, search: SearchResult, least: float) -> tuple[pl.DataFrame, Levels]:
    """Candidates (`POSITIONS`, probabilitas) and the levels of each.

    Args:
        judgement: the judgement.
        search: the compared pairs.
        least: least posterior of a candidate.
    """
    likely = np.flatnonzero(judgement.posterior.pair >= least)
    found = _positions_of(search, likely).with_columns(probabilitas=pl.Series(judgement.posterior.pair[likely]))
    return found, judgement.levels[likely]


def _runner_up_per_row(rows: Rows, best: Rows, probability: Floats, count: int) -> Floats:
    """Per row, the posterior of its next best candidate, 0 for none."""
    others = probability.copy()
    others[best] = 0.0
    second = np.zeros(count)
    np.maximum.at(second, rows, others)
    return second
