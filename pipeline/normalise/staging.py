"""Turns the raw text of each source into its staged frame: which normaliser applies to which column, nothing else.

Every function takes the readable rows of one extract model and returns the staged model's columns, one row per row, in
the same order. Rules then decide on rejections (`schemas.table.split`); facts of the whole source come from
`pipeline.normalise.sources.survey`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import polars as pl

from pipeline.normalise.metadata.orders import fill_stage, stage_key_of_row
from pipeline.normalise.metadata.payment_status import file_status, list_status
from pipeline.normalise.metadata.reports import month_in_name
from pipeline.normalise.metadata.stage_words import stage_in_words
from pipeline.normalise.metadata.targets import fill_region_and_stage, is_cancelled, largest_tariffs
from pipeline.normalise.metadata.titles import day_in_title, office_in_title
from pipeline.normalise.regions import (
    LEVELS,
    REGION_RESULT,
    attach_siak,
    attach_stated,
    current_kab,
    name_by_numbers,
    resolve_names,
)
from pipeline.normalise.sources.deliveries import date_rows, date_sheets, revision_number
from pipeline.normalise.sources.facts import Survey
from pipeline.normalise.sources.month_first import rewrite_day_first
from pipeline.normalise.sources.order_numbers import order_number
from pipeline.normalise.sources.parts import ROW, Parts, join_by_key
from pipeline.normalise.sources.survey import survey
from pipeline.normalise.values import codes
from pipeline.normalise.values.counts import to_count, to_count_among
from pipeline.normalise.values.dates import correct_century, date_in_name, to_birth_date, to_date, to_month
from pipeline.normalise.values.distinct import map_distinct_rows, once_per_value
from pipeline.normalise.values.identifiers import is_of_papua, known_region_level, usable_number, written_number
from pipeline.normalise.values.money import order_amount, target_amount
from pipeline.normalise.values.names import comparable_name, is_placeholder_name, tidy_name, tidy_word
from pipeline.normalise.values.text import (
    digits_of_code,
    null_if,
    plain,
    plain_code,
    plain_key,
    plain_text,
    rt_in_address,
    rt_or_rw,
    rw_after_rt,
    rw_in_address,
    whole_number,
)
from pipeline.settings import DamageLimits
from schemas.extracts import unstaged_columns
from schemas.keys import STAGE
from schemas.rules import COUNTED, NO_DATE
from schemas.staged import STAGED_KINDS
from schemas.table import polars_schema


def stage(source: str, rows: pl.DataFrame, files: pl.DataFrame, periode: str) -> pl.DataFrame:
    """Normalise the readable rows of one source.

    Args:
        source: one of `schemas.staged.STAGED_KINDS`.
        rows: the source's extract; rows with a code in `rusak` are skipped.
        files: the ledger of files (`berkas`, `diubah`, `periode_berkas`).
        periode: the run's periode (YYYY-MM), stamped on every row.

    Returns:
        The columns of `schemas.staged.STAGED_KINDS[source]`, in the order of `rows`.
    """
    return pl.concat(stage_parts(source, Parts(rows.lazy()), files, periode))


def stage_parts(
    source: str, parts: Parts, files: pl.DataFrame, periode: str, damage: DamageLimits | None = None
) -> Iterator[pl.DataFrame]:
    """Like `stage`, part by part: the same rows whatever the size of a part; `damage` as in `survey`."""
    facts = survey(source, parts, files, damage)
    schema = polars_schema(STAGED_KINDS[source])
    known = files.select("berkas", "diubah", "periode_berkas")

    def stage_part(part: pl.DataFrame) -> pl.DataFrame:
        dated = join_by_key(part, known, "berkas").with_columns(periode=pl.lit(periode))
        return _STAGERS[source](dated, facts).select(pl.col(name).cast(dtype) for name, dtype in schema.items())

    columns, unread = parts.frame.collect_schema().names(), unstaged_columns(source)
    return parts.map(stage_part, *(name for name in columns if name not in unread))


def _is_in(rows: pl.Series) -> pl.Expr:
    return pl.col(ROW).is_in(rows.implode())


def _dtks(rows: pl.DataFrame, facts: Survey) -> pl.DataFrame:
    written = rows.with_columns(tanggal_lahir_asal=null_if(plain_code(pl.col("tanggal_lahir")), NO_DATE))
    located = attach_stated(rewrite_day_first(written, facts.month_first), facts.stated)
    number = pl.col("nik")
    return (
        located.with_columns(
            id_dtks=plain_key(pl.col("id_dtks")),
            id_terulang=_is_in(facts.repeated),
            id_diganti=_is_in(facts.replaced),
            nik_asal=number,
            nik_tulis=written_number(number),
            no_kk_asal=pl.col("no_kk"),
            no_kk_tulis=written_number(pl.col("no_kk")),
            nama_asal=pl.col("nama"),
            **_person_columns(),
            tanggal_lahir=correct_century(
                pl.col("periode"), to_birth_date(pl.col("tanggal_lahir")), pl.col("tanggal_lahir")
            ),
            hub_keluarga=codes.to_relation(pl.col("hub_keluarga"), eleven_codes=False),
            tanggal_verifikasi=to_date(pl.col("tanggal_verifikasi")),
            nik_disalin=_is_in(facts.copied),
        )
        .with_columns(
            nik=usable_number("nik_tulis"),
            no_kk=usable_number("no_kk_tulis"),
            nama_banding=comparable_name(pl.col("nama")),
            nama_isian=is_placeholder_name(pl.col("nama")),
            nama_ibu_kandung=_known_mother(),
        )
        .with_columns(
            nik_wilayah=known_region_level(number),
            no_kk_wilayah=known_region_level(pl.col("no_kk")),
            nik_berkas_nol=_flag_in_files(facts.zeroed, number.str.ends_with("0")),
            nik_berkas_bulat=_flag_in_files(facts.rounded, is_of_papua(number)),
        )
    )


def _person_columns() -> dict[str, pl.Expr]:
    """The columns of a person that both registers write alike."""
    numbered = pl.any_horizontal((pl.col(name) >= "0") & (pl.col(name) < ":") for name in ("rt", "rw"))
    # Most rows have columns for RT and RW; only for the others is the address searched.
    address = pl.when(~numbered.fill_null(value=False)).then("alamat")
    return {
        "nama": tidy_name(pl.col("nama")),
        "jenis_kelamin": codes.to_sex(pl.col("jenis_kelamin")),
        "tempat_lahir": tidy_word(pl.col("tempat_lahir")),
        "nama_ibu_kandung": tidy_name(pl.col("nama_ibu_kandung")),
        "alamat": plain_text(pl.col("alamat")),
        "rt": pl.coalesce(rt_or_rw(pl.col("rt")), rt_in_address(address)),
        "rw": pl.coalesce(rt_or_rw(pl.col("rw")), rw_after_rt(pl.col("rt")), rw_in_address(address)),
    }


def _flag_in_files(files: pl.Series, flag: pl.Expr) -> pl.Expr:
    """A flag that is true only in these files; usually there are none, and the constant false is cheaper."""
    return pl.lit(value=False) if files.is_empty() else flag & pl.col("berkas").is_in(files.implode())


def _known_mother() -> pl.Expr:
    """The mother's name, null if the words say that it is unknown."""
    return pl.when(~is_placeholder_name(pl.col("nama_ibu_kandung"))).then("nama_ibu_kandung")


