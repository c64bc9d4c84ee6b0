"""Gates between a finished run and its publication: a run that fails one is kept, but what is published stays.

The limits themselves stand in `data/reference/ambang.toml` and are loaded by `pipeline.settings`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from pipeline.settings import GateLimits, Limits
from schemas.cleansed import LINKED
from schemas.rules import RULES

_NEEDED = {
    "dtks": "Terbitan harus memuat data DTKS.",
    "dukcapil": "Tanpa data Dukcapil semua orang akan tampak tidak padan.",
}
# Rows of a kabupaten or a stage below which its shrinking says nothing.
_FEWEST = 50
# So many of those that shrank most are named.
_NAMED = 5
_STAGE = ("program", "tahun", "tahap")
ORDER_STATE = (*_STAGE, "no_danom", "berlaku_per")
"""Columns of `mart.pembayaran` that tell which orders there are, and as of when each is told."""
PEOPLE, FINDINGS = ("kode_kab", "status_padan"), ("sumber", "kode", "id")
"""Columns of `cleansed.anggota` and `quality.temuan` that gates look at."""
_SENTENCES = {rule.code: rule.sentence for rule in RULES.values() if rule.on in {"DtksStaged", "Anggota"}}
_Gate = tuple[str, float, float, str]


@dataclass(frozen=True)
class Result:
    """What is compared between a run and the publication before it.

    Attributes:
        people: `cleansed.anggota`, the columns `PEOPLE`.
        residents: `quality.penduduk_kabupaten`.
        orders: `mart.pembayaran`, the columns `ORDER_STATE`, where they lie: a country's orders are never held whole.
    """

    people: pl.DataFrame
    residents: pl.DataFrame
    orders: pl.LazyFrame


def judge(
    reconciliation: pl.DataFrame,
    *,
    quarantine: pl.DataFrame,
    findings: pl.DataFrame,
    result: Result,
    published: Result,
    limits: Limits,
    regions: pl.DataFrame,
) -> pl.DataFrame:
    """One row per gate: gerbang, nilai_ukur, batas, lulus, keterangan (Indonesian).

    Args:
        reconciliation: `quality.rekonsiliasi` of this run.
        quarantine: `quality.karantina`; rows corrected meanwhile do not count against their source.
        findings: `quality.temuan`, the columns `FINDINGS`.
        result: what the run came to.
        published: the same as published before (its newest periode), without rows where nothing is.
        limits: the limits, in percent.
        regions: kode and nama of every region.
    """
    people = result.people
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
    rows += _shrunk(result, published, limits.gerbang, regions)
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


def _shrunk(now: Result, before: Result, limits: GateLimits, regions: pl.DataFrame) -> list[_Gate]:
    """What a file that was cut off or left out takes away; nothing is compared with a source not yet published."""
    gates: list[_Gate] = []
    if not before.people.is_empty():
        gates.append(
            (
                "Penurunan persentase padan",
                max(_matched_percent(before.people) - _matched_percent(now.people), 0.0),
                limits.penurunan_padan,
                "Dalam poin persen, dibandingkan dengan terbitan sebelumnya.",
            )
        )
        earlier, later = (rows.group_by("kode_kab").agg(banyak=pl.len()) for rows in (before.people, now.people))
        lost = _lost_rows(earlier, later, regions)
        gates += _fewer("baris DTKS", lost, limits.penyusutan_baris, limits.penyusutan_kabupaten)
    if not before.residents.is_empty():
        earlier, later = (rows.select("kode_kab", banyak="penduduk") for rows in (before.residents, now.residents))
        lost = _lost_rows(earlier, later, regions)
        gates += _fewer("penduduk Dukcapil", lost, limits.penyusutan_penduduk, limits.penyusutan_penduduk_kabupaten)
    if not (stages := _stages(before.orders)).is_empty():
        gates.append(_lost_orders(now.orders, before.orders, stages, limits.penyusutan_pembayaran))
    return gates


def _lost_rows(before: pl.DataFrame, now: pl.DataFrame, regions: pl.DataFrame) -> pl.DataFrame:
    """Of kode_kab and banyak of both sides: nama, banyak (before) and selisih (what is missing; below 0: more)."""
    return (
        before.join(now, on="kode_kab", how="full", coalesce=True, nulls_equal=True, suffix="_kini")
        .join(regions.select(kode_kab="kode", wilayah="nama"), on="kode_kab", how="left")
        .select(
            # Rows that nobody can place are no kabupaten.
            nama=pl.coalesce("wilayah", "kode_kab"),
            banyak=pl.col("banyak").fill_null(0).cast(pl.Int64),
            selisih=pl.col("banyak").fill_null(0).cast(pl.Int64) - pl.col("banyak_kini").fill_null(0).cast(pl.Int64),
        )
    )


def _fewer(what: str, lost: pl.DataFrame, limit: float, limit_each: float) -> list[_Gate]:
    """The gates of the country and of each kabupaten: a file empties a kabupaten, not the country."""
    percent = 100.0 * max(int(lost["selisih"].sum()), 0) / max(int(lost["banyak"].sum()), 1)
    told = "Persen yang hilang, dibandingkan dengan terbitan sebelumnya."
    each = lost.drop_nulls("nama").select("nama", "banyak", hilang=pl.col("selisih").clip(0), lenyap=False)
    return [
        (f"Penyusutan {what}", percent, limit, told),
        _worst(f"Penyusutan {what} per kabupaten/kota", each, limit_each, "Persen yang hilang"),
    ]


def _stages(orders: pl.LazyFrame) -> pl.DataFrame:
    return orders.select(_STAGE).unique().collect(engine="streaming")


def _lost_orders(now: pl.LazyFrame, before: pl.LazyFrame, stages: pl.DataFrame, limit: float) -> _Gate:
    """Stages whose orders are gone, or told by an older file than before; once delivered, an order never vanishes.

    One stage is held in memory at a time, of it a number for every order. An order put right to another stage counts as
    gone too, since the next stage may well use its number; the officer is told.
    """
    losses, gone, come = [], [], []
    for stage in pl.concat([stages, _stages(now)]).unique().sort(_STAGE).iter_rows(named=True):
        earlier, later = (_numbers(orders, stage) for orders in (before, now))
        known = earlier.join(later, on="nomor", suffix="_kini")
        older = int(known.select((pl.col("berlaku_per_kini") < pl.col("berlaku_per")).sum()).item())
        losses.append(
            {
                "nama": "{} {} tahap {}".format(*stage.values()),
                "banyak": earlier.height,
                "hilang": earlier.height - known.height + older,
                "lenyap": later.is_empty(),
            }
        )
        program = pl.lit(stage["program"]).alias("program")
        gone.append(earlier.join(later, on="nomor", how="anti").select("nomor", program))
        come.append(later.join(earlier, on="nomor", how="anti").select("nomor", program))
    gate, worst, _, told = _worst(
        "Perintah bayar yang hilang per tahap",
        pl.DataFrame(losses),
        limit,
        "Persen yang hilang atau kembali ke keadaan yang lebih lama",
    )
    moved = pl.concat(gone).join(pl.concat(come), on=["program", "nomor"], how="semi").height
    if moved:
        told += f" {moved} yang hilang kini ada di tahap lain; bila memang tahapnya dibetulkan, ubah batasnya."
    return gate, worst, limit, told


def _numbers(orders: pl.LazyFrame, stage: Mapping[str, Any]) -> pl.DataFrame:
    """Of one stage a number for every order, and as of when it is told."""
    of_stage = [pl.col(name).eq_missing(pl.lit(value)) for name, value in stage.items()]
    return orders.filter(of_stage).select("berlaku_per", nomor=pl.col("no_danom").hash()).collect(engine="streaming")


def _worst(gate: str, losses: pl.DataFrame, limit: float, measured: str) -> _Gate:
    """The gate of the one that lost most, naming the worst; of one with few rows a large part may well move.

    Args:
        losses: nama, banyak (before), hilang, and lenyap: nothing at all is left, which tells of a few rows too.
        measured: what the percents are of.
    """
    lost = (
        losses.filter((pl.col("banyak") >= _FEWEST) | pl.col("lenyap"), pl.col("hilang") > 0)
        .select("nama", persen=100.0 * pl.col("hilang") / pl.col("banyak"))
        .sort("persen", "nama", descending=[True, False])
    )
    if lost.is_empty():
        return gate, 0.0, limit, f"{measured} sejak terbitan sebelumnya: tidak ada."
    # Whoever is withheld is told of all that has to be mended, not of the worst alone.
    over = lost.filter(pl.col("persen") > limit)
    listed = lost.head(1) if over.is_empty() else over
    names = ", ".join(f"{name} ({percent:.0f})" for name, percent in listed.head(_NAMED).iter_rows())
    more = f", dan {listed.height - _NAMED} lainnya" if listed.height > _NAMED else ""
    told = (
        f"{measured} sejak terbitan sebelumnya, dari yang paling menyusut: {names}{more}. "
        "Periksa apakah berkasnya ada, terbaca, dan lengkap."
    )
    return gate, float(lost["persen"][0]), limit, told


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
