"""From the raw text of each source to its normalised frame: which normaliser goes on which column, and nothing else.

Every function takes the readable rows of one extract model and returns the staged model's columns, one row per row, in
the same order. Rejections follow from the rules over the result (`schemas.table.split`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import polars as pl

from pipeline import reference
from pipeline.normalise import codes
from pipeline.normalise.dates import stated_in_name, to_date, to_month
from pipeline.normalise.identifiers import (
    decode_nik,
    is_copied_in_family,
    is_of_rounded_file,
    is_of_zeroed_file,
    usable_number,
    written_number,
)
from pipeline.normalise.money import to_rupiah
from pipeline.normalise.names import comparable_name, is_placeholder_name, tidy_name
from pipeline.normalise.regions import current_kab, resolve_names, resolve_siak
from pipeline.normalise.text import number_of_place, plain, whole_number
from schemas.staged import STAGED
from schemas.table import polars_schema

UNKNOWN_PROGRAM = "TIDAK DIKETAHUI"
_REGION_NAMES = ("provinsi", "kabupaten", "kecamatan", "desa")


def stage(source: str, rows: pl.DataFrame, files: pl.DataFrame, periode: str) -> pl.DataFrame:
    """Normalise the readable rows of one source.

    Args:
        source: one of `schemas.extracts.EXTRACTS`.
        rows: the source's extract, lines that are no rows already taken out.
        files: the ledger of files (`berkas`, `diubah`, `periode_berkas`).
        periode: the run's periode (YYYY-MM), stamped on every row.

    Returns:
        The columns of `schemas.staged.STAGED[source]`, in the order of `rows`.
    """
    known = files.select("berkas", "diubah", "periode_berkas")
    dated = rows.join(known, on="berkas", how="left", maintain_order="left").with_columns(periode=pl.lit(periode))
    staged = _STAGERS[source](dated)
    return staged.select(pl.col(name).cast(dtype) for name, dtype in polars_schema(STAGED[source]).items())


def _dtks(rows: pl.DataFrame) -> pl.DataFrame:
    located = resolve_names(rows, **dict(zip(_REGION_NAMES, _REGION_NAMES, strict=True)))
    return (
        located.with_columns(
            id_dtks=plain(pl.col("id_dtks")),
            nik_asal=pl.col("nik"),
            nik_tulis=written_number(pl.col("nik")),
            no_kk_asal=pl.col("no_kk"),
            no_kk_tulis=written_number(pl.col("no_kk")),
            nama_asal=pl.col("nama"),
            nama=tidy_name(pl.col("nama")),
            tanggal_lahir_asal=plain(pl.col("tanggal_lahir")),
            tanggal_lahir=to_date(pl.col("tanggal_lahir")),
            jenis_kelamin=codes.to_sex(pl.col("jenis_kelamin")),
            tempat_lahir=tidy_name(pl.col("tempat_lahir")),
            nama_ibu_kandung=tidy_name(pl.col("nama_ibu_kandung")),
            hub_keluarga=codes.to_relation(pl.col("hub_keluarga"), eleven_codes=False),
            alamat=plain(pl.col("alamat")),
            rt=number_of_place(pl.col("rt")),
            rw=number_of_place(pl.col("rw")),
            tanggal_verifikasi=to_date(pl.col("tanggal_verifikasi")),
        )
        .with_columns(
            nik=usable_number("nik_tulis"),
            no_kk=usable_number("no_kk_tulis"),
            nama_banding=comparable_name(pl.col("nama")),
        )
        .with_columns(
            # The year only tells which century two digits mean, and is not looked at here.
            nik_wilayah=decode_nik(pl.col("nik"), year=2000).struct.field("wilayah"),
            nik_berkas_nol=is_of_zeroed_file(pl.col("nik"), "berkas"),
            nik_berkas_bulat=is_of_rounded_file(pl.col("nik"), "berkas"),
            nik_disalin=is_copied_in_family("nik", "no_kk", "nama_banding"),
            nama_isian=is_placeholder_name(pl.col("nama")),
        )
    )


def _dukcapil(rows: pl.DataFrame) -> pl.DataFrame:
    numbered = rows.with_row_index("urutan").with_columns(
        nik_asal=pl.col("nik"),
        nik_tulis=written_number(pl.col("nik")),
        no_kk_tulis=written_number(pl.col("no_kk")),
    )
    numbered = numbered.with_columns(nik=usable_number("nik_tulis"), no_kk=usable_number("no_kk_tulis"))
    # The web service names the kabupaten; the SIAK list leaves it to be inferred.
    named = pl.col("kabupaten").is_not_null()
    located = pl.concat(
        [
            resolve_names(numbered.filter(named), **dict(zip(_REGION_NAMES, _REGION_NAMES, strict=True))),
            resolve_siak(
                numbered.filter(~named), berkas="berkas", kecamatan="kecamatan", desa="desa", no_kk="no_kk", nik="nik"
            ),
        ],
        how="diagonal",
    ).sort("urutan")
    return located.with_columns(
        nama=tidy_name(pl.col("nama")),
        tanggal_lahir=to_date(pl.col("tanggal_lahir")),
        jenis_kelamin=codes.to_sex(pl.col("jenis_kelamin")),
        tempat_lahir=tidy_name(pl.col("tempat_lahir")),
        nama_ibu_kandung=tidy_name(pl.col("nama_ibu_kandung")),
        hub_keluarga=codes.to_relation(pl.col("hub_keluarga"), eleven_codes=True),
        alamat=plain(pl.col("alamat")),
        rt=number_of_place(pl.col("rt")),
        rw=number_of_place(pl.col("rw")),
        pekerjaan=tidy_name(pl.col("pekerjaan")),
        status_penduduk=codes.to_resident_status(pl.col("status")),
        tanggal_status=_date_of_status(to_date(pl.col("tgl_ubah"))),
    ).with_columns(nama_banding=comparable_name(pl.col("nama")))


def _date_of_status(changed: pl.Expr) -> pl.Expr:
    """When a resident's record was last changed: for who has died or moved, when the registry knew it.

    A day that more than half of a file bears was a change of the whole register and tells nothing of one resident.
    """
    usual = changed.drop_nulls().mode().sort().first().over("berkas")
    of_all = (changed == usual).sum().over("berkas") * 2 > pl.len().over("berkas")
    return pl.when(~((changed == usual) & of_all)).then(changed)


def _pos(rows: pl.DataFrame) -> pl.DataFrame:
    located = resolve_names(rows, **dict(zip(_REGION_NAMES, _REGION_NAMES, strict=True)))
    status = codes.to_payment_status(pl.col("status_bayar"))
    typed = located.with_columns(
        no_danom=plain(pl.col("no_danom")).str.to_uppercase(),
        batch=plain(pl.col("batch")).str.to_uppercase(),
        program=codes.to_program(pl.col("program")),
        tahun=whole_number(pl.col("tahun")).cast(pl.Int32, strict=False),
        tahap=_stage_number(pl.col("tahap")),
        kode_kprk=plain(pl.col("kode_kprk")),
        nama_kprk=plain(pl.col("nama_kprk")).str.to_uppercase(),
        kode_kpc=plain(pl.col("kode_kpc")),
        nama_kpc=plain(pl.col("nama_kpc")).str.to_uppercase(),
        nik_asal=pl.col("nik"),
        nik_tulis=written_number(pl.col("nik")),
        no_kk_tulis=written_number(pl.col("no_kk")),
        nama=tidy_name(pl.col("nama")),
        alamat=plain(pl.col("alamat")),
        nominal_asal=pl.col("nominal"),
        nominal=to_rupiah(pl.col("nominal")),
        status_bayar=status.fill_null("BELUM"),
        status_dikenal=status.is_not_null(),
        tgl_bayar=to_date(pl.col("tgl_bayar")),
        metode=plain(pl.col("metode")).str.to_uppercase(),
        alasan_gagal=plain(pl.col("alasan_gagal")).str.to_uppercase(),
        tgl_retur=to_date(pl.col("tgl_retur")),
    ).with_columns(
        nik=usable_number("nik_tulis"),
        no_kk=usable_number("no_kk_tulis"),
        nama_banding=comparable_name(pl.col("nama")),
        berlaku_per=_as_of("tgl_bayar", "tgl_retur"),
    )
    return _fill_stage_from_path(_fill_stage_from_batch(_fill_stage_from_title(typed)))


def _alokasi(rows: pl.DataFrame) -> pl.DataFrame:
    digits = plain(pl.col("kode_wilayah")).str.replace(r"[.,]0$", "").str.replace_all(r"\D", "")
    present = digits.replace(_present_codes())
    return rows.with_columns(
        program=codes.to_program(pl.col("program")),
        tahun=whole_number(pl.col("tahun")).cast(pl.Int32, strict=False),
        tahap=_stage_number(pl.col("tahap")),
        kode_wilayah=pl.when(present.is_in(_codes_in_force().implode())).then(present),
        kpm_alokasi=whole_number(pl.col("kpm_alokasi")),
        nominal_alokasi=to_rupiah(pl.col("nominal_alokasi")),
        tgl_transfer=to_date(pl.col("tgl_transfer")),
        nominal_transfer=to_rupiah(pl.col("nominal_transfer")),
        target_selesai=to_date(pl.col("target_selesai")),
    ).with_columns(berlaku_per=_as_of("tgl_transfer"))


def _pendamping(rows: pl.DataFrame) -> pl.DataFrame:
    counts = ("anak_sekolah", "anak_sekolah_hadir", "balita", "balita_ke_faskes", "ibu_hamil", "ibu_hamil_ke_faskes")
    digits = plain(pl.col("kode_kab")).str.replace_all(r"\D", "")
    return rows.with_columns(
        periode_laporan=to_month(pl.col("periode_laporan")),
        disampaikan=_handed_in(pl.col("berkas")),
        id_pendamping=plain(pl.col("id_pendamping")).str.to_uppercase(),
        nama_pendamping=tidy_name(pl.col("nama_pendamping")),
        kode_kab=pl.when(digits.str.contains(r"^\d{4}$")).then(current_kab(digits)),
        nik_tulis=written_number(pl.col("nik")),
        status_kpm=plain(pl.col("status_kpm")).str.to_uppercase().str.replace_all(r"[\s\-]+", "_"),
        **{name: whole_number(pl.col(name)).cast(pl.Int32, strict=False) for name in counts},
    ).with_columns(nik=usable_number("nik_tulis"))


def _handed_in(berkas: pl.Expr) -> pl.Expr:
    """The day a report was handed in: as the file is named, or the end of the month that file or folder is of."""
    months = berkas.str.extract_all(r"20\d{2}-(?:0[1-9]|1[0-2])").list.last()
    return pl.coalesce(
        stated_in_name(berkas).dt.date(), pl.concat_str(months, pl.lit("-01")).str.to_date("%Y-%m-%d").dt.month_end()
    )


def _stage_number(value: pl.Expr) -> pl.Expr:
    roman = dict(zip(("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"), "123456789", strict=True))
    text = plain(value).str.to_uppercase().str.replace(r"^TAHAP\s*(KE)?[\s-]*", "").str.replace(r"\.0+$", "")
    return text.replace(roman).str.extract(r"^[^0-9]*([0-9]{1,2})[^0-9]*$").cast(pl.Int32)


def _as_of(*dates: str) -> pl.Expr:
    # A date after the file was last changed is a slip of the pen, and would make the file the newest for ever.
    past = [pl.when(pl.col(name) <= pl.col("diubah").dt.date()).then(name) for name in dates]
    newest = pl.max_horizontal(*past).max().over("berkas").cast(pl.Datetime("us"))
    return pl.coalesce(stated_in_name(pl.col("berkas")), newest, pl.col("diubah"))


def _fill_stage_from_title(orders: pl.DataFrame) -> pl.DataFrame:
    """Programme, year and stage from the lines above a table, where its rows do not state them."""
    title = pl.col("judul").str.to_uppercase()
    words = codes.spaced_program(pl.col("judul"))
    named = pl.coalesce(
        pl.when(words.str.contains(alias, literal=True)).then(pl.lit(program))
        for alias, program in codes.programs_by_words().items()
    )
    return orders.with_columns(
        program=pl.coalesce("program", named),
        tahun=pl.coalesce("tahun", title.str.extract(r"\b(20\d{2})\b").cast(pl.Int32)),
        tahap=pl.coalesce("tahap", _stage_number(title.str.extract(r"\bTAHAP\s*(\d|I{1,3}|IV)\b"))),
    )


def _fill_stage_from_path(orders: pl.DataFrame) -> pl.DataFrame:
    """What neither rows, title nor batch state: from the file's path, else unknown, for an order is never lost."""
    words = codes.spaced_program(pl.col("berkas"))
    named = pl.coalesce(
        pl.when(words.str.contains(alias, literal=True)).then(pl.lit(program))
        for alias, program in codes.programs_by_words().items()
    )
    year = words.str.extract(r" (20\d{2})(?:\d{4})? ").cast(pl.Int32)
    stage_number = words.str.extract(r" (?:TAHAP|T) ?(\d) ").cast(pl.Int32)
    return orders.with_columns(
        program=pl.coalesce("program", named, pl.lit(UNKNOWN_PROGRAM)),
        tahun=pl.coalesce("tahun", year, pl.col("berlaku_per").dt.year()),
        tahap=pl.coalesce("tahap", stage_number, pl.lit(0)),
    )


