"""Links as tables: decisions with their weights, passes, reasons and sentences.

Belongs here: turning arrays of pairs into the rows of `link.anggota_dukcapil`. Does not: judging
(`pipeline.matching.judging.inference`) or wording (`pipeline.matching.outcome.explain`).
"""

from __future__ import annotations

from dataclasses import dataclass

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
from pipeline.matching.judging.scoring import Prior, bits_of, odds_against_rest
from pipeline.matching.levels.implied_facts import mark_implied_reasons
from pipeline.matching.model.calibration import calibrated
from pipeline.matching.model.linkage import Cutoffs, LinkageModel, has_outcome
from pipeline.matching.outcome.corrections import is_safe
from pipeline.matching.outcome.explain import bits_per_fact, explain, reasons_of, slip_phrases
from pipeline.matching.records.arrays import Flags, Floats, Levels, Rows
from pipeline.parallel import map_on_all_cores
from schemas.link import BY_OFFICER
from schemas.reasons import sentence

EXACT = "PERSIS"
# Best pairs per batch and core.
_PAIRS_PER_BATCH = 32_768
# Margin of lookalikes if there can be none.
_NO_LOOKALIKE = 99.0
# Columns of a link without its row and resident.
VERDICT_COLUMNS = ("keputusan", "bobot", "probabilitas", "selisih", "jarak", "aman", "aturan", "alasan", "penjelasan")
# Those that only corrections need.
CORRECTION_COLUMNS = ("selisih", "jarak", "aman")
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


