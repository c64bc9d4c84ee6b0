"""Plants payment problems: paid too early or late, by another office, in an odd amount, all at once, to the wrong ones.

Belongs here: changing chosen orders, the payer's errors in payee and place, and the names of all problems in truth.
Does not: which orders there are (`pipeline.synthetic.payments`) or the files (`pipeline.synthetic.files.pos`).
"""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from pipeline import reference
from pipeline.synthetic.draws import Bools
from pipeline.synthetic.rates import Rates
from pipeline.synthetic.registry import MATI, PINDAH, Villages
from pipeline.synthetic.stages import STAGES
from schemas.keys import STAGE

EARLY, LATE, OFFICE, AMOUNT, VISIT = (
    "SEBELUM_PERINTAH", "DI_LUAR_JADWAL", "KANTOR_LUAR_WILAYAH", "NOMINAL_DI_LUAR_TARIF", "TAHAP_SEKALIGUS",
)  # fmt: skip
DEAD, MOVED, OFFICIAL, UNKNOWN = "MATI_DIBAYAR", "PINDAH_DIBAYAR", "ASN_DIBAYAR", "NIK_TAK_DIKENAL"
UNREADABLE_PLACE = "TIDAK TERBACA"
_PAID = "DIBAYAR"
# The only stage with a file from after the end of its window.
_LATE_STAGE = {"program": "PKH", "tahun": 2022, "tahap": 1}
_AFTER, _SPAN = date(2022, 4, 2), 26
_SERVANTS = r"PEGAWAI NEGERI|TENTARA|KEPOLISIAN"
_ODD_AMOUNT = 13_000


def plant_misconduct(
    orders: pl.DataFrame, residents: pl.DataFrame, villages: Villages, rates: Rates, rng: np.random.Generator
) -> pl.DataFrame:
    """The orders with misconduct among them.

    Args:
        orders: described orders (`payments.draw_orders`).
        residents: as `registry.register_residents` returns them, with tanggal_status.
        villages: of the country.
        rates: the bayar_* shares of the payer's errors.
        rng: random numbers.

    Returns:
        The orders with changed dates, amounts, offices and `masalah`, and kantor (kabupaten of the office), kode_tempat
        (code of the deepest legible place), nik_berkas (as the payer writes it) and retur_dahulu (an earlier file has
        the order as returned).
    """
    places = villages.table.select("kode_desa", "kode_kab", "kabupaten")[orders["desa"].to_numpy()]
    placed = orders.with_columns(
        kode_tempat=places["kode_desa"], kode_kab=places["kode_kab"], kantor=places["kabupaten"], nik_berkas="nik"
    )
    unproblematic = ((placed["masalah"].list.len() == 0) & (placed["status"] == _PAID) & placed["terdaftar"]).to_numpy()
    unproblematic &= placed["pid"].is_in(residents.filter(pl.col("status") == "Hidup")["pid"].implode()).to_numpy()
    count = placed.height
    own_stage = pl.all_horizontal(pl.col(name) == value for name, value in _LATE_STAGE.items())
    late = unproblematic & placed.select(own_stage).to_series().to_numpy() & (rng.random(count) < rates.bayar_lambat)
    bounds = np.cumsum([rates.bayar_awal, rates.bayar_kantor_lain, rates.bayar_tarif_aneh])
    kind = np.where(unproblematic & ~late, np.searchsorted(bounds, rng.random(count), side="right"), len(bounds))
    early, elsewhere, odd = (kind == number for number in range(len(bounds)))
    placed = _pay_early(placed, early, rng)
    placed = _pay_at_other_office(placed, elsewhere, villages, rng)
    placed = _pay_odd_amount(placed, odd)
    placed = _add_problem(placed, late, LATE, tgl_bayar=pl.lit(_AFTER) + _as_days(rng.integers(0, _SPAN, count)))
    placed = _pay_in_one_visit(placed, villages, rates, rng)
    unreadable = rng.random(placed.height) < rates.bayar_desa_rusak
    placed = placed.with_columns(
        kode_tempat=pl.when(pl.Series(unreadable)).then(pl.col("kode_tempat").str.head(6)).otherwise("kode_tempat")
    )
    return _with_status_problems(_mistype_niks(_mark_earlier_returns(placed, rates, rng), rates, rng), residents).drop(
        "kode_kab"
    )


def _as_days(numbers: np.ndarray) -> pl.Expr:
    return pl.lit(pl.Series(numbers)).cast(pl.Int64) * pl.duration(days=1)


def _add_problem(orders: pl.DataFrame, struck: Bools, problem: str, **changes: pl.Expr) -> pl.DataFrame:
    is_struck, problems = pl.lit(pl.Series(struck)), pl.concat_list("masalah", pl.lit(problem))
    return orders.with_columns(
        pl.when(is_struck).then(value.cast(orders.schema[name])).otherwise(name).alias(name)
        for name, value in {**changes, "masalah": problems}.items()
    )


def _pay_early(orders: pl.DataFrame, struck: Bools, rng: np.random.Generator) -> pl.DataFrame:
    opened = reference.program_stages().group_by(STAGE).agg(pl.col("mulai").min())
    mulai = orders.select(STAGE).join(opened, on=STAGE, how="left", maintain_order="left")["mulai"]
    return _add_problem(orders, struck, EARLY, tgl_bayar=pl.lit(mulai) - _as_days(rng.integers(5, 26, orders.height)))


