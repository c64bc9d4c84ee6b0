"""Accuracy of the matching on unseen registers designed to mislead it: every figure that the project promises.

`python -m tests.benchmarks.accuracy [--keluarga 6000] [--skala 2 3 4] [--seed 301 302 303] [--tanpa-jebakan]` draws a
country per severity (times the documented errors) and seed, links it and prints one line per severity over all seeds.
Seeds below 300 were used in development.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, fields
from datetime import date

import polars as pl

from pipeline.matching.link import link
from pipeline.matching.outcome.households import household_status
from pipeline.synthetic import truth
from pipeline.synthetic.country import draw_country
from pipeline.synthetic.rates import Rates
from pipeline.synthetic.score.links import duplicate_pairs, judge, score_households
from tests.benchmarks.frames import PERIODE, frames_of


@dataclass(frozen=True)
class Counts:
    """Counts of right and wrong results, which can be added over registers."""

    rows: int = 0
    right: int = 0
    wrong: int = 0
    missed: int = 0
    review: int = 0
    undecidable: int = 0
    guessed: int = 0
    pairs_right: int = 0
    pairs_found: int = 0
    pairs_recalled: int = 0
    pairs_wanted: int = 0
    doubles_right: int = 0
    doubles_wrong: int = 0
    doubles_missed: int = 0
    corrected: int = 0
    correctable: int = 0
    miscorrected: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(**{one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(self)})


def measure(keluarga: int, seed: int, rates: Rates) -> Counts:
    """Link one register and compare the result with its truth."""
    country = draw_country(keluarga, seed, rates, date.fromisoformat(f"{PERIODE}-01"), workbooks=True)
    frames = frames_of(country)
    linkage = link(frames.people, frames.registry)
    accepted = frames.truth.filter(pl.col("harap") == "TERIMA").join(frames.people, on="id_dtks", how="semi")
    certain = accepted.filter(~pl.col("ambigu"))
    automatic = linkage.links.filter(pl.col("keputusan") == "OTOMATIS")
    judged = judge(certain, automatic)
    homes = frames.people.select("id_keluarga", "no_kk").drop_nulls().unique()
    pairs = score_households(
        truth.households(frames.truth, country.residents),
        linkage.households,
        homes.join(household_status(linkage.households), on="id_keluarga", how="left"),
    )
    doubles = duplicate_pairs(truth.duplicates(frames.truth), linkage.duplicates)
    corrected = linkage.corrections.filter(pl.col("kolom") == "nik").join(accepted, on="id_dtks")
    correctable = certain.join(frames.people.select("id_dtks", "nik"), on="id_dtks").filter(
        pl.col("nik_benar").is_not_null(), pl.col("nik").ne_missing(pl.col("nik_benar"))
    )
    sound = int((corrected["nilai_usulan"] == corrected["nik_benar"]).sum())
    return Counts(
        rows=accepted.height,
        right=int(judged["tp"].sum()),
        wrong=int(judged["fp"].sum()),
        missed=int(judged["fn"].sum()),
        review=linkage.links.filter(_awaits_review()).join(certain, on="id_dtks", how="semi").height,
        undecidable=accepted.height - certain.height,
        guessed=automatic.join(accepted.filter("ambigu"), on="id_dtks", how="semi").height,
        pairs_right=pairs.precision.right,
        pairs_found=pairs.precision.of,
        pairs_recalled=pairs.recall.right,
        pairs_wanted=pairs.recall.of,
        doubles_right=int(doubles["tp"].sum()),
        doubles_wrong=int(doubles["fp"].sum()),
        doubles_missed=int(doubles["fn"].sum()),
        corrected=sound,
        correctable=correctable.height,
        miscorrected=corrected.height - sound,
    )


def _awaits_review() -> pl.Expr:
    """Links whose person has status TINJAU: an officer must decide on the person or on the NIK."""
    return (pl.col("keputusan") == "TINJAU") | pl.col("alasan").list.contains("NIK_DIUSULKAN")


def table_row(name: str, one: Counts) -> str:
    """One severity as a row of a Markdown table."""
    doubles = 2 * one.doubles_right / max(2 * one.doubles_right + one.doubles_wrong + one.doubles_missed, 1)
    figures = (
        f"{one.rows:,}",
        f"{2 * one.right / max(2 * one.right + one.wrong + one.missed, 1):.4f}",
        f"{one.right / max(one.right + one.wrong, 1):.5f}",
        f"{100 * one.review / max(one.rows, 1):.2f} %",
        f"{one.guessed} of {one.undecidable}",
        f"{one.pairs_right / max(one.pairs_found, 1):.5f}",
        f"{one.pairs_recalled / max(one.pairs_wanted, 1):.4f}",
        f"{doubles:.4f}",
        f"{1e6 * one.miscorrected / max(one.rows, 1):.0f}",
        f"{100 * one.corrected / max(one.correctable, 1):.1f} %",
    )
    return f"| {name} | " + " | ".join(figures) + " |"


_HEAD = (
    "| errors | rows | persons F1 | automatic precision | review | undecidable guessed | household precision "
    "| household recall | duplicates F1 | wrong NIK corrections per million rows | corrected |\n"
    "|---|---|---|---|---|---|---|---|---|---|---|"
)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Accuracy on unseen registers.")
    parser.add_argument("--keluarga", type=int, default=6_000)
    parser.add_argument("--skala", nargs="+", type=float, default=[2.0, 3.0, 4.0])
    parser.add_argument("--seed", nargs="+", type=int, default=[301, 302, 303])
    parser.add_argument("--tanpa-jebakan", action="store_true", help="without people and numbers made to mislead")
    chosen = parser.parse_args()
    print(_HEAD, flush=True)
    for scale in chosen.skala:
        rates = Rates().scaled(scale, traps=not chosen.tanpa_jebakan)
        total = sum((measure(chosen.keluarga, seed, rates) for seed in chosen.seed), Counts())
        print(table_row(f"{scale:g} ×", total), flush=True)


if __name__ == "__main__":
    main()
