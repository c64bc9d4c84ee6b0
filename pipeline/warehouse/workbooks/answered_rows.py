"""The persons in the rows that officers answered about, as of the import of their answers.

If an ID DTKS is later given to another person, earlier answers do not apply. One file per file of answers, in a folder
beside them. Does not belong here: the answers (`pipeline.warehouse.workbooks.review_answers`).
"""

from __future__ import annotations

import polars as pl

from pipeline.matching.outcome.review import PAIR
from pipeline.places import Places
from pipeline.warehouse.periodes import published_periode
from pipeline.warehouse.store.parquet import write_private_parquet

_FOLDER = "baris"
_ROWS = "staged/dtks"
_SCHEMA = pl.Schema(
    [("id_dtks", pl.String()), ("nik_dukcapil", pl.String()), ("nama", pl.String()), ("tanggal_lahir", pl.Date())]
)


def store_answered_rows(answers: pl.DataFrame, name: str, places: Places) -> None:
    """Store the persons in the rows of the answers, as published or else as the newest run read them.

    Args:
        answers: the answers being imported (`pipeline.matching.outcome.review.DECISIONS`).
        name: of their file.
        places: the data directory.
    """
    stored = places.periodes_stored(_ROWS)
    if not stored:
        return
    rows = pl.scan_parquet(stored.get(published_periode(places) or "", stored[max(stored)]))
    answered = rows.join(answers.lazy().select(PAIR), on="id_dtks").select(_SCHEMA.names()).sort(PAIR).collect()
    write_private_parquet(answered, places.decisions / _FOLDER / name)


def without_reassigned_rows(decisions: pl.DataFrame, people: pl.LazyFrame, places: Places) -> pl.DataFrame:
    """The answers, without those about a row that is now another person's: both name and birth date have changed.

    Args:
        decisions: answers, oldest first (`pipeline.matching.outcome.review.DECISIONS`).
        people: `id_dtks`, `nama`, `tanggal_lahir` of the current rows.
        places: the data directory.
    """
    files = sorted((places.decisions / _FOLDER).glob("*.parquet"))
    stored = pl.concat([pl.DataFrame(schema=_SCHEMA), *map(pl.read_parquet, files)])
    answered = stored.lazy().unique(PAIR, keep="last", maintain_order=True)
    current = people.select("id_dtks", nama_kini="nama", lahir_kini="tanggal_lahir")
    reassigned = answered.join(current, on="id_dtks").filter(
        pl.col("nama") != pl.col("nama_kini"), pl.col("tanggal_lahir") != pl.col("lahir_kini")
    )
    return decisions.join(reassigned.collect(), on=PAIR, how="anti", maintain_order="left")
