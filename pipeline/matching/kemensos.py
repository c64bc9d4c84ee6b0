"""The two rules in use today, as baselines: Kemensos' (NIK, then likeness of names) and Dukcapil's (all must be equal).

Belongs here: those rules as their owners run them, on a DTKS extract and the registry. Does not: anything that `padan`
itself decides by; only `padan evaluate` uses these rules, for comparison.

NIK are looked up after lossless cleaning (`pipeline.normalise.values.identifiers.written_number`: quotes, odd blanks,
separators, a trailing `.0`, letters that look like digits), since the extract handed to either office has been typed
clean already; a NIK that is wrong, short or lost is never repaired. On the samples that reading gives F1 0.920 for
Kemensos and 0.857 for Dukcapil. With only quotes and blanks stripped Kemensos' rule gets 0.909; with names but without
birth dates Dukcapil's gets 0.878.
"""

from __future__ import annotations

from difflib import SequenceMatcher

import polars as pl

from pipeline.normalise.values.identifiers import written_number
from pipeline.normalise.values.names import tidy_name

_LEAST_LIKENESS = 60.0


def kemensos_rule(dtks: pl.DataFrame, registry: pl.DataFrame) -> pl.DataFrame:
    """Padan where the NIK is known and the names are alike; birth date, sex and mother play no part.

    Args:
        dtks: id_dtks, nik_asal, nama_asal; one row per DTKS row, as written.
        registry: nik, nama; of rows repeating a NIK the first counts.

    Returns:
        id_dtks, nik_dukcapil, kemiripan (see `likeness`, 0–100; null where a name is missing) and padan (Boolean); only
        rows whose NIK the registry knows, in the order of `dtks`.
    """
    found = _rows_with_known_nik(dtks, registry)
    names = found.select("nama", "nama_dukcapil").drop_nulls().unique(maintain_order=True)
    scored = names.with_columns(
        kemiripan=pl.Series([likeness(*pair) for pair in names.iter_rows()], dtype=pl.Float64),
    )
    return found.join(scored, on=["nama", "nama_dukcapil"], how="left", maintain_order="left").select(
        "id_dtks",
        "nik_dukcapil",
        "kemiripan",
        padan=(pl.col("kemiripan") >= _LEAST_LIKENESS).fill_null(value=False),
    )


def exact_rule(dtks: pl.DataFrame, registry: pl.DataFrame) -> pl.DataFrame:
    """Padan where NIK, name and birth date are all equal: Dukcapil's "ketepatan 100 %".

    Args:
        dtks: id_dtks, nik_asal, nama_asal, tanggal_lahir; one row per DTKS row.
        registry: nik, nama, tanggal_lahir; of rows repeating a NIK the first counts.

    Returns:
        id_dtks, nik_dukcapil, padan (Boolean); only rows whose NIK the registry knows, in the order of `dtks`.
    """
    same_name = pl.col("nama") == pl.col("nama_dukcapil")
    same_date = pl.col("tanggal_lahir") == pl.col("tanggal_lahir_dukcapil")
    return _rows_with_known_nik(dtks, registry).select(
        "id_dtks", "nik_dukcapil", padan=(same_name & same_date).fill_null(value=False)
    )


def likeness(name: str, other: str) -> float:
    """How alike two names are, 0–100, by Ratcliff/Obershelp.

    Where that is below 60 and one of them holds a `/` (an alias), the best among their parts counts.
    """
    whole = _ratio(name, other)
    if whole >= _LEAST_LIKENESS or "/" not in name + other:
        return whole
    parts = (_ratio(one.strip(), two.strip()) for one in name.split("/") for two in other.split("/"))
    return max(whole, *parts)


def _ratio(name: str, other: str) -> float:
    return 100 * SequenceMatcher(None, name, other, autojunk=False).ratio()


def _rows_with_known_nik(dtks: pl.DataFrame, registry: pl.DataFrame) -> pl.DataFrame:
    known = (
        registry.filter(pl.col("nik").is_not_null())
        .unique("nik", keep="first", maintain_order=True)
        .rename(
            {"nik": "nik_dukcapil", "nama": "nama_dukcapil", "tanggal_lahir": "tanggal_lahir_dukcapil"}, strict=False
        )
        .with_columns(_unquoted("nama_dukcapil"))
    )
    return (
        dtks.with_columns(nik_dukcapil=written_number(pl.col("nik_asal")), nama=pl.col("nama_asal"))
        .with_columns(_unquoted("nama"))
        .join(known, on="nik_dukcapil", how="inner", maintain_order="left")
    )


def _unquoted(name: str) -> pl.Expr:
    return tidy_name(pl.col(name).str.replace_all("['\"]", "")).alias(name)
