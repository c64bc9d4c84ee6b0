"""Verdicts: decision, weights and explanation of a link, whatever its row and resident.

Belongs here: their columns, and the verdicts that many links share: those of rows that equal a resident and of rows
that officers decided. Does not: verdicts of weighed pairs (`pipeline.matching.outcome.results`).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from pipeline.matching.judging.scoring import Prior, bits_of, odds_against_rest
from pipeline.matching.model.calibration import calibrated
from pipeline.matching.model.linkage import LinkageModel
from pipeline.matching.outcome.explain import bits_per_fact, explain, reasons_of
from pipeline.matching.records.arrays import Floats
from schemas.link import BY_OFFICER
from schemas.reasons import sentence

EXACT = "PERSIS"
# Margin of lookalikes if there can be none.
NO_LOOKALIKE = 99.0
VERDICT_COLUMNS = ("keputusan", "bobot", "probabilitas", "selisih", "jarak", "aman", "aturan", "alasan", "penjelasan")
# Those that only corrections need.
CORRECTION_COLUMNS = ("selisih", "jarak", "aman")


def exact_verdicts(model: LinkageModel, residents: int, family_size: float) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Decision and explanation shared by all rows that equal a resident in NIK, name, birth date and sex.

    Args:
        model: the trained model.
        residents: size of the registry.
        family_size: residents per KK.

    Returns:
        Two rows of `VERDICT_COLUMNS`, for a NIK in use and for a retired one; and the weights of facts of both.
    """
    exact = model.groups.exact
    level = np.array([[one.has_code(exact.get(one.name, ())).argmax() for one in model.comparisons]], dtype=np.uint8)
    bits = bits_of(model, level, residents, family_size)
    first_row = np.zeros(1, dtype=np.int64)
    prior = Prior(1, model.absent, residents)
    odds = odds_against_rest(first_row, first_row, bits, prior)
    chance = calibrated(odds, np.array([NO_LOOKALIKE]), model.calibration)
    nik = nik_comparison(model)
    reasons_of_nik = pl.Series(nik, ["NIK_SAMA", "NIK_PENSIUN"])
    reasons = reasons_of(model, level.repeat(2, axis=0)).with_columns(reasons_of_nik)
    verdicts = explain(reasons.select(*dict.fromkeys((nik, *exact))), nik).with_columns(
        keputusan=pl.lit("OTOMATIS"),
        bobot=pl.lit(rounded(bits.match)[0]),
        probabilitas=pl.lit(rounded(chance, 6)[0]),
        selisih=pl.lit(rounded(odds)[0]),
        jarak=pl.lit(NO_LOOKALIKE),
        aman=pl.lit(bool(odds[0] >= model.cutoffs.correction_bits)),
        aturan=pl.lit([EXACT]),
    )
    weighed = verdicts.head(1).select("selisih", "jarak").hstack(bits_per_fact(model, level, residents))
    return verdicts.select(VERDICT_COLUMNS), weighed


def officer_verdict() -> pl.DataFrame:
    """Decision and explanation of rows that officers decided: one row of `VERDICT_COLUMNS`, without weights."""
    alasan = pl.lit(["DIPUTUSKAN_SAMA"])
    return pl.select(
        keputusan=pl.lit(BY_OFFICER),
        bobot=pl.lit(0.0),
        probabilitas=pl.lit(1.0),
        selisih=pl.lit(NO_LOOKALIKE),
        jarak=pl.lit(NO_LOOKALIKE),
        aman=pl.lit(value=True),
        aturan=pl.lit([BY_OFFICER]),
        alasan=alasan,
        penjelasan=sentence(alasan),
    ).select(VERDICT_COLUMNS)


def nik_comparison(model: LinkageModel) -> str:
    """Name of the comparison of NIKs; links require one."""
    return next(comparison.name for comparison in model.comparisons if comparison.kind == "nik")


def rounded(values: Floats, digits: int = 3) -> Floats:
    """Rounded, because the last bits of a sum depend on its order and must not be written."""
    return values.round(digits)
