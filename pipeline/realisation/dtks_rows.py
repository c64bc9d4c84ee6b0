"""Finds the DTKS row of an order's payee: by number, by KK and name, or by village and name.

Does not belong here: which resident the payee is (`payees`).
"""

from __future__ import annotations

import polars as pl
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from pipeline.matching.names.likeness import name_level
from pipeline.normalise.values.identifiers import written_number
from pipeline.normalise.values.names import comparable_name

# Columns of DTKS rows that are read.
_ROW_COLUMNS = ("id_dtks", "ganda_dari", "nik", "no_kk", "nama", "kode_desa", "kode_kec")
# A number with fewer digits identifies nobody.
_FEWEST_DIGITS = 8
_MOST_SLIPS = 2
# Position and number of digits of the birth date in a NIK.
_BIRTH = (6, 6)
# Names of one village are compared if they share so many first letters.
_SHARED_LETTERS = 2
# The row is linked to another resident than the payee.
_IS_LINKED_TO_ANOTHER = (pl.col("penduduk") != pl.col("warga")).fill_null(value=False)


def with_dtks_rows(
    numbered: pl.DataFrame, people: pl.LazyFrame, decided: pl.DataFrame, retired: pl.Series
) -> pl.DataFrame:
    """Orders with id_dtks, the payee's surviving DTKS row (null outside DTKS), and nik_dtks, the resident linked to it.

    Tried in this order: the NIK of the resident linked to a row, the NIK that a row states, the number as written in a
    row, KK and name, village and name with a nearly equal number. A row linked to another resident is never the
    payee's, whatever it states.

    Args:
        numbered: orders with urutan, nik_dukcapil and nik_orang_lain.
        people: `cleansed.anggota`.
        decided: id_dtks and nik_dukcapil of the links that count.
        retired: retired NIKs, which do not distinguish persons.
    """
    is_distinctive = ~pl.col("nik_dukcapil").is_in(retired.implode())
    usable_links = decided.filter(is_distinctive).unique("id_dtks", keep="first", maintain_order=True)
    residents = usable_links.select("id_dtks", penduduk="nik_dukcapil")
    rows = people.select(
        *_ROW_COLUMNS, nomor=written_number(pl.col("nik_asal")), kk_tulis=written_number(pl.col("no_kk_asal"))
    ).collect()
    # A NIK that belongs to another resident is not used.
    own_number = pl.when(~pl.col("nik_orang_lain")).then(pl.coalesce("nik", "nik_tulis"))
    payees = numbered.with_columns(warga=pl.when(is_distinctive).then("nik_dukcapil"))
    found = payees.select("warga", nomor_1="nik_dukcapil", nomor_2=own_number)
    by_number = _rows_by_number(rows, decided, residents, pl.concat([found["nomor_1"], found["nomor_2"]]))
    for name in ("nomor_1", "nomor_2"):
        ids = by_number.rename({"nomor": name, "id_dtks": f"id_{name}"})
        found = found.join(ids, on=name, how="left", maintain_order="left")
        found = found.with_columns(pl.when(~_IS_LINKED_TO_ANOTHER).then(f"id_{name}").alias(f"id_{name}")).drop(
            "penduduk"
        )
    by_id = payees.with_columns(id_dtks=found.select(pl.coalesce("id_nomor_1", "id_nomor_2")).to_series())
    by_description = _rows_by_description(by_id.filter(pl.col("id_dtks").is_null()), rows, residents)
    linked = decided.unique("id_dtks", keep="first", maintain_order=True).select("id_dtks", nik_dtks="nik_dukcapil")
    return (
        by_id.join(by_description, on="urutan", how="left", maintain_order="left")
        .with_columns(id_dtks=pl.coalesce("id_dtks", "id_uraian"))
        .join(linked, on="id_dtks", how="left", maintain_order="left")
        .drop("id_uraian", "warga")
    )


def _rows_by_number(
    rows: pl.DataFrame, decided: pl.DataFrame, residents: pl.DataFrame, wanted: pl.Series
) -> pl.DataFrame:
    """Per wanted number with a DTKS row: nomor (unique), id_dtks (the surviving row), penduduk (its linked NIK)."""
    sought = wanted.unique().to_frame("nomor")
    by_registry = decided.select("id_dtks", nomor="nik_dukcapil").with_columns(urutan=pl.lit(0))
    stated = rows.select("id_dtks", nomor="nik").with_columns(urutan=pl.lit(1))
    # After a correction, payers still use the old NIK of DTKS, even if it is damaged.
    long_enough = pl.col("nomor").str.count_matches(r"\d") >= _FEWEST_DIGITS
    written = rows.select("id_dtks", "nomor").join(sought, on="nomor", how="semi").filter(long_enough)
    written = written.with_columns(urutan=pl.lit(2))
    # Two people may share a damaged number.
    written = written.filter(~pl.col("nomor").is_duplicated() | (pl.col("nomor").str.len_chars() == 16))  # noqa: PLR2004
    surviving = rows.select("id_dtks", utama=pl.coalesce("ganda_dari", "id_dtks"))
    # A row linked to a resident with another NIK comes after rows that state the number and are not.
    is_linked_to_another = (pl.col("penduduk") != pl.col("nomor")).fill_null(value=False)
    return (
        pl.concat([by_registry, stated, written])
        .join(sought, on="nomor", how="semi")
        .join(surviving, on="id_dtks")
        .join(residents, left_on="utama", right_on="id_dtks", how="left")
        .sort("nomor", is_linked_to_another, "urutan", "utama", "id_dtks")
        .unique("nomor", keep="first", maintain_order=True)
        .select("nomor", "penduduk", id_dtks="utama")
    )


