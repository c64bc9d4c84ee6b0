"""Compares rows that were refused for repeating an identifier with the row that was accepted under it.

A row that says something else may be a correction that does not count: a list sent again whole, say.
"""

from __future__ import annotations

import polars as pl

from schemas.rules import CORRECTIONS

_FACTS = (
    "nama", "tanggal_lahir", "jenis_kelamin", "tempat_lahir", "nama_ibu_kandung", "hub_keluarga", "alamat", "rt", "rw",
    "kode_desa",
)  # fmt: skip
# Source → code, identifier and what a row says of a person.
_REPEATED = {
    "dtks": ("ID_GANDA", "id_dtks", ("nik_tulis", "no_kk_tulis", *_FACTS)),
    "dukcapil": ("NIK_GANDA", "nik", ("no_kk", "status_penduduk", *_FACTS)),
}
_KEY, _CONTENT = "kunci_ulangan", "isi"


def repetition_columns(source: str) -> dict[str, pl.Expr]:
    """What `compare_repetitions` needs of refused rows, by name; nothing for sources without repeated rows."""
    if source not in _REPEATED:
        return {}
    _, key, facts = _REPEATED[source]
    return {_KEY: pl.col(key), _CONTENT: pl.struct(facts).hash()}


def compare_repetitions(source: str, refused: pl.DataFrame, accepted: pl.LazyFrame) -> pl.DataFrame:
    """Whether each refused row says something else than the accepted one, and whether a correction replaces it.

    Args:
        source: the source.
        refused: its refused rows, one per row and reason, with `repetition_columns`.
        accepted: its accepted rows; only those with an identifier in question are read.

    Returns:
        berbeda, diganti; in the order of `refused`.
    """
    code, key, facts = _REPEATED.get(source, ("", "", ()))
    if code not in refused["kode"]:
        return refused.select(berbeda=pl.repeat(value=False, n=pl.len()), diganti=pl.repeat(value=False, n=pl.len()))
    repeated = refused.select("berkas", _CONTENT, kunci=pl.when(kode=code).then(_KEY))
    wanted = repeated["kunci"].drop_nulls().unique()
    known = accepted.filter(pl.col(key).is_in(wanted.implode())).select(
        kunci=key, isi_diterima=pl.struct(facts).hash(), oleh_perbaikan=_is_correction()
    )
    compared = repeated.join(known.collect(engine="streaming"), on="kunci", how="left", maintain_order="left")
    replaced = (pl.col("oleh_perbaikan") & ~_is_correction()).fill_null(value=False)
    differs = (pl.col(_CONTENT) != pl.col("isi_diterima")).fill_null(value=False)
    return compared.select(berbeda=differs & ~replaced, diganti=replaced)


def _is_correction() -> pl.Expr:
    return pl.col("berkas").str.contains(CORRECTIONS)
