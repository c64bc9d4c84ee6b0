"""Payment orders: many deliveries of one order become its current state, its payee a person and a household of DTKS."""

from __future__ import annotations

import polars as pl

from schemas.rules import Severity, rules_on

ORDER = ("program", "tahun", "tahap", "no_danom")
_STATE = ("nominal", "status_bayar", "tgl_bayar", "alasan_gagal", "berkas", "baris")
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
    depth = pl.sum_horizontal(pl.col(name).is_not_null().cast(pl.Int8) for name in _PLACE)
    return (
        ranked.with_columns(tempat=place, kedalaman=depth)
        .group_by(ORDER, maintain_order=True)
        .agg(
            pl.col(*_STATE, "temuan").last(),
            *(pl.col(name).drop_nulls().last() for name in ("nik", "no_kk", "nama_banding", "kode_kprk")),
            pl.col("tempat").filter(pl.col("kedalaman") == pl.col("kedalaman").max()).last(),
        )
        .unnest("tempat")
        .sort(ORDER)
    )


def _with_findings(orders: pl.DataFrame) -> pl.DataFrame:
    rules = [rule for rule in rules_on("PosStaged", Severity.FINDING) if rule.breaks is not None]
    codes = [pl.when(rule.breaks).then(pl.lit(rule.code)) for rule in rules]  # type: ignore[arg-type]
    return orders.with_columns(temuan=pl.concat_list(codes).list.drop_nulls().list.unique().list.sort())


def pay_to_people(orders: pl.DataFrame, people: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """Orders joined to the DTKS person they pay, in the columns of `mart.pembayaran`.

    A payee is in DTKS when its NIK is the registry NIK of a linked row, or the NIK a row states; of several rows for
    one person the surviving one is named. Others are kept as NON_DTKS.

    Args:
        orders: current orders (`current_orders`).
        people: `cleansed.anggota`.
        links: `link.anggota_dukcapil`.
    """
    decided = links.filter(pl.col("keputusan").is_in(["OTOMATIS", "PETUGAS"]))
    by_registry = decided.select("id_dtks", nik="nik_dukcapil").with_columns(urutan=pl.lit(0))
    by_statement = people.filter(pl.col("nik").is_not_null()).select("id_dtks", "nik").with_columns(urutan=pl.lit(1))
    payees = (
        pl.concat([by_registry, by_statement])
        .join(people.select("id_dtks", "id_orang", "id_keluarga", "ganda_dari"), on="id_dtks")
        .sort("nik", "urutan", pl.col("ganda_dari").is_not_null(), "id_dtks")
        .unique("nik", keep="first", maintain_order=True)
        .select("nik", "id_dtks", "id_orang", "id_keluarga")
    )
    joined = orders.join(payees, on="nik", how="left", maintain_order="left")
    return joined.with_columns(
        sumber_data=pl.when(pl.col("id_dtks").is_not_null()).then(pl.lit("DTKS")).otherwise(pl.lit("NON_DTKS"))
    ).rename({"berkas": "sumber_berkas", "baris": "sumber_baris"})
