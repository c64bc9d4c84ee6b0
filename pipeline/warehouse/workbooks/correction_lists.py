"""Correction lists, one workbook per kabupaten: refused rows, findings, numbers to correct, aid to check, proposals.

Belongs here: the layout of these workbooks. Does not: rules and their sentences (`schemas.rules`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipeline.normalise.values.masking import differing_digits, masked, masked_order, masked_within
from pipeline.warehouse.workbooks.writing import NO_KABUPATEN, Book, kabupaten_file_name
from schemas.cleansed import NUMBERS
from schemas.codes import codes
from schemas.keys import PLACE, SOURCE_PLACE
from schemas.reasons import sentence
from schemas.rules import NO_DATA, REPETITIONS, RULES, Severity

_PLACE_HEADERS = {"berkas": "Berkas", "lembar": "Lembar", "baris": "Baris"}
_SUBJECT_HEADERS = {
    "id": "ID DTKS / nomor danom",
    "nik": "NIK",
    "no_kk": "Nomor KK",
    "nama": "Nama",
    "kode": "Kode",
    "kolom": "Kolom",
    "keterangan": "Keterangan dan tindakan",
}
_REFUSED_HEADERS = {"keadaan": "Keadaan", "sumber": "Sumber", **_PLACE_HEADERS, **_SUBJECT_HEADERS}
_FINDING_HEADERS = {"keadaan": "Keadaan", **_SUBJECT_HEADERS, **_PLACE_HEADERS}
_PAYMENT_HEADERS = {
    "kode": "Kode",
    "alasan": "Alasan",
    "tindakan": "Usulan tindakan",
    "program": "Program",
    "tahun": "Tahun",
    "tahap": "Tahap",
    "id": "Nomor danom",
    "perintah_terlibat": "Semua perintah bayar yang terlibat",
    "nik": "NIK",
    "no_kk": "Nomor KK",
    "nama": "Nama",
    "tgl_bayar": "Tanggal bayar",
    "nominal": "Rupiah yang perlu diperiksa",
    "kode_kprk": "Kantor",
    **_PLACE_HEADERS,
}
_PROPOSAL_HEADERS = {
    "nik": "NIK Dukcapil",
    "no_kk": "Nomor KK",
    "nama": "Nama",
    "program": "Program",
    "jumlah_pembayaran": "Jumlah pembayaran",
    "nominal": "Rupiah diterima",
    "kode_desa": "Kode desa",
    "desa": "Desa/kelurahan",
    "kecamatan": "Kecamatan",
    "alasan": "Alasan",
    "tindakan": "Usulan tindakan",
}
_CORRECTION_HEADERS = {
    "id": "ID DTKS",
    "apa": "Nomor",
    "nilai_asal": "Tertulis di DTKS",
    "nilai_usulan": "Menurut Dukcapil",
    "beda": "Yang berbeda",
    "alasan": "Alasan",
    "tindakan": "Usulan tindakan",
    **_PLACE_HEADERS,
}
_ABBREVIATIONS = {
    "nik": "NIK",
    "kk": "KK",
    "id": "ID",
    "dtks": "DTKS",
    "kpm": "KPM",
    "kprk": "KPRK",
    "tgl": "tanggal",
    "no": "nomor",
    "hub": "hubungan",
}


def _heading(column: str) -> str:
    """`tgl_bayar` as `Tanggal bayar`, `no_kk` as `Nomor KK`."""
    words = " ".join(_ABBREVIATIONS.get(word, word) for word in column.split("_"))
    return words[:1].upper() + words[1:]


_COLUMN_TITLES = {rule.column: _heading(rule.column) for rule in RULES.values()}
_CORRECTION_ACTION = "Cocokkan dengan KTP-el atau KK, lalu ganti nomor di DTKS dengan nomor menurut Dukcapil."
_WIDTHS = {
    "keterangan": 70,
    "alasan": 60,
    "tindakan": 45,
    "berkas": 45,
    "nama": 28,
    "nilai_asal": 22,
    "nilai_usulan": 22,
    "nik": 20,
    "no_kk": 20,
    "id": 26,
    "perintah_terlibat": 45,
    "kode": 24,
    "keadaan": 18,
    "beda": 18,
    "desa": 24,
    "kecamatan": 24,
}
_DEFAULT_WIDTH = 12
_PLACE = ("sumber", *PLACE)
_IDENTIFIERS = ("nik", "no_kk", "nama")
# The column that identifies a row in its source.
_ID_COLUMNS = {"dtks": "id_dtks", "pos": "no_danom"}
_REPEATED, _TO_CORRECT, _REPAIRED, _TO_CHECK = "Terulang", "Perlu dibetulkan", "Sudah dirapikan", "Perlu diperiksa"
# Columns that are written as numbers, because officers add them up; all others are text.
_NUMERIC = ("nominal", "jumlah_pembayaran")
_MASKED = (*_IDENTIFIERS, "nilai_asal", "nilai_usulan")


@dataclass(frozen=True)
class CorrectionTables:
    """The tables of a run that go into the correction lists.

    Attributes:
        quarantine: `quality.karantina`; rows that were corrected meanwhile are left out.
        findings: `quality.temuan`.
        improper: `mart.bantuan_tidak_tepat`.
        proposed: `mart.usulan_dtks`.
        corrections: `cleansed.koreksi`, with the place of each row (berkas, lembar, baris).
        raw: extracts by source, read for identifiers as written.
    """

    quarantine: pl.DataFrame
    findings: pl.DataFrame
    improper: pl.DataFrame
    proposed: pl.DataFrame
    corrections: pl.DataFrame
    raw: Mapping[str, pl.LazyFrame]


def correction_lists(
    tables: CorrectionTables, folder: Path, regions: pl.DataFrame, *, show_identifiers: bool
) -> list[Book]:
    """`<kode_kab>_<NAMA>.xlsx` for every kabupaten: refused rows, findings, corrections, payments, proposals.

    Args:
        tables: their content.
        folder: where they will be written; must exist then.
        regions: kode, nama of every region.
        show_identifiers: whether identifiers and names are unmasked.

    Returns:
        The workbooks, sorted. Rows without any kabupaten go to `0000_TANPA_KABUPATEN.xlsx`.
    """
    sheets = _sheets(tables, regions)
    if not show_identifiers:
        sheets = {title: (_with_masked_identifiers(rows), headers) for title, (rows, headers) in sheets.items()}
    parts = {title: _by_kabupaten(rows, list(headers)) for title, (rows, headers) in sheets.items()}

    def sheets_for(code: str) -> dict[str, tuple[pl.DataFrame, dict[str, str]]]:
        return {
            title: (parts[title].get(code, pl.DataFrame(schema=list(headers))), headers)
            for title, (_, headers) in sheets.items()
        }

    return [
        Book(
            folder / kabupaten_file_name(code, regions), sheets_for(code), widths=_WIDTHS, default_width=_DEFAULT_WIDTH
        )
        for code in sorted(set().union(*parts.values()))
    ]


def _sheets(tables: CorrectionTables, regions: pl.DataFrame) -> dict[str, tuple[pl.DataFrame, dict[str, str]]]:
    """Per sheet title, the rows of all kabupaten, and the headers of the columns shown."""
    refused, found = _refused_rows(tables.quarantine), _finding_rows(tables.findings)
    payments = _payment_rows(tables.improper)
    identifiers = _identifiers_at(tables.raw, pl.concat(rows.select(_PLACE) for rows in (refused, found, payments)))
    return {
        "Ditolak": (_with_identifiers(refused, identifiers), _REFUSED_HEADERS),
        "Temuan": (_with_identifiers(found, identifiers), _FINDING_HEADERS),
        "Usulan perbaikan": (_correction_rows(tables.corrections), _CORRECTION_HEADERS),
        "Bantuan": (_with_identifiers(payments, identifiers), _PAYMENT_HEADERS),
        "Usulan DTKS": (_proposal_rows(tables.proposed, regions), _PROPOSAL_HEADERS),
    }


def _refused_rows(quarantine: pl.DataFrame) -> pl.DataFrame:
    """Refused rows that still wait to be corrected, followed by those to be deleted."""
    waiting = quarantine.filter(~pl.col("sudah_diperbaiki") & ~pl.col("kode").is_in(list(NO_DATA)))
    return _with_state_label(waiting, pl.col("kode").is_in(REPETITIONS), _REPEATED, _TO_CORRECT)


def _finding_rows(findings: pl.DataFrame) -> pl.DataFrame:
    """Findings to check, followed by automatic repairs."""
    repairs = codes().filter(akibat=Severity.REPAIR.value).select("sumber", "kode", dirapikan=True)
    with_severity = findings.join(repairs, on=["sumber", "kode"], how="left", maintain_order="left")
    return _with_state_label(with_severity, pl.col("dirapikan").fill_null(value=False), _REPAIRED, _TO_CHECK)


def _with_state_label(rows: pl.DataFrame, settled: pl.Expr, if_settled: str, if_open: str) -> pl.DataFrame:
    """The rows with `keadaan` and the column at fault in words; settled ones last."""
    state = pl.when(settled).then(pl.lit(if_settled)).otherwise(pl.lit(if_open))
    labelled = rows.with_columns(pl.col("kolom").replace(_COLUMN_TITLES), keadaan=state)
    return labelled.sort(pl.col("keadaan") == if_settled, maintain_order=True)


def _payment_rows(improper: pl.DataFrame) -> pl.DataFrame:
    """Payments to check, with the place of their orders' rows."""
    orders = improper.drop("nik").rename({"no_danom": "id", **{name: of for of, name in SOURCE_PLACE.items()}})
    return orders.with_columns(
        sumber=pl.lit("pos"),
        perintah_terlibat=pl.col("perintah_terlibat").list.join("; "),
        tgl_bayar=pl.col("tgl_bayar").dt.strftime("%d-%m-%Y"),
    )