def _dukcapil(rows: pl.DataFrame, facts: Survey) -> pl.DataFrame:
    numbered = (
        rewrite_day_first(name_by_numbers(rows), facts.month_first)
        .with_columns(
            nik_terulang=_is_in(facts.repeated),
            nik_asal=pl.col("nik"),
            nik_tulis=written_number(pl.col("nik")),
            no_kk_tulis=written_number(pl.col("no_kk")),
        )
        .with_columns(nik=usable_number("nik_tulis"), no_kk=usable_number("no_kk_tulis"))
    )
    # SIAK's own database keeps former residents, with a flag.
    flagged = pl.col("flag_status").str.contains("[1-9]").fill_null(value=False)
    status = codes.to_resident_status(pl.col("status"))
    return (
        join_by_key(numbered.hstack(_region_codes_of_residents(numbered, facts)), facts.usual_change, "berkas")
        .with_columns(
            **_person_columns(),
            tanggal_lahir=correct_century(pl.col("periode"), to_date(pl.col("tanggal_lahir")), pl.col("tanggal_lahir")),
            hub_keluarga=codes.to_relation(pl.col("hub_keluarga"), eleven_codes=True),
            pekerjaan=tidy_word(pl.col("pekerjaan")),
            status_penduduk=pl.when(flagged & (status == "HIDUP")).then(pl.lit("LAINNYA")).otherwise(status),
            tanggal_status=to_date(pl.col("tgl_ubah")),
        )
        .with_columns(
            nama_banding=comparable_name(pl.col("nama")),
            nama_ibu_kandung=_known_mother(),
            # A day on which the whole register was changed says nothing about a single resident.
            tanggal_status=pl.when(pl.col("tanggal_status").ne_missing(pl.col("hari"))).then("tanggal_status"),
        )
    )


