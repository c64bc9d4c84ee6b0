"""Finds corrections of other months that no longer apply, because the row that they corrected has changed or is gone.

The rule: a correction of month M still applies if the data of this month hold, unchanged, the row of M that it
corrected. That row is, for the row of a form, the one it names (`asal_baris`), for any other the row of M with the same
identifier. Unchanged means: the same identifier and the same facts (`_FACTS`). Does not belong here: the month of a
file (`pipeline.extracts.files.ledger`), and what a valid correction replaces (`dtks`, `dukcapil` beside this).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl

from pipeline.normalise.values.text import plain_key
from schemas.extracts import origin_file, place_text
from schemas.rules import CORRECTIONS, DATED_FOLDER, IN_DATED_FOLDER, OUTDATED, UNDATED_CORRECTION

# The identifier of a row in each snapshot source.
_IDENTIFIER = {"dtks": "id_dtks", "dukcapil": "nik"}
# The columns that corrections correct; a person's programmes may change from month to month.
_FACTS = (
    "nik", "no_kk", "nama", "tanggal_lahir", "jenis_kelamin", "tempat_lahir", "nama_ibu_kandung", "hub_keluarga",
    "provinsi", "kabupaten", "kecamatan", "desa", "alamat", "rt", "rw",
)  # fmt: skip
_IS_CORRECTION = pl.col("berkas").str.contains(CORRECTIONS) | pl.col("asal_baris").is_not_null()


def find_outdated(source: str, extract: pl.LazyFrame, files: pl.DataFrame, stored: Callable[[str], Path]) -> pl.Series:
    """Places (`schemas.extracts.place_text`) of rows of other months' corrections that this month's data contradict.

    Args:
        source: the source; only snapshots have such rows.
        extract: its rows.
        files: the files read of it: berkas, periode_berkas.
        stored: month → path of its extract, which may no longer exist.
    """
    snapshot = files.select(pl.col("periode_berkas").filter(~UNDATED_CORRECTION).max()).item()
    if source not in _IDENTIFIER or snapshot is None or files.filter(~IN_DATED_FOLDER).is_empty():
        return pl.Series(dtype=pl.String)
    readable = extract.filter(pl.col("rusak").is_null())
    corrections = _corrections(source, readable, files, stored).filter(pl.col("month") != snapshot)
    originals = [
        _corrected_rows(source, pl.scan_parquet(stored(str(month))), of_month)
        for (month,), of_month in corrections.group_by("month")
        if stored(str(month)).exists()
    ]
    if not originals:
        return corrections["place"]
    corrected, same_row = pl.concat(originals), ("identifier", *_FACTS)
    own = readable.filter(~_IS_CORRECTION).select(_identifier(source), *_FACTS)
    # Of this month's millions of rows only those are held that equal a corrected one.
    unchanged = own.join(corrected.lazy(), on=same_row, how="semi", nulls_equal=True).collect(engine="streaming")
    applicable = corrected.join(unchanged, on=same_row, how="semi", nulls_equal=True)
    return corrections.join(applicable, on="place", how="anti", maintain_order="left")["place"]


def refuse_outdated(extract: pl.LazyFrame, places: pl.Series) -> pl.LazyFrame:
    """The extract with the rows at these places refused."""
    if places.is_empty():
        return extract
    refused = place_text().is_in(places.implode())
    return extract.with_columns(rusak=pl.when(refused).then(pl.lit(OUTDATED)).otherwise("rusak"))


def _corrections(
    source: str, readable: pl.LazyFrame, files: pl.DataFrame, stored: Callable[[str], Path]
) -> pl.DataFrame:
    """Corrections outside the folders of months: place, identifier, asal, and the month that each is of."""
    undated = files.filter(~IN_DATED_FOLDER)
    rows = (
        readable.filter(pl.col("berkas").is_in(undated["berkas"].implode()), _IS_CORRECTION)
        .select(
            "berkas",
            _identifier(source),
            place=place_text(),
            asal="asal_baris",
            folder_month=origin_file().str.extract(DATED_FOLDER),
        )
        .collect(engine="streaming")
        .join(undated.filter(UNDATED_CORRECTION), on="berkas", how="left", maintain_order="left")
    )
    # A row of a form belongs to the month of its original row, in whatever folder, unless that month was withdrawn.
    known = [month for month in rows["folder_month"].unique().drop_nulls() if stored(month).exists()]
    month = pl.coalesce(
        pl.when(pl.col("folder_month").is_in(known)).then("folder_month"), "periode_berkas", "folder_month"
    )
    return rows.select("place", "identifier", "asal", month=month)


def _corrected_rows(source: str, earlier: pl.LazyFrame, corrections: pl.DataFrame) -> pl.DataFrame:
    """The rows of a month that corrections corrected: the place of the correction, identifier and facts of the row."""
    rows = earlier.filter(pl.col("rusak").is_null(), ~_IS_CORRECTION)
    rows = rows.select(_identifier(source), *_FACTS, asal=place_text())
    of_form = pl.col("asal").is_not_null()
    by_place = rows.join(corrections.lazy().filter(of_form).select("place", "asal"), on="asal")
    by_identifier = rows.join(corrections.lazy().filter(~of_form).select("place", "identifier"), on="identifier")
    columns = ("place", "identifier", *_FACTS)
    return pl.concat([by_place.select(columns), by_identifier.select(columns)]).collect(engine="streaming")


def _identifier(source: str) -> pl.Expr:
    return plain_key(pl.col(_IDENTIFIER[source])).alias("identifier")
