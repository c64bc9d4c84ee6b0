"""Rows of DTKS that record one person: the same row twice, or two rows linked to one resident."""

from __future__ import annotations

import polars as pl

_SAME_ROW = ("nik", "no_kk", "nama_banding", "tanggal_lahir", "jenis_kelamin", "kode_kec")
_FILLED = ("nik", "no_kk", "tanggal_lahir", "nama_ibu_kandung", "hub_keluarga", "kode_desa", "alamat", "rt", "rw")


def find_duplicates(people: pl.DataFrame, links: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Pairs of rows for one person, and the survivor of each group.

    Args:
        people: accepted DTKS rows (`DtksStaged`).
        links: `link.anggota_dukcapil`; only automatic or human decisions make two rows one person.

    Returns:
        `(pairs, survivors)`: pairs as `link.ganda` without `periode`; survivors `id_dtks`, `ganda_dari` for every row
        that is not the survivor of its group. The survivor is the row with most facts filled in, then the smallest
        id_dtks: stated so that it never depends on the order of files.
    """
    decided = links.filter(pl.col("keputusan").is_in(["OTOMATIS", "PETUGAS"])).select(
        "id_dtks", "nik_dukcapil", "bobot"
    )
    rows = people.join(decided, on="id_dtks", how="left").with_columns(
        isi_sama=pl.when(pl.col("nik").is_not_null() | pl.col("no_kk").is_not_null()).then(pl.struct(_SAME_ROW)),
        terisi=pl.sum_horizontal(pl.col(name).is_not_null().cast(pl.Int32) for name in _FILLED),
    )
    by_row = _pairs(rows, "isi_sama").with_columns(jenis=pl.lit("BARIS_SAMA"))
    by_person = _pairs(rows, "nik_dukcapil").with_columns(jenis=pl.lit("ORANG_SAMA"))
    pairs = pl.concat([by_row, by_person]).unique(["id_dtks_a", "id_dtks_b"], keep="first", maintain_order=True)
    group = pl.coalesce("nik_dukcapil", pl.struct(_SAME_ROW).struct.json_encode())
    in_pairs = pl.concat([pairs["id_dtks_a"], pairs["id_dtks_b"]]).unique()
    grouped = (
        rows.filter(pl.col("id_dtks").is_in(in_pairs.implode()))
        .with_columns(kelompok=group)
        .sort("terisi", "id_dtks", descending=[True, False])
    )
    survivors = grouped.select("id_dtks", ganda_dari=pl.col("id_dtks").first().over("kelompok"))
    return pairs.sort("id_dtks_a", "id_dtks_b"), survivors.filter(pl.col("id_dtks") != pl.col("ganda_dari"))


def _pairs(rows: pl.DataFrame, key: str) -> pl.DataFrame:
    shared = rows.filter(pl.col(key).is_not_null() & pl.col(key).is_duplicated()).select(key, "id_dtks", "bobot")
    return (
        shared.join(shared, on=key, suffix="_b")
        .filter(pl.col("id_dtks") < pl.col("id_dtks_b"))
        .select(id_dtks_a="id_dtks", id_dtks_b="id_dtks_b", bobot=pl.min_horizontal("bobot", "bobot_b"))
    )
