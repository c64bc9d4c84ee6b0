"""Payment orders: many deliveries of one order become its current state, its payee a person and a household of DTKS."""

from __future__ import annotations

from itertools import combinations_with_replacement

import polars as pl

from pipeline.matching.name_level import name_level
from pipeline.normalise.identifiers import usable_number, written_number
from schemas.rules import Severity, rules_on

ORDER = ("program", "tahun", "tahap", "no_danom")
_STATE = ("nominal", "status_bayar", "tgl_bayar", "tgl_retur", "metode", "alasan_gagal", "berkas", "lembar", "baris")
_PAYEE = ("nik", "nama")
_STATED_ONCE = ("no_kk", "batch", "kode_kprk", "nama_kprk")
_PLACE = ("kode_prov", "kode_kab", "kode_kec", "kode_desa")


def current_orders(orders: pl.DataFrame) -> pl.DataFrame:
    """The last delivered state of every order.

    Later files supersede earlier ones (`berlaku_per`, then path, then line). State and amount are the last row's;
    payee, office and place come from the last row that states them: the short workbook leaves most of them out.

    Args:
        orders: accepted rows (`PosStaged`).

    Returns:
        One row per order with the order's key, state, payee, place and the list `temuan` of its last row's findings.
    """
    ranked = _with_findings(orders).sort("berlaku_per", "berkas", "lembar", "baris", nulls_last=False)
    place = pl.struct(_PLACE)
    # NIK and name come from one row, or an order issued anew could mix two payees.
    payee = pl.when(pl.any_horizontal(pl.col(*_PAYEE).is_not_null())).then(pl.struct(_PAYEE))
    depth = pl.sum_horizontal(pl.col(name).is_not_null().cast(pl.Int8) for name in _PLACE)
    return (
        ranked.with_columns(tempat=place, kedalaman=depth, penerima=payee)
        .group_by(ORDER, maintain_order=True)
        .agg(
            pl.col(*_STATE, "temuan").last(),
            *(pl.col(name).drop_nulls().last() for name in _STATED_ONCE),
            pl.col("penerima").drop_nulls().last(),
            pl.col("tempat").filter(pl.col("kedalaman") == pl.col("kedalaman").max()).last(),
        )
        .unnest("tempat", "penerima")
        .sort(ORDER)
    )


def _with_findings(orders: pl.DataFrame) -> pl.DataFrame:
    rules = [rule for rule in rules_on("PosStaged", Severity.FINDING) if rule.breaks is not None]
    codes = [pl.when(rule.breaks).then(pl.lit(rule.code)) for rule in rules]  # type: ignore[arg-type]
    return orders.with_columns(temuan=pl.concat_list(codes).list.drop_nulls().list.unique().list.sort())


def pay_to_people(
    orders: pl.DataFrame, people: pl.DataFrame, links: pl.DataFrame, registry: pl.DataFrame, stages: pl.DataFrame
) -> pl.DataFrame:
    """Orders joined to the DTKS person they pay, in the columns of `mart.pembayaran`.

    A payee is in DTKS when its NIK is the registry NIK of a linked row, or the NIK a row states; of several rows for
    one person the surviving one is named. Others are kept as NON_DTKS.

    Args:
        orders: current orders (`current_orders`).
        people: `cleansed.anggota`.
        links: `link.anggota_dukcapil`.
        registry: accepted residents, for the payee's KK, status and occupation.
        stages: tariffs and windows (`pipeline.reference.program_stages`).
    """
    joined = (
        _recognised(orders, registry)
        .join(_payees(people, links), left_on="nik_penerima", right_on="nik", how="left", maintain_order="left")
        .join(_windows(stages), on=["program", "tahun", "tahap"], how="left", maintain_order="left")
        .join(_tariffs(stages), on=["program", "tahun", "tahap", "nominal"], how="left", maintain_order="left")
        .with_columns(
            sumber_data=pl.when(pl.col("id_dtks").is_not_null()).then(pl.lit("DTKS")).otherwise(pl.lit("NON_DTKS")),
            no_kk=pl.coalesce("no_kk_dukcapil", "no_kk"),
            sesuai_tarif=pl.col("sesuai_tarif").fill_null(value=False) | pl.col("mulai").is_null(),
        )
        .rename({"berkas": "sumber_berkas", "lembar": "sumber_lembar", "baris": "sumber_baris"})
    )
    rules = rules_on("PerintahBayar", Severity.FINDING)
    found = [pl.when(rule.breaks).then(pl.lit(rule.code)) for rule in rules if rule.breaks is not None]
    return joined.with_columns(temuan=pl.concat_list("temuan", *found).list.drop_nulls().list.unique().list.sort())


