"""The effect of payment files added, changed or removed since the last run on its figures; nothing is stored.

Belongs here: reading those files. Does not: which deliveries they concern (`redelivery`), the resulting orders
(`refresh_realisation`), and the output (`reports.summary`).
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipeline.extracts.files.ledger import build_ledger
from pipeline.extracts.read import read_source, refused_files
from pipeline.normalise.metadata.shared_numbers import uncounted_notes
from pipeline.places import Places
from pipeline.realisation.redelivery import changed_deliveries, files_to_read
from pipeline.realisation.refresh import RealisationChange, refresh_realisation
from pipeline.reference import program_stages, regions
from pipeline.warehouse.periodes import LEDGER
from pipeline.warehouse.publication import Publication
from schemas.extracts.payments import Pos
from schemas.marts.alokasi import Alokasi
from schemas.staged import PosStaged
from schemas.table import split

_SOURCE, _RAW, _ROWS, _TARGETS = "pos", "raw/pos", "staged/pos", "mart/alokasi"


@dataclass(frozen=True)
class DeliveryChange:
    """Changes of payment files since the last run, and of its figures.

    Attributes:
        files: number of files per kind of change, in words.
        accepted: number of accepted rows in the files read.
        refused: number of their refused rows.
        unread: berkas and catatan of unreadable files.
        noted: berkas and catatan of files with rows that do not count.
        changed: the effect on the stages concerned.
    """

    files: dict[str, int]
    accepted: int
    refused: int
    unread: pl.DataFrame
    noted: pl.DataFrame
    changed: RealisationChange


def has_readable_frames(stored: Publication) -> bool:
    """Whether the frames stored by the last run have the columns that this version reads."""
    return stored.has_columns_of({_RAW: Pos, _ROWS: PosStaged, _TARGETS: Alokasi})


def changes_since_last_run(places: Places, periode: str, stored: Publication) -> DeliveryChange | None:
    """The changes since the last run; None if no payment file changed.

    Args:
        places: the data directory.
        periode: of the run.
        stored: the frames stored by that run.
    """
    ledger = stored.frame(LEDGER)
    files = build_ledger(places.raw, periode, places.stored(LEDGER, periode)).filter(sumber=_SOURCE)
    before, now = (each.filter(sumber=_SOURCE, status_berkas="DIBACA") for each in (ledger, files))
    unreadable = files.filter(status_berkas="DITOLAK").join(ledger, on=["berkas", "sha256"], how="anti")
    if unreadable.is_empty() and now.equals(before):
        return None
    new = files_to_read(before, now)
    extract = read_source(places.raw, new, _SOURCE)
    left_out, delivered = changed_deliveries(stored.scan(_RAW), before, now, extract, periode)
    rows, refused = split(delivered, PosStaged)
    accepted_rows, sums = (places.stored(key, periode) for key in (_ROWS, "mart/rekap_bayar"))
    files_before, files_now = set(before["berkas"]), set(now["berkas"])
    unreadable_rows = extract.filter(pl.col("rusak").is_not_null(), pl.col("baris") > 0)
    of_new_files = pl.col("berkas").is_in(new["berkas"].implode())
    return DeliveryChange(
        files={
            "baru": len({*new["berkas"], *unreadable["berkas"]} - files_before),
            "berubah": len(files_before & files_now & set(left_out)),
            "tidak dibaca lagi": len(files_before - files_now),
        },
        accepted=rows.filter(of_new_files).height,
        refused=unreadable_rows.height + refused.filter(of_new_files).height,
        unread=pl.concat([unreadable.select("berkas", "catatan"), refused_files(extract)]),
        noted=uncounted_notes(rows.filter(of_new_files).lazy()),
        changed=refresh_realisation(
            accepted_rows, sums, stored.frame(_TARGETS), regions(), program_stages(), left_out=left_out, rows=rows
        ),
    )
