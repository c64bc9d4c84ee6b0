"""Corrections of other months: which of their rows do not hold, as the month's own data say something else.

A kabupaten that does not take a correction over hands in the same faulty row again, and the correction holds on. Where
the row differs, or is gone, the month's own data do. Belongs here: telling these rows. Does not: which month a file is
of (`pipeline.extracts.files.found`), nor what a correction that holds replaces (`dtks`, `dukcapil` beside this).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl

from pipeline.normalise.values.text import plain_key
from schemas.extracts import file_of_origin, place_of
from schemas.rules import CORRECTIONS, IN_DATED_FOLDER, OUTDATED, UNDATED_CORRECTION

# What tells whom a row of a snapshot is about.
_WHO = {"dtks": "id_dtks", "dukcapil": "nik"}
# What of a row a correction corrects; which programmes someone is in may change from month to month.
_FACTS = (
    "nik", "no_kk", "nama", "tanggal_lahir", "jenis_kelamin", "tempat_lahir", "nama_ibu_kandung", "hub_keluarga",
    "provinsi", "kabupaten", "kecamatan", "desa", "alamat", "rt", "rw",
)  # fmt: skip
_IS_CORRECTION = pl.col("berkas").str.contains(CORRECTIONS) | pl.col("asal_baris").is_not_null()


def outdated(source: str, extract: pl.LazyFrame, files: pl.DataFrame, stored: Callable[[str], Path]) -> pl.Series:
    """Places (`schemas.extracts.place_of`) of rows of other months' corrections that the month's data speak against.

    Args:
        source: the source; only snapshots have such rows.
        extract: its rows.
        files: those read of it: berkas, periode_berkas.
        stored: where the extract of another month lies, if it is still there.
    """
    undated = files.filter(~IN_DATED_FOLDER)
    if source not in _WHO or undated.is_empty():
        return pl.Series(dtype=pl.String)
    snapshot = files.select(pl.col("periode_berkas").filter(~UNDATED_CORRECTION).max()).item()
    if snapshot is None:
        return pl.Series(dtype=pl.String)
    named = file_of_origin().str.extract(r"/periode=(\d{4}-\d\d)/")
    readable = extract.filter(pl.col("rusak").is_null())
    rows = (
        readable.filter(pl.col("berkas").is_in(undated["berkas"].implode()), _IS_CORRECTION)
        .select("berkas", _who(source), place=place_of(), asal="asal_baris", named=named)
        .collect(engine="streaming")
        .join(undated.filter(UNDATED_CORRECTION), on="berkas", how="left")
    )
    # A row of a form is of the month of the row that it was made of, wherever it lies, unless that month was withdrawn.
    known = [month for month in rows["named"].unique().drop_nulls() if stored(month).exists()]
    month = pl.coalesce(pl.when(pl.col("named").is_in(known)).then("named"), "periode_berkas", "named")
    corrections = rows.with_columns(month=month).filter(pl.col("month") != snapshot)
    if corrections.is_empty():
        return corrections["place"]
    replaced = [
        _replaced(source, pl.scan_parquet(stored(str(month))), of_month)
        for (month,), of_month in corrections.group_by("month")
        if stored(str(month)).exists()
    ]
    if not replaced:
        return corrections["place"]
    faulty, same = pl.concat(replaced), ("who", *_FACTS)
    own = readable.filter(~_IS_CORRECTION).select(_who(source), *_FACTS)
    again = own.join(faulty.lazy(), on=same, how="semi", nulls_equal=True).collect(engine="streaming")
    holds = faulty.join(again, on=same, how="semi", nulls_equal=True)
    return corrections.join(holds, on="place", how="anti", maintain_order="left")["place"]


def without_outdated(extract: pl.LazyFrame, places: pl.Series) -> pl.LazyFrame:
    """The extract with the rows of these places refused."""
    if places.is_empty():
        return extract
    refused = place_of().is_in(places.implode())
    return extract.with_columns(rusak=pl.when(refused).then(pl.lit(OUTDATED)).otherwise("rusak"))


def _replaced(source: str, earlier: pl.LazyFrame, corrections: pl.DataFrame) -> pl.DataFrame:
    """The rows of their month that corrections were made of: place, that of the correction, who and the facts."""
    rows = earlier.filter(pl.col("rusak").is_null(), ~_IS_CORRECTION).select(_who(source), *_FACTS, asal=place_of())
    both = [
        rows.join(corrections.lazy().select("place", key=key).drop_nulls(), left_on=key, right_on="key")
        for key in ("who", "asal")
    ]
    return pl.concat(each.select("place", "who", *_FACTS) for each in both).unique().collect(engine="streaming")


def _who(source: str) -> pl.Expr:
    return plain_key(pl.col(_WHO[source])).alias("who")