@cache
def _present_codes() -> dict[str, str]:
    """Former codes of kabupaten and kecamatan → the code in force, where one is known."""
    former = reference.regions().filter(~pl.col("berlaku") & pl.col("kode_kini").is_not_null())
    return dict(former.select("kode", "kode_kini").iter_rows())


@cache
def _codes_in_force() -> pl.Series:
    levels = pl.col("tingkat").is_in(["KABUPATEN", "KECAMATAN"])
    return reference.regions().filter(pl.col("berlaku") & levels)["kode"]


def _fill_stage_from_batch(orders: pl.DataFrame) -> pl.DataFrame:
    """Programme, year and stage from other files' rows of the same batch, where they agree on them."""
    order_keys = ("program", "tahun", "tahap")
    stated = (
        orders.select("batch", *order_keys)
        .drop_nulls()
        .unique()
        .filter(~pl.col("batch").is_duplicated())
        .rename({name: f"{name}_batch" for name in order_keys})
    )
    filled = orders.join(stated, on="batch", how="left", maintain_order="left")
    whole = pl.all_horizontal(pl.col(*order_keys).is_not_null())
    return filled.with_columns(
        pl.when(whole).then(pl.col(name)).otherwise(pl.coalesce(name, f"{name}_batch")) for name in order_keys
    )


_STAGERS: dict[str, Callable[[pl.DataFrame], pl.DataFrame]] = {
    "dtks": _dtks,
    "dukcapil": _dukcapil,
    "pos": _pos,
    "alokasi": _alokasi,
    "pendamping": _pendamping,
}
