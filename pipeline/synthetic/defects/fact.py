"""Damages birth dates, sexes and regions.

Belongs here: damage to facts other than numbers and names. Does not: date formats
(`pipeline.synthetic.files.notation`).
"""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from pipeline.synthetic.draft import Draft
from pipeline.synthetic.rates import Rates

_YEARS = (-10, -5, -2, -1, -1, 1, 1, 2, 3, 10)
_KINDS = ("TGL_TAHUN", "TGL_KETIK", "TGL_1JAN", "TGL_KOSONG", "TGL_TUKAR")
_LONG_NAME = 8
_MONTHS = 12
_DAYS_RETYPED = 0.6


def damage_dates(draft: Draft, rates: Rates, today: date) -> None:
    """Damage birth dates (`lahir`) with at most one kind of error per row; none becomes later than today."""
    born = pl.col("lahir")
    rows, rng = draft.rows.height, draft.rng
    years = pl.format("{}y", pl.lit(pl.Series(np.array(_YEARS)[rng.integers(0, len(_YEARS), rows)])))
    shifted = born.dt.offset_by(years)
    day = pl.lit(pl.Series(rng.integers(1, 29, rows)))
    month = pl.lit(pl.Series(rng.integers(1, 13, rows)))
    change_day = pl.lit(pl.Series(rng.random(rows) < _DAYS_RETYPED))
    year = born.dt.year()
    # 28 days exist in every month, so a mistyped day or month is always a date.
    own_day = pl.min_horizontal(born.dt.day(), pl.lit(28))
    retyped = pl.when(change_day).then(pl.date(year, born.dt.month(), day)).otherwise(pl.date(year, month, own_day))
    swappable = born.dt.day() <= _MONTHS
    swapped = pl.date(year, pl.when(swappable).then(born.dt.day()).otherwise(1), born.dt.month())
    values = {
        "TGL_TAHUN": pl.when(shifted <= today).then(shifted).otherwise(born.dt.offset_by("-1y")),
        "TGL_KETIK": pl.when(retyped <= today).then(retyped).otherwise(born),
        "TGL_1JAN": pl.date(year, 1, 1),
        "TGL_KOSONG": pl.lit(None, pl.Date),
        "TGL_TUKAR": pl.when(swappable & (swapped <= today)).then(swapped).otherwise(born),
    }
    known = draft.has_full_number("nik")
    for kelas, chosen in draft.assign_kinds(rates, _KINDS, ~draft.marked("AMBIGU")).items():
        # Without a NIK the birth date is needed to recognise the person.
        draft.overwrite(
            kelas, chosen & known if kelas in ("TGL_KOSONG", "TGL_1JAN") else chosen, "lahir", values[kelas]
        )


def damage_sexes(draft: Draft, rates: Rates) -> None:
    """Swap the sex (`jk`) of some rows."""
    other = pl.col("jk").replace({"L": "P", "P": "L"})
    draft.overwrite("JK_SALAH", draft.sample_rows(rates.jk_salah, ~draft.marked("AMBIGU")), "jk", other)


def damage_regions(draft: Draft, rates: Rates) -> None:
    """Respell region names and use provinces from before 2022; needs provinsi, kabupaten, kecamatan, desa_nama."""
    rows, rng = draft.rows.height, draft.rng
    in_new_province = draft.sample_rows(rates.provinsi_lama, draft.rows["baru"].to_numpy(), steady=True)
    old_province = (
        pl.when(pl.col("provinsi") == "PAPUA BARAT DAYA").then(pl.lit("PAPUA BARAT")).otherwise(pl.lit("PAPUA"))
    )
    draft.overwrite("PROVINSI_LAMA", in_new_province, "provinsi", old_province)
    respelled = draft.sample_rows(rates.wilayah_ejaan, steady=True)
    variant = rng.integers(0, 12, rows)
    for number, (column, value) in enumerate(_respellings(rng, rows)):
        draft.overwrite("WILAYAH_EJAAN", respelled & (variant == number), column, value)


def kabupaten_variants() -> tuple[pl.Expr, ...]:
    """Unambiguous ways of writing the kind of a kabupaten or kota."""
    kab = pl.col("kabupaten")
    return (
        kab.str.replace("^KABUPATEN ", "KAB. "),
        kab.str.replace("^KABUPATEN ", "KAB "),
        kab.str.replace(" ", "  ", literal=True),
    )


def _respellings(rng: np.random.Generator, rows: int) -> list[tuple[str, pl.Expr]]:
    """Ways to write a region name, each with the column it changes."""
    desa, kec = pl.col("desa_nama"), pl.col("kecamatan")
    # Kelurahan codes begin with 1, desa codes with 2.
    kind = pl.when(pl.col("kode_desa").str.slice(6, 1) == "1").then(pl.lit("KEL.")).otherwise(pl.lit("DS."))
    long_kind = pl.when(pl.col("kode_desa").str.slice(6, 1) == "1").then(pl.lit("KELURAHAN")).otherwise(pl.lit("DESA"))
    at = pl.lit(pl.Series(rng.integers(2, _LONG_NAME - 1, rows)))
    doubled = pl.concat_str(desa.str.head(at), desa.str.slice(at - 1, 1), desa.str.slice(at))
    kabupaten_forms = kabupaten_variants()
    return [
        ("kabupaten", kabupaten_forms[0]),
        ("kabupaten", kabupaten_forms[1]),
        ("kabupaten", kabupaten_forms[2]),
        ("kecamatan", pl.format("KEC. {}", kec)),
        ("kecamatan", pl.format("KECAMATAN {}", kec)),
        ("kecamatan", kec.str.to_titlecase()),
        ("desa_nama", pl.format("{} {}", kind, desa)),
        ("desa_nama", pl.format("{} {}", long_kind, desa)),
        ("desa_nama", desa.str.to_titlecase()),
        (
            "desa_nama",
            pl.when(desa.str.len_chars() >= _LONG_NAME).then(desa.str.replace(" ", "", literal=True)).otherwise(desa),
        ),
        ("desa_nama", desa + " "),
        ("desa_nama", pl.when(desa.str.len_chars() >= _LONG_NAME + 2).then(doubled).otherwise(pl.format("{} ", desa))),
    ]