def _region_codes_of_residents(rows: pl.DataFrame, facts: Survey) -> pl.DataFrame:
    """Region codes per row: the web service names the kabupaten, for SIAK lists it was inferred (`Survey.places`)."""
    stated = rows.select(ROW, "berkas", *LEVELS, "no_kk", "nik")
    named, unnamed = (
        stated.filter(is_of_kind) for is_of_kind in (pl.col("kabupaten").is_not_null(), pl.col("kabupaten").is_null())
    )
    both = pl.concat([attach_stated(named, facts.stated), attach_siak(unnamed, facts.places)]).select(
        ROW, *REGION_RESULT
    )
    return (both if named.is_empty() or unnamed.is_empty() else both.sort(ROW)).drop(ROW)


def _pos(rows: pl.DataFrame, facts: Survey) -> pl.DataFrame:
    status = codes.to_payment_status(pl.col("status_bayar"))
    # Only the row's own status may justify a negative amount, as in the sums of the ledger of files.
    amount = order_amount(pl.col("nominal"), pl.col("judul"), status)
    amounts = map_distinct_rows(rows.select("nominal", "judul", "status_bayar"), lambda some: some.select(amount))
    priced = rows.with_columns(amounts.to_series().alias("nominal"), nominal_asal=pl.col("nominal"))
    located = attach_stated(rewrite_day_first(priced, facts.month_first), facts.stated)
    dated = date_sheets(date_rows(fill_status_of_list(located, facts.with_status), facts.as_of))
    return (
        fill_stage(dated, facts.batches)
        .with_columns(
            no_danom=order_number(pl.col("no_danom")),
            danom_terpakai=_is_in(facts.repeated),
            kode_kprk=pl.coalesce(_office_code(pl.col("kode_kprk")), office_in_title(pl.col("judul"))),
            nama_kprk=_office_name(pl.col("nama_kprk")),
            kode_kpc=_office_code(pl.col("kode_kpc")),
            nama_kpc=_office_name(pl.col("nama_kpc")),
            nik_asal=pl.col("nik"),
            nik_tulis=written_number(pl.col("nik")),
            no_kk_tulis=written_number(pl.col("no_kk")),
            nama=tidy_name(pl.col("nama")),
            alamat=plain_text(pl.col("alamat")),
            status_bayar=status.fill_null("BELUM"),
            status_dikenal=status.is_not_null(),
            tgl_bayar=pl.when((status == "DIBAYAR") & ~pl.col("tgl_bayar").str.contains("[0-9]").fill_null(value=False))
            .then(day_in_title(pl.col("judul")))
            .otherwise(to_date(pl.col("tgl_bayar"))),
            metode=tidy_word(pl.col("metode")),
            alasan_gagal=pl.coalesce(
                tidy_word(pl.col("alasan_gagal")), codes.to_failure_reason(pl.col("status_bayar"))
            ),
            tgl_retur=to_date(pl.col("tgl_retur")),
        )
        .with_columns(
            nik=usable_number("nik_tulis"),
            no_kk=usable_number("no_kk_tulis"),
            nama_banding=comparable_name(pl.col("nama")),
        )
    )


def fill_status_of_list(rows: pl.DataFrame, with_status: pl.DataFrame) -> pl.DataFrame:
    """Orders with the status that title, sheet or file states for all, in sheets where no order states its own.

    Excepted are orders with a failure (not paid, whatever list they are in) and orders of a stage not in the title.
    """
    stated = map_distinct_rows(rows.select("berkas", "lembar", "judul", *STAGE), _status_of_list).to_series()
    if stated.null_count() == rows.height:
        return rows
    status = pl.lit(stated)
    own_statuses = rows.select("berkas", "lembar").join(
        with_status.with_columns(ada=True), on=["berkas", "lembar"], how="left", nulls_equal=True, maintain_order="left"
    )
    # Zeros mean that nothing failed: 0, 00-00-0000.
    failure_cells = (null_if(plain(pl.col(name)), r"^[0\W_]+$") for name in ("alasan_gagal", "tgl_retur"))
    failed = pl.any_horizontal(cell.is_not_null() for cell in failure_cells)
    common = pl.when(own_statuses["ada"].is_null(), ~((status == "DIBAYAR") & failed)).then(status)
    return rows.with_columns(status_bayar=pl.coalesce(common, "status_bayar"))


def _status_of_list(rows: pl.DataFrame) -> pl.DataFrame:
    status = pl.coalesce(list_status(pl.col("judul")), list_status(pl.col("lembar")), file_status(pl.col("berkas")))
    other_stage = (stage_in_words(pl.col("judul")) != stage_key_of_row()["tahap"]).fill_null(value=False)
    return rows.select(pl.when(~other_stage).then(status))