def _recognised(orders: pl.DataFrame, registry: pl.DataFrame) -> pl.DataFrame:
    """Orders with the resident their NIK belongs to, unless name and KK both say that it is somebody else's.

    Adds di_dukcapil (the NIK is in the registry), nik_penerima (the NIK where it is believed), and of a believed
    resident no_kk_dukcapil, status_penduduk, pekerjaan.
    """
    residents = registry.select("nik", "status_penduduk", "pekerjaan", nama_dukcapil="nama", no_kk_dukcapil="no_kk")
    known = orders.join(residents, on="nik", how="left", maintain_order="left")
    compared = known.with_columns(nama_cocok=name_level(known["nama"], known["nama_dukcapil"]).cast(pl.String))
    same_person = (pl.col("nama_cocok") != "DIFFERENT") | (pl.col("no_kk") == pl.col("no_kk_dukcapil"))
    in_registry = pl.col("nama_dukcapil").is_not_null()
    believed = ~in_registry | same_person.fill_null(value=True)
    return compared.with_columns(
        *(pl.when(believed).then(name).alias(name) for name in ("no_kk_dukcapil", "status_penduduk", "pekerjaan")),
        di_dukcapil=in_registry,
        nik_penerima=pl.when(believed).then("nik"),
    ).drop("nama_dukcapil", "nama_cocok")


def _payees(people: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    decided = links.filter(pl.col("keputusan").is_in(["OTOMATIS", "PETUGAS"]))
    by_registry = decided.select("id_dtks", nik="nik_dukcapil").with_columns(urutan=pl.lit(0))
    stated = people.select("id_dtks", "nik").with_columns(urutan=pl.lit(1))
    # After a correction the payer still uses the NIK that DTKS used to have.
    written = people.select("id_dtks", nik_tulis=written_number(pl.col("nik_asal")))
    written = written.select("id_dtks", nik=usable_number("nik_tulis")).with_columns(urutan=pl.lit(2))
    surviving = people.select("id_dtks", "id_orang", "id_keluarga", utama=pl.coalesce("ganda_dari", "id_dtks"))
    households = people.select(utama="id_dtks", keluarga_utama="id_keluarga")
    return (
        pl.concat([by_registry, stated, written])
        .drop_nulls("nik")
        .join(surviving, on="id_dtks")
        .join(households, on="utama", how="left")
        .sort("nik", "urutan", "utama", "id_dtks")
        .unique("nik", keep="first", maintain_order=True)
        .select("nik", "id_orang", id_dtks="utama", id_keluarga=pl.coalesce("keluarga_utama", "id_keluarga"))
    )


def _windows(stages: pl.DataFrame) -> pl.DataFrame:
    return (
        stages.group_by("program", "tahun", "tahap")
        .agg(pl.col("mulai").min(), pl.col("selesai").max())
        .with_columns(pl.col("tahun", "tahap").cast(pl.Int32))
    )


def _tariffs(stages: pl.DataFrame) -> pl.DataFrame:
    """Every amount a tariff explains: the flat one, or any sum of component tariffs of at most `maks_orang` people."""
    flat = stages.filter(pl.col("komponen").is_null()).select("program", "tahun", "tahap", "nominal")
    per_person = stages.filter(pl.col("komponen").is_not_null())
    sums = [
        {"program": program, "tahun": tahun, "tahap": tahap, "nominal": sum(chosen)}
        for (program, tahun, tahap), rows in per_person.group_by("program", "tahun", "tahap", maintain_order=True)
        for people in range(1, int(rows.select(pl.col("maks_orang").max()).item()) + 1)
        for chosen in combinations_with_replacement(rows["nominal"].unique().sort().to_list(), people)
    ]
    return (
        pl.concat([flat, pl.DataFrame(sums, schema=flat.schema)])
        .unique()
        .with_columns(pl.col("tahun", "tahap").cast(pl.Int32), sesuai_tarif=pl.lit(value=True))
    )