def _proposal_rows(proposed: pl.DataFrame, regions: pl.DataFrame) -> pl.DataFrame:
    region_names = {
        name: pl.col(code).replace_strict(regions["kode"], regions["nama"], default=None, return_dtype=pl.String)
        for name, code in (("desa", "kode_desa"), ("kecamatan", "kode_kec"))
    }
    return proposed.with_columns(nik="nik_dukcapil", program=pl.col("daftar_program").list.join(", "), **region_names)


def _correction_rows(corrections: pl.DataFrame) -> pl.DataFrame:
    return corrections.with_columns(
        id="id_dtks",
        apa=pl.col("kolom").replace(NUMBERS),
        beda=differing_digits(pl.col("nilai_asal"), pl.col("nilai_usulan")),
        alasan=sentence(pl.col("alasan")),
        tindakan=pl.lit(_CORRECTION_ACTION),
    )


def _identifiers_at(raw: Mapping[str, pl.LazyFrame], places: pl.DataFrame) -> pl.DataFrame:
    """Identifiers and names as written at some places (`_PLACE`), and what the row is called by (`id`)."""
    wanted = places.unique()
    # One extract at a time: in parallel all of them would be in memory together.
    return pl.concat(
        extract.select(
            *PLACE,
            *_IDENTIFIERS,
            id=pl.col(_ID_COLUMNS[source]) if source in _ID_COLUMNS else pl.lit(None, pl.String),
        )
        .join(wanted.lazy().filter(sumber=source), on=PLACE, how="semi", nulls_equal=True)
        .with_columns(sumber=pl.lit(source))
        .collect()
        for source, extract in raw.items()
        if set(_IDENTIFIERS) <= set(extract.collect_schema())
    )