def _rows_by_description(unmatched: pl.DataFrame, rows: pl.DataFrame, residents: pl.DataFrame) -> pl.DataFrame:
    """Payees for whom KK and name, or place, name and a nearly equal number, give exactly one row: urutan, id_uraian.

    A name of several words is enough within a village if the row has no valid NIK. Within one family, SITI and SITI
    AMINAH count as sisters if both have valid NIKs with different birth dates.
    """
    sought = unmatched.select(
        "urutan",
        "warga",
        "nik_tulis",
        nik_bayar="nik",
        nama_bayar="nama",
        kk_bayar="no_kk",
        tempat=pl.coalesce("kode_desa", "kode_kec"),
        awal=pl.col("nama_banding").str.head(_SHARED_LETTERS),
    )
    pairs = _pairs_by_description(sought, _rows_nearby(sought, rows, residents))
    level = name_level(pairs["nama_bayar"], pairs["nama"]).cast(pl.String)
    strong = pl.col("tingkat") == "STRONG"
    one_birth = pl.col("nik_bayar").str.slice(*_BIRTH) == pl.col("nik").str.slice(*_BIRTH)
    candidates = (
        pairs.with_columns(tingkat=level, dekat=_are_near(pairs["nik_tulis"], pairs["nomor"]))
        .filter((pl.col("tingkat") != "DIFFERENT") & (pl.col("cukup") | strong))
        .sort("cukup", strong, descending=True)
        .unique(["urutan", "id_uraian"], keep="first", maintain_order=True)
    )
    for better in (pl.col("cukup"), strong):
        candidates = candidates.filter(better | ~better.any().over("urutan"))
    one_person = strong | pl.col("dekat") | one_birth.fill_null(value=True)
    return candidates.filter((pl.len().over("urutan") == 1) & one_person).select("urutan", "id_uraian").sort("urutan")


def _rows_nearby(sought: pl.DataFrame, rows: pl.DataFrame, residents: pl.DataFrame) -> pl.DataFrame:
    """The rows that share KK or place with a payee: what they are compared by, id_uraian (surviving row), penduduk."""
    described = rows.select(
        "nama",
        "nomor",
        "nik",
        id_uraian=pl.coalesce("ganda_dari", "id_dtks"),
        kk=pl.coalesce("no_kk", "kk_tulis"),
        tempat=pl.coalesce("kode_desa", "kode_kec"),
    )
    is_nearby = pl.any_horizontal(
        pl.col(column).is_in(sought[of_payee].implode())
        for column, of_payee in (("kk", "kk_bayar"), ("tempat", "tempat"))
    )
    return (
        described.filter(is_nearby)
        .with_columns(awal=comparable_name(pl.col("nama")).str.head(_SHARED_LETTERS))
        .join(residents.rename({"id_dtks": "id_uraian"}), on="id_uraian", how="left")
    )


def _pairs_by_description(sought: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Pairs of payee and row with one KK, or with one place and the beginning of the name; names are to be compared.

    `cukup`: KK or a nearly equal number agrees, so that a weakly agreeing name is enough.
    """
    same_kk = sought.join(rows.drop("tempat", "awal"), left_on="kk_bayar", right_on="kk", coalesce=False)
    same_kk = same_kk.filter(~_IS_LINKED_TO_ANOTHER)
    same_place = sought.join(rows, on=["tempat", "awal"]).filter(~_IS_LINKED_TO_ANOTHER)
    near = _are_near(same_place["nik_tulis"], same_place["nomor"]) | _are_near(same_place["kk_bayar"], same_place["kk"])
    in_village = pl.col("tempat").str.len_chars() > 6  # noqa: PLR2004 - longer than a kecamatan's code
    by_name_alone = pl.col("nama_bayar").str.contains(" ") & pl.col("nik").is_null() & in_village
    columns = ["urutan", "id_uraian", "nama", "nama_bayar", "nik_tulis", "nomor", "nik_bayar", "nik", "cukup"]
    return pl.concat(
        [
            same_kk.with_columns(cukup=pl.lit(value=True)).select(columns),
            same_place.with_columns(cukup=near).filter(pl.col("cukup") | by_name_alone).select(columns),
        ]
    )


def _are_near(left: pl.Series, right: pl.Series) -> pl.Series:
    """Whether the two numbers of each pair are at most a few typing slips apart; false if one is missing."""
    numbers = pl.DataFrame({"one": left, "other": right})
    known = numbers.drop_nulls()
    slips = cpdist(known["one"].to_list(), known["other"].to_list(), scorer=OSA.distance)
    near = known.with_columns(near=pl.Series(slips) <= _MOST_SLIPS).unique()
    return numbers.join(near, on=["one", "other"], how="left", maintain_order="left")["near"].fill_null(value=False)
