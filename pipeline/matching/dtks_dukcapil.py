"""DTKS rows and residents of Dukcapil as the two sides of a linkage (`Listing` and `Register`).

Belongs here: which columns matching reads, which entry a retired NIK stands for, what is compared of a resident.
Does not: the engine (`pipeline.matching.candidates.registers` and the modules built on it).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from pipeline.matching.candidates.blocking import KeyIndex, positions_among
from pipeline.matching.candidates.registers import Listing, Register
from pipeline.matching.candidates.retired import current_entries
from pipeline.matching.levels.comparison import CHILD, CHILD_IN_LAW, GRANDCHILD, HEAD, SPOUSE
from pipeline.matching.levels.mothers import (
    FILLER_COUNT,
    FILLER_SHARE,
    MOTHER,
    MOTHER_IS_IMPLIED,
    with_corrected_mothers,
)
from pipeline.matching.model.linkage import LinkageModel
from pipeline.matching.outcome.households import RETIRED, households_of
from pipeline.matching.records.arrays import Flags, Rows
from pipeline.matching.records.lookup import HashIndex
from pipeline.matching.records.records import Records, hash_numbers
from pipeline.matching.records.tables import Table

_BORN = "tanggal_lahir"
# Facts that must equal the resident's, besides the NIK, to link a row without weighing.
EXACT_FACTS = ("nama_banding", "tanggal_lahir", "jenis_kelamin")
# At least one of these must agree as well.
WITNESSES = ("kode_desa", "no_kk", "nama_ibu_kandung")
# Parts of comparisons that describe how numbers and names were delivered; they are read only for few pairs, later.
_AS_DELIVERED = ("written", "region", "zeroed", "copied")
# Columns of a row and of a resident that decisions need besides the levels.
_LABELS_OF_ROWS = (
    "nik",
    "nik_tulis",
    "nik_wilayah",
    "nik_berkas_nol",
    "nik_berkas_bulat",
    "nik_disalin",
    "nama",
    "tanggal_lahir",
    "jenis_kelamin",
    MOTHER,
    MOTHER_IS_IMPLIED,
)
_LABELS_OF_ENTRIES = ("no_kk", "nama", "nama_ibu_kandung")
# Role of a person in the KK → role of that person's children in it.
_CHILDREN = {HEAD: CHILD, SPOUSE: CHILD, CHILD: GRANDCHILD, CHILD_IN_LAW: GRANDCHILD}
# Columns that no step reads.
_UNREAD_COLUMNS = (
    "periode",
    "berkas",
    "lembar",
    "baris",
    "nama_asal",
    "tanggal_lahir_asal",
    "temuan_wilayah",
    "kode_prov",
    "id_terulang",
    "id_diganti",
    "no_kk_tulis",
    "nama_isian",
    "tanggal_verifikasi",
    "periode_berkas",
    "asal_baris",
)


def dtks_listing(people: pl.DataFrame | pl.LazyFrame) -> Listing:
    """Accepted DTKS rows in the order of id_dtks, with packed NIK and household numbers."""
    unread_columns = [name for name in people.lazy().collect_schema().names() if name in _UNREAD_COLUMNS]
    # BY NY SITI is Siti's child, whose own name is unknown.
    own_name = pl.when(~pl.col("nama_isian").fill_null(value=False)).then("nama_banding").alias("nama_banding")
    people_as_compared = people.with_columns(own_name, *_without_filler_births(people)).drop(unread_columns)
    table = Table(people_as_compared, ("nik", "no_kk", "id_dtks"), by="id_dtks")
    household = table.compute(("id_keluarga", "kode_desa", "alamat", "rt", "rw"), households_of)

    def read(rows: Rows, columns: Sequence[str] | None = None) -> pl.DataFrame:
        wanted = columns if columns is None else [name for name in table.columns if name in columns]
        return with_corrected_mothers(table.take(rows, wanted), table, household, rows)

    return Listing(table, "id_dtks", table.packed("nik"), "nik_tulis", household, read, _LABELS_OF_ROWS)


def _without_filler_births(people: pl.DataFrame | pl.LazyFrame) -> list[pl.Expr]:
    """The birth dates without those that much of a village shares: an operator filled the column in."""
    birth_in_village = pl.concat_str("kode_desa", _BORN, separator=" ", ignore_nulls=True)
    same_birth, villagers = pl.col("len"), pl.col("len").sum().over("kode_desa")
    fillers = (
        people.lazy()
        .filter(pl.col("kode_desa").is_not_null())
        .group_by("kode_desa", _BORN)
        .len()
        .filter(pl.col(_BORN).is_not_null(), same_birth >= FILLER_COUNT, same_birth > villagers * FILLER_SHARE)
        .select(birth_in_village)
        .collect()
        .to_series()
    )
    return [] if fillers.is_empty() else [pl.when(~birth_in_village.is_in(fillers.implode())).then(_BORN).alias(_BORN)]


def resident_register(registry: pl.DataFrame | pl.LazyFrame, model: LinkageModel) -> Register:
    """Residents with packed NIK and KK; retired NIKs stand for the persons' NIKs in use (`retired.current_entries`)."""
    table = Table(registry, ("nik", "no_kk"))
    number = table.packed("nik")
    family = table.packed("no_kk").view(np.int64)
    family = np.where(family == 0, -1, family)
    compared_names = compared_columns(model)
    columns = [name for name in table.columns if name in compared_names and name != "nama_banding"]
    heads, wives = table.compute_blockwise(["hub_keluarga", "jenis_kelamin"], _heads_and_wives).T
    heads = np.flatnonzero(heads & (family != -1))
    headed = hash_numbers(family[heads])

    def view(entries: Rows) -> Records:
        """Residents with all compared columns, the number of their KK, and for a wife the name of its male head."""
        married = np.flatnonzero(wives[entries] & (family[entries] != -1))
        homes = hash_numbers(family[entries[married]])
        men = heads[KeyIndex(homes).known_positions(headed)]
        men = men[np.argsort(number[men])]
        kk, first = np.unique(hash_numbers(family[men]), return_index=True)
        at = HashIndex(kk).find(homes)
        name = np.full(len(entries), len(first))
        name[married[at != -1]] = at[at != -1]
        # One read for the names of residents and husbands.
        names = table.take(np.concatenate([entries, men[first]]), ["nama_banding"]).to_series()
        husbands = names.tail(len(first)).extend_constant(None, 1).rechunk()
        further = names.head(len(entries)), husbands.gather(name).alias("nama_suami")
        return table.records(entries, columns, [*further, pl.Series("nomor_keluarga", family[entries])])

    retired = table.compute_blockwise(["status_penduduk"], lambda one: one.to_series().eq_missing(RETIRED).to_numpy())
    return Register(
        table=table,
        key="nik",
        number=number,
        family=family,
        person=current_entries(table, number, family, retired),
        retired=retired,
        view=view,
        labels=_LABELS_OF_ENTRIES,
    )


