"""Who is paid: the resident and the DTKS person of every order's payee.

A payee is given by NIK, name, KK and place, any of which may be damaged. The NIK decides if name or KK agree with it;
all other payees go through the matching engine, together with enough certain payees for it to learn from. Belongs
here: finding payees. Does not: whether the payment was proper (`conduct`).
"""

from __future__ import annotations

import polars as pl

from pipeline.matching.link import link_persons
from pipeline.matching.names.likeness import name_level
from pipeline.matching.records.records import SEED
from pipeline.normalise.values.identifiers import usable_number
from pipeline.realisation.dtks_rows import with_dtks_rows
from schemas.link import DECIDED
from schemas.staged import DtksStaged
from schemas.table import polars_schema

_COMPARED_COLUMNS = (
    "nik", "nik_tulis", "nama", "nama_banding", "no_kk", "alamat", "kode_prov", "kode_kab", "kode_kec", "kode_desa",
)  # fmt: skip
PAYEE_COLUMNS = (*_COMPARED_COLUMNS, "nik_danom")
"""Columns that describe a payee, with the NIK inside the order number (`with_nik_inside`)."""
# Certain payees added to the doubtful ones, so that the engine learns what is usual in these files.
_EXAMPLES = 5_000
# Reasons of a link that are independent of the NIK: home and name.
_HOME_REASONS = ["KK_SAMA", "KK_MIRIP", "ALAMAT_SAMA", "RT_RW_SAMA"]
_NAME_REASONS = [
    "NAMA_SAMA", "NAMA_SUSUNAN", "NAMA_MIRIP", "NAMA_SINGKAT", "NAMA_PANGGILAN", "NAMA_SUAMI", "NAMA_SEBAGIAN",
]  # fmt: skip


def with_nik_inside(orders: pl.DataFrame) -> pl.DataFrame:
    """Orders with nik_danom, the NIK inside their number; null for none."""
    inside = orders.with_columns(nik_danom=pl.col("no_danom").str.extract(r"(?:^|\D)(\d{16})(?:\D|$)"))
    return inside.with_columns(nik_danom=usable_number("nik_danom"))


def with_payees(
    written: pl.DataFrame, people: pl.LazyFrame, links: pl.LazyFrame, registry: pl.LazyFrame
) -> pl.DataFrame:
    """Payees with their resident and their DTKS person.

    Args:
        written: `PAYEE_COLUMNS` of current orders (`orders.current_orders`), each once.
        people: `cleansed.anggota`.
        links: `link.anggota_dukcapil`.
        registry: accepted residents (`DukcapilStaged`). Of all three, only what is needed is read.

    Returns:
        The payees with nik_dukcapil (null: nobody found), status_penduduk, tanggal_status and pekerjaan of the
        resident; nik_penerima and no_kk_dukcapil of the resident, else of the one linked to the payee's DTKS row, so
        that all payees of one row are one person; id_dtks, id_orang and id_keluarga (null: not in DTKS);
        nik_orang_lain: the NIK as written is another resident's; and register_ada: the register of the order's
        kabupaten was delivered.
    """
    delivered = registry.select("kode_kab").unique().collect().to_series().drop_nulls()
    numbered = _with_residents(written.sort(PAYEE_COLUMNS).with_row_index("urutan"), registry, delivered)
    decided = links.filter(pl.col("keputusan").is_in(DECIDED)).select("id_dtks", "nik_dukcapil").collect()
    # A retired NIK belongs to the same person as another one, so it does not distinguish persons.
    retired = registry.filter(status_penduduk="TIDAK_VALID").select("nik").collect().to_series()
    found = with_dtks_rows(numbered, people, decided, retired).with_columns(
        # Else the resident of the DTKS row, unless the payee has a valid NIK that is not in the registry.
        nik_dukcapil=pl.coalesce("nik_dukcapil", pl.when(pl.col("nik").is_null()).then("nik_dtks")),
        nik_penerima=pl.coalesce("nik_dukcapil", "nik_dtks"),
        register_ada=pl.col("kode_kab").is_in(delivered.implode()).fill_null(value=False),
    )
    return _with_facts(found, people, registry).drop("urutan", "nik_dtks")


