"""Fit the model's calibration on generated registers and check it on others.

`python -m tests.benchmarks.calibrate [--warga 100000] [--write]` draws registers of every profile, links them, fits the
curve to those of the first seeds, and prints the calibration of the others, before and after. With --write the curve is
saved to the model. Repeat whenever weights or comparisons change.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import replace

import polars as pl

from pipeline.matching.link import link
from pipeline.matching.model.calibration import DEFAULT_CALIBRATION, Calibration, calibrated, fit
from pipeline.matching.model.file import MODEL_FILE, load_model, save_model
from pipeline.synthetic.score.curve import calibration_bins
from pipeline.synthetic.score.links import judge
from tests.benchmarks.frames import draw_frames

PROFILES = ("documented", "hard", "extreme", "adversarial")
FITTED, CHECKED = (11, 12, 15, 16), (13, 14)


def link_seeds(profile: str, seeds: Iterable[int], residents: int) -> pl.DataFrame:
    """Links of generated registers with selisih, jarak and tp (right or not)."""
    parts = []
    for seed in seeds:
        frames = draw_frames(residents, profile, seed)
        linkage = link(frames.people, frames.registry)
        truth = frames.truth.filter(harap="TERIMA").select("id_dtks", "nik_benar", "nik_alt")
        right = judge(truth, linkage.links)
        odds = linkage.facts.select("id_dtks", "selisih", "jarak")
        joined = linkage.links.join(odds, on="id_dtks").join(right, on="id_dtks")
        # IDs repeat from register to register.
        parts.append(
            joined.with_columns(pl.format("{}-{}-{}", pl.lit(profile), pl.lit(seed), "id_dtks").alias("id_dtks"))
        )
    return pl.concat(parts)


def fit_calibration(links: pl.DataFrame, start: Calibration) -> Calibration:
    """The curve for links with selisih, jarak and tp."""
    odds, margin, right = (links[name].cast(pl.Float64).to_numpy() for name in ("selisih", "jarak", "tp"))
    return fit(odds, margin, right, start)


def main() -> None:
    """Fit, print, and write if asked."""
    parser = argparse.ArgumentParser(description="Fit the calibration of the saved model.")
    parser.add_argument("--warga", type=int, default=100_000, help="residents per register")
    parser.add_argument("--write", action="store_true", help="put the curve into the saved model")
    chosen = parser.parse_args()
    links = pl.concat(link_seeds(profile, FITTED, chosen.warga) for profile in PROFILES)
    curve = fit_calibration(links, DEFAULT_CALIBRATION)
    print(f"{links.height:,} links, {links.height - links['tp'].sum()} of them wrong: {curve}\n")
    for profile in PROFILES:
        others = link_seeds(profile, CHECKED, chosen.warga)
        fresh = calibrated(others["selisih"].to_numpy(), others["jarak"].to_numpy(), curve)
        print(f"{profile}: as saved, then with this curve")
        for table in (others, others.with_columns(probabilitas=pl.Series(fresh))):
            print(calibration_bins(others.select("id_dtks", "nik_benar", "nik_alt"), table))
    if chosen.write:
        save_model(replace(load_model(), calibration=curve), MODEL_FILE)


if __name__ == "__main__":
    main()
