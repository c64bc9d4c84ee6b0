"""Difficult rows as the field sends them, from bytes to verdict: refused with a code, or accepted with values.

Every line of the tables below is one defect: the cells that differ from a sound row, and the expected result. All lines
of a table pass reader, normaliser and rules as one file.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

import polars as pl
import pytest

from pipeline.normalise.staging import stage
from pipeline.quality.findings import findings
from schemas.staged import STAGED
from schemas.table import split
from tests.unit.extracts.making import layout, parquet, read_file, workbook, zip_archive

NIK, KK = "3604051207920001", "3604051112120003"
SOUND = {
    "dtks_23": {
        "PROVINSI": "BANTEN", "KABUPATEN/KOTA": "KABUPATEN SERANG", "KECAMATAN": "KRAMATWATU",
        "DESA/KELUARAHAN": "SERDANG", "RT": "001", "RW": "002", "NOKK": KK, "NIK": NIK, "NAMA": "SUPARMAN WIBOWO",
        "TANGGAL LAHIR": "12-07-1992", "JENIS KELAMIN": "LAKI-LAKI", "HUB KELUARGA": "1",
    },
    "siak_37": {
        "Nomor KK": KK, "NIK": NIK, "Nama Penduduk": "SUPARMAN WIBOWO", "Status": "Hidup",
        "Tanggal Lahir": "12-07-1992", "Kelamin": "L", "SHDK": "KEPALA KELUARGA", "Kecamatan": "KRAMATWATU",
        "Desa/Kel": "SERDANG",
    },
    "pos_penuh": {
        "NO_DANOM": "36040/1/GEN", "PROGRAM": "BLT BBM", "TAHUN": "2022", "TAHAP": "1", "NIK": NIK, "NO_KK": KK,
        "NAMA_KPM": "SUPARMAN WIBOWO", "KELURAHAN": "SERDANG", "KECAMATAN": "KRAMATWATU",
        "KABUPATEN": "KABUPATEN SERANG", "PROVINSI": "BANTEN", "NOMINAL": "300000", "STATUS_BAYAR": "DIBAYAR",
        "TGL_BAYAR": "15-09-2022",
    },
}  # fmt: skip
SOURCES = {"dtks_23": "dtks", "siak_37": "dukcapil", "pos_penuh": "pos"}
# Columns that make each row distinct, by its number.
KEYS = {
    "dtks_23": ("ID DTKS", "{}"),
    "siak_37": ("NIK", NIK[:12] + "{:04}"),
    "pos_penuh": ("NO_DANOM", "36040/{}/GEN"),
}
PLACE = ("PROVINSI", "KABUPATEN/KOTA", "KECAMATAN", "DESA/KELUARAHAN")
# All rows of a table have the same NIK.
SHARED = {"NIK_GANDA", "NIK_SALINAN"}


class Case(NamedTuple):
    """One defective row: the changed cells, the expected clean columns and the expected codes.

    Codes of a refused row are its rejections; of an accepted row all findings and repairs on the damaged columns.
    """

    cells: Mapping[str, str]
    values: Mapping[str, Any] | None = None
    codes: tuple[str, ...] = ()


def cases(column: str, *cells: str, codes: tuple[str, ...] = (), **values: Any) -> list[Case]:
    """Cells of one column with the same meaning."""
    return [Case({column: cell}, values, codes) for cell in cells]


def refused(column: str, code: str, *cells: str) -> list[Case]:
    """Cells of one column for which a row is refused."""
    return [Case({column: cell}, None, (code,)) for cell in cells]


def number(column: str, true: str) -> list[Case]:
    """Cases of an identifier column: blank, repaired without loss, look-alike letters read as digits."""
    clean, short = ("nik", "NIK") if column == "NIK" else ("no_kk", "KK")
    mended = (
        f"'{true}", f"`{true}", f"{true}.0", f"{true},0", f"{true}\xa0", f"{true[:6]} {true[6:12]} {true[12:]}",
        f"{true[:2]}.{true[2:4]}.{true[4:6]}.{true[6:12]}.{true[12:]}", f"{true[:6]}-{true[6:12]}-{true[12:]}",
        f"{true[:6]}\u2013{true[6:]}", f'="{true}"', f"\u200e{true[:8]}\u00ad{true[8:]}",
        f"({true})", f"\u201c{true}\u201d",
        f"{true};", f"#{true}", f"{true}\u00c2\xa0", f"NOMOR: {true}", f"{true} (BARU)",
        "".join(chr(0xFF10 + int(digit)) for digit in true), "".join(chr(0x660 + int(digit)) for digit in true),
    )  # fmt: skip
    return [
        *cases(column, "", "-", "NULL", "nan", "0", "Tdk Th", "\xa0", codes=(f"{short}_KOSONG",), **{clean: None}),
        *cases(column, *mended, codes=(f"{short}_TANDA_BACA",), **{clean: true}),
        *cases(column, true.replace("0", "O"), true.replace("1", "l", 1), codes=(f"{short}_HURUF",), **{clean: true}),
    ]


def place(province: str, kabupaten: str, kecamatan: str, village: str, *codes: str, **values: Any) -> Case:
    """A row that names this place."""
    names = (province, kabupaten, kecamatan, village)
    return Case(dict(zip(PLACE, names, strict=True)), values, codes)


DTKS = [
    Case({}, {"nik": NIK, "no_kk": KK, "nama": "SUPARMAN WIBOWO", "kode_desa": "3604052006", "hub_keluarga": 1}),
    # --- refused
    *refused("NAMA", "NAMA_KOSONG", "", "-", "NULL", "nan", "\xa0", "0", ".", "---", "\u2014", "__", "(NULL)"),
    *refused("NAMA", "NAMA_KOSONG", "#DIV/0!", "#NUM!"),
    *(Case({"NIK": cell, "NOKK": cell}, None, ("TANPA_IDENTITAS",)) for cell in ("", "-", "NULL", "0")),
    Case({"ID DTKS": "NULL"}, None, ("ID_KOSONG",)),
    *cases("ID DTKS", "1,60404E+17", "1.6040412345678902e+17", codes=("ID_ILMIAH",)),
    # --- identifiers: blank, mended, and beyond mending
    *number("NIK", NIK),
    *number("NOKK", KK),
    *cases("NIK", "3,60405E+15", "3.60405e+15", codes=("NIK_ILMIAH",), nik=None),
    *cases("NIK", NIK[:15], "36040512", codes=("NIK_KURANG",), nik=None),
    *cases("NIK", NIK + "1", codes=("NIK_LEBIH",), nik=None),
    *cases("NIK", "BELUM ADA", NIK[:6] + "******" + NIK[12:], codes=("NIK_RUSAK",), nik=None),
    *cases("NIK", "1" * 16, "9" * 16, "1234567890123456", codes=("NIK_ISIAN",), nik=None),
    # An impossible NIK is kept for matching, with a finding.
    *cases("NIK", NIK[:12] + "0000", codes=("NIK_SERI_NOL",), nik=NIK[:12] + "0000"),
    *cases("NIK", "3604053102920001", "3604051213920001", codes=("NIK_TGL_MUSTAHIL", "NIK_TGL_BEDA")),
    *cases("NIK", "9904051207920001", "3600051207920001", "3604001207920001", codes=("NIK_WILAYAH_MUSTAHIL",)),
    # In no list: a warning, as splits before 2018 are older than the lists. Papua's old codes are known.
    *cases("NIK", "3604981207920001", "3298051207920001", codes=("NIK_WILAYAH_TIDAK_DIKENAL",)),
    *cases("NIK", "9102011207920001", nik="9102011207920001"),
    Case({"NIK": KK, "TANGGAL LAHIR": ""}, {}, ("NIK_SAMA_KK", "TGL_KOSONG")),
    *cases("NOKK", KK[:15], "1" * 16, "TIDAK PUNYA", codes=("KK_RUSAK",), no_kk=None),
    *cases("NOKK", KK[:12] + "0000", codes=("KK_SERI_NOL",)),
    *cases("NOKK", "3604053113120003", "3604050013120003", codes=("KK_TGL_MUSTAHIL",)),
    *cases("NOKK", "0004051112120003", "3604001112120003", codes=("KK_WILAYAH_MUSTAHIL",)),
    *cases("NOKK", "3604055112120003", no_kk="3604055112120003"),
    # An unusable number beside the other is no reason to lose a person.
    Case({"NIK": "36040512", "NOKK": ""}, {"nik": None, "no_kk": None}, ("NIK_KURANG", "KK_KOSONG")),
    # A contradiction with the NIK is a finding, never a rejection: a NIK issued with an error stays as it is.
    *cases("NIK", "3604051503950001", codes=("NIK_TGL_BEDA",), nik="3604051503950001"),
    *cases("JENIS KELAMIN", "PEREMPUAN", codes=("NIK_JK_BEDA",), jenis_kelamin="P"),
    # --- names
    *cases("NAMA", "  suparman   wibowo", "SUPARMAN\xa0WIBOWO", "'SUPARMAN WIBOWO", nama="SUPARMAN WIBOWO"),
    *cases("NAMA", "NN", "TIDAK TAHU", "BELUM ADA NAMA", "ANAK KE-1", "BY NY SURTI", codes=("NAMA_ISIAN",)),
    *(Case({"NAMA": cell}, {"nama": cell}) for cell in ("SAMIN", "I", "SITI/IMAS", "M. YUSUF, S.PD", "NUR'AINI")),
    # --- birth dates
    *cases(
        "TANGGAL LAHIR", "12/07/1992", "12.7.1992", "1992-07-12", "1992-07-12 00:00:00", "12 Juli 1992", "12-Jul-92",
        "33797", "33797.0", "19920712", "12071992", "'12-07-1992", "12\u201307\u20131992", "12-VII-1992", "12 VII 92",
        "Serang, 12-07-1992", "Minggu, 12 Juli 1992", "12-07-1992 (KTP)", "12-07-1992;", "1992-07-12T00:00:00+07:00",
        "\uff11\uff12-\uff10\uff17-1992",
        tanggal_lahir=date(1992, 7, 12),
    ),
    Case({"TANGGAL LAHIR": "2 NOPEMBER 1992", "NIK": ""}, {"tanggal_lahir": date(1992, 11, 2)}, ("NIK_KOSONG",)),
    Case({"TANGGAL LAHIR": "2 PEB 1992", "NIK": ""}, {"tanggal_lahir": date(1992, 2, 2)}, ("NIK_KOSONG",)),
    *cases("TANGGAL LAHIR", "31-02-1992", "SERANG", codes=("TGL_RUSAK",), tanggal_lahir=None),
    *cases(
        "TANGGAL LAHIR", "", "-", "NULL", "0", "NN", "00-00-0000", "0000-00-00",
        codes=("TGL_KOSONG",), tanggal_lahir=None,
    ),
    # If only the year is known it is kept, and a NIK that agrees in the year gets no finding.
    *cases("TANGGAL LAHIR", "1992", "1992.0", "00-00-1992", codes=("TGL_TAHUN",), tanggal_lahir=date(1992, 1, 1)),
    *cases("TANGGAL LAHIR", "1993", codes=("TGL_TAHUN", "NIK_TGL_BEDA"), tanggal_lahir=date(1993, 1, 1)),
    Case({"TANGGAL LAHIR": "12-07-2050", "NIK": ""}, {}, ("NIK_KOSONG", "TGL_MUSTAHIL")),
    # A two-digit year never means a birth after the month of the data, 2022-12.
    Case({"TANGGAL LAHIR": "12-07-23", "NIK": ""}, {"tanggal_lahir": date(1923, 7, 12)}, ("NIK_KOSONG",)),
    Case({"TANGGAL LAHIR": "12-Jul-22", "NIK": ""}, {"tanggal_lahir": date(2022, 7, 12)}, ("NIK_KOSONG",)),
    # --- sex, relation, RT and RW
    *cases("JENIS KELAMIN", "L", "Lk", "laki laki", "1", "1.0", "1 - LAKI-LAKI", jenis_kelamin="L"),
    *cases("JENIS KELAMIN", "LAKI2", "Laki \u2013 laki", jenis_kelamin="L"),
    *cases("JENIS KELAMIN", "", "3", "L/P", "1 - PEREMPUAN", codes=("JK_KOSONG",), jenis_kelamin=None),
    *cases("HUB KELUARGA", "1", "01", "1.0", "KEPALA KELUARGA", "1. KEPALA KELUARGA", hub_keluarga=1),
    *cases("HUB KELUARGA", "2", "Istri / Suami", "SUAMI", "ISTERI", hub_keluarga=2),
    *cases("HUB KELUARGA", "6", "ORANG TUA/MERTUA", "MERTUA", hub_keluarga=6),
    *cases("HUB KELUARGA", "7", "PEMBANTU/SOPIR", hub_keluarga=7),
    *cases("HUB KELUARGA", "8", "FAMILI LAIN", "LAINNYA", hub_keluarga=8),
    # 9 to 11 are Dukcapil's codes, so in DTKS they say nothing; a number and a word that differ say nothing either.
    *cases("HUB KELUARGA", "", "9", "11", "4 - ANAK", codes=("HUB_KOSONG",), hub_keluarga=None),
    *cases("RT", "8", "08", "8.0", "RT 008", "8/5", rt="008", rw="002"),
    Case({"RT": "002/001", "RW": ""}, {"rt": "002", "rw": "001"}),
    Case({"RT": "000", "RW": "0"}, {"rt": None, "rw": None}),
    # --- regions: top down, by name, old names known, never by luck
    *cases("KABUPATEN/KOTA", "KAB. SERANG", "kab serang", "SERANG", kode_desa="3604052006"),
    *cases("DESA/KELUARAHAN", "ZZZUNTUK", codes=("WILAYAH_TIDAK_DIKENAL",), kode_kec="360405", kode_desa=None),
    place("BANTEN", "SERANG", "", "", "WILAYAH_AMBIGU", kode_prov="36", kode_kab=None),
    place("JAWA TIMUR", "KAB. PROBOLINGGO", "KREJENGAN", 'Soka"an', kode_desa="3513152017"),
    place("SUMUT", "KAB DELI SERDANG", "LUBUK PAKAM", "Lubuk Pakam I,II", kode_desa="1207281007"),
    place("NTT", "KABUPATEN SIKKA", "PAGA", "Regapu\u2019u", kode_desa="5307012021"),
    place("RIAU", "KAB. ROKAN HILIR", "PASIR LIMAU KAPAS", "PANIPAHAN", "WILAYAH_AMBIGU", kode_desa=None),
    place("PAPUA", "KABUPATEN JAYAWIJAYA", "", "", "WILAYAH_LAMA", kode_kab="9501"),
    place("SUMATERA UTARA", "KAB. TOBA SAMOSIR", "", "", "WILAYAH_LAMA", kode_kab="1212"),
    place("KALIMANTAN BARAT", "KABUPATEN PONTIANAK", "", "", "WILAYAH_LAMA", kode_kab="6102"),
    place("RIAU", "KAB. S I A K", "", "", kode_kab="1408"),
]  # fmt: skip

SIAK = [
    Case({}, {"no_kk": KK, "status_penduduk": "HIDUP", "hub_keluarga": 1}),
    *refused("NIK", "NIK_TIDAK_TERPAKAI", "", "NULL", "36040512", "0" * 16),
    *refused("Nama Penduduk", "NAMA_KOSONG", "", "-"),
    *cases("Nomor KK", "", "36040511", codes=("KK_TIDAK_TERPAKAI",), no_kk=None),
    *cases("Tanggal Lahir", "12/07/23", tanggal_lahir=date(1923, 7, 12)),
    *cases("Tanggal Lahir", "", "00-00-0000", codes=("TGL_TIDAK_TERBACA",), tanggal_lahir=None),
    *cases("Status", "1", "", "HIDUP", status_penduduk="HIDUP"),
    *cases("Status", "2", "Mati", "Meninggal Dunia", status_penduduk="MATI"),
    *cases("Status", "3", "Pindah Dalam Negeri", status_penduduk="PINDAH"),
    *cases("Status", "9", "Tidak Valid", status_penduduk="TIDAK_VALID"),
    *cases("Status", "4", "PERGI", "QQQ", codes=("STATUS_LAINNYA",), status_penduduk="LAINNYA"),
    # SHDK has eleven codes, DTKS eight.
    *cases("SHDK", "2", "3", "ISTRI", hub_keluarga=2),
    *cases("SHDK", "4", "ANAK", hub_keluarga=3),
    *cases("SHDK", "7", "8", "ORANG TUA", hub_keluarga=6),
    *cases("SHDK", "10", "PEMBANTU", hub_keluarga=7),
    *cases("SHDK", "9", "11", "FAMILI LAIN", hub_keluarga=8),
    *cases("SHDK", "", "12", hub_keluarga=None),
]

_PAID = {"nominal": 300_000, "status_bayar": "DIBAYAR", "tgl_bayar": date(2022, 9, 15), "kode_desa": "3604052006"}
POS = [
    Case({}, _PAID),
    *refused("NO_DANOM", "DANOM_KOSONG", "", "NULL"),
    *cases(
        "NOMINAL", "300.000", "Rp 300.000,00", "Rp. 300.000,-", "IDR 300,000.00", "300000.0", "'300000", "300,000",
        "300000.0000", "300000.00000000006", "299999.99999999994", "300.000 Rupiah", "Rp300.000,--", '="300000"',
        nominal=300_000,
    ),
    *cases("NOMINAL", "0", "Rp 0,00", "000000000", nominal=0),
    *cases("NOMINAL", "000300000", "300 ribu", nominal=300_000),
    # An uncertain amount is refused: 3E+05 may have been 299999.
    *refused(
        "NOMINAL", "NOMINAL_RUSAK", "", "GRATIS", "1.125 juta", "-300000", "(300.000)", "3E+05", "30.00.00", "9" * 30,
        "300.0000", "300000,50", "299999.5", "300", "000", "Rp 1,00",
    ),
    *cases("STATUS_BAYAR", "BAYAR", "terbayar", "SALUR", "LUNAS", status_bayar="DIBAYAR"),
    *(Case({"STATUS_BAYAR": cell, "TGL_BAYAR": ""}, {"status_bayar": "BELUM"}) for cell in ("", "-", "Belum Terbayar")),
    Case({"STATUS_BAYAR": "QQQ", "TGL_BAYAR": ""}, {"status_bayar": "BELUM"}, ("STATUS_TIDAK_DIKENAL",)),
    *cases("NIK", "nan", "3,60405E+15", codes=("NIK_TIDAK_TERPAKAI",), nik=None),
    *cases("TAHAP", "2", "II", "Tahap II", "2.0", tahap=2),
    *cases("TAHAP", "", codes=("PROGRAM_TIDAK_DIKENAL",), tahap=0),
]  # fmt: skip


def ledger(*berkas: str) -> pl.DataFrame:
    changed = pl.datetime(2022, 12, 5)
    return pl.DataFrame({"berkas": berkas}).with_columns(diubah=changed, periode_berkas=pl.lit("2022-12"))


def table(key: str, cases: list[Case]) -> bytes:
    """A file of a layout with one row per case, its header on line 1."""
    column, pattern = KEYS[key]
    rows = [{**SOUND[key], column: pattern.format(number), **case.cells} for number, case in enumerate(cases, 2)]
    with io.StringIO(newline="") as stream:
        writer = csv.DictWriter(stream, layout(key).headers, delimiter="|", quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        return stream.getvalue().encode()


@pytest.mark.parametrize(
    ("key", "cases"), [("dtks_23", DTKS), ("siak_37", SIAK), ("pos_penuh", POS)], ids=["dtks", "siak", "pos"]
)
def test_every_planted_row_is_judged_as_the_contract_says(key: str, cases: list[Case]) -> None:
    source = SOURCES[key]
    extract = read_file(table(key, cases), f"{source}/a.csv", source)
    accepted, rejected = split(stage(source, extract, ledger(f"{source}/a.csv"), "2022-12"), STAGED[source])
    assert accepted.height + rejected.height == len(cases)
    clean = {values["baris"]: values for values in accepted.iter_rows(named=True)}
    reasons = dict(rejected.select("baris", "kode").iter_rows())
    codes = findings(source, accepted.lazy(), STAGED[source].__name__).group_by("baris").agg("kode")
    remarks = dict(codes.iter_rows())
    wrong = []
    for number, case in enumerate(cases, 2):
        codes = set(remarks.get(number, [])) - SHARED if number in clean else set(reasons[number])
        values = {name: clean.get(number, {}).get(name) for name in case.values or {}}
        verdict = (number in clean, values, codes)
        expected = (case.values is not None, dict(case.values or {}), set(case.codes))
        if verdict != expected:
            wrong.append((dict(case.cells), verdict, expected))
    assert wrong == []


def _frame() -> pl.DataFrame:
    sound = {header: SOUND["dtks_23"].get(header, "") for header in layout("dtks_23").headers} | {"ID DTKS": "7"}
    return pl.DataFrame([sound, sound])


def _text(delimiter: str, encoding: str, line_end: str) -> bytes:
    return _frame().write_csv(separator=delimiter, quote_style="always", line_terminator=line_end).encode(encoding)


_PLAIN = _text("|", "utf-8", "\n")
_GRID = [_frame().columns, *map(list, _frame().rows())]
_TYPED = [
    [
        int(cell)
        if name in {"NIK", "NOKK", "ID DTKS", "RT"}
        else date(1992, 7, 12)
        if name == "TANGGAL LAHIR"
        else cell
        for name, cell in zip(_GRID[0], cells, strict=True)
    ]
    for cells in _GRID[1:]
]
_LINES = _PLAIN.splitlines(keepends=True)
PACKED: dict[str, bytes] = {
    **{
        f"text {delimiter!r} {encoding} {line_end!r}": _text(delimiter, encoding, line_end)
        for delimiter in "|;,\t"
        for encoding in ("utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be")
        for line_end in ("\n", "\r\n")
    },
    "lone carriage returns": _PLAIN.replace(b"\n", b"\r"),
    "title lines and blank lines": b"DAFTAR DTKS\n\n" + _PLAIN.replace(b"\n", b"\n\n"),
    "ends with Ctrl-Z": _PLAIN + b"\x1a",
    "rows end with a delimiter, the header does not": _LINES[0] + b"".join(_LINES[1:]).replace(b"\n", b"|\n"),
    "two exports one behind the other": b"".join([*_LINES[:2], *_LINES[::2]]),
    "two exports by other delimiters": b"".join([*_LINES[:2], *_text(",", "cp1252", "\r\n").splitlines(True)[::2]]),
    "gz": gzip.compress(_PLAIN),
    "zip beside what nobody handed in": zip_archive(
        {"a/a.csv": _PLAIN, "__MACOSX/a/._a.csv": b"\x00", ".DS_Store": b"B"}
    ),
    "gz in zip": zip_archive({"a.csv.gz": gzip.compress(_PLAIN)}),
    "workbook": workbook({"Data": _GRID}),
    "workbook with a cover and titles": workbook({"SAMPUL": [["Laporan"]], "Data": [["DAFTAR"], ["2022"], [], *_GRID]}),
    "workbook whose table is hidden": workbook({"SAMPUL": [["Laporan"]], "Data": _GRID}, hidden=["Data"]),
    "workbook of numbers and dates": workbook({"Data": [_GRID[0], *_TYPED]}),
    "workbook with its columns numbered": workbook({"Data": [_GRID[0], [f"({n})" for n in range(1, 24)], *_GRID[1:]]}),
    "workbook with carriage returns": workbook({"Data": [_GRID[0], *[[f"{c}_x000D_" for c in r] for r in _GRID[1:]]]}),
    "parquet": parquet(_frame()),
    "parquet of numbers": parquet(
        _frame().with_columns(pl.col("NIK", "NOKK").cast(pl.Int64), pl.col("RT").cast(pl.Float64))
    ),
    "parquet of dates, categories, lists, bytes and spans": parquet(
        _frame().with_columns(
            pl.col("TANGGAL LAHIR").str.to_date("%d-%m-%Y"),
            pl.col("KECAMATAN").cast(pl.Categorical),
            pl.concat_list("RT"),
            pl.col("NIK").cast(pl.Binary),
            DUSUN=timedelta(1),
        )
    ),
}


def test_a_row_is_the_same_row_however_it_is_packed() -> None:
    files = {f"dtks/{number:02}": packing for number, packing in enumerate(PACKED)}
    rows = pl.concat(read_file(PACKED[packing], name, "dtks") for name, packing in files.items())
    facts = ("id_dtks", "nik", "no_kk", "nama", "tanggal_lahir", "jenis_kelamin", "hub_keluarga", "rt", "kode_desa")
    staged = stage("dtks", rows.filter(pl.col("rusak").is_null()), ledger(*files), "2022-12")
    found = {packing: staged.filter(berkas=name).select(facts).rows() for name, packing in files.items()}
    same = [("7", NIK, KK, "SUPARMAN WIBOWO", date(1992, 7, 12), "L", 1, "001", "3604052006")] * 2
    assert found == dict.fromkeys(PACKED, same)