def exact_links(model: LinkageModel, residents: int, family_size: float) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Decision and explanation shared by all rows that equal a resident in NIK, name, birth date and sex.

    Args:
        model: the trained model.
        residents: size of the registry.
        family_size: residents per KK.

    Returns:
        `(links, facts)`: two rows of `VERDICT_COLUMNS`, for a NIK in use and a retired one; and the weights of facts.
    """
    exact = model.groups.exact
    level = np.array([[one.has_code(exact.get(one.name, ())).argmax() for one in model.comparisons]], dtype=np.uint8)
    bits = bits_of(model, level, residents, family_size)
    only = np.zeros(1, dtype=np.int64)
    prior = Prior(1, model.absent, residents)
    odds = odds_against_rest(only, only, bits, prior)
    chance = calibrated(odds, np.array([_NO_LOOKALIKE]), model.calibration)
    number = _number(model)
    told = pl.Series(number, ["NIK_SAMA", "NIK_PENSIUN"])
    reasons = reasons_of(model, level.repeat(2, axis=0)).with_columns(told)
    links = explain(reasons.select(*dict.fromkeys((number, *exact))), number).with_columns(
        keputusan=pl.lit("OTOMATIS"),
        bobot=pl.lit(_rounded(bits.match)[0]),
        probabilitas=pl.lit(_rounded(chance, 6)[0]),
        selisih=pl.lit(_rounded(odds)[0]),
        jarak=pl.lit(_NO_LOOKALIKE),
        aman=pl.lit(bool(odds[0] >= model.cutoffs.correction_bits)),
        aturan=pl.lit([EXACT]),
    )
    weighed = links.head(1).select("selisih", "jarak").hstack(bits_per_fact(model, level, residents))
    return links.select(VERDICT_COLUMNS), weighed


def officer_links() -> pl.DataFrame:
    """Decision and explanation of rows that officers decided: one row of `VERDICT_COLUMNS`, without weights."""
    alasan = pl.lit(["DIPUTUSKAN_SAMA"])
    return pl.select(
        keputusan=pl.lit(BY_OFFICER),
        bobot=pl.lit(0.0),
        probabilitas=pl.lit(1.0),
        selisih=pl.lit(_NO_LOOKALIKE),
        jarak=pl.lit(_NO_LOOKALIKE),
        aman=pl.lit(value=True),
        aturan=pl.lit([BY_OFFICER]),
        alasan=alasan,
        penjelasan=sentence(alasan),
    ).select(VERDICT_COLUMNS)


def weighed_links(judged: Judgement, compared: SearchResult, residents: int) -> WeighedLinks:
    """The link of each open row, certain or for review.

    Args:
        judged: the judgement.
        compared: the compared pairs.
        residents: size of the registry.
    """
    pairs, model, every = compared.pairs, judged.model, _best_pairs(judged, compared, residents)

    def weigh(start: int) -> tuple[pl.DataFrame, pl.DataFrame]:
        return _weighed(judged, compared, every.part(start), residents)

    parts = map_on_all_cores(weigh, range(0, max(len(every.best), 1), _PAIRS_PER_BATCH))
    links, facts = (pl.concat(some) for some in zip(*parts, strict=True))
    shown = links.select(is_worth_showing(model.cutoffs)).to_series()
    torn = every.best[(shown & links["keraguan"].eq_missing(SEVERAL_FIT)).to_numpy()]
    others = strong_rivals(pairs.left, torn, judged.posterior.pair, every.equal)
    rivals = _places(compared, others).with_columns(bobot=pl.Series(_rounded(judged.bits.match[others])))
    return WeighedLinks(links.filter(shown).select(*POSITIONS, *VERDICT_COLUMNS), facts.filter(shown), rivals)


@dataclass(frozen=True)
class _BestPairs:
    """The best pair of each row (if its posterior is large enough), with what requires all pairs to calculate.

    Attributes:
        best: position of the pair.
        odds: log2 odds against everything else its row could be.
        second: posterior of the row's next best candidate, 0 for none.
        disputed: whether a better row claims the resident (`assignment.claimed_by_better_rows`).
        sought: whether the resident is also the best one of another row (`assignment.best_for_several_rows`).
        equalled: whether some other candidate of the row fits as well (`assignment.undistinguished_candidates`).
        equal: positions of those other candidates.
    """

    best: Rows
    odds: Floats
    second: Floats
    disputed: Flags
    sought: Flags
    equalled: Flags
    equal: Rows

    def part(self, start: int) -> _BestPairs:
        """One batch."""
        some = slice(start, start + _PAIRS_PER_BATCH)
        return _BestPairs(
            self.best[some],
            self.odds[some],
            self.second[some],
            self.disputed[some],
            self.sought[some],
            self.equalled[some],
            self.equal,
        )


def _best_pairs(judged: Judgement, compared: SearchResult, residents: int) -> _BestPairs:
    pairs, model, rows = compared.pairs, judged.model, compared.row_table.height
    best = best_pair_per_row(pairs.left, judged.bits.match)
    odds = odds_against_rest(pairs.left, best, judged.bits, Prior(rows, model.absent, residents))
    second = _second(pairs.left, best, judged.posterior.pair, rows)
    # Skip pairs too improbable to be shown.
    believed = judged.posterior.pair[best] >= model.cutoffs.review
    best, odds = best[believed], odds[believed]
    bits, claimed = judged.bits.match[best], pairs.right[best]
    equal = undistinguished_candidates(judged.levels, pairs.left, best)
    return _BestPairs(
        best,
        odds,
        second[pairs.left[best]],
        claimed_by_better_rows(judged.outbid[best], claimed, bits, compared.is_linked),
        best_for_several_rows(claimed, bits, compared.is_linked),
        np.isin(pairs.left[best], pairs.left[equal]),
        equal,
    )


def _weighed(
    judged: Judgement, compared: SearchResult, some: _BestPairs, residents: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Decide and explain some of the best pairs: `POSITIONS`, `VERDICT_COLUMNS`, keraguan; and the weights of facts."""
    pairs, model, best = compared.pairs, judged.model, some.best
    row, resident = compared.row_table[pairs.left[best]], compared.resident_table[pairs.right[best]]
    considered = _considered(judged, compared, some, (row, resident), residents)
    # A retired number is never proposed as a correction.
    aman = is_safe(model.cutoffs) & ~pl.col("usang")
    decided = decide(considered.with_columns(aman=aman), model.cutoffs).with_columns(
        aturan=pass_codes(compared.found_by[best], compared.codes)
    )
    via = compared.resident_table["n"].gather(compared.via[best])
    links = decided.hstack(_in_words(judged, best, decided, (row, resident), via))
    facts = decided.select("selisih", "jarak").hstack(bits_per_fact(model, judged.levels[best], residents))
    return links.select(*POSITIONS, *VERDICT_COLUMNS, "keraguan"), facts


