"""The effect of files of payments and allotments added, changed or removed since the last run; nothing is stored.

Belongs here: reading those files. Does not: which deliveries they concern (`redelivery`), the resulting orders
(`refresh`), and the output (`reports.summary`).
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipeline.extracts.files.ledger import build_ledger
from pipeline.extracts.read import read_source, refused_files
from pipeline.normalise.metadata.shared_numbers import uncounted_notes
from pipeline.normalise.staging import stage
from pipeline.places import Places
from pipeline.realisation.redelivery import changed_deliveries, files_to_read
from pipeline.realisation.refresh import RealisationChange, refresh_realisation
from pipeline.realisation.targets import targets_in_force
from pipeline.reference import program_stages, regions
from pipeline.warehouse.periodes import LEDGER
from pipeline.warehouse.publication import Publication
from schemas.extracts.payments import Pos
from schemas.marts.alokasi import Alokasi
from schemas.staged import AlokasiStaged, PosStaged
from schemas.table import polars_schema, split

_RAW, _ROWS, _ALLOTMENTS = "raw/pos", "staged/pos", "mart/alokasi"
_NO_NOTES = pl.DataFrame(schema={"berkas": pl.String, "catatan": pl.String})


@dataclass(frozen=True)
class DeliveryChange:
    """Changes of the files of one source since the last run.

    Attributes:
        files: number of files per kind of change, in words.
        accepted: number of accepted rows in the files read.
        refused: number of their refused rows.
        unread: berkas and catatan of unreadable files.
        noted: berkas and catatan of files with rows that do not count.
    """

    files: dict[str, int]
    accepted: int
    refused: int
    unread: pl.DataFrame
    noted: pl.DataFrame


@dataclass(frozen=True)
class Preview:
    """Changes since the last run, and of its figures.

    Attributes:
        delivered: source → changes of its files; without sources of which no file changed.
        changed: the effect on the stages concerned.
    """

    delivered: dict[str, DeliveryChange]
    changed: RealisationChange


@dataclass(frozen=True)
class _Files:
    """The files of a source: the ledgers of those the last run read and of those to read now, and those now refused."""

    before: pl.DataFrame
    now: pl.DataFrame
    refused: pl.DataFrame

    @property
    def have_changed(self) -> bool:
        """Whether a run would read other files than the last one."""
        return not (self.refused.is_empty() and self.now.equals(self.before))

    @property
    def new(self) -> pl.DataFrame:
        """The files to be read now that the last run did not read with this content."""
        return files_to_read(self.before, self.now)

    @property
    def replaced(self) -> pl.Series:
        """The files read by the last run that are gone or have another content."""
        return files_to_read(self.now, self.before)["berkas"]


def has_readable_frames(stored: Publication) -> bool:
    """Whether the frames stored by the last run have the columns that this version reads."""
    return stored.has_columns_of({_RAW: Pos, _ROWS: PosStaged, _ALLOTMENTS: Alokasi})


def changes_since_last_run(places: Places, stored_periode: str, stored: Publication, periode: str) -> Preview | None:
    """The changes since the last run; None if no file of payments or allotments changed.

    Args:
        places: the data directory.
        stored_periode: of that run.
        stored: the frames stored by it.
        periode: of the next run.
    """
    ledger = stored.frame(LEDGER)
    files = build_ledger(places.raw, periode, places.stored(LEDGER, stored_periode))
    payments, lists = (_files_of(source, ledger, files) for source in ("pos", "alokasi"))
    delivered = {}
    left_out, orders = pl.Series("berkas", dtype=pl.String), pl.DataFrame(schema=polars_schema(PosStaged))
    if payments.have_changed:
        extract = read_source(places.raw, payments.new, "pos")
        left_out, staged = changed_deliveries(stored.scan(_RAW), payments.before, payments.now, extract, periode)
        orders, refused = split(staged, PosStaged)
        noted = uncounted_notes(orders.lazy())
        delivered["pos"] = _delivery_change(payments, extract, (orders, refused), left_out=left_out, noted=noted)
    allotments = stored.frame(_ALLOTMENTS)
    allotments_now = allotments
    if lists.have_changed:
        # All of them are read: they are short, and any may supersede another.
        extract = read_source(places.raw, lists.now, "alokasi")
        accepted, refused = split(stage("alokasi", extract, lists.now, periode), AlokasiStaged)
        allotments_now = targets_in_force(accepted)
        delivered["alokasi"] = _delivery_change(lists, extract, (accepted, refused), left_out=lists.replaced)
    if not delivered:
        return None
    deliveries, sums = (places.stored(key, stored_periode) for key in (_ROWS, "mart/rekap_bayar"))
    both = (allotments, allotments_now)
    changed = refresh_realisation(deliveries, sums, both, regions(), program_stages(), left_out=left_out, rows=orders)
    return Preview(delivered, changed)


def _files_of(source: str, ledger: pl.DataFrame, files: pl.DataFrame) -> _Files:
    before, now = (each.filter(sumber=source, status_berkas="DIBACA") for each in (ledger, files))
    refused = files.filter(sumber=source, status_berkas="DITOLAK")
    return _Files(before, now, refused.join(ledger, on=["berkas", "sha256"], how="anti"))


def _delivery_change(
    files: _Files,
    extract: pl.DataFrame,
    rows: tuple[pl.DataFrame, pl.DataFrame],
    *,
    left_out: pl.Series,
    noted: pl.DataFrame = _NO_NOTES,
) -> DeliveryChange:
    """The changes of a source's files.

    Args:
        files: of the source.
        extract: the rows of files read now, at least of the new ones.
        rows: those accepted and those refused.
        left_out: files whose rows of the last run no longer count.
        noted: berkas and catatan of files with rows that do not count.
    """
    new = files.new["berkas"]
    of_new_files = pl.col("berkas").is_in(new.implode())
    delivered, accepted, refused = (each.filter(of_new_files) for each in (extract, *rows))
    unreadable_rows = delivered.filter(pl.col("rusak").is_not_null(), pl.col("baris") > 0)
    files_before, files_now = set(files.before["berkas"]), set(files.now["berkas"])
    return DeliveryChange(
        files={
            "baru": len({*new, *files.refused["berkas"]} - files_before),
            "berubah": len(files_before & files_now & set(left_out)),
            "tidak dibaca lagi": len(files_before - files_now),
        },
        accepted=accepted.height,
        refused=unreadable_rows.height + refused.height,
        unread=pl.concat([files.refused.select("berkas", "catatan"), refused_files(delivered)]),
        noted=noted.filter(of_new_files),
    )
