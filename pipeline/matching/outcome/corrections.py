"""Corrections proposed to the regions: NIK and KK numbers that DTKS should have.

A link may be certain enough to count but not to overwrite a number; a human then decides on the number. The error rate
is measured by `python -m tests.benchmarks.accuracy`. Belongs here: that criterion and the table. Does not: linking.
"""

from __future__ import annotations

import polars as pl

from pipeline.matching.model.linkage import Cutoffs
from schemas.link import DECIDED

# Columns of a link that corrections need.
LINK_COLUMNS = ("keputusan", "alasan", "selisih", "aman")
_COLUMNS = {"nik": ("nik_asal", "nik_dukcapil"), "no_kk": ("no_kk_asal", "no_kk_dukcapil")}


def is_safe(cutoffs: Cutoffs) -> pl.Expr:
    """Whether a link is certain enough to overwrite a number.

    Reads columns selisih (log2 odds against everything else the row could be), jarak (bits by which lookalikes are
    ruled out), dua_nama (names are similar but different), nomor_lain (a complete unlike number, and the birth date
    does not agree either), sengketa (another row claims the resident too, and the names differ) and nama_lain (another
    name, only the place in the family agrees).

    If lookalikes are ruled out by far, an unlike number counts like any other damage; and with the odds that such a
    number otherwise requires, rows that dispute the resident are one person listed twice.
    """
    most_bits = cutoffs.correction_bits + cutoffs.correction_anothers
    widest = cutoffs.correction_margin + cutoffs.correction_two_names
    lookalikes_far = pl.col("jarak") >= widest
    bits = pl.when(pl.col("nomor_lain") & ~lookalikes_far).then(most_bits).otherwise(cutoffs.correction_bits)
    margin = pl.when("dua_nama").then(widest).otherwise(cutoffs.correction_margin)
    undisputed = ~pl.col("sengketa") | (lookalikes_far & (pl.col("selisih") >= most_bits))
    return (pl.col("selisih") >= bits) & (pl.col("jarak") >= margin) & undisputed & ~pl.col("nama_lain")


def propose_corrections(people: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """Every number that an automatic link or an officer proves wrong or missing.

    Args:
        people: accepted DTKS rows, in the order of id_dtks.
        links: of the same rows nik_dukcapil, no_kk_dukcapil, keputusan, alasan, selisih and aman (`is_safe`).

    Returns:
        `cleansed.koreksi` without periode, sorted.
    """
    sure = pl.col("keputusan").is_in(DECIDED) & pl.col("aman")
    rows = people.hstack(links).filter(sure).with_row_index("place")
    parts = [
        rows.filter(pl.col(proposed).is_not_null() & pl.col(column).ne_missing(pl.col(proposed))).select(
            "place",
            "id_dtks",
            kolom=pl.lit(column),
            nilai_asal=written,
            nilai_usulan=proposed,
            alasan="alasan",
            bobot="selisih",
            kode_kab="kode_kab",
        )
        for column, (written, proposed) in _COLUMNS.items()
    ]
    return pl.concat(parts).rechunk().sort("place", maintain_order=True).drop("place")