def _heads_and_wives(people: pl.DataFrame) -> Flags:
    """Per person, whether he is a male head of a KK and whether she is a head's wife; shape persons × 2."""
    role, sex = pl.col("hub_keluarga"), pl.col("jenis_kelamin")
    flags = people.select(head=(role == HEAD) & (sex == "L"), wife=(role == SPOUSE) & (sex == "P"))
    return flags.select(pl.all().fill_null(value=False)).to_numpy()


def children_of(register: Register, entries: Rows) -> pl.DataFrame:
    """The children of residents within their KK: `name`, and `parent`, the parent's position in `entries`.

    Children of the head and the head's spouse; for a child or child-in-law of the head, the head's grandchildren.
    """
    role = register.table.take(entries, ["hub_keluarga"]).to_series()
    childrens_role = role.replace_strict(_CHILDREN, default=0, return_dtype=pl.Int64).fill_null(0).to_numpy()
    parents = np.flatnonzero((childrens_role != 0) & (register.family[entries] != -1))
    homes = register.family[entries[parents]]
    family = positions_among(register.family, homes)
    members = register.table.take(family, ["hub_keluarga", "nama_banding"]).select(
        role=pl.col("hub_keluarga").cast(pl.Int64), home=pl.Series(register.family[family]), name="nama_banding"
    )
    wanted = pl.DataFrame({"parent": parents, "home": homes, "role": childrens_role[parents]})
    return wanted.join(members.drop_nulls("name"), on=["home", "role"], maintain_order="left_right")


def compared_columns(model: LinkageModel) -> set[str]:
    """Columns that the search compares, without those that only describe how numbers and names were delivered."""
    parts = (part for comparison in model.comparisons for part in comparison.columns.items())
    return {column for part, column in parts if part not in _AS_DELIVERED}
