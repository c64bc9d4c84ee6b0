"""Scores weights and probabilities of links: precision and recall by weight, and calibration.

Belongs here: figures from the weights of the links. Does not: which link is right
(`pipeline.synthetic.score.links`).
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipeline.matching.estimates import Expected, expected_mistakes
from pipeline.synthetic.score.figures import Share, with_ratios
from pipeline.synthetic.score.links import judge

# Most points of a curve; a chart cannot show more.
_POINTS = 200
# Bounds of probability bins, finer where decisions are made.
_BINS = (0.05, 0.15, 0.3, 0.5, 0.7, 0.85, 0.95, 0.99, 0.999)
_JUDGED_BY_MACHINE = ("OTOMATIS", "TINJAU")


@dataclass(frozen=True)
class Mistakes:
    """Error rates expected from the probabilities, beside the true ones, for rows that no human has decided.

    Attributes:
        expected: from the probabilities alone.
        wrong: wrong links among the automatic ones.
        missed: persons of the registry not linked automatically.
    """

    expected: Expected
    wrong: Share
    missed: Share


def precision_recall_curve(truth: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """Precision and recall if all pairs of at least a given weight were linked, by descending weight.

    Args:
        truth: rows to judge (`pipeline.synthetic.score.links.judge`).
        links: id_dtks, nik_dukcapil, keputusan and bobot; pairs decided by a human are left out.

    Returns:
        bobot, n (links of at least that weight), tp, fp, fn, precision, recall, f1; at most some 200 weights.
    """
    known = links.filter(pl.col("keputusan").is_in(_JUDGED_BY_MACHINE))
    judged = judge(truth, known).join(known.select("id_dtks", "bobot"), on="id_dtks").sort("bobot", descending=True)
    present = truth["nik_benar"].is_not_null().sum()
    cumulative = judged.select(
        "bobot", n=pl.int_range(1, pl.len() + 1), tp=pl.col("tp").cum_sum(), fp=pl.col("fp").cum_sum()
    )
    # Links of equal weight share one point of the curve.
    steps = cumulative.unique("bobot", keep="last", maintain_order=True).with_columns(fn=present - pl.col("tp"))
    step = max(1, -(-steps.height // _POINTS))
    position = pl.int_range(pl.len())
    return with_ratios(steps.filter((position % step == 0) | (position == pl.len() - 1)))


def decision_points(truth: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """The points of the decisions on the curve.

    Returns:
        One row per way of deciding: cara (OTOMATIS: what was linked; SEMUA: everything shown to a human as well), bobot
        (the least weight among its links), n, tp, fp, fn, precision, recall, f1.
    """
    rows = []
    for cara, decisions in (("OTOMATIS", ("OTOMATIS",)), ("SEMUA", _JUDGED_BY_MACHINE)):
        chosen = links.filter(pl.col("keputusan").is_in(decisions)).join(truth, on="id_dtks", how="semi")
        counts = judge(truth, chosen).select(pl.col("tp", "fp", "fn").sum())
        rows.append(
            with_ratios(counts).select(
                pl.lit(cara).alias("cara"),
                pl.lit(chosen["bobot"].min(), pl.Float64).alias("bobot"),
                pl.lit(chosen.height, pl.Int64).alias("n"),
                pl.all(),
            )
        )
    return pl.concat(rows)


def calibration_bins(truth: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """Share of right pairs per bin of probability.

    Args:
        truth: rows to judge, including undecidable ones, for which a probability of one half is right.
        links: id_dtks, nik_dukcapil, keputusan and probabilitas.

    Returns:
        dari, sampai (bounds of the bin), n, dikira (mean probability), benar (share of right pairs), galat (standard
        error of that share, if the probabilities were true); bins without pairs are omitted.
    """
    known = links.filter(pl.col("keputusan").is_in(_JUDGED_BY_MACHINE))
    right = judge(truth, known).join(known.select("id_dtks", "probabilitas"), on="id_dtks")
    chance = pl.col("probabilitas")
    bounds = (0.0, *_BINS, 1.0)
    number = pl.sum_horizontal((chance >= bound).cast(pl.Int32) for bound in _BINS)
    return (
        right.group_by(bin=number)
        .agg(
            n=pl.len().cast(pl.Int64),
            dikira=chance.mean(),
            benar=pl.col("tp").mean(),
            galat=(chance * (1 - chance)).sum().sqrt() / pl.len(),
        )
        .sort("bin")
        .with_columns(
            dari=pl.col("bin").replace_strict(dict(enumerate(bounds[:-1])), return_dtype=pl.Float64),
            sampai=pl.col("bin").replace_strict(dict(enumerate(bounds[1:])), return_dtype=pl.Float64),
        )
        .select("dari", "sampai", "n", "dikira", "benar", "galat")
    )


def score_mistakes(truth: pl.DataFrame, links: pl.DataFrame) -> Mistakes:
    """Expected and true error rates of the automatic links.

    Args:
        truth: accepted rows, including undecidable ones.
        links: id_dtks, nik_dukcapil, keputusan and probabilitas.
    """
    by_human = links.filter(~pl.col("keputusan").is_in(_JUDGED_BY_MACHINE))
    rows = truth.join(by_human, on="id_dtks", how="anti")
    known = links.join(rows, on="id_dtks", how="semi")
    judged = judge(rows, known.filter(keputusan="OTOMATIS")).select(pl.col("tp", "fp", "fn").sum()).row(0, named=True)
    return Mistakes(
        expected=expected_mistakes(known),
        wrong=Share(judged["fp"], judged["tp"] + judged["fp"]),
        missed=Share(judged["fn"], judged["tp"] + judged["fn"]),
    )