def _with_residents(numbered: pl.DataFrame, registry: pl.LazyFrame, delivered: pl.Series) -> pl.DataFrame:
    """Payees with nik_dukcapil and nik_orang_lain."""
    owners = _number_owners(numbered, registry)
    # A retired NIK does not belong to another person.
    others = owners.filter(pl.col("dari_nik") & (pl.col("status_penduduk") != "TIDAK_VALID"))
    found = numbered.join(
        _find_residents(numbered, owners, registry, delivered), on="urutan", how="left", maintain_order="left"
    ).join(others.select("urutan", pemilik="nik_dukcapil"), on="urutan", how="left", maintain_order="left")
    of_another = pl.col("pemilik").is_not_null() & pl.col("pemilik").ne_missing(pl.col("nik_dukcapil"))
    return found.with_columns(nik_orang_lain=of_another).drop("pemilik")


def _with_facts(found: pl.DataFrame, people: pl.LazyFrame, registry: pl.LazyFrame) -> pl.DataFrame:
    """Payees with columns of their resident and of their DTKS row."""
    facts = registry.select("status_penduduk", "tanggal_status", "pekerjaan", nik_dukcapil="nik")
    families = registry.select(nik_dukcapil="nik", no_kk_dukcapil="no_kk")
    named = found["id_dtks"].unique().to_frame().lazy()
    surviving = people.select("id_dtks", "id_orang", "id_keluarga").join(named, on="id_dtks", how="semi").collect()
    return (
        found.join(_residents_with(found["nik_dukcapil"], facts), on="nik_dukcapil", how="left", maintain_order="left")
        .join(
            _residents_with(found["nik_penerima"], families),
            left_on="nik_penerima", right_on="nik_dukcapil", how="left", maintain_order="left",
        )
        .join(surviving, on="id_dtks", how="left", maintain_order="left")
    )  # fmt: skip


def _residents_with(numbers: pl.Series, residents: pl.LazyFrame) -> pl.DataFrame:
    """The residents with one of the numbers (`nik_dukcapil`)."""
    wanted = numbers.alias("nik_dukcapil").unique().to_frame().lazy()
    return residents.join(wanted, on="nik_dukcapil", how="semi").collect()


def _find_residents(
    numbered: pl.DataFrame, owners: pl.DataFrame, registry: pl.LazyFrame, delivered: pl.Series
) -> pl.DataFrame:
    """Payees whose resident is found: urutan, nik_dukcapil."""
    confirmed = owners.filter("cocok").unique("urutan", keep="first", maintain_order=True)
    doubtful = numbered.join(confirmed, on="urutan", how="anti", maintain_order="left")
    examples = numbered.join(confirmed, on="urutan", how="semi", maintain_order="left")
    # If the engine finds nobody, a NIK counts although the name or the KK (not both) contradicts it.
    plausible = owners.filter("mungkin").unique("urutan", keep="first", maintain_order=True)
    # Payees of a kabupaten whose register was not delivered cannot be found.
    sought = doubtful.filter(pl.col("kode_kab").is_in(delivered.implode()).fill_null(value=True))
    matched = _match_payees(sought, examples, registry)
    # A NIK that both name and KK contradict needs more support than itself and the village. A valid NIK that is not in
    # the registry may be an unregistered person's, so a similar NIK needs the family or the house as support.
    contradicted = owners.filter(~pl.col("mungkin")).select("urutan", "nik_dukcapil", ragu=True)
    with_nik = numbered.filter(pl.col("nik").is_not_null())
    unregistered = with_nik.join(owners.filter("dari_nik"), on="urutan", how="anti").select("urutan", utuh=True)
    matched = (
        matched.join(contradicted, on=["urutan", "nik_dukcapil"], how="left", maintain_order="left")
        .join(unregistered, on="urutan", how="left", maintain_order="left")
        .filter(
            (pl.col("ragu").is_null() | _has_reason(_HOME_REASONS + _NAME_REASONS))
            & (pl.col("utuh").is_null() | _has_reason(_HOME_REASONS)),
        )
    )
    in_order_of_trust = (confirmed, matched, plausible)
    found = pl.concat(way.select("urutan", "nik_dukcapil") for way in in_order_of_trust)
    return found.unique("urutan", keep="first", maintain_order=True)


def _has_reason(reasons: list[str]) -> pl.Expr:
    return pl.col("alasan").list.set_intersection(reasons).list.len() > 0


