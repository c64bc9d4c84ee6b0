"""Writes the payers' files: earlier and later states of each stage, and the Belum Terbayar workbook.

Belongs here: which order is in which file, and in which words. Does not: the final state of an order
(`pipeline.synthetic.payments`).
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from pipeline.synthetic.defects.fact import kabupaten_variants
from pipeline.synthetic.defects.name import misspell
from pipeline.synthetic.files import notation
from pipeline.synthetic.files.writers import TextFormat, text_lines, write_lines, write_workbook
from pipeline.synthetic.ledger import BadLine, WriteContext
from pipeline.synthetic.misconduct import UNREADABLE_PLACE
from pipeline.synthetic.payments import BELUM, DIBAYAR, GAGAL, RETUR
from pipeline.synthetic.registry import Villages
from pipeline.synthetic.stages import STAGES, Delivery, Stage
from schemas.extracts import LAYOUTS
from schemas.levels import DIGITS

_UNREADABLE = ("TIGA RATUS", "#REF!", "")
_REPEATED = 0.05
_NAME_SLIPS = 0.04
_KABUPATEN_VARIANTS = 0.12


def write_pos(orders: pl.DataFrame, villages: Villages, context: WriteContext) -> None:
    """Write all payers' files.

    Args:
        orders: `Orders.table`.
        villages: of the country.
        context: where to write; the Belum Terbayar workbook is short, so it is written for large countries, too.
    """
    places = villages.table.select("desa", "kode_kec", "kecamatan", "kabupaten", "provinsi")
    readable = pl.col("kode_tempat").str.len_bytes() == DIGITS["DESA"]
    placed = orders.rename({"desa": "nomor_desa"}).with_columns(places[orders["desa"].to_numpy()].get_columns())
    placed = placed.with_columns(desa=pl.when(readable).then("desa").otherwise(pl.lit(UNREADABLE_PLACE)))
    for stage in STAGES:
        stage_orders = placed.filter(stage.matches())
        last = stage.deliveries[-1].day
        for delivery in stage.deliveries:
            in_delivery = (
                stage_orders
                if delivery.day == last == stage.deliveries[0].day
                else _orders_in_delivery(stage_orders, stage, delivery, context.rng)
            )
            _write_delivery(_with_state_on(in_delivery, delivery.day, last), stage, delivery, context)
        if stage.unpaid_book:
            _write_unpaid(stage_orders, stage, stage.unpaid_book, context)


def _orders_in_delivery(
    stage_orders: pl.DataFrame, stage: Stage, delivery: Delivery, rng: np.random.Generator
) -> pl.DataFrame:
    """The orders in a delivery: first all first issues; later those still open, new issues and a few others again."""
    first_day = stage.deliveries[0].day
    if delivery.day == first_day:
        return stage_orders.filter(pl.col("terbitan") == 1)
    settled = (pl.col("tgl_bayar") <= first_day).fill_null(value=False) & (pl.col("terbitan") == 1)
    again = pl.Series(rng.random(stage_orders.height) < _REPEATED)
    return stage_orders.filter(~settled | again)


def _with_state_on(orders: pl.DataFrame, day: date, last: date) -> pl.DataFrame:
    """The orders with their state on a day; failures become known only in the last file."""
    known = pl.lit(day == last) | (pl.col("tgl_bayar") <= day).fill_null(value=False)
    returned = ~known & pl.col("retur_dahulu")
    return orders.with_columns(
        status=pl.when(known).then("status").when(returned).then(pl.lit(RETUR)).otherwise(pl.lit(BELUM)),
        tgl_bayar=pl.when(known).then("tgl_bayar"),
        tgl_retur=pl.when(known).then("tgl_retur").when(returned).then(pl.lit(day)),
        alasan=pl.when(known).then("alasan").when(returned).then(pl.lit("TIDAK DITEMUKAN")),
        metode=pl.when(known).then("metode"),
    )


def _write_delivery(orders: pl.DataFrame, stage: Stage, delivery: Delivery, context: WriteContext) -> None:
    berkas = f"pos/{delivery.path}"
    table = _formatted_table(orders, stage, delivery, context)
    nominal = int(orders["nominal"].sum())
    if delivery.form is None and context.workbooks:
        titles = [f"REALISASI {stage.program} TAHUN {stage.tahun}", "", f"Tahap {stage.tahap}", ""]
        headed = table.rename({name: name.replace("_", " ") for name in table.columns})
        write_workbook(context.raw / berkas, "Realisasi", titles, headed)
        context.ledger.add_file(berkas, table.height, nominal)
        return
    form = delivery.form or TextFormat(";")
    berkas = berkas.replace(".xlsx", ".csv")
    lines = text_lines(table, form, context.rng)
    bad = _bad_lines(table, form, context.rng) if delivery is stage.deliveries[0] and table.height else []
    all_lines, _ = context.ledger.insert_damaged(berkas, lines, [line for line, _ in bad], context.rng)
    write_lines(context.raw / berkas, all_lines, form)
    readable = sum(int(orders["nominal"][row]) for _, row in bad if row is not None)
    context.ledger.add_file(berkas, len(all_lines) - 1, nominal + readable)


def _formatted_table(orders: pl.DataFrame, stage: Stage, delivery: Delivery, context: WriteContext) -> pl.DataFrame:
    rng, rate = context.rng, context.notasi
    count = orders.height
    words = {DIBAYAR: delivery.paid, GAGAL: GAGAL, RETUR: RETUR, BELUM: delivery.unpaid}
    slipped = misspell(orders["nama"], pl.Series(rng.random(count) < _NAME_SLIPS), rng)
    kab, variants = pl.col("kabupaten"), kabupaten_variants()
    variant = pl.lit(pl.Series(rng.random(count)))
    office = pl.col("kantor").str.replace(r"^(KABUPATEN|KOTA)( ADMINISTRASI)? ", "KC ")
    values: dict[str, pl.Expr] = {
        "NO_DANOM": pl.col("no_danom"),
        "BATCH": pl.format("{}-K{}", pl.lit(stage.batch), pl.col("kode_kec").str.slice(4)),
        "PROGRAM": pl.col("program"),
        "TAHUN": pl.col("tahun").cast(pl.String),
        "TAHAP": pl.col("tahap").cast(pl.String),
        "KODE_KPRK": pl.col("kode_kprk"),
        "NAMA_KPRK": office,
        "NIK": notation.identifier("nik_berkas", rate, rng, count, dotted=True),
        "NO_KK": pl.col("kk"),
        "NAMA_KPM": pl.lit(slipped),
        "ALAMAT": pl.col("alamat"),
        "KELURAHAN": pl.col("desa"),
        "KECAMATAN": pl.col("kecamatan"),
        "KABUPATEN": pl.when(variant < _KABUPATEN_VARIANTS / 2)
        .then(variants[0])
        .when(variant < _KABUPATEN_VARIANTS)
        .then(variants[1])
        .otherwise(kab),
        "PROVINSI": pl.col("provinsi"),
        "NOMINAL": notation.rupiah("nominal", delivery.amounts),
        "STATUS_BAYAR": pl.col("status").replace_strict(words, return_dtype=pl.String),
        "TGL_BAYAR": notation.dates("tgl_bayar", delivery.dates, rng, count),
        "METODE": pl.col("metode"),
        "ALASAN_GAGAL": pl.col("alasan"),
        "TGL_RETUR": notation.dates("tgl_retur", delivery.dates, rng, count),
    }
    return orders.select(values[name].fill_null("").alias(name) for name in LAYOUTS["pos_penuh"].headers)


def _bad_lines(table: pl.DataFrame, form: TextFormat, rng: np.random.Generator) -> list[tuple[BadLine, int | None]]:
    """An order without number, with the row it repeats, and an order with an unreadable amount."""
    without_number_row, unreadable_row = (int(row) for row in rng.integers(0, table.height, 2))
    without_number = table[without_number_row].with_columns(NO_DANOM=pl.lit(""))
    number = f"{table['NO_DANOM'][unreadable_row]}X"
    amount = _UNREADABLE[int(rng.integers(len(_UNREADABLE)))]
    unreadable = table[unreadable_row].with_columns(NO_DANOM=pl.lit(number), NOMINAL=pl.lit(amount))
    return [
        (BadLine("DANOM_KOSONG", text_lines(without_number, form, rng)[1]), without_number_row),
        (BadLine("NOMINAL_RUSAK", text_lines(unreadable, form, rng)[1], number), None),
    ]


def _write_unpaid(stage_orders: pl.DataFrame, stage: Stage, book: tuple[str, date], context: WriteContext) -> None:
    """Write the workbook of orders that are unpaid on a day between two files."""
    name, day = book
    berkas = f"pos/{name}"
    paid = (pl.col("tgl_bayar") <= day).fill_null(value=False)
    open_orders = stage_orders.filter(~paid, pl.col("terbitan") == 1)
    values: dict[str, pl.Expr] = {
        "No Danom": pl.col("no_danom"),
        "Batch": pl.format("{}-K{}", pl.lit(stage.batch), pl.col("kode_kec").str.slice(4)),
        "NIK": notation.identifier("nik_berkas", context.notasi * 3, context.rng, open_orders.height, dotted=True),
        "Nama": pl.col("nama"),
        "Alamat": pl.col("alamat"),
        "Kelurahan": pl.col("desa"),
        "Kecamatan": pl.col("kecamatan"),
        "Kabupaten": pl.col("kabupaten"),
        "BSU": pl.col("nominal").cast(pl.String),
        "Cekpos": pl.col("nik_berkas"),
    }
    table = open_orders.select(values[header].fill_null("").alias(header) for header in LAYOUTS["pos_belum"].headers)
    moment = Path(name).stem.removeprefix("Belum Terbayar ")
    titles = ["DAFTAR BELUM TERBAYAR", f"{stage.program} TAHAP {stage.tahap} TAHUN {stage.tahun} - {moment}", ""]
    write_workbook(context.raw / berkas, "Sheet1", titles, table, numbers=["BSU"])
    context.ledger.add_file(berkas, table.height, int(open_orders["nominal"].sum()))