def _considered(
    judged: Judgement,
    compared: SearchResult,
    some: _BestPairs,
    sides: tuple[pl.DataFrame, pl.DataFrame],
    residents: int,
) -> pl.DataFrame:
    """`POSITIONS` of some of the best pairs, and the columns that `decide` and `is_safe` need."""
    model, best, (row, resident) = judged.model, some.best, sides
    groups, levels = model.groups, judged.levels[best]
    seen = PairFeatures(
        levels, has_impossible_number(model, row), name_states(model, levels, row, resident, compared.common_words)
    )
    margin = margins(model, seen, some.disputed, residents)
    nearest = margin.min(axis=0, initial=_NO_LOOKALIKE)
    # With the resident's number and birth date (or year), a similar name hardly means somebody else.
    born_then = has_outcome(model, levels, groups.same_birth_date_or_year)
    # If only the birth year is known, a valid unlike number may well be a namesake's own.
    born_that_day = has_outcome(model, levels, groups.same_or_swapped_birth_date)
    whole_name = has_outcome(model, levels, groups.same_name)
    # A possible namesake next door must be as certain as a correction.
    sure = (nearest >= model.cutoffs.correction_margin) & (some.odds >= model.cutoffs.correction_bits)
    namesake = may_be_namesakes(model, seen) & ~(same_name_and_birth_next_door(model, levels) & ~some.sought)
    known = is_supported(model, seen) & (sure | ~(namesake | only_mother_partly_agrees(model, seen)))
    known |= sure & (has_same_sole_role(model, levels) | has_same_birth_and_family_or_number(model, seen))
    return _places(compared, best).hstack(
        pl.DataFrame(
            {
                "bobot": _rounded(judged.bits.match[best]),
                "keyakinan": _rounded(judged.posterior.pair[best], 6),
                "probabilitas": _rounded(calibrated(some.odds, nearest, model.calibration), 6),
                "selisih": _rounded(some.odds),
                "runner_up": some.second,
                "undistinguished": some.equalled,
                "supported": known,
                "confirmed": (whole_name | has_outcome(model, levels, groups.number_or_slip))
                & has_outcome(model, levels, groups.same_family_likely),
                "outbid": judged.outbid[best],
                "named_otherwise": some.sought & _other_name(model, seen, some.odds, nearest, born_then),
                "lookalike": first_lookalike_not_excluded(model, margin),
                "jarak": _rounded(nearest),
                "dua_nama": seen.names >= TWO_NAMES,
                "nomor_lain": has_outcome(model, levels, groups.different_number)
                & ~(born_then & (seen.impossible_number | born_that_day)),
                "sengketa": (some.disputed & ~whole_name) | (some.sought & (seen.names >= PERHAPS_TWO)),
                "nama_lain": is_another_person(model, seen),
                "berbeda": row["n"] != resident["n"],
                "usang": resident["retired"],
            }
        )
    )


def _other_name(model: LinkageModel, seen: PairFeatures, odds: Floats, nearest: Floats, born_then: Flags) -> Flags:
    """Whether the name may be another person's, for residents whom other rows claim too."""
    groups, levels = model.groups, seen.levels
    unlike = has_outcome(model, levels, groups.mostly_different_name) & (seen.names != SLIP)
    torn = (seen.names == PERHAPS_TWO) | (seen.names == LONGER)
    perhaps = (torn & (nearest < model.cutoffs.contested)) | unlike
    himself = has_outcome(model, levels, groups.same_number) & born_then
    twice = is_one_person_under_two_names(model, levels) & (odds >= model.cutoffs.correction_bits)
    return np.where(himself, unlike, (seen.names == TWO_NAMES) | perhaps) & ~twice


