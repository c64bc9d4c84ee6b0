"""What was weighed of the pairs that officers answered about, as it stood when their answers were taken.

No run weighs a pair that was decided; without this nobody could tell any more what the facts had said. One file per
file of answers, in a folder beside them. Does not belong here: the answers
(`pipeline.warehouse.workbooks.review_answers`), and how weights are told (`reports.pair`).
"""

from __future__ import annotations

import polars as pl
from polars import selectors as cs

from pipeline.matching.outcome.review import PAIR
from pipeline.places import Places
from pipeline.warehouse.store.parquet import write_for_owner
from schemas.link import BY_OFFICER

_FOLDER = "timbangan"
_LINKS, _FACTS = "link/anggota_dukcapil", "link/bobot_fakta"
WEIGHED = pl.Schema(
    [("id_dtks", pl.String()), ("nik_dukcapil", pl.String()), ("bobot", pl.Float64()), ("alasan", pl.List(pl.String))]
)
"""The columns of a weighing, before those of its facts as in `link/bobot_fakta`."""


def keep_weighings(answers: pl.DataFrame, name: str, places: Places) -> None:
    """Keep what the newest run weighed of the pairs that are answered; nothing of pairs that were decided before it.

    Args:
        answers: as they are taken now (`pipeline.matching.outcome.review.DECISIONS`).
        name: of the file that they are kept in.
        places: where they are kept, and what the newest run left.
    """
    facts = places.periodes_stored(_FACTS)
    newest = max(facts, default="")
    links = places.stored(_LINKS, newest)
    if not facts or not links.exists():
        return
    weighed = (
        pl.scan_parquet(links)
        .filter(pl.col("id_dtks").is_in(answers["id_dtks"].implode()), ~pl.col("aturan").list.contains(BY_OFFICER))
        .join(answers.lazy(), on=PAIR, how="semi")
        .select(WEIGHED.names())
        .join(pl.scan_parquet(facts[newest]), on="id_dtks")
        # Another version may know other outcomes.
        .with_columns(cs.enum().cast(pl.String))
        .sort(PAIR)
        .collect()
    )
    if weighed.height:
        write_for_owner(weighed, places.decisions / _FOLDER / name)


def kept_weighings(places: Places) -> pl.DataFrame:
    """The last weighing of every pair that has one."""
    files = sorted((places.decisions / _FOLDER).glob("*.parquet"))
    return pl.concat([pl.DataFrame(schema=WEIGHED), *map(pl.read_parquet, files)], how="diagonal").unique(
        PAIR, keep="last", maintain_order=True
    )
