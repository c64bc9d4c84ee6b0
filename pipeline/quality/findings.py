"""Applies rules to rows: quarantine of refused rows, findings on accepted rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import polars as pl

from pipeline.normalise.values.masking import masked
from pipeline.quality.repetitions import compare_repetitions, repetition_columns
from schemas.extracts import folder_of, origin_file, place_text
from schemas.keys import ORDER, PLACE, SOURCE_PLACE
from schemas.marts.bantuan_tidak_tepat import IMPROPER
from schemas.quality import Temuan
from schemas.rules import CUT_OFF, DIFFERS_FROM_ACCEPTED, FORM_ID_IN_USE, RULES, Rule, Severity, rules_on
from schemas.staged import STAGED_KINDS
from schemas.table import polars_schema

_ID_COLUMN = {
    "dtks": "id_dtks",
    "dukcapil": "nik",
    "pos": "no_danom",
    "alokasi": "kode_wilayah",
    "pendamping": "id_pendamping",
    "dtsen_keluarga": "no_kk",
}
# For broken column checks, which are not in the catalogue: the normaliser let through a value that it must not.
_NO_RULE = "Nilai pada baris ini tidak sesuai ketentuan kolomnya. Laporkan kepada pengelola padan."
# Columns that identify a refused row among accepted rows of other files.
_IDENTITY = {"dtks": ("id_dtks",), "dukcapil": ("nik",), "pos": ORDER}
# Suffix of raw values beside clean ones; officers recognise the raw value.
_RAW_SUFFIX = "_asal"
# Refusals because an accepted row has the identifier; that it was accepted does not mean that these were corrected.
_ID_IN_USE = ("ID_GANDA", "NIK_GANDA", *FORM_ID_IN_USE)
_ID_IN_USE_SENTENCE = "Nomor itu ada pada baris {} di {}."
# Findings on orders that officers read elsewhere: in `mart.usulan_dtks`, with the rows that do not count, and as a note
# on the file, as a whole stage may have them.
_SHOWN_ELSEWHERE = ("NON_DTKS", "DANOM_BERSAMA", "TAHAP_TANPA_TARIF")
# Columns that show whether a row of a correction form replaces another.
_ORIGIN_COLUMNS = ("berkas", "asal_baris")


def refusal_reasons(source: str, refused: pl.DataFrame) -> pl.DataFrame:
    """What `quarantine` needs of refused rows, one per row and reason; results for several parts can be concatenated.

    Args:
        source: the source.
        refused: the second part of `schemas.table.split`, with the list `kode`.
    """
    return refused.explode("kode").select(
        *PLACE,
        "kode",
        nilai=masked(_value_at_fault(refused, STAGED_KINDS[source].__name__)),
        kode_kab=_kabupaten(source),
        asal_baris="asal_baris" if "asal_baris" in refused.columns else pl.lit(None, pl.String),
        **repetition_columns(source),
        **{f"{name}_kunci": pl.col(name) for name in _IDENTITY.get(source, ())},
    )


def quarantine(
    source: str, raw: pl.DataFrame | pl.LazyFrame, refused: pl.DataFrame, accepted: pl.DataFrame | pl.LazyFrame
) -> pl.DataFrame:
    """The refused rows of one source, one per row and reason, in the columns of `quality.karantina` but `periode`.

    Args:
        source: the source.
        raw: its extract; rows with a code in `rusak` were refused by the reader.
        refused: result of `refusal_reasons`.
        accepted: the accepted rows. A refused row that was accepted from another file counts as corrected; a row
            without a kabupaten gets the one that most accepted rows of its file have.
    """
    unread = _unread_lines(raw.lazy())
    replaced = _is_replaced(pl.concat([rows.select(*_ORIGIN_COLUMNS) for rows in (refused, unread)]), accepted.lazy())
    unread = unread.with_columns(tempat=pl.lit(None, pl.String), sudah_diperbaiki=replaced)
    explained = _explain_refused(source, refused, accepted.lazy(), replaced)
    refusals = pl.concat([unread, explained.select(unread.columns)])
    return (
        refusals.join(_rule_explanations(source), on="kode", how="left", maintain_order="left")
        .join(_usual_kabupaten(source, accepted.lazy()), on="berkas", how="left", maintain_order="left")
        .select(
            sumber=pl.lit(folder_of(source)),
            berkas="berkas",
            lembar="lembar",
            baris="baris",
            kode="kode",
            kolom="kolom",
            nilai="nilai",
            keterangan=pl.coalesce("catatan", pl.format("{} {}", "aturan", "tempat"), "aturan", pl.lit(_NO_RULE)),
            kode_kab=pl.coalesce("kode_kab", "kab_berkas"),
            sudah_diperbaiki="sudah_diperbaiki",
            asal_baris=pl.when(_replaces_other_row()).then("asal_baris"),
        )
    )


def _explain_refused(source: str, refused: pl.DataFrame, accepted: pl.LazyFrame, replaced: pl.Expr) -> pl.DataFrame:
    """The refused rows with catatan (differs from the accepted row), tempat (who has the ID) and sudah_diperbaiki."""
    repeated = compare_repetitions(source, refused, accepted)
    sentences = {code: rule.sentence for (model, code), rule in RULES.items() if model == STAGED_KINDS[source].__name__}
    sentence = pl.col("kode").replace_strict(sentences, default=None, return_dtype=pl.String)
    return refused.with_columns(
        catatan=pl.when(repeated["berbeda"]).then(pl.format("{} {}", sentence, pl.lit(DIFFERS_FROM_ACCEPTED))),
        tempat=_describe_id_in_use(source, refused, accepted),
        sudah_diperbaiki=_is_accepted_elsewhere(source, refused, accepted) | repeated["diganti"] | replaced,
    )


def _unread_lines(raw: pl.LazyFrame) -> pl.DataFrame:
    """Lines that the reader refused, in the order of their places; those of forms may replace other rows."""
    none = pl.lit(None, pl.String)
    origin_cell = pl.col("asal_baris") if "asal_baris" in raw.collect_schema() else none
    # Only a cut-off line replaces its original row; others, such as a correction of another month, do not.
    origin = pl.when(pl.col("rusak").is_in(CUT_OFF)).then(origin_cell)
    refused = raw.filter(pl.col("rusak").is_not_null()).select(
        *PLACE, "catatan", kode="rusak", nilai=none, kode_kab=none, asal_baris=origin
    )
    return refused.collect(engine="streaming").sort(PLACE)


def _rule_explanations(source: str) -> pl.DataFrame:
    """The rules of a source and of files: kode, kolom (null for none), aturan (explanation)."""
    models = {"Berkas", STAGED_KINDS[source].__name__}
    rows = [(rule.code, rule.column or None, rule.explanation) for rule in RULES.values() if rule.on in models]
    return pl.DataFrame(rows, schema=dict.fromkeys(("kode", "kolom", "aturan"), pl.String), orient="row").unique(
        "kode", keep="first", maintain_order=True
    )


def _usual_kabupaten(source: str, accepted: pl.LazyFrame) -> pl.DataFrame:
    """The most frequent kabupaten in the accepted rows of each file: berkas, kab_berkas."""
    counted = accepted.group_by("berkas", kab_berkas=_kabupaten(source)).len().collect(engine="streaming")
    first = counted.drop_nulls("kab_berkas").sort("berkas", "len", "kab_berkas", descending=[False, True, False])
    return first.unique("berkas", keep="first").drop("len")


def _kabupaten(source: str) -> pl.Expr:
    return pl.col("kode_wilayah" if source == "alokasi" else "kode_kab").str.head(4)


def _replaces_other_row() -> pl.Expr:
    """Whether a row comes from a correction form and replaces a row of another file.

    A row that names a place in its own file does not: the form was saved over the file it was made from.
    """
    return (pl.col("asal_baris").is_not_null() & (origin_file() != pl.col("berkas"))).fill_null(value=False)


def _is_replaced(refused: pl.DataFrame, accepted: pl.LazyFrame) -> pl.Expr:
    """Whether the row of a form replaces a refused row, or the same original row that this one replaces.

    If the form's row was refused as well, that row is the one to be corrected now. A refused row of a form is also
    replaced if another form's row for the same original row was accepted.
    """
    refused_again = refused.filter(_replaces_other_row())["asal_baris"]
    accepted_again = refused_again.clear()
    if "asal_baris" in accepted.collect_schema():
        accepted_again = (
            accepted.filter(_replaces_other_row()).select("asal_baris").collect(engine="streaming").to_series()
        )
    is_original = place_text().is_in(pl.concat([accepted_again, refused_again]).implode())
    is_sibling = _replaces_other_row() & pl.col("asal_baris").is_in(accepted_again.implode())
    return is_original | is_sibling.fill_null(value=False)


def _is_accepted_elsewhere(source: str, refused: pl.DataFrame, accepted: pl.LazyFrame) -> pl.Series:
    names = _IDENTITY.get(source, ())
    wanted = refused.lazy().select(pl.col(f"{name}_kunci").alias(name) for name in names).unique()
    if not names or refused.is_empty():
        return pl.Series([False], dtype=pl.Boolean).new_from_index(0, refused.height)
    known = accepted.select(names).join(wanted, on=names, how="semi").unique().collect(engine="streaming")
    is_of_other = pl.col("kode").is_in(_ID_IN_USE).any().over(PLACE)
    own_keys = refused.select(*(pl.col(f"{name}_kunci").alias(name) for name in names), is_of_other=is_of_other)
    found = own_keys.join(known.with_columns(ada=pl.lit(value=True)), on=names, how="left", maintain_order="left")
    return found.select(pl.col("ada").fill_null(value=False) & ~pl.col("is_of_other")).to_series()


def _describe_id_in_use(source: str, refused: pl.DataFrame, accepted: pl.LazyFrame) -> pl.Series:
    """For rows of forms with an identifier in use, which accepted row has it, in words; null for the others."""
    keys = [f"{name}_kunci" for name in _IDENTITY.get(source, ())]
    wanted = refused.filter(pl.col("kode").is_in(FORM_ID_IN_USE))
    if not keys or wanted.is_empty():
        return pl.repeat(None, refused.height, dtype=pl.String, eager=True)
    rows = accepted.select(*PLACE, **dict(zip(keys, _IDENTITY[source], strict=True)))
    bearers = rows.join(wanted.lazy().select(keys), on=keys, how="semi").collect(engine="streaming").sort(PLACE)
    sentences = bearers.unique(keys, keep="first").select(
        *keys, tempat=pl.format(_ID_IN_USE_SENTENCE, "baris", "berkas")
    )
    described = refused.select("kode", *keys).join(sentences, on=keys, how="left", maintain_order="left")
    return described.select(tempat=pl.when(pl.col("kode").is_in(FORM_ID_IN_USE)).then("tempat")).to_series()


def _value_at_fault(rows: pl.DataFrame, model: str) -> pl.Expr:
    value = pl.lit(None, pl.String)
    for rule in rules_on(model, Severity.REJECT):
        value = pl.when(pl.col("kode") == rule.code).then(_raw_value(rows, rule)).otherwise(value)
    return value


def _raw_value(rows: pl.DataFrame, rule: Rule) -> pl.Expr:
    name = rule.column + _RAW_SUFFIX if rule.column + _RAW_SUFFIX in rows.columns else rule.column
    return pl.col(name).cast(pl.String)


def findings(source: str, rows: pl.LazyFrame, model: str) -> pl.DataFrame:
    """Findings and repairs on accepted rows, one per row and rule, in the columns of `quality.temuan` but `periode`.

    Args:
        source: the source the rows came from.
        rows: accepted rows of `model`, with their place as `berkas`/`baris` or `sumber_berkas`/`sumber_baris`. Only the
            columns that its rules use are read.
        model: name of the model whose rules apply.
    """
    return apply_rules(rules_on(model, Severity.FINDING, Severity.REPAIR), source, rows)


def findings_on_orders(orders: pl.LazyFrame) -> pl.DataFrame:
    """As `findings`, for what `temuan` of `mart.pembayaran` says and officers read nowhere else.

    Of paid orders that excludes the reasons of `mart.bantuan_tidak_tepat`; an unpaid order can still be put right.
    """
    unpaid = pl.col("status_bayar") != "DIBAYAR"
    rules = [
        replace(rule, breaks=pl.col("temuan").list.contains(rule.code) & (unpaid | (rule.code not in IMPROPER)))
        for rule in rules_on("PerintahBayar", Severity.FINDING)
        if rule.code not in _SHOWN_ELSEWHERE
    ]
    return apply_rules(rules, "pos", orders)


def apply_rules(rules: Iterable[Rule], source: str, rows: pl.LazyFrame) -> pl.DataFrame:
    """As `findings`, for the rules given."""
    columns = rows.collect_schema().names()
    of_file = "berkas" in columns
    kab = _kabupaten(source) if {"kode_kab", "kode_wilayah"} & {*columns} else pl.lit(None, pl.String)
    common = {
        "id": pl.col(_ID_COLUMN[source]),
        "kode_kab": kab,
        **{name: pl.col(name if of_file else SOURCE_PLACE[name]) for name in PLACE},
    }
    applicable = [(rule, rule.breaks) for rule in rules if rule.breaks is not None]
    if not applicable:
        return pl.DataFrame(schema=polars_schema(Temuan)).drop("periode")
    broken = {rule.code: breaks for rule, breaks in applicable}
    # Millions of rows, of which few break a rule: filter before expanding by rule.
    with_findings = rows.select(**common, **broken).filter(pl.any_horizontal(*broken)).collect(engine="streaming")
    found = [
        with_findings.filter(rule.code).select(
            *common, kode=pl.lit(rule.code), kolom=pl.lit(rule.column), keterangan=pl.lit(rule.explanation)
        )
        for rule, _ in applicable
    ]
    return (
        pl.concat(found)
        .with_columns(sumber=pl.lit(folder_of(source)))
        .select("sumber", "id", "kode", "kolom", "keterangan", "kode_kab", *PLACE)
    )
