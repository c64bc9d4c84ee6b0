"""Corrections proposed to the regions: NIK and KK numbers that DTKS should carry.

Measured on adversarial registers (162,000 rows, one to five times the usual errors): with the odds alone 12 wrong NIKs
and 97.9 % of the correctable corrected, all but one of the wrong ones a twin's with a name alike; with the margin and
without disputed residents 2 and 97.1 %. Belongs here: the stricter gate of corrections and their table. Does not: who
is linked to whom.
"""

from __future__ import annotations

import polars as pl

from pipeline.matching.model import Cutoffs

_COLUMNS = {"nik": ("nik_asal", "nik_dukcapil"), "no_kk": ("no_kk_asal", "no_kk_dukcapil")}


def propose(people: pl.DataFrame, links: pl.DataFrame, cutoffs: Cutoffs) -> pl.DataFrame:
    """Every number that an automatic link or an officer proves wrong or missing.

    Args:
        people: accepted DTKS rows.
        links: id_dtks, nik_dukcapil, no_kk_dukcapil, keputusan, alasan, bobot, selisih (log2 odds against everything
            else the row could be), jarak (bits by which lookalikes are ruled out) and sengketa (another row has the
            better claim to the resident, and the names are not the same).
        cutoffs: how large odds and margin must be.

    Returns:
        `cleansed.koreksi` without periode, sorted.
    """
    sure = links.filter(
        pl.col("keputusan").is_in(["OTOMATIS", "PETUGAS"]),
        pl.col("selisih") >= cutoffs.correction_bits,
        pl.col("jarak") >= cutoffs.correction_margin,
        ~pl.col("sengketa"),
    )
    rows = people.select("id_dtks", "nik", "nik_asal", "no_kk", "no_kk_asal", "kode_kab").join(sure, on="id_dtks")
    parts = [
        rows.filter(pl.col(proposed).is_not_null() & pl.col(column).ne_missing(pl.col(proposed))).select(
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
    return pl.concat(parts).sort("id_dtks", "kolom")