def _pay_at_other_office(
    orders: pl.DataFrame, struck: Bools, villages: Villages, rng: np.random.Generator
) -> pl.DataFrame:
    offices = villages.table.select("kode_kab", "kabupaten").unique().sort("kode_kab")
    drawn = offices[rng.integers(0, offices.height, orders.height)]
    elsewhere = struck & (drawn["kode_kab"] != orders["kode_kab"]).to_numpy()
    return _add_problem(
        orders, elsewhere, OFFICE, kode_kprk=pl.lit(drawn["kode_kab"] + "0"), kantor=pl.lit(drawn["kabupaten"])
    )


def _pay_odd_amount(orders: pl.DataFrame, struck: Bools) -> pl.DataFrame:
    return _add_problem(orders, struck, AMOUNT, nominal=pl.col("nominal") + _ODD_AMOUNT)


def _pay_in_one_visit(orders: pl.DataFrame, villages: Villages, rates: Rates, rng: np.random.Generator) -> pl.DataFrame:
    """Pay all three BST stages of some payees outside 3T on the day of the first."""
    remote = villages.table["tertinggal"].gather(orders["desa"].to_numpy())
    bst = (pl.col("program") == "BST") & (pl.col("status") == _PAID) & (pl.col("masalah").list.len() == 0)
    bst_orders = orders.filter(bst & ~pl.lit(remote))
    complete = bst_orders.group_by("pid", maintain_order=True).agg(pl.len(), pl.col("tgl_bayar").min())
    complete = complete.filter(pl.col("len") == sum(stage.program == "BST" for stage in STAGES)).sort("pid")
    chosen = complete.filter(pl.Series(rng.random(complete.height) < rates.bayar_sekaligus))
    visit = chosen.select("pid", sehari="tgl_bayar")
    days = orders.select("pid").join(visit, on="pid", how="left", maintain_order="left")["sehari"]
    struck = orders.select(bst).to_series().to_numpy() & days.is_not_null().to_numpy()
    return _add_problem(orders, struck, VISIT, tgl_bayar=pl.lit(days))


def _mark_earlier_returns(orders: pl.DataFrame, rates: Rates, rng: np.random.Generator) -> pl.DataFrame:
    again = (orders["status"] == _PAID).to_numpy() & (rng.random(orders.height) < rates.bayar_setelah_retur)
    return orders.with_columns(retur_dahulu=pl.Series(again))


def _mistype_niks(orders: pl.DataFrame, rates: Rates, rng: np.random.Generator) -> pl.DataFrame:
    """Mistype the NIK of some payees, alike in all their files and in half of the order numbers."""
    payees = orders.select("pid", "nik").unique("pid").sort("pid")
    kind = rng.integers(0, 5, payees.height)
    place = pl.lit(pl.Series(rng.integers(6, 16, payees.height)))
    digit = pl.lit(pl.Series(rng.integers(0, 10, payees.height))).cast(pl.String)
    before, behind = pl.col("nik").str.head(place), pl.col("nik").str.slice(place + 1)
    damaged = [
        pl.concat_str(before, digit, behind),
        pl.concat_str(before, behind),
        pl.concat_str(before, digit, pl.col("nik").str.slice(place)),
        pl.col("nik").str.head(10),
        pl.lit(""),
    ]
    garbled = payees.select(
        "pid",
        rusak=pl.coalesce(
            pl.when(pl.lit(pl.Series(kind == number))).then(value) for number, value in enumerate(damaged)
        ),
        di_nomor=pl.Series(rng.random(payees.height) < 0.5),  # noqa: PLR2004 - half of them
    ).filter(pl.Series(rng.random(payees.height) < rates.bayar_nik_rusak))
    with_garbled = orders.join(garbled, on="pid", how="left", maintain_order="left")
    # An order number must stay unique.
    inside = pl.col("di_nomor").fill_null(value=False) & (pl.col("rusak").str.len_chars() >= 15)  # noqa: PLR2004
    slipped = pl.col("no_danom").str.replace(r"/\d+/", pl.format("/{}/", "rusak"))
    number = pl.when(inside).then(pl.format("{}-{}", slipped, "pid"))
    return with_garbled.with_columns(
        nik_berkas=pl.coalesce("rusak", "nik_berkas"), no_danom=pl.coalesce(number, "no_danom")
    ).drop("rusak", "di_nomor")


def _with_status_problems(orders: pl.DataFrame, residents: pl.DataFrame) -> pl.DataFrame:
    """Add the problems that follow from the payee's status on the day of payment."""
    people = residents.select("pid", keadaan="status", sejak="tanggal_status", kerja="pekerjaan")
    known = orders.join(people, on="pid", how="left", maintain_order="left")
    paid = pl.col("status") == _PAID
    by_then = (pl.col("sejak") <= pl.col("tgl_bayar")).fill_null(value=True)
    holds_when = {
        DEAD: pl.col("terdaftar") & (pl.col("keadaan") == MATI) & by_then,
        MOVED: pl.col("terdaftar") & (pl.col("keadaan") == PINDAH) & by_then,
        OFFICIAL: pl.col("terdaftar") & pl.col("kerja").str.contains(_SERVANTS),
        UNKNOWN: ~pl.col("terdaftar"),
    }
    kept = pl.col("masalah").list.set_difference([DEAD])
    named = [pl.when(paid & holds.fill_null(value=False)).then(pl.lit(name)) for name, holds in holds_when.items()]
    return known.with_columns(masalah=pl.concat_list(kept, *named).list.drop_nulls().list.unique().list.sort()).drop(
        "keadaan", "sejak", "kerja"
    )
