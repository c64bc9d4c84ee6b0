"""The page of `padan evaluate`: accuracy of a run in tables and charts, self-contained like the run's report.

It says nothing about a single person. Belongs here: sections and the geometry of the charts. Does not: figures
(`pipeline.synthetic.score.evaluate`), wording and number formats (`reports.wording`), layout (`reports/templates`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10

import polars as pl

from pipeline.matching.outcome.waterfall import Example, Step
from pipeline.synthetic.score.evaluate import Scores
from pipeline.synthetic.score.figures import Share
from reports import wording
from reports.figures import Row
from reports.report import page_environment
from reports.scores import CUTS, FACTS, FATES, RULES
from schemas.cleansed import NUMBERS
from schemas.columns import GLOSSARY

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _EDGE = 520, 340, 64, 44, 26
_TICKS = 4
# Labels have enough decimals if rounding moves ticks by less than this share of their distance.
_ROUNDED, _MOST_DIGITS = 0.05, 9
# Share of the chart below the lower of the two decision points.
_BELOW = 0.5
_LEAST_SPAN = 0.01
_SIGMAS = 2.0


@dataclass(frozen=True)
class Axis:
    """One axis of a chart: maps values from `low` to `high` to pixels from `start` to `end`."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Pixel of a value, one decimal; values outside are clipped to the edge."""
        inside = min(max(value, self.low), self.high)
        return round(self.start + (inside - self.low) / (self.high - self.low) * (self.end - self.start), 1)

    def ticks(self) -> list[tuple[float, str]]:
        """Pixels and labels of evenly spaced values, with as many decimals as needed to distinguish them."""
        step = (self.high - self.low) / _TICKS
        shown = 100 * step
        digits = next(n for n in range(_MOST_DIGITS) if abs(round(shown, n) - shown) < _ROUNDED * shown)
        values = [self.low + step * number for number in range(_TICKS + 1)]
        return [(self.at(value), f"{100 * value:.{digits}f}%".replace(".", ",")) for value in values]


@dataclass(frozen=True)
class Mark:
    """A labelled point."""

    x: float
    y: float
    label: str
    code: str
    radius: float = 5.0


@dataclass(frozen=True)
class Chart:
    """The geometry of a chart: size, axes, lines as SVG point lists by class, points and bars (x, y1, y2)."""

    width: int
    height: int
    across: Axis
    up: Axis
    lines: dict[str, str]
    marks: list[Mark]
    bars: list[tuple[float, float, float]]


@dataclass(frozen=True)
class Bar:
    """One step of a waterfall with its piece of the bar, in percent of the whole width."""

    step: Step
    start: float
    width: float


def render_evaluation(scores: Scores, examples: Sequence[Example]) -> str:
    """The page as HTML.

    Args:
        scores: of one periode.
        examples: links shown fact by fact.
    """
    return (
        page_environment()
        .get_template("evaluasi.html.j2")
        .render(
            bulan=wording.month(scores.periode),
            nilai=scores,
            ganda=scores.duplicates.row(0, named=True),
            ambigu=scores.ambiguous,
            orang=scores.persons.to_dicts(),
            nasib=scores.fates.with_columns(bagian=pl.col("n") / pl.col("n").sum()).to_dicts(),
            aturan=scores.rules.to_dicts(),
            arti_aturan=GLOSSARY["aturan"],
            kurva=precision_recall_chart(scores.curve, scores.cuts),
            batas=scores.cuts.to_dicts(),
            andal=reliability_chart(scores.calibration),
            kalibrasi=scores.calibration.to_dicts(),
            per_kelas=_groups(scores, "kelas"),
            per_wilayah=_groups(scores, "nama_kab"),
            contoh=[(example, waterfall_bars(example.steps)) for example in examples],
            status=scores.household_statuses.to_dicts(),
            koreksi=scores.corrections.to_dicts(),
            kolom=NUMBERS,
            cara=RULES,
            cara_batas=CUTS,
            kata_nasib=FATES,
            fakta_bayar=FACTS,
            bagian=_percent,
        )
    )


def precision_recall_chart(curve: pl.DataFrame, cuts: pl.DataFrame) -> Chart:
    """Precision over recall, zoomed to the decision points."""
    decided = cuts.drop_nulls(["precision", "recall"])
    low_recall, low_precision = (_axis_start(decided[name].min()) for name in ("recall", "precision"))
    across = Axis(low_recall, 1.0, _LEFT, _WIDTH - _EDGE)
    up = Axis(low_precision, 1.0, _HEIGHT - _BOTTOM, _EDGE)
    drawn = curve.drop_nulls(["precision", "recall"]).filter(pl.col("recall") >= low_recall)
    line = " ".join(f"{across.at(x)},{up.at(y)}" for x, y in drawn.select("recall", "precision").iter_rows())
    marks = [
        Mark(across.at(row["recall"]), up.at(row["precision"]), CUTS[row["cara"]], row["cara"])
        for row in decided.iter_rows(named=True)
    ]
    return Chart(_WIDTH, _HEIGHT, across, up, {"kurva": line}, marks, [])


def reliability_chart(calibration: pl.DataFrame) -> Chart:
    """Share of right pairs over their probability, with error bars of two standard errors."""
    across, up = Axis(0.0, 1.0, _LEFT, _WIDTH - _EDGE), Axis(0.0, 1.0, _HEIGHT - _BOTTOM, _EDGE)
    rows = calibration.to_dicts()
    bars = [
        (
            across.at(row["dikira"]),
            up.at(row["dikira"] - _SIGMAS * row["galat"]),
            up.at(row["dikira"] + _SIGMAS * row["galat"]),
        )
        for row in rows
    ]
    marks = [
        Mark(across.at(row["dikira"]), up.at(row["benar"]), f"{wording.number(row['n'])} pasangan", "andal",
             round(2.5 + log10(row["n"] + 1), 1))
        for row in rows
    ]  # fmt: skip
    diagonal = f"{across.at(0)},{up.at(0)} {across.at(1)},{up.at(1)}"
    return Chart(_WIDTH, _HEIGHT, across, up, {"diagonal": diagonal}, marks, bars)


def waterfall_bars(steps: Sequence[Step]) -> list[Bar]:
    """The steps with their pieces of a bar that spans from the lowest to the highest intermediate weight."""
    totals = [0.0, *(step.total for step in steps)]
    low, high = min(totals), max(totals)
    span = (high - low) or 1.0
    bars = []
    for step, before in zip(steps, totals, strict=False):
        left, right = sorted((before, step.total))
        bars.append(Bar(step, round(100 * (left - low) / span, 2), round(100 * (right - left) / span, 2)))
    return bars


def _axis_start(least: object) -> float:
    """Lower end of an axis that ends at 1, so that `least` is well inside."""
    if not isinstance(least, float):
        return 0.0
    span = max((1 - least) * (1 + _BELOW), _LEAST_SPAN)
    return max(0.0, 1 - span)


def _percent(share: float | Share | None) -> float | None:
    value = share.share if isinstance(share, Share) else share
    return None if value is None else 100 * value


def _groups(scores: Scores, by: str) -> list[tuple[str, str, list[Row]]]:
    """Subject, heading and rows of the breakdowns: persons, households, duplicates."""
    tables = (
        (scores.by_class, scores.households_by_class, scores.duplicates_by_class)
        if by == "kelas"
        else (scores.by_region, scores.households_by_region, scores.duplicates_by_region)
    )
    titles = ("Orang", "Pasangan keluarga", "Pasangan ganda")
    return [(title, by, table.to_dicts()) for title, table in zip(titles, tables, strict=True)]
