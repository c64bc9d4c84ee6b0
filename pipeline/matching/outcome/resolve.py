"""Cleansed tables from links: status, reasons, sentence and stable ID per person, and households."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import polars as pl

from pipeline.matching.duplicates.person_ids import person_ids
from pipeline.matching.outcome.households import household_status
from pipeline.matching.records.tables import BLOCK
from pipeline.normalise.values.stable_id import stable_ids
from schemas.cleansed import LINKED, Anggota
from schemas.keys import SOURCE_PLACE
from schemas.link import BY_OFFICER, DECIDED
from schemas.reasons import sentence
from schemas.staged import DtksStaged
from schemas.table import polars_schema

# Columns read of links, and of the rows that households are made of.
_LINK_COLUMNS = ("id_dtks", "nik_dukcapil", "keputusan", "bobot", "alasan", "penjelasan")
MEMBERS = ("periode", "id_keluarga", "no_kk", "id_dtks", "kode_desa", "nama", "hub_keluarga", "status_padan")

# Columns read of staged rows; `cleansed.anggota` has fewer.
_STAGED_COLUMNS = (
    *(column for column in polars_schema(DtksStaged) if column in polars_schema(Anggota)),
    "berkas", "lembar", "baris", "tanggal_verifikasi", "periode_berkas",
)  # fmt: skip


def with_household_ids(people: pl.LazyFrame) -> pl.LazyFrame:
    """Add `id_keluarga`: the same for all rows that share a usable KK number, null without one."""
    numbers = people.select("no_kk").collect().to_series().drop_nulls().unique().sort()
    ids = pl.LazyFrame({"no_kk": numbers, "id_keluarga": stable_ids(numbers, "K")})
    return people.join(ids, on="no_kk", how="left", maintain_order="left")


def with_status(links: pl.LazyFrame, registry: pl.LazyFrame) -> pl.LazyFrame:
    """Links in their order with `status_penduduk` of their residents."""
    status = registry.select("status_penduduk", nik_dukcapil="nik")
    return links.join(status, on="nik_dukcapil", how="left", maintain_order="left")


def accepted_with_ids(
    accepted: pl.LazyFrame, survivors: pl.DataFrame, links: pl.LazyFrame, published: pl.LazyFrame
) -> pl.DataFrame:
    """Accepted DTKS rows as `resolve_people` takes them.

    Args:
        accepted: the rows (`DtksStaged`).
        survivors: `id_dtks`, `ganda_dari` of rows that are duplicates.
        links: `link.anggota_dukcapil`.
        published: `cleansed.anggota` of an earlier periode; no rows before the first.
    """
    # Joined to the key alone, then stacked: a join would copy the rows.
    homes = with_household_ids(accepted.select("no_kk")).select("id_keluarga").collect()
    rows = accepted.select(_STAGED_COLUMNS).collect().hstack(homes)
    return rows.with_columns(person_ids(rows, survivors, links, published))


def resolve_in_pieces(
    rows: pl.DataFrame,
    registry: pl.LazyFrame,
    links: pl.LazyFrame,
    survivors: pl.DataFrame,
    corrections: pl.DataFrame,
) -> Iterator[pl.DataFrame]:
    """`resolve_people` in pieces, in the order of `id_dtks`, so that no second frame of all rows is held.

    Args:
        rows: all rows (`accepted_with_ids`).
        registry: accepted residents (`DukcapilStaged`).
        links: `link.anggota_dukcapil`, in the order of `id_dtks`, read piece by piece.
        survivors: as for `resolve_people`.
        corrections: as there.
    """
    linked = links.select(_LINK_COLUMNS)
    residents_of_links = with_status(linked.select("id_dtks", "nik_dukcapil"), registry).collect()
    rows = rows.with_columns(nik_penduduk=_has_residents_nik(rows, residents_of_links, registry))
    in_order = rows["id_dtks"].arg_sort()
    for start in range(0, rows.height, BLOCK):
        piece = rows[in_order[start : start + BLOCK]]
        above = residents_of_links["id_dtks"].search_sorted(piece["id_dtks"].item(0))
        behind = residents_of_links["id_dtks"].search_sorted(piece["id_dtks"].item(-1), side="right")
        links_of_piece = (
            linked.slice(above, behind - above).collect().hstack([residents_of_links["status_penduduk"][above:behind]])
        )
        yield resolve_people(piece, links_of_piece, survivors, corrections)


def resolve_people(
    people: pl.DataFrame,
    links: pl.DataFrame,
    survivors: pl.DataFrame,
    corrections: pl.DataFrame,
) -> pl.DataFrame:
    """Accepted DTKS rows, all or some, with their decision, in the columns of `cleansed.anggota`.

    Args:
        people: the rows, with `id_keluarga`, `id_orang` and `nik_penduduk` (whether the NIK of a row without any link
            is a resident's).
        links: of `link.anggota_dukcapil` those of the rows (`with_status`); of several for one row the decided one
            counts, then the strongest.
        survivors: `id_dtks`, `ganda_dari` of rows that are duplicates.
        corrections: `cleansed.koreksi`. Only these, and what an officer decided, change a NIK: a link may be safe
            enough to count and yet not safe enough to overwrite a number, which then waits for a human.
    """
    decided = _best_link_per_row(links)
    corrected = corrections.filter(pl.col("kolom") == "nik").select("id_dtks", nik_baru="nilai_usulan")
    # The new columns are put together first: every join of whole rows would copy them.
    new_columns = (
        people.select("id_dtks")
        .join(decided, on="id_dtks", how="left", maintain_order="left")
        .join(survivors, on="id_dtks", how="left", maintain_order="left")
        .join(corrected, on="id_dtks", how="left", maintain_order="left")
    )
    rows = people.hstack(new_columns.drop("id_dtks"))
    linked = pl.col("keputusan").is_in(DECIDED)
    rows = rows.with_columns(
        status_padan=_status(linked),
        nik=pl.when(pl.col("keputusan") == BY_OFFICER)
        .then("nik_dukcapil")
        .when(linked)
        .then(pl.coalesce("nik_baru", "nik"))
        .otherwise("nik"),
        status_penduduk=pl.when(linked).then(pl.col("status_penduduk")),
        alasan=pl.coalesce("alasan", _explain_unlinked(lambda reason: reason)),
        penjelasan=pl.coalesce("penjelasan", _explain_unlinked(sentence)),
    )
    return rows.rename(SOURCE_PLACE)


def _status(linked: pl.Expr) -> pl.Expr:
    """`status_padan` of rows with the decision on them and nik_baru, their corrected NIK."""
    corrected = (pl.col("keputusan") == BY_OFFICER) | pl.col("nik_baru").is_not_null()
    return (
        pl.when(linked & (pl.col("nik") == pl.col("nik_dukcapil")))
        .then(pl.lit("PADAN"))
        .when(linked & corrected)
        .then(pl.lit("PADAN_PERBAIKAN"))
        .when(linked | (pl.col("keputusan") == "TINJAU"))
        .then(pl.lit("TINJAU"))
        .otherwise(pl.lit("TIDAK_PADAN"))
    )


def _has_residents_nik(rows: pl.DataFrame, links: pl.DataFrame, registry: pl.LazyFrame) -> pl.Series:
    """Whether the NIK of each row is a resident's; needed for rows without a link."""
    unlinked = rows.lazy().join(links.lazy(), on="id_dtks", how="anti").select("nik").drop_nulls()
    residents = registry.select("nik").join(unlinked, on="nik", how="semi").collect().to_series()
    return rows["nik"].is_in(residents.implode()).fill_null(value=False)


def _explain_unlinked(describe: Callable[[pl.Expr], pl.Expr]) -> pl.Expr:
    """Decision and sentence of rows without any link; the sentence is made once per kind of row."""
    unused, anothers, unknown = (
        describe(pl.lit([reason])) for reason in ("NIK_TIDAK_TERPAKAI", "NIK_ORANG_LAIN", "NIK_TIDAK_DITEMUKAN")
    )
    return pl.when(pl.col("nik").is_null()).then(unused).when("nik_penduduk").then(anothers).otherwise(unknown)


def _best_link_per_row(links: pl.DataFrame) -> pl.DataFrame:
    rank = {"PETUGAS": 0, "OTOMATIS": 1, "TINJAU": 2, "DITOLAK": 3}
    order = pl.col("keputusan").replace_strict(rank, return_dtype=pl.Int8)
    # Sentences are added only at the end, so that they are copied once.
    ranked = (
        links.select("id_dtks", "nik_dukcapil", "bobot", order)
        .with_row_index("place")
        .sort("id_dtks", "keputusan", "bobot", "nik_dukcapil", descending=[False, False, True, False])
    )
    best = ranked.unique("id_dtks", keep="first", maintain_order=True)["place"]
    return links.select(*_LINK_COLUMNS, "status_penduduk")[best]


def resolve_households(people: pl.DataFrame, pairs: pl.DataFrame, families: pl.DataFrame) -> pl.DataFrame:
    """Stated households in the columns of `cleansed.keluarga`.

    Args:
        people: `cleansed.anggota`.
        pairs: `link.keluarga_dukcapil`.
        families: accepted DTSEN families (`berkas`, `no_kk`, `desil_nasional`); of several with one KK number the last
            of the last file counts.

    The households come in any order. A household's desa is the one most members state; the head's name is that of the
    member with relation 1.
    """
    # Sorting by the household, too, would take longer; the contract sorts the households.
    members = people.filter(pl.col("id_keluarga").is_not_null()).sort("id_dtks")
    desa = (
        members.filter(pl.col("kode_desa").is_not_null())
        .group_by("id_keluarga", "kode_desa")
        .len()
        .sort("id_keluarga", "len", "kode_desa", descending=[False, True, False])
        .unique("id_keluarga", keep="first", maintain_order=True)
        .drop("len")
    )
    ranked = (
        families.sort("berkas", maintain_order=True)
        .unique("no_kk", keep="last", maintain_order=True)
        .select("no_kk", "desil_nasional")
    )
    return (
        members.group_by("periode", "id_keluarga", "no_kk", maintain_order=True)
        .agg(
            kepala_keluarga=pl.col("nama").filter(pl.col("hub_keluarga") == 1).first(),
            jumlah_anggota=pl.len(),
            jumlah_padan=pl.col("status_padan").is_in(LINKED).sum(),
        )
        .join(desa, on="id_keluarga", how="left", maintain_order="left")
        .join(household_status(pairs), on="id_keluarga", how="left", maintain_order="left")
        .with_columns(pl.col("status_keluarga").fill_null("TIDAK_PADAN"))
        .join(ranked, on="no_kk", how="left", maintain_order="left")
    )