def _number_owners(numbered: pl.DataFrame, registry: pl.LazyFrame) -> pl.DataFrame:
    """Residents whose NIK a payee has, as NIK or inside the order number; the payee's own NIK first.

    With dari_nik (own NIK), cocok (name agrees or, without a name, KK) and mungkin (name and KK do not both differ).
    """
    stated = pl.concat(
        [
            numbered.select("urutan", "nama", "nama_banding", "no_kk", nik_dukcapil="nik", dari_nik=pl.lit(value=True)),
            numbered.filter(pl.col("nik_danom").ne_missing(pl.col("nik"))).select(
                "urutan", "nama", "nama_banding", "no_kk", nik_dukcapil="nik_danom", dari_nik=pl.lit(value=False)
            ),
        ]
    ).drop_nulls("nik_dukcapil")
    residents = registry.select(
        "status_penduduk", nik_dukcapil="nik", nama_r="nama", banding_r="nama_banding", no_kk_r="no_kk"
    )
    known = stated.join(_residents_with(stated["nik_dukcapil"], residents), on="nik_dukcapil", maintain_order="left")
    equal = (pl.col("nama_banding") == pl.col("banding_r")).fill_null(value=False)
    unequal = known.filter(~equal)
    different = unequal.select(
        "urutan", "nik_dukcapil", beda=name_level(unequal["nama"], unequal["nama_r"]).cast(pl.String) == "DIFFERENT"
    )
    compared = known.join(different, on=["urutan", "nik_dukcapil"], how="left", maintain_order="left")
    differs = pl.when(equal).then(pl.lit(value=False)).otherwise("beda")
    same_kk = pl.col("no_kk") == pl.col("no_kk_r")
    agrees = (~differs).fill_null(pl.col("nama").is_null() & same_kk.fill_null(value=False))
    return compared.select(
        "urutan",
        "nik_dukcapil",
        "dari_nik",
        "status_penduduk",
        cocok=agrees & (pl.col("status_penduduk") != "TIDAK_VALID"),
        mungkin=~(differs & ~same_kk).fill_null(value=False),
    ).sort("urutan", "dari_nik", descending=[False, True])


def _match_payees(sought: pl.DataFrame, examples: pl.DataFrame, registry: pl.LazyFrame) -> pl.DataFrame:
    """Payees that the matching engine links automatically: urutan, nik_dukcapil, alasan."""
    nobody = pl.DataFrame(
        schema={"urutan": pl.get_index_type(), "nik_dukcapil": pl.String, "alasan": pl.List(pl.String)}
    )
    if sought.is_empty() or registry.head(1).collect().is_empty():
        return nobody
    payees = sought.select(_COMPARED_COLUMNS).unique().sort(_COMPARED_COLUMNS)
    sample = examples.select(_COMPARED_COLUMNS).unique()
    sample = sample.sort(pl.struct(_COMPARED_COLUMNS).hash(SEED), *_COMPARED_COLUMNS).head(_EXAMPLES + payees.height)
    people = pl.concat([payees, sample]).with_columns(
        id_dtks=pl.int_range(pl.len()).cast(pl.String).str.zfill(12),
        no_kk_tulis="no_kk",
        id_keluarga=pl.lit(None, pl.String),
    )
    columns = polars_schema(DtksStaged)
    blank = [pl.lit(None, dtype).alias(name) for name, dtype in columns.items() if name not in people.columns]
    linked = link_persons(people.with_columns(blank), registry)
    if not linked.plausible:
        # Payees and residents have hardly anybody in common, so no link can be trusted.
        return nobody
    # Orders have no birth date, so the engine would leave many payees without a valid NIK to a human; for payments the
    # same name in the same family is enough.
    same_family = (
        _has_reason(["NAMA_SAMA", "NAMA_SUSUNAN"]) & _has_reason(["KK_SAMA"]) & (pl.col("keputusan") == "TINJAU")
    )
    certain = (pl.col("keputusan") == "OTOMATIS") | same_family
    accepted = pl.concat(links.filter(certain) for links in linked.links())
    found = accepted.unique("id_dtks", keep="none").select("id_dtks", "nik_dukcapil", "alasan")
    numbers = payees.with_columns(id_dtks=pl.int_range(pl.len()).cast(pl.String).str.zfill(12))
    by_payee = numbers.join(found, on="id_dtks").select(*_COMPARED_COLUMNS, "nik_dukcapil", "alasan")
    return (
        sought.select("urutan", *_COMPARED_COLUMNS)
        .join(by_payee, on=list(_COMPARED_COLUMNS), nulls_equal=True, maintain_order="left")
        .select("urutan", "nik_dukcapil", "alasan")
    )
