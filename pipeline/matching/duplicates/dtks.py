"""DTKS as the input and output of deduplication.

Belongs here: its blocking passes, the columns that identical rows agree in or that make a row complete, and the result
tables. Does not: the engine (`pipeline.matching.duplicates.dedupe` and the modules it uses), DTKS as one side of a
linkage (`pipeline.matching.dtks_dukcapil`).
"""

from __future__ import annotations

import polars as pl

from pipeline.matching.candidates.blocking import Pass
from pipeline.matching.candidates.registers import Listing, Register
from pipeline.matching.duplicates.dedupe import DedupeInput
from pipeline.matching.levels.mothers import without_filler_mothers
from pipeline.matching.model.linkage import LinkageModel
from pipeline.matching.records.arrays import Rows
from pipeline.matching.records.tables import Table

PASSES = (
    Pass("NIK", ("nik:angka",)),
    Pass("KK", ("no_kk:angka",), ("tanggal_lahir:tahun",)),
    Pass("NAMA_TANGGAL", ("nama_banding", "tanggal_lahir")),
    Pass("NAMA_LAHIR", ("nama_banding", "nik:lahir")),
    Pass("NAMA_TAHUN", ("nama_banding", "tanggal_lahir:tahun"), ("kode_kec",)),
    Pass("NAMA_DESA", ("nama_banding", "kode_desa"), ("jenis_kelamin",)),
    Pass("TANGGAL_AWAL", ("tanggal_lahir", "nama_banding:awal"), ("kode_kab",)),
    Pass("TANGGAL_KECAMATAN", ("tanggal_lahir", "kode_kec"), ("jenis_kelamin", "kode_desa")),
    Pass("TANGGAL_IBU", ("tanggal_lahir", "nama_ibu_kandung")),
    Pass("NAMA_HARI", ("nama_banding", "tanggal_lahir:hari"), ("kode_kab",)),
    Pass("IBU_HARI", ("nama_ibu_kandung", "tanggal_lahir:hari"), ("kode_kab",)),
    Pass("IBU_DESA", ("nama_ibu_kandung", "kode_desa"), ("tanggal_lahir:tahun",)),
    Pass("HARI_RUMAH", ("tanggal_lahir:hari", "kode_desa", "rt", "rw")),
    Pass("AWAL_RUMAH", ("nama_banding:awal", "kode_desa", "rt", "rw"), ("jenis_kelamin",)),
)
_SAME = ("nik", "no_kk", "nama_banding", "tanggal_lahir", "jenis_kelamin", "kode_kec")
_FILLED = ("nik", "no_kk", "tanggal_lahir", "nama_ibu_kandung", "hub_keluarga", "kode_desa", "alamat", "rt", "rw")
_HOME = ("no_kk", "kode_desa")
_OF_KAB = 4
_MOVED = "PINDAH"


def dedupe_input(listed: Listing, register: Register, model: LinkageModel) -> DedupeInput:
    """DTKS as the input of `dedupe`.

    Args:
        listed: DTKS rows (`dtks_dukcapil.dtks_listing`).
        register: residents (`dtks_dukcapil.resident_register`).
        model: names the compared columns.
    """
    table = listed.table
    columns = [name for name in table.columns if name in model.columns]

    def read(rows: Rows) -> pl.DataFrame:
        return without_filler_mothers(table.take(rows, columns), table, rows)

    def at_home(rows: Rows, entries: Rows) -> pl.Series:
        return _home_score(table.take(rows, _HOME), register.table.take(entries, (*_HOME, "status_penduduk")))

    return DedupeInput(listed, PASSES, table.packed("no_kk"), _SAME, _FILLED, at_home, read)


def _home_score(stated: pl.DataFrame, registered: pl.DataFrame) -> pl.Series:
    """Number of KK, desa and kabupaten that agree with Dukcapil's, 0 for who moved: Dukcapil then has the old home."""
    desa, theirs = stated["kode_desa"], registered["kode_desa"]
    facts = [stated["no_kk"] == registered["no_kk"], desa == theirs, desa.str.head(_OF_KAB) == theirs.str.head(_OF_KAB)]
    at_home = registered["status_penduduk"].ne_missing(_MOVED)
    return pl.select(pl.sum_horizontal(fact.fill_null(value=False) & at_home for fact in facts)).to_series()


def duplicates_of(table: Table, pairs: pl.DataFrame) -> pl.DataFrame:
    """`link.ganda` without periode.

    Args:
        table: DTKS rows, in the order of id_dtks.
        pairs: result of `dedupe.find_duplicate_rows`.
    """
    one, two = (table.take(pairs[side].to_numpy(), ["id_dtks"]).to_series() for side in "ab")
    return pairs.select(
        id_dtks_a=one,
        id_dtks_b=two,
        jenis=pl.when("same").then(pl.lit("BARIS_SAMA")).otherwise(pl.lit("ORANG_SAMA")),
        bobot=pl.col("bobot").round(3),
    )


def survivors_of(table: Table, survivors: pl.DataFrame) -> pl.DataFrame:
    """id_dtks, ganda_dari of every row that does not survive (`dedupe.find_duplicate_rows`)."""
    row, other = (table.take(survivors[side].to_numpy(), ["id_dtks"]).to_series() for side in survivors.columns)
    return pl.DataFrame({"id_dtks": row, "ganda_dari": other})
