"""Who stood in the rows that officers answered about, as they were told when the answers were taken.

An ID DTKS may be given to another person, of whom nobody decided anything. One file per file of answers, in a folder
beside them. Does not belong here: the answers (`pipeline.warehouse.workbooks.review_answers`).
"""

from __future__ import annotations

import polars as pl

from pipeline.matching.outcome.review import PAIR
from pipeline.places import Places
from pipeline.warehouse.periodes import published_periode
from pipeline.warehouse.store.parquet import write_for_owner

_FOLDER = "baris"
_ROWS = "staged/dtks"
_TOLD = pl.Schema(
    [("id_dtks", pl.String()), ("nik_dukcapil", pl.String()), ("nama", pl.String()), ("tanggal_lahir", pl.Date())]
)


def keep_answered_rows(answers: pl.DataFrame, name: str, places: Places) -> None:
    """Keep who stands in the rows that are answered about, as published or else as the newest run read them.

    Args:
        answers: as they are taken now (`pipeline.matching.outcome.review.DECISIONS`).
        name: of the file that they are kept in.
        places: where they are kept, and what the runs left.
    """
    stored = places.periodes_stored(_ROWS)
    if not stored:
        return
    rows = pl.scan_parquet(stored.get(published_periode(places) or "", stored[max(stored)]))
    told = rows.join(answers.lazy().select(PAIR), on="id_dtks").select(_TOLD.names()).sort(PAIR).collect()
    write_for_owner(told, places.decisions / _FOLDER / name)


def still_about(decisions: pl.DataFrame, people: pl.LazyFrame, places: Places) -> pl.DataFrame:
    """The answers but those about a row that is another person's by now: its name and its birth are others.

    Args:
        decisions: answers, oldest first (`pipeline.matching.outcome.review.DECISIONS`).
        people: `id_dtks`, `nama`, `tanggal_lahir` of the rows as they are now.
        places: where it is kept who they were.
    """
    files = sorted((places.decisions / _FOLDER).glob("*.parquet"))
    told = pl.concat([pl.DataFrame(schema=_TOLD), *map(pl.read_parquet, files)])
    were = told.lazy().unique(PAIR, keep="last", maintain_order=True)
    now = people.select("id_dtks", nama_kini="nama", lahir_kini="tanggal_lahir")
    others = were.join(now, on="id_dtks").filter(
        pl.col("nama") != pl.col("nama_kini"), pl.col("tanggal_lahir") != pl.col("lahir_kini")
    )
    return decisions.join(others.collect(), on=PAIR, how="anti", maintain_order="left")
