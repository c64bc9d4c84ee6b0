"""The match weights of pairs that officers answered about, as of the import of their answers.

No run weighs a decided pair, so its weights would be lost otherwise. One file per file of answers, in a folder beside
them. Does not belong here: the answers (`pipeline.warehouse.workbooks.review_answers`), and how weights are shown
(`reports.pair`).
"""

from __future__ import annotations

import polars as pl
from polars import selectors as cs

from pipeline.matching.outcome.review import PAIR
from pipeline.places import Places
from pipeline.warehouse.store.parquet import write_private_parquet
from schemas.link import BY_OFFICER

_FOLDER = "timbangan"
_LINKS, _FACTS = "link/anggota_dukcapil", "link/bobot_fakta"
WEIGHTS_SCHEMA = pl.Schema(
    [("id_dtks", pl.String()), ("nik_dukcapil", pl.String()), ("bobot", pl.Float64()), ("alasan", pl.List(pl.String))]
)
"""The columns of a weighing, before those of its facts as in `link/bobot_fakta`."""


def store_weights(answers: pl.DataFrame, name: str, places: Places) -> None:
    """Store the newest run's weights of the answered pairs; pairs decided before that run have none.

    Args:
        answers: the answers being imported (`pipeline.matching.outcome.review.DECISIONS`).
        name: of their file.
        places: the data directory.
    """
    facts = places.periodes_stored(_FACTS)
    newest = max(facts, default="")
    links = places.stored(_LINKS, newest)
    if not facts or not links.exists():
        return
    weights = (
        pl.scan_parquet(links)
        .filter(pl.col("id_dtks").is_in(answers["id_dtks"].implode()), ~pl.col("aturan").list.contains(BY_OFFICER))
        .join(answers.lazy(), on=PAIR, how="semi")
        .select(WEIGHTS_SCHEMA.names())
        .join(pl.scan_parquet(facts[newest]), on="id_dtks")
        # Another version may have other outcomes.
        .with_columns(cs.enum().cast(pl.String))
        .sort(PAIR)
        .collect()
    )
    if weights.height:
        write_private_parquet(weights, places.decisions / _FOLDER / name)


def stored_weights(places: Places) -> pl.DataFrame:
    """The last stored weights of every pair."""
    files = sorted((places.decisions / _FOLDER).glob("*.parquet"))
    return pl.concat([pl.DataFrame(schema=WEIGHTS_SCHEMA), *map(pl.read_parquet, files)], how="diagonal").unique(
        PAIR, keep="last", maintain_order=True
    )
