"""Finds rows of other months' corrections that are outdated because the month's own data say something else.

A correction replaces an original row of its own month: that of a form the row that it names, any other that of the same
person. If a kabupaten hands in the same faulty row again, the correction still applies; if the row has changed or is
gone, the month's own data count. Belongs here: finding outdated rows. Does not: the month of a file
(`pipeline.extracts.files.ledger`), and what a valid correction replaces (`dtks`, `dukcapil` beside this).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl

from pipeline.normalise.values.text import plain_key
from schemas.extracts import origin_file, place_text
from schemas.rules import CORRECTIONS, DATED_FOLDER, IN_DATED_FOLDER, OUTDATED, UNDATED_CORRECTION

# The identifier of a row in each snapshot source.
_WHO = {"dtks": "id_dtks", "dukcapil": "nik"}
# The columns that corrections correct; a person's programmes may change from month to month.
_FACTS = (
    "nik", "no_kk", "nama", "tanggal_lahir", "jenis_kelamin", "tempat_lahir", "nama_ibu_kandung", "hub_keluarga",
    "provinsi", "kabupaten", "kecamatan", "desa", "alamat", "rt", "rw",
)  # fmt: skip
_IS_CORRECTION = pl.col("berkas").str.contains(CORRECTIONS) | pl.col("asal_baris").is_not_null()


def outdated(source: str, extract: pl.LazyFrame, files: pl.DataFrame, stored: Callable[[str], Path]) -> pl.Series:
    """Places (`schemas.extracts.place_text`) of rows of other months' corrections that this month's data contradict.

    Args:
        source: the source; only snapshots have such rows.
        extract: its rows.
        files: the files read of it: berkas, periode_berkas.
        stored: month → path of its extract, which may no longer exist.
    """
    snapshot = files.select(pl.col("periode_berkas").filter(~UNDATED_CORRECTION).max()).item()
    if source not in _WHO or snapshot is None or files.filter(~IN_DATED_FOLDER).is_empty():
        return pl.Series(dtype=pl.String)
    readable = extract.filter(pl.col("rusak").is_null())
    corrections = _corrections(source, readable, files, stored).filter(pl.col("month") != snapshot)
    originals = [
        _originals(source, pl.scan_parquet(stored(str(month))), of_month)
        for (month,), of_month in corrections.group_by("month")
        if stored(str(month)).exists()
    ]
    if not originals:
        return corrections["place"]
    original, same = pl.concat(originals), ("who", *_FACTS)
    own = readable.filter(~_IS_CORRECTION).select(_who(source), *_FACTS)
    # Of a month's millions of rows only those that an original is like are held.
    unchanged = own.join(original.lazy(), on=same, how="semi", nulls_equal=True).collect(engine="streaming")
    applying = original.join(unchanged, on=same, how="semi", nulls_equal=True)
    return corrections.join(applying, on="place", how="anti", maintain_order="left")["place"]


def without_outdated(extract: pl.LazyFrame, places: pl.Series) -> pl.LazyFrame:
    """The extract with the rows at these places refused."""
    if places.is_empty():
        return extract
    refused = place_text().is_in(places.implode())
    return extract.with_columns(rusak=pl.when(refused).then(pl.lit(OUTDATED)).otherwise("rusak"))


def _corrections(
    source: str, readable: pl.LazyFrame, files: pl.DataFrame, stored: Callable[[str], Path]
) -> pl.DataFrame:
    """Corrections outside the folders of months: place, who, asal, and the month that each is of."""
    undated = files.filter(~IN_DATED_FOLDER)
    rows = (
        readable.filter(pl.col("berkas").is_in(undated["berkas"].implode()), _IS_CORRECTION)
        .select(
            "berkas",
            _who(source),
            place=place_text(),
            asal="asal_baris",
            named=origin_file().str.extract(DATED_FOLDER),
        )
        .collect(engine="streaming")
        .join(undated.filter(UNDATED_CORRECTION), on="berkas", how="left", maintain_order="left")
    )
    # A row of a form belongs to the month of its original row, in whatever folder, unless that month was withdrawn.
    known = [month for month in rows["named"].unique().drop_nulls() if stored(month).exists()]
    month = pl.coalesce(pl.when(pl.col("named").is_in(known)).then("named"), "periode_berkas", "named")
    return rows.select("place", "who", "asal", month=month)


def _originals(source: str, earlier: pl.LazyFrame, corrections: pl.DataFrame) -> pl.DataFrame:
    """The rows of a month that its corrections replace: the place of the correction, and who and what they are."""
    rows = earlier.filter(pl.col("rusak").is_null(), ~_IS_CORRECTION).select(_who(source), *_FACTS, asal=place_text())
    of_form = pl.col("asal").is_not_null()
    named = rows.join(corrections.lazy().filter(of_form).select("place", "asal"), on="asal")
    same = rows.join(corrections.lazy().filter(~of_form).select("place", "who"), on="who")
    return pl.concat(each.select("place", "who", *_FACTS) for each in (named, same)).collect(engine="streaming")


def _who(source: str) -> pl.Expr:
    return plain_key(pl.col(_WHO[source])).alias("who")
