"""Reconciliation per file: rows and rupiah read must equal rows and rupiah accepted plus quarantined.

The three sides are counted separately (raw file, accepted frame, quarantine), so that a lost row shows as a difference.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipeline import reference
from pipeline.normalise.metadata.orders import stage_key_of_name
from pipeline.normalise.metadata.payment_status import file_status, list_status
from pipeline.normalise.metadata.shared_numbers import uncounted_notes
from pipeline.normalise.values.codes import to_payment_status
from pipeline.normalise.values.money import format_rupiah, order_amount
from schemas.extracts import folder_of
from schemas.keys import PLACE, STAGE
from schemas.rules import CORRECTIONS, RULES

Frames = Mapping[str, pl.DataFrame | pl.LazyFrame]
_PAYMENTS, _PERSONS, _TARGETS = "pos", "dtks", "alokasi"
# Facts about orders in names of folders; years are not, they may be when files came.
_FOLDER_FACTS = ("program", "tahap")
# Findings that are noted on the file as well if most of its rows have them.
_DAMAGE = [
    RULES["DtksStaged", code] for code in ("NIK_ILMIAH", "NIK_BERKAS_EXCEL", "NIK_BERKAS_BULAT", "TGL_BULAN_DAHULU")
]
_MAJORITY = 0.5
# Most sheets that a note names.
_MAX_SHEETS = 3
# In the name of a file or sheet: its orders are not yet paid. Orders with a Cekpos code are not either.
_UNPAID = r"(?i)BELUM|BLM"
# A correction replaces the whole row; one without most of these columns was meant only for the columns that it has.
_COLUMNS_OF_FULL_ROW = ("no_kk_asal", "tanggal_lahir_asal", "jenis_kelamin", "hub_keluarga", "alamat", "kode_desa")
_PARTIAL_CORRECTION_NOTE = (
    "Berkas perbaikan ini hanya memuat sebagian kolom, padahal baris lama diganti seluruhnya: isinya pada kolom lain "
    "tidak dipakai lagi. Salin semua kolom baris itu dari berkas asalnya, lalu serahkan lagi."
)
_NO_AMOUNTS_NOTE = (
    "Tidak ada kolom nilai alokasi yang dikenal, sehingga hanya jumlah KPM yang dihitung. Bila nilainya ada di "
    "berkas, beri judul NOMINAL_ALOKASI, lalu serahkan lagi."
)
_NO_STATUSES_NOTE = (
    "Tidak ada status bayar yang dikenal, sehingga semuanya dihitung belum dibayar. Bila sudah ada yang dibayar, beri "
    "kolom statusnya judul STATUS_BAYAR, lalu serahkan lagi."
)
_DIFFERENT_COPY_NOTE = (
    "Berkas {} berisi sama persis sehingga tidak dihitung, padahal nama atau foldernya menyebut program atau tahap "
    "lain. Bila itu pembayaran tersendiri, tulis program, tahun, dan tahapnya di dalam berkasnya; bila salah salin, "
    "keluarkan."
)
_UNKNOWN_STAGES_NOTE = f"Tahap yang tidak dikenal: {{}}. {RULES['PerintahBayar', 'TAHAP_TANPA_TARIF'].explanation}"
_NO_ROWS_NOTE = (
    "Tidak ada baris yang dihitung: berkas hanya berisi baris judul{}. Bila seharusnya berisi data, minta kirim ulang."
)
_OR_HOUSEHOLDS_TEXT = ", atau keterangan rumah tangga BDT yang sudah digabungkan ke anggotanya"


def reconcile(files: pl.DataFrame, raw: Frames, accepted: Frames, quarantined: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """One row per file in the columns of `quality.rekonsiliasi` but `periode`.

    Args:
        files: the ledger of files.
        raw: extracts by source.
        accepted: accepted staged rows by source.
        quarantined: `quality.karantina` rows by source.
    """
    counts = [_count_source(source, raw[source].lazy(), accepted[source].lazy(), quarantined[source]) for source in raw]
    orders = accepted[_PAYMENTS].lazy()
    ledger = (
        files.join(_sum_per_file(pl.concat(counts)), on=["sumber", "berkas"], how="left")
        .join(_notes_on_different_copies(files, orders), on="berkas", how="left")
        .join(uncounted_notes(orders).rename({"catatan": "tak_dihitung"}), on="berkas", how="left")
        .join(_notes_on_unknown_stages(orders), on="berkas", how="left")
    )
    numbers = [f"{what}_{side}" for what in ("baris", "nominal") for side in ("masuk", "diterima", "karantina")]
    is_refused = pl.col("ditolak").fill_null(value=False) & (pl.col("baris_masuk").fill_null(0) == 0)
    return (
        ledger.with_columns(
            *(pl.col(name).fill_null(0).cast(pl.Int64) for name in numbers),
            status_berkas=pl.when(is_refused).then(pl.lit("DITOLAK")).otherwise("status_berkas"),
            catatan=_join_notes(
                "catatan_baca", "tak_dihitung", "tanpa_tarif", "kerusakan", "bernama_lain", _no_rows_note(), "catatan"
            ),
        )
        .with_columns(
            selisih_baris=pl.col("baris_masuk") - pl.col("baris_diterima") - pl.col("baris_karantina"),
            selisih_nominal=pl.col("nominal_masuk") - pl.col("nominal_diterima") - pl.col("nominal_karantina"),
        )
        .drop("diubah", "ditolak", "catatan_baca", "kerusakan", "tak_dihitung", "tanpa_tarif", "bernama_lain")
    )


def _no_rows_note() -> pl.Expr:
    """Note on a file that was read without any row to count; null for others."""
    unused = (pl.col("status_berkas") == "DIBACA") & pl.col("ditolak").is_null()
    households = pl.when(pl.col("sumber") == _PERSONS).then(pl.lit(_OR_HOUSEHOLDS_TEXT)).otherwise(pl.lit(""))
    return pl.when(unused).then(pl.format(_NO_ROWS_NOTE, households))


def _join_notes(*notes: str | pl.Expr) -> pl.Expr:
    """All notes there are on a file; null for none."""
    return pl.concat_str(*notes, separator=" ", ignore_nulls=True).replace("", None)


def _join_distinct_notes(column: str) -> pl.Expr:
    """All distinct notes of a group as one text; null for none."""
    return pl.col(column).drop_nulls().unique(maintain_order=True).str.join(" ").replace("", None)


def _name_sheets(notes: pl.DataFrame) -> pl.DataFrame:
    """The distinct notes on each file, with the names of the sheets or archive members they are about."""
    sheets = pl.col("lembar").drop_nulls().unique(maintain_order=True)
    distinct = notes.group_by("berkas", "catatan", maintain_order=True).agg(
        sheets.head(_MAX_SHEETS).str.join(", "), lain=sheets.len().cast(pl.Int64) - _MAX_SHEETS
    )
    more = pl.when(pl.col("lain") > 0).then(pl.format(" dan {} lainnya", "lain")).otherwise(pl.lit(""))
    named = pl.format("{}{}: {}", "lembar", more, "catatan")
    return distinct.select("berkas", catatan=pl.when(pl.col("lembar") != "").then(named).otherwise("catatan"))


def _sum_per_file(counts: pl.DataFrame) -> pl.DataFrame:
    """One row per file: a workbook or an archive may hold persons and families, which are counted separately."""
    return counts.group_by("sumber", "berkas", maintain_order=True).agg(
        pl.col("tata_letak").drop_nulls().str.join(", ").replace("", None),
        pl.col("ditolak").any(),
        _join_distinct_notes("catatan_baca"),
        pl.col("kerusakan").drop_nulls().first(),
        pl.col("^(baris|nominal)_.*$").sum(),
    )


def _notes_on_different_copies(files: pl.DataFrame, orders: pl.LazyFrame) -> pl.DataFrame:
    """Notes on files of orders with an identical copy whose name states another programme or stage than its orders.

    The copy is not counted; by its name it may have been meant as another payment.

    Args:
        files: the ledger of files.
        orders: accepted orders.

    Returns:
        berkas, bernama_lain.
    """
    payers = files.filter(sumber=_PAYMENTS)
    read = payers.filter(status_berkas="DIBACA").select("sha256", "berkas")
    twins = payers.filter(status_berkas="KEMBAR").select("sha256", kembar="berkas").join(read, on="sha256")
    paid = orders.join(twins.lazy(), on="berkas", how="semi").select("berkas", *_FOLDER_FACTS).unique().collect()
    compared = twins.with_columns(**stage_key_of_name("kembar")).join(paid, on="berkas", suffix="_isi")
    differs = (
        pl.col(name).is_not_null().any() & ~(pl.col(name) == pl.col(f"{name}_isi")).any() for name in _FOLDER_FACTS
    )
    different = (
        compared.group_by("berkas", "kembar")
        .agg(lain=pl.any_horizontal(*differs))
        .filter("lain")
        .sort("berkas", "kembar")
    )
    return different.unique("berkas", keep="first").select(
        "berkas", bernama_lain=pl.format(_DIFFERENT_COPY_NOTE, "kembar")
    )


def _notes_on_unknown_stages(orders: pl.LazyFrame) -> pl.DataFrame:
    """Notes on files of orders (accepted) of a stage that the reference data do not have: berkas, tanpa_tarif."""
    known = reference.program_stages().select(STAGE).unique().cast({"tahun": pl.Int32, "tahap": pl.Int32})
    stated = orders.filter(pl.col("program") != "TIDAK DIKETAHUI", pl.col("tahap") > 0)
    sums = stated.group_by("berkas", *STAGE).agg(pl.len(), pl.col("nominal").sum()).collect(engine="streaming")
    unknown = sums.join(known, on=STAGE, how="anti").sort("berkas", *STAGE)
    stage = pl.format("{} {} tahap {} ({} baris senilai {})", *STAGE, "len", format_rupiah(pl.col("nominal")))
    return unknown.group_by("berkas").agg(tanpa_tarif=pl.format(_UNKNOWN_STAGES_NOTE, stage.str.join(", ")))


def _damage_note() -> pl.Expr:
    """The damage that most rows of a file have, with what to do about it; null for none."""
    absent = pl.sum_horizontal(pl.col(name).is_null().all() for name in _COLUMNS_OF_FULL_ROW)
    correction = pl.col("berkas").first().str.contains(CORRECTIONS)
    return pl.coalesce(
        *(
            pl.when(rule.breaks.fill_null(value=False).mean() >= _MAJORITY).then(pl.lit(rule.explanation))
            for rule in _DAMAGE
            if rule.breaks is not None
        ),
        pl.when(correction & (absent >= _MAJORITY * len(_COLUMNS_OF_FULL_ROW))).then(pl.lit(_PARTIAL_CORRECTION_NOTE)),
    )


def _no_amounts_note() -> pl.Expr:
    """Note on a file of targets without any amount; null for others."""
    return pl.when(pl.col("nominal_alokasi_asal").is_null().all()).then(pl.lit(_NO_AMOUNTS_NOTE))


def _no_statuses_note() -> pl.Expr:
    """Note on a file of orders (raw) that states no payment status in any way; null for others."""
    named = pl.any_horizontal(pl.col("berkas", "lembar").str.contains(_UNPAID)).fill_null(value=False).all()
    common_status = pl.coalesce(
        list_status(pl.col("judul")), list_status(pl.col("lembar")), file_status(pl.col("berkas"))
    )
    unpaid = named | common_status.is_not_null().all() | pl.col("cekpos").is_not_null().any()
    blank = (pl.col("status_bayar").fill_null("").str.strip_chars() == "").all()
    return pl.when(blank & ~unpaid).then(pl.lit(_NO_STATUSES_NOTE))


def _month_first_note() -> pl.Expr:
    """Note on a file of which most rows have dates read with the month first; null for others."""
    note = pl.lit(RULES["DukcapilStaged", "TGL_BULAN_DAHULU"].explanation)
    return pl.when(pl.col("bulan_dahulu").fill_null(value=False).mean() >= _MAJORITY).then(note)


_SOURCE_NOTES = {
    _PERSONS: _damage_note,
    _TARGETS: _no_amounts_note,
    "dukcapil": _month_first_note,
    _PAYMENTS: _month_first_note,
}


def _count_source(source: str, raw: pl.LazyFrame, accepted: pl.LazyFrame, quarantined: pl.DataFrame) -> pl.DataFrame:
    lines = raw.filter(pl.col("baris") > 0)
    # Money is reconciled for orders only: allotments repeat the same money per kabupaten, kecamatan and transfer.
    of_order = order_amount(pl.col("nominal"), pl.col("judul"), to_payment_status(pl.col("status_bayar")))
    amount = of_order if source == _PAYMENTS else pl.lit(None, pl.Int64)
    refused = quarantined.filter(pl.col("baris") > 0).select(PLACE).unique()
    money = lines.join(refused.lazy(), on=PLACE, how="semi", nulls_equal=True)
    accepted_amount = pl.col("nominal").sum() if source == _PAYMENTS else pl.lit(0, pl.Int64)
    no_statuses = _no_statuses_note() if source == _PAYMENTS else pl.lit(None, pl.String)
    read_counts, refused_amounts, accepted_counts, layouts = pl.collect_all(
        [
            lines.group_by("berkas").agg(baris_masuk=pl.len(), nominal_masuk=amount.sum(), tanpa_status=no_statuses),
            money.group_by("berkas").agg(nominal_karantina=amount.sum()),
            accepted.group_by("berkas").agg(
                baris_diterima=pl.len(),
                nominal_diterima=accepted_amount,
                kerusakan=_SOURCE_NOTES.get(source, lambda: pl.lit(None, pl.String))(),
            ),
            raw.group_by("berkas", "tata_letak").agg(ditolak=(pl.col("rusak") == "BERKAS_DITOLAK").any()),
        ],
        engine="streaming",
    )
    notes = raw.filter(pl.col("catatan").is_not_null()).select(*PLACE, "rusak", "catatan").collect(engine="streaming")
    # Of each kind the first of every sheet: long text is read in pieces, each with notes of its own.
    notes = _name_sheets(notes.sort(PLACE).unique(["berkas", "lembar", "rusak"], keep="first", maintain_order=True))
    return (
        layouts.sort("berkas", "tata_letak")
        .group_by("berkas", maintain_order=True)
        .agg(
            tata_letak=pl.col("tata_letak").drop_nulls().str.join(", ").replace("", None),
            ditolak=pl.col("ditolak").any(),
        )
        .join(notes.group_by("berkas").agg(catatan_baca=_join_distinct_notes("catatan")), on="berkas", how="left")
        .join(read_counts, on="berkas", how="left")
        .join(accepted_counts, on="berkas", how="left")
        .join(refused.group_by("berkas").agg(baris_karantina=pl.len()), on="berkas", how="left")
        .join(refused_amounts, on="berkas", how="left")
        .with_columns(sumber=pl.lit(folder_of(source)), kerusakan=pl.coalesce("kerusakan", "tanpa_status"))
        .drop("tanpa_status")
    )
