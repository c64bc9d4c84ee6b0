"""The truth tables beside the extracts, as `padan evaluate` reads them.

Belongs here: truth/persons, households, duplicates, payments, realisasi. Does not: truth/files and truth/quarantine,
which `pipeline.synthetic.ledger` collects while writing.
"""

from __future__ import annotations

import polars as pl

from pipeline.synthetic.ledger import TERIMA, TOLAK
from pipeline.synthetic.payments import BELUM, DIBAYAR, GAGAL, RETUR
from schemas.keys import ORDER, STAGE
from schemas.levels import DIGITS
from schemas.rules import is_filler
from schemas.spelling import NUMBER

REFUSED = ("TANPA_IDENTITAS", "NAMA_KOSONG")
# Damage after which a row must still be accepted; the first that applies names it in truth/quarantine.
_ACCEPTED_DEFECTS = (
    "NIK_FLOAT", "NIK_EXCEL", "NIK_KOSONG", "NIK_KURANG", "NIK_LEBIH", "NIK_HURUF", "NIK_ILMIAH", "NIK_SERI_NOL",
    "NIK_ISIAN", "NIK_RUSAK", "NIK_TGL_MUSTAHIL", "KK_KOSONG", "KK_RUSAK", "TGL_KOSONG", "PROVINSI_LAMA",
    "WILAYAH_EJAAN",
)  # fmt: skip


def persons(rows: pl.DataFrame, residents: pl.DataFrame) -> pl.DataFrame:
    """truth/persons.

    Args:
        rows: DTKS rows in file order with id_dtks, kelas, ambigu, ganda_dari, kode_desa, berkas, baris, nik and kk.
        residents: as `registry.register_residents` returns them.
    """
    known = pl.col("terdaftar")
    people = residents.select(
        "pid",
        nik_benar=pl.when(known).then(pl.col("nik").cast(pl.String)),
        nik_alt=pl.when(known).then(pl.col("nik_alt").cast(pl.String)),
        kk_benar=pl.when(known).then(pl.col("kk").cast(pl.String)),
        status_penduduk=pl.when(known).then("status"),
    )
    usable = pl.col("kk").str.contains(NUMBER) & ~is_filler("kk")
    refused = pl.any_horizontal(pl.col("kelas").list.contains(kelas) for kelas in REFUSED)
    # For a person listed twice, the second NIK is right in both rows.
    return rows.join(people, on="pid", how="left", maintain_order="left").select(
        "id_dtks",
        "pid",
        "nik_benar",
        "nik_alt",
        "kk_benar",
        hh=pl.when(usable).then("kk"),
        kelas="kelas",
        ambigu="ambigu",
        ganda_dari="ganda_dari",
        harap=pl.when(refused).then(pl.lit(TOLAK)).otherwise(pl.lit(TERIMA)),
        status_penduduk="status_penduduk",
        kode_desa="kode_desa",
        kode_kab=pl.col("kode_desa").str.head(4),
        berkas="berkas",
        baris="baris",
        nik_tertulis="nik",
        kk_tertulis="kk",
    )


def quarantine_rows(people: pl.DataFrame, lembar: pl.Series) -> pl.DataFrame:
    """The damaged DTKS rows, with whether they must be refused or accepted: columns of truth/quarantine."""
    contains = {kelas: pl.col("kelas").list.contains(kelas) for kelas in (*REFUSED, *_ACCEPTED_DEFECTS)}
    struck = people.with_columns(lembar=lembar).filter(pl.any_horizontal(*contains.values()))
    return struck.select(
        "berkas",
        "lembar",
        "baris",
        "harap",
        kelas=pl.coalesce(pl.when(inside).then(pl.lit(kelas)) for kelas, inside in contains.items()),
        sumber=pl.lit("dtks"),
        id="id_dtks",
        baris_lain=pl.lit(None, pl.Int64),
    )


def households(people: pl.DataFrame, residents: pl.DataFrame) -> pl.DataFrame:
    """truth/households: stated households and the registry KK their members belong to.

    UTUH: all members of one KK are listed; SEBAGIAN: some are missing; GABUNG: the KK is listed under several stated
    numbers; PECAH: members of several KKs; TIDAK_PADAN: no member is registered.
    """
    accepted = pl.col("hh").is_not_null() & (pl.col("harap") == TERIMA)
    stated = people.select(pl.col("hh", "id_dtks", "kk_benar", "nik_benar", "ambigu").filter(accepted))
    size = residents.filter("terdaftar").group_by(pl.col("kk").alias("kk_benar")).agg(pl.len().alias("warga"))
    size = size.with_columns(pl.col("kk_benar").cast(pl.String))
    spread = (
        stated.filter(pl.col("kk_benar").is_not_null())
        .group_by("kk_benar")
        .agg(pl.col("hh").n_unique().alias("pecahan"))
    )
    certain = pl.col("kk_benar").filter(~pl.col("ambigu"))
    grouped = (
        stated.join(size, on="kk_benar", how="left", maintain_order="left")
        .join(spread, on="kk_benar", how="left", maintain_order="left")
        .group_by("hh", maintain_order=True)
        .agg(
            pl.col("id_dtks"),
            kk_registri=pl.col("kk_benar").drop_nulls().unique().sort(),
            kk_wajib=certain.drop_nulls().unique().sort(),
            orang=pl.col("nik_benar").drop_nulls().n_unique(),
            warga=pl.col("warga").max(),
            pecahan=pl.col("pecahan").max(),
        )
    )
    return grouped.select(
        "hh",
        "id_dtks",
        "kk_registri",
        "kk_wajib",
        status=_household_status(),
        kk_sama=pl.col("kk_registri").list.contains(pl.col("hh")),
    )


