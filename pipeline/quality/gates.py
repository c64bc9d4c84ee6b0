"""Gates between a finished run and its publication: a run that fails one is kept, but what is published stays.

The limits themselves stand in `data/reference/ambang.toml` and are loaded by `pipeline.settings`.
"""

from __future__ import annotations

import polars as pl

from pipeline.settings import Limits
from schemas.cleansed import LINKED
from schemas.rules import RULES

_NEEDED = {
    "dtks": "Terbitan harus memuat data DTKS.",
    "dukcapil": "Tanpa data Dukcapil semua orang akan tampak tidak padan.",
}
# Rows of a kabupaten below which its shrinking says nothing.
_FEWEST = 50
_SENTENCES = {rule.code: rule.sentence for rule in RULES.values() if rule.on in {"DtksStaged", "Anggota"}}
_Gate = tuple[str, float, float, str]


def judge(
    reconciliation: pl.DataFrame,
    *,
    quarantine: pl.DataFrame,
    findings: pl.DataFrame,
    people: pl.DataFrame,
    published: pl.DataFrame | None,
    limits: Limits,
) -> pl.DataFrame:
    """One row per gate: gerbang, nilai_ukur, batas, lulus, keterangan (Indonesian).

    Args:
        reconciliation: `quality.rekonsiliasi` of this run.
        quarantine: `quality.karantina`; rows corrected meanwhile do not count against their source.
        findings: `quality.temuan`.
        people: `cleansed.anggota`.
        published: `cleansed.anggota` as published before (its newest periode), None where nothing is.
        limits: the limits, in percent.
    """
    rows: list[_Gate] = [
        (
            "Selisih baris per berkas",
            _total(reconciliation, "selisih_baris"),
            0.0,
            "Setiap baris diterima atau dikarantina.",
        ),
        ("Selisih rupiah per berkas", _total(reconciliation, "selisih_nominal"), 0.0, "Setiap rupiah tercatat."),
        *_rejected(reconciliation, quarantine, limits.gerbang.baris_ditolak),
        *_unread(reconciliation, limits.gerbang.berkas_ditolak),
        *_found(findings, people, limits.temuan),
        *(
            (f"Sumber {source} tanpa satu pun baris", float(rows == 0), 0.0, _NEEDED[source])
            for source, rows in (("dtks", people.height), ("dukcapil", _accepted(reconciliation, "dukcapil")))
        ),
        (
            "Baris DTKS yang tidak padan",
            100.0 * _share(people, pl.col("status_padan") == "TIDAK_PADAN"),
            limits.gerbang.tidak_padan,
            "Persen dari baris DTKS. Bila sebanyak ini tidak ditemukan, periksa apakah berkas DTKS dan Dukcapil "
            "berasal dari wilayah dan bulan yang sama.",
        ),
    ]
    if published is not None and not published.is_empty():
        rows += [
            (
                "Penurunan persentase padan",
                max(_matched_percent(published) - _matched_percent(people), 0.0),
                limits.gerbang.penurunan_padan,
                "Dalam poin persen, dibandingkan dengan terbitan sebelumnya.",
            ),
            (
                "Penyusutan baris DTKS",
                max(100.0 * (1 - people.height / published.height), 0.0),
                limits.gerbang.penyusutan_baris,
                "Persen yang hilang, dibandingkan dengan terbitan sebelumnya.",
            ),
            _emptied(people, published, limits.gerbang.penyusutan_kabupaten),
        ]
    gates = pl.DataFrame(rows, schema=["gerbang", "nilai_ukur", "batas", "keterangan"], orient="row")
    return gates.with_columns(lulus=pl.col("nilai_ukur") <= pl.col("batas"))


def _accepted(reconciliation: pl.DataFrame, source: str) -> int:
    return int(reconciliation.filter(sumber=source)["baris_diterima"].sum())


def _total(reconciliation: pl.DataFrame, column: str) -> float:
    return float(reconciliation[column].abs().sum())


def _rejected(reconciliation: pl.DataFrame, quarantine: pl.DataFrame, limit: float) -> list[_Gate]:
    refused = (
        quarantine.filter(~pl.col("sudah_diperbaiki") & (pl.col("baris") > 0))
        .unique(["sumber", "berkas", "lembar", "baris"])
        .group_by("sumber")
        .agg(ditolak=pl.len())
    )
    percents = (
        reconciliation.group_by("sumber")
        .agg(pl.col("baris_masuk").sum())
        .join(refused, on="sumber", how="left")
        .select("sumber", 100.0 * pl.col("ditolak").fill_null(0) / pl.col("baris_masuk").clip(1))
        .sort("sumber")
    )
    return [
        (f"Baris {source} yang dikarantina", percent, limit, "Persen dari baris yang masuk.")
        for source, percent in percents.iter_rows()
    ]


def _unread(reconciliation: pl.DataFrame, limit: float) -> list[_Gate]:
    percents = (
        reconciliation.filter(pl.col("sumber") != "lain")
        .group_by("sumber")
        .agg(100.0 * (pl.col("status_berkas") == "DITOLAK").mean())
        .sort("sumber")
    )
    return [
        (f"Berkas {source} yang tidak dapat dibaca", percent, limit, "Persen dari berkas yang diserahkan.")
        for source, percent in percents.iter_rows()
    ]


def _emptied(people: pl.DataFrame, published: pl.DataFrame, limit: float) -> _Gate:
    """The kabupaten that lost most of its rows; of one with few rows a large part may well move."""
    before, now = (
        rows.drop_nulls("kode_kab").group_by("kode_kab").agg(banyak=pl.len()) for rows in (published, people)
    )
    lost = (
        before.filter(pl.col("banyak") >= _FEWEST)
        .join(now, on="kode_kab", how="left", suffix="_kini")
        .select("kode_kab", persen=100.0 * (1 - pl.col("banyak_kini").fill_null(0) / pl.col("banyak")).clip(0))
        .sort("persen", "kode_kab", descending=[True, False])
    )
    code, percent = lost.row(0) if lost.height else ("-", 0.0)
    told = (
        f"Persen yang hilang dari kabupaten/kota {code}, yang paling menyusut sejak terbitan sebelumnya. "
        "Periksa apakah berkasnya ada, terbaca, dan lengkap."
    )
    return "Penyusutan baris DTKS per kabupaten/kota", percent, limit, told


def _found(findings: pl.DataFrame, people: pl.DataFrame, limits: dict[str, float]) -> list[_Gate]:
    counts = dict(findings.filter(pl.col("sumber") == "dtks").group_by("kode").agg(pl.col("id").n_unique()).iter_rows())
    return [
        (
            f"Temuan {code}",
            100.0 * counts.get(code, 0) / max(people.height, 1),
            limit,
            f"{_SENTENCES.get(code, '')} Persen dari baris DTKS.".strip(),
        )
        for code, limit in sorted(limits.items())
    ]


def _matched_percent(people: pl.DataFrame) -> float:
    return 100.0 * _share(people, pl.col("status_padan").is_in(LINKED))


def _share(people: pl.DataFrame, condition: pl.Expr) -> float:
    return float(people.select(condition.mean()).item() or 0.0)
