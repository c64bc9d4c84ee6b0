"""Key figures of tables that Dagster shows and plots from run to run.

Belongs here: which figures of which table. Does not: tables of figures (`schemas.marts`), and the page (`reports`).
"""

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from schemas.cleansed import STATUS_KELUARGA, STATUS_PADAN
from schemas.keys import PLACE
from schemas.link import ANSWERS, DECISIONS
from schemas.staged import STAGED_KINDS, STATUS_BAYAR


def _row_counts(column: str, values: Iterable[str]) -> list[pl.Expr]:
    return [(pl.col(column) == value).sum().alias(f"baris_{value.lower().replace(' ', '_')}") for value in values]


# One refused row may have several reasons, with one row in the table each.
_REFUSED = pl.struct("sumber", *PLACE).n_unique().alias("baris_ditolak")
_BALANCE = [f"{what}_{where}" for what in ("baris", "nominal") for where in ("masuk", "diterima", "karantina")]
_FIGURES: Mapping[str, Sequence[pl.Expr]] = {
    **{f"staged/{source}_karantina": [_REFUSED] for source in STAGED_KINDS},
    "staged/pos": [pl.col("nominal").sum().alias("rupiah")],
    "link/jawaban_petugas": _row_counts("jawaban", ANSWERS),
    "link/anggota_dukcapil": _row_counts("keputusan", DECISIONS),
    "cleansed/anggota": _row_counts("status_padan", STATUS_PADAN),
    "cleansed/keluarga": _row_counts("status_keluarga", STATUS_KELUARGA),
    "quality/karantina": [_REFUSED],
    "quality/rekonsiliasi": [
        (pl.col("status_berkas") == "DITOLAK").sum().alias("berkas_ditolak"),
        pl.col(_BALANCE).sum(),
    ],
    "mart/pembayaran": [
        *_row_counts("status_bayar", STATUS_BAYAR),
        *(
            pl.col("nominal").filter(pl.col("status_bayar") == status).sum().alias(f"rupiah_{status.lower()}")
            for status in STATUS_BAYAR
        ),
    ],
    "published/gerbang": [(~pl.col("lulus")).sum().alias("gerbang_gagal")],
}


def key_figures(key: str, rows: pl.LazyFrame) -> dict[str, int]:
    """The figures of a stored frame by name; empty for most frames."""
    wanted = _FIGURES.get(key)
    return rows.select(wanted).collect().row(0, named=True) if wanted else {}