def _alokasi(rows: pl.DataFrame, facts: Survey) -> pl.DataFrame:
    raw = rows.with_columns(tgl_transfer_asal="tgl_transfer", target_selesai_asal="target_selesai")
    written = rewrite_day_first(raw, facts.month_first)
    staged = date_rows(fill_region_and_stage(written, facts.shortened, facts.stating), facts.as_of)
    cancelled = is_cancelled(pl.col("keterangan"))
    return staged.join(largest_tariffs(), on=STAGE, how="left", maintain_order="left").with_columns(
        kpm_alokasi=whole_number(pl.col("kpm_alokasi")),
        nominal_alokasi=target_amount("nominal_alokasi"),
        nominal_alokasi_asal=pl.col("nominal_alokasi"),
        tgl_transfer=to_date(pl.col("tgl_transfer")),
        nominal_transfer=pl.when(cancelled).then(0).otherwise(target_amount("nominal_transfer")),
        nominal_transfer_asal=pl.col("nominal_transfer"),
        no_sp2d=plain_key(pl.col("no_sp2d")),
        batal=cancelled,
        target_selesai=to_date(pl.col("target_selesai")),
        revisi=pl.max_horizontal(
            revision_number(pl.coalesce("asal_baris", "berkas")), revision_number(pl.col("lembar"))
        ),
    )


@once_per_value(pl.String)
def _office_code(code: pl.Expr) -> pl.Expr:
    """The code of an office, without the `.0` of a number (42200.0)."""
    return plain_text(code).str.replace(r"^([0-9]+)[.,]0$", "${1}")


@once_per_value(pl.String)
def _office_name(name: pl.Expr) -> pl.Expr:
    return plain_text(name).str.to_uppercase()


def _pendamping(rows: pl.DataFrame, _: Survey) -> pl.DataFrame:
    digits = digits_of_code(plain(pl.col("kode_kab")))
    counts = {total: to_count(pl.col(total)) for total in COUNTED}
    counts |= {part: to_count_among(pl.col(part), counts[total]) for total, part in COUNTED.items()}
    unread = (plain(pl.col(name)).is_not_null() & count.is_null() for name, count in counts.items())
    return rows.with_columns(
        periode_laporan=_month_of_report(),
        disampaikan=_submission_date(pl.col("berkas")),
        id_pendamping=plain(pl.col("id_pendamping")).str.to_uppercase(),
        nama_pendamping=tidy_name(pl.col("nama_pendamping")),
        kode_kab=pl.when(digits.str.contains(r"^\d{4}$")).then(current_kab(digits)),
        nik_tulis=written_number(pl.col("nik")),
        status_kpm=codes.to_family_status(pl.col("status_kpm")),
        hitungan_tidak_terbaca=pl.any_horizontal(unread),
        **{name: count.cast(pl.Int32, strict=False) for name, count in counts.items()},
    ).with_columns(nik=usable_number("nik_tulis"))


def _month_of_report() -> pl.Expr:
    """The month that a row or its title states, else its sheet or file."""
    stated = pl.col("periode_laporan")
    names = (pl.col("lembar"), pl.col("berkas").str.split("/").list.last())
    named = pl.coalesce(month_in_name(name) for name in names)
    return pl.coalesce(to_month(stated), pl.when(plain(stated).is_null()).then(named))


def _dtsen(rows: pl.DataFrame, _: Survey) -> pl.DataFrame:
    placed = resolve_names(rows, provinsi=None, kabupaten="kabupaten", kecamatan="kecamatan", desa="desa")
    desil = whole_number(pl.col("desil_nasional").str.replace(r"(?i)^\s*desil\s*", ""))
    return placed.with_columns(
        no_kk_asal=pl.col("no_kk"),
        no_kk_tulis=written_number(pl.col("no_kk")),
        desil_nasional_asal=pl.col("desil_nasional"),
        desil_nasional=pl.when(desil.is_between(1, 10)).then(desil).cast(pl.Int8),
    ).with_columns(no_kk=usable_number("no_kk_tulis"))


def _submission_date(berkas: pl.Expr) -> pl.Expr:
    """The day a report was handed in: the date in the file name, else the end of the month in its path."""
    months = berkas.str.extract_all(r"20\d{2}-(?:0[1-9]|1[0-2])").list.last()
    return pl.coalesce(
        date_in_name(berkas).dt.date(), pl.concat_str(months, pl.lit("-01")).str.to_date("%Y-%m-%d").dt.month_end()
    )


_STAGERS: dict[str, Callable[[pl.DataFrame, Survey], pl.DataFrame]] = {
    "dtks": _dtks,
    "dukcapil": _dukcapil,
    "pos": _pos,
    "alokasi": _alokasi,
    "pendamping": _pendamping,
    "dtsen_keluarga": _dtsen,
}