def _in_words(
    judged: Judgement, best: Rows, decided: pl.DataFrame, sides: tuple[pl.DataFrame, pl.DataFrame], via: pl.Series
) -> pl.DataFrame:
    """Reasons and sentence of some of the best pairs; `via` is the number that was compared, possibly a retired one."""
    model, (row, resident) = judged.model, sides
    number = _number(model)
    retired = pl.lit((row["n"] == via) & (via != resident["n"]))
    # Level 0 although the row has a number: it was copied over a household.
    anothers = pl.lit(row["n"] != 0) & (pl.col(number) == "NIK_KOSONG")
    reasons = mark_implied_reasons(model, reasons_of(model, judged.levels[best]), row).with_columns(
        pl.when(retired)
        .then(pl.lit("NIK_PENSIUN"))
        .when(anothers)
        .then(pl.lit("NIK_BEDA"))
        .otherwise(number)
        .alias(number)
    )
    reasons = reasons.hstack(decided.select("keraguan", nomor=_unsafe_number(), petugas=_for_a_human()))
    details = pl.DataFrame(
        {
            "angka": slip_phrases(row["n"].to_numpy(), via.to_numpy()),
            "panjang": _written_digits(model, row),
            "kerabat": judged.relatives.there[best],
            "kerabat_lain": judged.relatives.elsewhere[best],
        }
    )
    return explain(reasons, number, details)


def _places(compared: SearchResult, which: Rows) -> pl.DataFrame:
    """`POSITIONS` of some pairs."""
    pairs = compared.pairs
    return pl.DataFrame({"row": compared.positions[pairs.left[which]], "entry": compared.entries[pairs.right[which]]})


def is_worth_showing(cutoffs: Cutoffs) -> pl.Expr:
    """Whether a link (keputusan, probabilitas) is kept: improbable pairs are no work for an officer."""
    return (pl.col("keputusan") == "OTOMATIS") | (pl.col("probabilitas") >= cutoffs.review)


def _number(model: LinkageModel) -> str:
    """Name of the comparison of NIKs; links require one."""
    return next(comparison.name for comparison in model.comparisons if comparison.kind == "nik")


def _written_digits(model: LinkageModel, rows: pl.DataFrame) -> pl.Series:
    """Number of characters of the NIK as written, null if there is none."""
    written = model.comparison(_number(model)).columns["written"]
    if written not in rows.columns:
        return pl.Series([None] * rows.height, dtype=pl.UInt32)
    return rows[written].str.len_chars()


def _for_a_human() -> pl.Expr:
    return pl.when(pl.col("keraguan").is_not_null()).then(pl.lit("PERLU_PETUGAS"))


def _unsafe_number() -> pl.Expr:
    unsafe = (pl.col("keputusan") == "OTOMATIS") & pl.col("berbeda") & ~pl.col("aman")
    return pl.when(unsafe).then(pl.lit("NIK_DIUSULKAN"))


def likely_candidates(judged: Judgement, compared: SearchResult, least: float) -> tuple[pl.DataFrame, Levels]:
    """Candidates (`POSITIONS`, probabilitas) and the levels of each.

    Args:
        judged: the judgement.
        compared: the compared pairs.
        least: least posterior of a candidate.
    """
    likely = np.flatnonzero(judged.posterior.pair >= least)
    found = _places(compared, likely).with_columns(probabilitas=pl.Series(judged.posterior.pair[likely]))
    return found, judged.levels[likely]


def _second(rows: Rows, best: Rows, probability: Floats, count: int) -> Floats:
    """Per row, the posterior of its next best candidate, 0 for none."""
    others = probability.copy()
    others[best] = 0.0
    second = np.zeros(count)
    np.maximum.at(second, rows, others)
    return second


def _rounded(values: Floats, digits: int = 3) -> Floats:
    """Rounded, because the last bits of a sum depend on its order and must not be written."""
    return values.round(digits)