def _household_status() -> pl.Expr:
    registry_households = pl.col("kk_registri").list.len()
    return (
        pl.when(registry_households == 0)
        .then(pl.lit("TIDAK_PADAN"))
        .when(registry_households > 1)
        .then(pl.lit("PECAH"))
        .when(pl.col("pecahan") > 1)
        .then(pl.lit("GABUNG"))
        .when(pl.col("orang") >= pl.col("warga"))
        .then(pl.lit("UTUH"))
        .otherwise(pl.lit("SEBAGIAN"))
    )


def duplicates(people: pl.DataFrame) -> pl.DataFrame:
    """truth/duplicates: every unordered pair of accepted rows of one person, the earlier row first."""
    twice = (pl.col("harap") == TERIMA) & pl.col("pid").is_duplicated()
    rows = people.select(pl.col("pid", "id_dtks").filter(twice)).with_row_index("urut")
    return (
        rows.join(rows, on="pid", suffix="_b", maintain_order="left_right")
        .filter(pl.col("urut") < pl.col("urut_b"))
        .select(a="id_dtks", b="id_dtks_b")
    )


def payments(orders: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """truth/payments: every order in its final state, at the village legible on it."""
    rows = people.filter(pl.col("harap") == TERIMA).group_by("pid").agg(pl.col("id_dtks").sort())
    joined = orders.join(rows, on="pid", how="left", maintain_order="left")
    empty = pl.lit([], dtype=pl.List(pl.String))
    return joined.select(
        "no_danom",
        "program",
        "tahun",
        "tahap",
        nik_benar=pl.when("terdaftar").then("nik"),
        id_dtks=pl.col("id_dtks").fill_null(empty),
        sumber_data=pl.when(pl.col("id_dtks").is_null()).then(pl.lit("NON_DTKS")).otherwise(pl.lit("DTKS")),
        status="status",
        nominal="nominal",
        tgl_bayar="tgl_bayar",
        kode_desa=pl.when(pl.col("kode_tempat").str.len_bytes() == DIGITS["DESA"]).then("kode_tempat"),
        kk_benar=pl.when("terdaftar").then("kk"),
        masalah="masalah",
    ).sort(ORDER)


def realisation(orders: pl.DataFrame, allotments: pl.DataFrame) -> pl.DataFrame:
    """truth/realisasi: every programme, stage, level and region; null for unknown figures."""
    placed = orders.with_columns(kode="kode_tempat")
    levels = [
        _realisation_at(placed.filter(pl.col("kode").str.len_bytes() >= digits), allotments, level, digits)
        for level, digits in DIGITS.items()
    ]
    return pl.concat(levels).sort(*STAGE, pl.col("kode").str.len_bytes(), "kode")


def _realisation_at(placed: pl.DataFrame, allotments: pl.DataFrame, level: str, digits: int) -> pl.DataFrame:
    region = pl.col("kode").str.head(digits)
    status, nominal = pl.col("status"), pl.col("nominal")
    paid = status == DIBAYAR
    counted = placed.group_by(*STAGE, region).agg(
        kpm_salur=paid.sum().cast(pl.Int64),
        kpm_gagal=(status == GAGAL).sum().cast(pl.Int64),
        kpm_retur=(status == RETUR).sum().cast(pl.Int64),
        kpm_belum=(status == BELUM).sum().cast(pl.Int64),
        nominal_salur=nominal.filter(paid).sum(),
        kpm_salur_orang=pl.col("pid").filter(paid).n_unique().cast(pl.Int64),
    )
    # Below the level at which an allotment was given, it is unknown.
    given = allotments.filter(pl.col("kode").str.len_bytes() >= digits)
    allotted = given.group_by(*STAGE, region).agg(
        kpm_alokasi=pl.col("kpm").sum(), nominal_alokasi=nominal.sum(), nominal_transfer=pl.col("transfer").sum()
    )
    joined = counted.join(allotted, on=[*STAGE, "kode"], how="full", coalesce=True)
    figures = ("kpm_salur", "kpm_gagal", "kpm_retur", "kpm_belum", "nominal_salur", "kpm_salur_orang")
    return joined.with_columns(pl.col(figures).fill_null(0)).select(
        *STAGE, pl.lit(level).alias("tingkat"), "kode", "kpm_alokasi", "nominal_alokasi", "nominal_transfer", *figures
    )
