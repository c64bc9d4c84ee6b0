"""Gates between a finished run and its publication: a run that fails one is kept, but what is published stays.

The limits themselves stand in `data/reference/ambang.toml` and are loaded by `pipeline.settings`.
"""

from __future__ import annotations

import polars as pl

from pipeline.quality.losses import DRIFT, Gate, Result, losses
from pipeline.settings import Limits
from schemas.keys import PLACE
from schemas.rules import NO_DATA, RULES

_NEEDED = {
    "dtks": "Terbitan harus memuat data DTKS.",
    "dukcapil": "Tanpa data Dukcapil semua orang akan tampak tidak padan.",
}
FINDINGS = ("sumber", "kode", "id")
"""Columns of `quality.temuan` that gates look at."""
_SENTENCES = {rule.code: rule.sentence for rule in RULES.values() if rule.on in {"DtksStaged", "Anggota"}}


def judge(
    reconciliation: pl.DataFrame,
    *,
    quarantine: pl.DataFrame,
    findings: pl.DataFrame,
    result: Result,
    published: Result,
    limits: Limits,
    regions: pl.DataFrame,
    stages: pl.DataFrame,
) -> pl.DataFrame:
    """One row per gate: gerbang, nilai_ukur, batas, keterangan, lulus, and satuan, what follows both figures.

    Args:
        reconciliation: `quality.rekonsiliasi` of this run.
        quarantine: `quality.karantina`; rows corrected meanwhile do not count against their source, nor do
            lines that hold no data, of which a list printed in pages has several on each.
        findings: `quality.temuan`, the columns `FINDINGS`.
        result: what the run came to.
        published: the same as published before, up to the run's own periode, without rows where nothing is.
        limits: the limits, in percent.
        regions: kode and nama of every region.
        stages: program, tahun and tahap of every known stage.
    """
    people = result.people
    counted: list[Gate] = [
        (
            "Selisih baris per berkas",
            _total(reconciliation, "selisih_baris"),
            0.0,
            "Setiap baris diterima atau dikarantina.",
        ),
        ("Selisih rupiah per berkas", _total(reconciliation, "selisih_nominal"), 0.0, "Setiap rupiah tercatat."),
        *(
            (f"Sumber {source} tanpa satu pun baris", float(rows == 0), 0.0, _NEEDED[source])
            for source, rows in (("dtks", people.height), ("dukcapil", _accepted(reconciliation, "dukcapil")))
        ),
    ]
    percents: list[Gate] = [
        *_rejected(reconciliation, quarantine, limits.gerbang.baris_ditolak),
        *_unread(reconciliation, limits.gerbang.berkas_ditolak),
        *_found(findings, people, limits.temuan),
        (
            "Baris DTKS yang tidak padan",
            100.0 * _share(people, pl.col("status_padan") == "TIDAK_PADAN"),
            limits.gerbang.tidak_padan,
            "Persen dari baris DTKS. Bila sebanyak ini tidak ditemukan, periksa apakah berkas DTKS dan Dukcapil "
            "berasal dari wilayah dan bulan yang sama.",
        ),
        *losses(result, published, limits.gerbang, regions, stages),
    ]
    gates = pl.DataFrame(counted + percents, schema=["gerbang", "nilai_ukur", "batas", "keterangan"], orient="row")
    unit = pl.when(pl.col("gerbang") == DRIFT).then(pl.lit(" poin persen")).otherwise(pl.lit("%"))
    return gates.with_columns(
        lulus=pl.col("nilai_ukur") <= pl.col("batas"),
        satuan=pl.when(pl.int_range(pl.len()) < len(counted)).then(pl.lit("")).otherwise(unit),
    )


def _accepted(reconciliation: pl.DataFrame, source: str) -> int:
    return int(reconciliation.filter(sumber=source)["baris_diterima"].sum())


def _total(reconciliation: pl.DataFrame, column: str) -> float:
    return float(reconciliation[column].abs().sum())


def _rejected(reconciliation: pl.DataFrame, quarantine: pl.DataFrame, limit: float) -> list[Gate]:
    empty = pl.col("kode").is_in(list(NO_DATA))
    refused = (
        quarantine.filter(~pl.col("sudah_diperbaiki"), pl.col("baris") > 0)
        .group_by("sumber", *PLACE)
        .agg(kosong=empty.all())
        .group_by("sumber")
        .agg(pl.col("kosong").sum(), ditolak=(~pl.col("kosong")).sum())
    )
    percents = (
        reconciliation.group_by("sumber")
        .agg(pl.col("baris_masuk").sum())
        .join(refused, on="sumber", how="left")
        .with_columns(pl.col("kosong", "ditolak").fill_null(0))
        .select("sumber", 100.0 * pl.col("ditolak") / (pl.col("baris_masuk") - pl.col("kosong")).clip(1))
        .sort("sumber")
    )
    return [
        (f"Baris {source} yang dikarantina", percent, limit, "Persen dari baris yang masuk.")
        for source, percent in percents.iter_rows()
    ]


def _unread(reconciliation: pl.DataFrame, limit: float) -> list[Gate]:
    # Snapshots of other months are not read at all; over the years they would outnumber any that cannot be.
    percents = (
        reconciliation.filter(pl.col("sumber") != "lain", pl.col("status_berkas") != "DILEWATI")
        .group_by("sumber")
        .agg(100.0 * (pl.col("status_berkas") == "DITOLAK").mean())
        .sort("sumber")
    )
    return [
        (f"Berkas {source} yang tidak dapat dibaca", percent, limit, "Persen dari berkas yang diserahkan.")
        for source, percent in percents.iter_rows()
    ]


def _found(findings: pl.DataFrame, people: pl.DataFrame, limits: dict[str, float]) -> list[Gate]:
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


def _share(people: pl.DataFrame, condition: pl.Expr) -> float:
    return float(people.select(condition.mean()).item() or 0.0)
