"""Rules applied to rows: quarantine for what is refused, findings for what is accepted with a remark."""

from __future__ import annotations

import polars as pl

from pipeline.normalise.masking import masked
from schemas.quality import Temuan
from schemas.rules import RULES, Rule, Severity, rules_on
from schemas.staged import STAGED
from schemas.table import polars_schema

_ID_COLUMN = {
    "dtks": "id_dtks",
    "dukcapil": "nik",
    "pos": "no_danom",
    "alokasi": "kode_wilayah",
    "pendamping": "id_pendamping",
}
# A broken column check is no rule of the catalogue: the normaliser let through what it must not.
_NO_RULE = "Nilai pada baris ini tidak sesuai ketentuan kolomnya. Laporkan kepada pengelola padan."
# What tells that a refused row was accepted from elsewhere.
_IDENTITY = {"dtks": ("id_dtks",), "pos": ("no_danom", "program", "tahun", "tahap")}
# Where a clean column has its raw value beside it, the raw one is what the officer will recognise.
_RAW = "_asal"


def quarantine(source: str, raw: pl.DataFrame, refused: pl.DataFrame, accepted: pl.DataFrame) -> pl.DataFrame:
    """The refused rows of one source, one per row and reason, in the columns of `quality.karantina` but `periode`.

    Args:
        source: the source.
        raw: its extract; rows with a code in `rusak` were refused by the reader.
        refused: the second part of `schemas.table.split`, with the list `kode`.
        accepted: its first part; a refused row that was accepted from another file counts as corrected, and a line
            without a kabupaten of its own belongs to the one most rows of its file name.
    """
    unread = raw.filter(pl.col("rusak").is_not_null()).select(
        "berkas",
        "lembar",
        "baris",
        "catatan",
        kode="rusak",
        nilai=pl.lit(None, pl.String),
        kode_kab=pl.lit(None, pl.String),
        sudah_diperbaiki=pl.lit(value=False),
    )
    model = STAGED[source].__name__
    reasons = refused.explode("kode").with_columns(
        nilai=_value_at_fault(refused, model),
        catatan=pl.lit(None, pl.String),
        kode_kab=_kabupaten(refused),
        sudah_diperbaiki=_is_corrected(source, accepted),
    )
    both = pl.concat([unread, reasons.select(unread.columns)])
    catalogue = pl.DataFrame(
        {
            "kode": [rule.code for rule in RULES.values() if rule.on in {"Berkas", model}],
            "kolom": [rule.column or None for rule in RULES.values() if rule.on in {"Berkas", model}],
            "aturan": [rule.explanation for rule in RULES.values() if rule.on in {"Berkas", model}],
        }
    ).unique("kode", keep="first", maintain_order=True)
    home = accepted.group_by("berkas").agg(kab_berkas=_kabupaten(accepted).drop_nulls().mode().sort().first())
    return (
        both.join(catalogue, on="kode", how="left")
        .join(home, on="berkas", how="left")
        .select(
            sumber=pl.lit(source),
            berkas="berkas",
            lembar="lembar",
            baris="baris",
            kode="kode",
            kolom="kolom",
            nilai=masked(pl.col("nilai")),
            keterangan=pl.coalesce("catatan", "aturan", pl.lit(_NO_RULE)),
            kode_kab=pl.coalesce("kode_kab", "kab_berkas"),
            sudah_diperbaiki="sudah_diperbaiki",
        )
    )


def _kabupaten(rows: pl.DataFrame) -> pl.Expr:
    name = "kode_kab" if "kode_kab" in rows.columns else "kode_wilayah"
    return pl.col(name).str.head(4)


def _is_corrected(source: str, accepted: pl.DataFrame) -> pl.Expr:
    if source not in _IDENTITY:
        return pl.lit(value=False)
    key = pl.struct(_IDENTITY[source])
    known = accepted.select(key.alias("key")).unique()["key"]
    return (key.is_in(known.implode()) & (pl.col("kode") != "ID_GANDA")).fill_null(value=False)


def _value_at_fault(rows: pl.DataFrame, model: str) -> pl.Expr:
    value = pl.lit(None, pl.String)
    for rule in rules_on(model, Severity.REJECT):
        value = pl.when(pl.col("kode") == rule.code).then(_raw_value(rows, rule)).otherwise(value)
    return value


def _raw_value(rows: pl.DataFrame, rule: Rule) -> pl.Expr:
    name = rule.column + _RAW if rule.column + _RAW in rows.columns else rule.column
    return pl.col(name).cast(pl.String)


def findings(source: str, rows: pl.DataFrame, model: str) -> pl.DataFrame:
    """Findings and repairs on accepted rows, one per row and rule, in the columns of `quality.temuan` but `periode`.

    Args:
        source: the source the rows came from.
        rows: accepted rows of `model`; `berkas`/`baris` or `sumber_berkas`/`sumber_baris` say where from.
        model: name of the model whose rules apply.
    """
    prefix = "" if "berkas" in rows.columns else "sumber_"
    kab = pl.col("kode_kab") if "kode_kab" in rows.columns else pl.lit(None, pl.String)
    found = [
        rows.lazy()
        .filter(rule.breaks)
        .select(
            id=_ID_COLUMN[source],
            kode=pl.lit(rule.code),
            kolom=pl.lit(rule.column),
            keterangan=pl.lit(rule.explanation),
            kode_kab=kab,
            berkas=f"{prefix}berkas",
            lembar=f"{prefix}lembar",
            baris=f"{prefix}baris",
        )
        for rule in rules_on(model, Severity.FINDING, Severity.REPAIR)
        if rule.breaks is not None
    ]
    if not found:
        return pl.DataFrame(schema=polars_schema(Temuan)).drop("periode")
    return (
        pl.concat(pl.collect_all(found))
        .with_columns(sumber=pl.lit(source))
        .select("sumber", "id", "kode", "kolom", "keterangan", "kode_kab", "berkas", "lembar", "baris")
    )
