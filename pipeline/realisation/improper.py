"""Possibly improper payments: paid orders found by a rule or listed in `mart.bantuan_ganda`, each with a sentence.

Belongs here: rupiah at stake and wording. Does not: which orders a rule finds (`schemas.rules`), nor any decision about
a person: these are proposals.
"""

from __future__ import annotations

import polars as pl

from pipeline.normalise.values.money import format_rupiah
from schemas.keys import ORDER
from schemas.marts.bantuan_ganda import DOUBLE_CURE
from schemas.marts.bantuan_tidak_tepat import IMPROPER
from schemas.rules import RULES

# Columns per order and reason, besides those of the order.
_FINDING_COLUMNS = ("taruhan", "alasan", "tindakan", "perintah_terlibat")


def improper_payments(orders: pl.LazyFrame, double: pl.DataFrame) -> pl.DataFrame:
    """One row per paid order and reason, in the columns of `mart.bantuan_tidak_tepat`.

    Args:
        orders: `mart.pembayaran`; all columns are read only of the orders found.
        double: `mart.bantuan_ganda`.
    """
    paid = orders.filter(pl.col("status_bayar") == "DIBAYAR")
    columns = [*(name for name in paid.collect_schema() if name != "temuan"), "kode", *_FINDING_COLUMNS]
    rows = pl.concat([_found_by_rules(paid).select(columns), _found_by_double_aid(paid, double).select(columns)])
    rank = pl.col("kode").cast(pl.Enum(IMPROPER))
    return (
        rows.sort(rank, *ORDER)
        .with_columns(utama=pl.struct(ORDER).is_first_distinct(), nominal=pl.col("taruhan"))
        .drop("taruhan")
    )


def _found_by_rules(paid: pl.LazyFrame) -> pl.DataFrame:
    rules = pl.DataFrame(
        {"kode": code, "tindakan": RULES["PerintahBayar", code].cure, "kalimat": RULES["PerintahBayar", code].sentence}
        for code in IMPROPER
        if ("PerintahBayar", code) in RULES
    )
    return (
        paid.filter(pl.col("temuan").list.len() > 0)
        .collect(engine="streaming")
        .explode("temuan", keep_nulls=False, empty_as_null=False)
        .rename({"temuan": "kode"})
        .join(rules, on="kode", maintain_order="left")
        # A payment that came too early is also outside its window; one finding is enough.
        .filter(~((pl.col("kode") == "DI_LUAR_JADWAL") & (pl.col("kode") == "SEBELUM_PERINTAH").any().over(ORDER)))
        .with_columns(
            taruhan=pl.when(pl.col("kode") == "NOMINAL_DI_LUAR_TARIF").then("selisih_tarif").otherwise("nominal"),
            alasan=_sentence(),
            perintah_terlibat=pl.lit([], pl.List(pl.String)),
        )
    )


def _found_by_double_aid(paid: pl.LazyFrame, double: pl.DataFrame) -> pl.DataFrame:
    double_payments = double.select(
        "tahun",
        "no_danom",
        "perintah_terlibat",
        "alasan",
        program="program_b",
        tahap="tahap_danom",
        kode="jenis",
        taruhan="nominal",
    )
    orders = paid.join(double_payments.select(ORDER).unique().lazy(), on=ORDER, how="semi").collect(engine="streaming")
    found = double_payments.join(orders, on=ORDER, maintain_order="left").with_columns(tindakan=pl.lit(DOUBLE_CURE))
    # One order may be a double payment in several ways, which differ only in the family or the other programme.
    return found.sort("taruhan", "alasan", descending=[True, False]).unique([*ORDER, "kode"], keep="first")


def _sentence() -> pl.Expr:
    """The sentence of the reason with the dates and amounts of the order."""
    paid_on = pl.col("tgl_bayar").dt.strftime("%d-%m-%Y").fill_null("tanpa tanggal")
    since = pl.col("tanggal_status").dt.strftime("%d-%m-%Y")
    known = {"PENERIMA_MENINGGAL": "meninggal", "PENERIMA_PINDAH": "pindah"}
    dated = pl.coalesce(
        pl.when((pl.col("kode") == code) & since.is_not_null()).then(
            pl.format("Dibayar {}, sedangkan Dukcapil mencatat penerima {} sejak {}.", paid_on, pl.lit(word), since)
        )
        for code, word in known.items()
    )
    undated = pl.coalesce(
        pl.when(pl.col("kode") == code).then(
            pl.format(
                "Dibayar {}, sedangkan menurut Dukcapil penerima sudah {} (tanggalnya tidak tercatat).",
                paid_on,
                pl.lit(word),
            )
        )
        for code, word in known.items()
    )
    amount = pl.when(pl.col("kode") == "NOMINAL_DI_LUAR_TARIF").then(
        pl.format(
            "Nilai {} berbeda {} dari tarif terdekat.",
            format_rupiah(pl.col("nominal")),
            format_rupiah(pl.col("selisih_tarif")),
        )
    )
    timed = pl.when(pl.col("kode").is_in(["SEBELUM_PERINTAH", "DI_LUAR_JADWAL", "TAHAP_SEKALIGUS"])).then(
        pl.format("{} Tanggal bayar: {}.", "kalimat", paid_on)
    )
    return pl.coalesce(dated, undated, amount, timed, "kalimat")