def _with_identifiers(rows: pl.DataFrame, identifiers: pl.DataFrame) -> pl.DataFrame:
    added = identifiers.select(*_PLACE, pl.exclude(*rows.columns))
    return rows.join(added, on=_PLACE, how="left", nulls_equal=True, maintain_order="left")


def _by_kabupaten(rows: pl.DataFrame, columns: list[str]) -> dict[str, pl.DataFrame]:
    """The columns per kabupaten code: amounts as they are, all others as text."""
    cells = rows.select(
        pl.col("kode_kab").fill_null(NO_KABUPATEN).alias("_kab"),
        *(pl.col(name) if name in _NUMERIC else pl.col(name).cast(pl.String).fill_null("") for name in columns),
    )
    parts = cells.partition_by("_kab", as_dict=True, include_key=False, maintain_order=True)
    return {str(code): part for (code,), part in parts.items()}


def _with_masked_identifiers(rows: pl.DataFrame) -> pl.DataFrame:
    # An order number contains the payee's NIK and is masked differently from other IDs.
    id_ = pl.col("id")
    of_order = pl.col("sumber") == "pos" if "sumber" in rows.columns else pl.lit(value=False)
    masked_columns = {
        "id": pl.when(of_order).then(masked_order(id_)).otherwise(masked_within(id_)),
        "perintah_terlibat": masked_order(pl.col("perintah_terlibat")),
        **{name: masked(pl.col(name)) for name in _MASKED},
    }
    return rows.with_columns(**{name: value for name, value in masked_columns.items() if name in rows.columns})
