from __future__ import annotations

from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from pipeline.normalise.staging import stage
from schemas.extracts import KINDS
from schemas.staged import STAGED, STAGED_KINDS
from schemas.table import polars_schema, split
from tests.unit.frames import frame

CHANGED = datetime.fromisoformat("2022-12-05 08:00")
HARJATANI = {"provinsi": "BANTEN", "kabupaten": "KAB. SERANG", "kecamatan": "KRAMATWATU", "desa": "HARJATANI"}
NIK, KK = "3604041211870001", "3604041211870009"


def staged(source: str, *rows: dict[str, Any], **common: Any) -> pl.DataFrame:
    common = {"berkas": f"{source}/a.csv", **common}
    extract = frame(KINDS[source], [{"baris": n, **row} for n, row in enumerate(rows, 2)], **common)
    return stage(source, extract, files_of(extract), "2022-12")


def files_of(extract: pl.DataFrame) -> pl.DataFrame:
    """The ledger of the files in an extract."""
    changed = pl.lit(CHANGED, pl.Datetime("us"))
    return extract.select(pl.col("berkas").unique().sort()).with_columns(
        diubah=changed, periode_berkas=pl.lit("2022-11")
    )


@pytest.mark.parametrize("source", STAGED)
@pytest.mark.parametrize("rows", [0, 1, 3])
def test_the_staged_shape_is_kept_for_any_number_of_empty_rows(source: str, rows: int) -> None:
    df = staged(source, *({} for _ in range(rows)))
    assert df.schema == polars_schema(STAGED[source])
    assert df["baris"].to_list() == list(range(2, 2 + rows))
    assert set(df["periode"]) <= {"2022-12"}
    split(df, STAGED[source])  # the contract holds whatever the rows are


def test_dtks_keeps_the_raw_value_beside_the_clean_one() -> None:
    row = staged(
        "dtks",
        {
            **HARJATANI,
            "id_dtks": " D1 ", "nik": f"'{NIK}", "no_kk": "3604 0412 1187 0009",
            "nama": " Hj. Siti  Aminah", "tanggal_lahir": "12/11/1987", "jenis_kelamin": "Perempuan",
            "hub_keluarga": "Istri", "rt": "8", "rw": "RW 02", "alamat": "Jl.  Raya ", "tempat_lahir": "serang",
            "nama_ibu_kandung": "Inah",
        },
    ).row(0, named=True)  # fmt: skip
    assert {name: row[name] for name in ("id_dtks", "nik", "nik_tulis", "nik_asal", "no_kk", "no_kk_asal")} == {
        "id_dtks": "D1", "nik": NIK, "nik_tulis": NIK, "nik_asal": f"'{NIK}", "no_kk": KK,
        "no_kk_asal": "3604 0412 1187 0009",
    }  # fmt: skip
    assert (row["nama"], row["nama_asal"]) == ("HJ. SITI AMINAH", " Hj. Siti  Aminah")
    assert row["nama_banding"] == "SITI AMINA"
    assert (row["tanggal_lahir"], row["tanggal_lahir_asal"]) == (date(1987, 11, 12), "12/11/1987")
    assert (row["jenis_kelamin"], row["hub_keluarga"], row["rt"], row["rw"]) == ("P", 2, "008", "002")
    assert (row["alamat"], row["tempat_lahir"], row["nama_ibu_kandung"]) == ("Jl. Raya", "SERANG", "INAH")
    places = [row[name] for name in ("kode_prov", "kode_kab", "kode_kec", "kode_desa", "temuan_wilayah")]
    assert places == ["36", "3604", "360405", "3604052005", None]


@pytest.mark.parametrize("source", ["dtks", "dukcapil"])
def test_a_mother_nobody_knows_has_no_name(source: str) -> None:
    rows = ({"nama_ibu_kandung": name} for name in ("NN", "Tdk Th", "TIDAK TAHU", "-", "Nining"))
    assert staged(source, *rows)["nama_ibu_kandung"].to_list() == [None, None, None, None, "NINING"]


def test_a_verification_has_its_stated_date_and_the_month_of_its_snapshot() -> None:
    df = staged("dtks", {"tanggal_verifikasi": "17/08/2019 00:00:00"}, {})
    verified = df.select("tanggal_verifikasi", "periode_berkas").rows()
    assert verified == [(date(2019, 8, 17), "2022-11"), (None, "2022-11")]


def test_a_damaged_number_is_written_but_not_usable() -> None:
    df = staged("dtks", {"nik": "3,60404E+15"}, {"nik": "9999999999999999"}, {"nik": "-"})
    assert df["nik"].to_list() == [None, None, None]
    assert df["nik_tulis"].to_list() == ["3,60404E+15", "9999999999999999", None]


def test_dtks_and_dukcapil_number_relations_differently() -> None:
    assert staged("dtks", {"hub_keluarga": "3"})["hub_keluarga"].to_list() == [3]
    assert staged("dukcapil", {"hub_keluarga": "3"})["hub_keluarga"].to_list() == [2]


def test_dukcapil_rows_keep_their_order_whether_their_kabupaten_is_named_numbered_or_inferred() -> None:
    siak = {"kecamatan": "KRAMATWATU", "desa": "HARJATANI", "nik": NIK, "no_kk": KK}
    numbers = {"no_prop": "36", "no_kab": "4", "no_kec": "5", "no_kel": "2005"}
    df = staged("dukcapil", siak, {**HARJATANI, "nik": NIK}, siak, {**HARJATANI, "status": "Mati"}, numbers)
    assert df["baris"].to_list() == [2, 3, 4, 5, 6]
    assert df["kode_desa"].to_list() == ["3604052005"] * 5
    assert df["status_penduduk"].to_list() == ["HIDUP", "HIDUP", "HIDUP", "MATI", "HIDUP"]


def test_a_resident_whom_siak_flags_is_not_taken_to_live_there() -> None:
    df = staged("dukcapil", *({"flag_status": flag} for flag in ("0", "1", "")), {"status": "Mati", "flag_status": "1"})
    assert df["status_penduduk"].to_list() == ["HIDUP", "LAINNYA", "HIDUP", "MATI"]


# --- orders


def test_an_order_is_typed() -> None:
    row = staged(
        "pos",
        {
            **HARJATANI, "no_danom": "29400/1/gen", "batch": "mb-k01", "program": "blt-bbm", "tahun": "2022.0",
            "tahap": "Tahap II", "kode_kprk": "42100.0", "nik": NIK, "nama": "Siti", "nominal": "Rp 300.000,00",
            "status_bayar": "Lunas", "tgl_bayar": "20-09-2022", "metode": "loket",
        },
    ).row(0, named=True)  # fmt: skip
    assert {name: row[name] for name in ("no_danom", "batch", "program", "tahun", "tahap", "nominal")} == {
        "no_danom": "29400/1/GEN", "batch": "MB-K01", "program": "BLT BBM", "tahun": 2022, "tahap": 2,
        "nominal": 300_000,
    }  # fmt: skip
    assert (row["status_bayar"], row["status_dikenal"], row["metode"]) == ("DIBAYAR", True, "LOKET")
    assert row["kode_kprk"] == "42100"
    assert (row["nominal_asal"], row["tgl_bayar"]) == ("Rp 300.000,00", date(2022, 9, 20))
    assert row["kode_desa"] == "3604052005"


def test_a_nought_is_no_reason_to_fail() -> None:
    (row,) = staged("pos", {"status_bayar": "GAGAL", "alasan_gagal": "0", "metode": "0"}).rows(named=True)
    assert (row["alasan_gagal"], row["metode"]) == (None, None)


def test_an_unknown_status_counts_as_unpaid_and_says_so() -> None:
    df = staged("pos", {"status_bayar": "ANEH"}, {"status_bayar": None})
    assert df.select("status_bayar", "status_dikenal").rows() == [("BELUM", False), ("BELUM", True)]


@pytest.mark.parametrize(
    ("berkas", "rows", "expected"),
    [
        ("pos/Belum Terbayar 28 September 2022 pukul 09.15.xlsx", [{}], "2022-09-28 09:15"),
        ("pos/x_20220915.csv", [{"tgl_bayar": "30-09-2022"}], "2022-09-15 00:00"),  # the name goes before the rows
        ("pos/x.csv", [{"tgl_bayar": "20-09-2022"}, {"tgl_retur": "25-09-2022"}], "2022-09-25 00:00"),
        ("pos/x.csv", [{}], "2022-12-05 08:00"),
    ],
)
def test_a_file_holds_as_of_its_name_else_its_newest_row_else_its_change(
    berkas: str, rows: list[dict[str, Any]], expected: str
) -> None:
    df = staged("pos", *rows, berkas=berkas)
    assert set(df["berlaku_per"].dt.strftime("%Y-%m-%d %H:%M")) == {expected}


def test_one_files_rows_do_not_date_another_file() -> None:
    df = staged(
        "pos", {"berkas": "pos/a.csv", "tgl_bayar": "20-09-2022"}, {"berkas": "pos/b.csv", "tgl_bayar": "10-09-2022"}
    )
    assert df["berlaku_per"].dt.day().to_list() == [20, 10]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Daftar Belum Terbayar BLT BBM Tahap 1 Tahun 2022", ("BLT BBM", 2022, 1)),
        ("SEMBAKO / tahap II / 2022", ("SEMBAKO", 2022, 2)),
        ("Program Keluarga Harapan tahap IV TA 2021", ("PKH", 2021, 4)),
        ("Bantuan Sosial Tunai", ("BST", 2022, 0)),
        # A programme is not composed from two words.
        *(
            (title, ("TIDAK DIKETAHUI", 2022, 0))
            for title in ("Kabupaten Serang 2022", "Rekap Tahap Khusus 2022", "Laporan Kab Stabat")
        ),
        (None, ("TIDAK DIKETAHUI", 2022, 0)),
    ],
)
def test_what_rows_leave_out_stands_in_the_title(title: str | None, expected: tuple[Any, ...]) -> None:
    assert staged("pos", {"judul": title}).select("program", "tahun", "tahap").row(0) == expected


def test_the_day_of_a_title_is_that_of_paid_orders_that_tell_none() -> None:
    cases = [("DIBAYAR", "-", 14), ("BELUM", None, None), ("DIBAYAR", "15-09-2022", 15), ("DIBAYAR", "99-2022", None)]
    rows = [
        {"judul": "TANGGAL BAYAR: 14-09-2022", "status_bayar": status, "tgl_bayar": day} for status, day, _ in cases
    ]
    assert staged("pos", *rows)["tgl_bayar"].dt.day().to_list() == [day for *_, day in cases]


def test_what_a_row_states_goes_before_the_title() -> None:
    row = {"judul": "BLT BBM Tahap 1 2022", "program": "PKH", "tahun": "2021", "tahap": "3"}
    assert staged("pos", row).select("program", "tahun", "tahap").row(0) == ("PKH", 2021, 3)


def test_a_number_of_a_stage_goes_before_the_months_under_bulan() -> None:
    row = {"program": "PKH", "tahun": "2022", "bulan": "Apr-Jun"}
    assert staged("pos", row, row | {"tahap": "1"}, row | {"bulan": "Juni"})["tahap"].to_list() == [2, 1, 0]


B1 = {"batch": "B1", "program": "BLT BBM", "tahun": "2022", "tahap": "1"}
OF_B1, UNKNOWN_STAGE = ("BLT BBM", 2022, 1), ("TIDAK DIKETAHUI", 2022, 0)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # A batch has what other files state about it,
        ([B1, {"batch": "b1 "}, {"batch": "B2"}, {}], [OF_B1, OF_B1, UNKNOWN_STAGE, UNKNOWN_STAGE]),
        # not for a row that states something else,
        ([B1, {"batch": "B1", "program": "PKH"}, {"batch": "B1", "tahun": "2022"}], [OF_B1, ("PKH", 2022, 0), OF_B1]),
        # and not if it is used for two stages.
        ([B1, B1 | {"tahap": "2"}, {"batch": "B1"}], [OF_B1, ("BLT BBM", 2022, 2), UNKNOWN_STAGE]),
    ],
)
def test_what_a_batch_tells(rows: list[dict[str, str]], expected: list[tuple[str, int, int]]) -> None:
    assert staged("pos", *rows).select("program", "tahun", "tahap").rows() == expected


# --- the smaller sources


def test_the_region_of_an_allotment() -> None:
    notations = {
        "3604": ["36.04", "3604", "3604.0"],
        "360405": ["36.04.05", "360405"],
        "9402": ["94.02"],
        "9301": ["91.01"],  # Merauke before and after the division of Papua
        None: ["36", "3604052005", "Kab. Serang", None],
    }
    for code, written in notations.items():
        rows = [{"kode_wilayah": each, "berkas": f"alokasi/{n:02}.csv"} for n, each in enumerate(written)]
        assert staged("alokasi", *rows)["kode_wilayah"].to_list() == [code] * len(written)


@pytest.mark.parametrize(
    ("beside", "expected"),
    [
        (("33.09",), "3310"),
        (("33.01", "33.11"), "3310"),
        ((), None),
        (("33.11", "33.2"), None),
        (("33.10", "33.09"), None),
        (("3309",), None),
    ],
)
def test_a_code_that_lost_its_zero_as_a_number_is_known_by_its_neighbours(
    beside: tuple[str, ...], expected: str | None
) -> None:
    rows = [{"kode_wilayah": written} for written in ("33.1", *beside)]
    assert staged("alokasi", *rows)["kode_wilayah"][0] == expected


def test_an_allotment_is_typed() -> None:
    row = staged(
        "alokasi",
        {
            "program": "pkh", "tahun": "2022", "tahap": "III", "kode_wilayah": "3604", "kpm_alokasi": "1.234",
            "nominal_alokasi": "Rp 1.000.000", "tgl_transfer": "5 Januari 2022", "nominal_transfer": "0",
        },
    ).row(0, named=True)  # fmt: skip
    assert (row["program"], row["tahun"], row["tahap"], row["kpm_alokasi"]) == ("PKH", 2022, 3, 1234)
    assert (row["nominal_alokasi"], row["nominal_transfer"], row["tgl_transfer"]) == (1_000_000, 0, date(2022, 1, 5))
    assert row["berlaku_per"] == datetime.fromisoformat("2022-01-05")


@pytest.mark.parametrize(
    ("remark", "transferred"),
    [
        *((note, 0) for note in ("BATAL", "SP2D dibatalkan, salah rekening", "Sudah dibatalkan.")),
        *((note, 5) for note in (None, "Pengganti SP2D batal", "BATAL DIBATALKAN", "tidak batal", "Batal (5 KPM)")),
        *((note, 5) for note in ("Batal?", "DIBATALKAN, SEBAGIAN", "BATAL - DITRANSFER KEMBALI", "Batal: tidak jadi")),
    ],
)
def test_an_sp2d_that_was_cancelled_transferred_nothing(remark: str | None, transferred: int) -> None:
    row = staged("alokasi", {"nominal_transfer": "5", "keterangan": remark}).row(0, named=True)
    assert (row["nominal_transfer"], row["batal"]) == (transferred, transferred == 0)


@pytest.mark.parametrize(
    ("title", "expected"),
    [("ALOKASI PKH (dalam ribuan rupiah)", 600_000), ("Alokasi (Rp juta)", 600_000_000), ("Seribu Bintang", 600)],
)
def test_amounts_of_a_list_in_thousands_are_rupiah(title: str, expected: int) -> None:
    row = staged("alokasi", {"nominal_alokasi": "600", "nominal_transfer": "600"}, judul=title).row(0, named=True)
    assert (row["nominal_alokasi"], row["nominal_transfer"]) == (expected, expected)


def test_an_amount_that_tells_its_unit_is_not_in_that_of_the_list() -> None:
    row = staged("alokasi", {"nominal_alokasi": "600 ribu", "nominal_transfer": "1,5"}, judul="Alokasi (dalam ribuan)")
    assert row["nominal_alokasi"].item() == 600_000
    assert row.select("nominal_transfer", "nominal_transfer_asal").row(0) == (None, "1,5")


FRACTIONS = [
    ("juta", 1372, "1234.5", 1_234_500_000),
    ("juta", 261, "234.567", 234_567_000),
    ("juta", 1, "0,9", 900_000),
    ("juta", 75, "1.500", 1_500_000_000),
    ("juta", 100_000, "60.000", 60_000_000_000),
    ("ribu", 500, "150.000", 150_000_000),
    ("ribu", 500, "150000.5", 150_000_500),
    ("ribu", 500, "150000.5004", None),
    ("juta", 500, "150.1234567", None),
    ("rupiah", 1, "234.567", 234_567),
    ("rupiah", 500, "234,5", None),
]


def test_a_fraction_in_a_list_of_other_units_is_known_by_what_a_family_is_paid() -> None:
    titled = {unit: f"Alokasi (dalam {unit}an)" for unit in ("juta", "ribu", "rupiah")}
    rows = [
        {"berkas": f"alokasi/{n:02}.csv", "judul": titled[unit], "nominal_alokasi": cell, "kpm_alokasi": str(families)}
        for n, (unit, families, cell, _) in enumerate(FRACTIONS)
    ]
    found = staged("alokasi", *rows)["nominal_alokasi"]
    assert [(*case, value) for case, value in zip(FRACTIONS, found, strict=True) if value != case[3]] == []


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("KANTOR POS JEMBER 68100 / DAFTAR BAYAR PKH", "68100"),
        ("Kode KPRK : 68100", "68100"),
        ("KCU JEMBER (68100)", "68100"),
        ("KANTOR POS JEMBER, TELP 48100", None),
        ("KC JEMBER / NO 68100", None),
        ("DAFTAR 68100", None),
        *((f"KCU JEMBER 68100{more}", "68100") for more in (", JL. PB SUDIRMAN 5", " - 30 SEPTEMBER 2022")),
        *(
            (f"KCU JEMBER {other}", None)
            for other in ("HP 08123 45678", "20220 1", "JUMLAH KPM 12345", "12345 KPM", "- DANOM 12345", "REK. 12345")
        ),
    ],
)
def test_a_title_tells_the_office_of_orders_that_do_not(title: str, expected: str | None) -> None:
    df = staged("pos", {}, {"kode_kprk": "42200"}, judul=title)
    assert df["kode_kprk"].to_list() == [expected, "42200"]


KEC = {"kabupaten": "KAB. SERANG", "kecamatan": "KRAMATWATU"}


@pytest.mark.parametrize(
    ("row", "title", "expected"),
    [
        (KEC, "ALOKASI PKH TAHAP I TAHUN 2022", ("PKH", 2022, 1, "360405")),
        ({"kecamatan": "KRAMATWATU"}, "PKH TAHAP I 2022 / KABUPATEN SERANG", ("PKH", 2022, 1, "360405")),
        ({"kabupaten": "KAB. SERANG"}, "PKH TAHAP I 2022", ("PKH", 2022, 1, "3604")),
        # An unknown place is not taken for the whole kabupaten, and gets a code.
        (KEC | {"kecamatan": "JUMLAH"}, "PKH TAHAP I 2022", ("PKH", 2022, 1, None)),
        (KEC | {"kode_wilayah": "36.01"}, "PKH TAHAP I 2022", ("PKH", 2022, 1, "3601")),
        (KEC, "ALOKASI PKH TAHUN 2022", ("PKH", 2022, None, "360405")),
        # The row of a desa is not its kecamatan's target, nor a sum below a list its kabupaten's.
        (KEC | {"desa": "HARJATANI"}, "PKH TAHAP I 2022", ("PKH", 2022, 1, None)),
        ({"kpm_alokasi": "10"}, "PKH TAHAP I 2022 / KABUPATEN SERANG", ("PKH", 2022, 1, None)),
    ],
)
def test_a_target_is_of_what_its_title_and_its_names_tell(
    row: dict[str, Any], title: str, expected: tuple[Any, ...]
) -> None:
    assert staged("alokasi", row, judul=title).select("program", "tahun", "tahap", "kode_wilayah").row(0) == expected


def test_a_target_beside_others_that_say_more_is_not_guessed() -> None:
    stages = staged("alokasi", KEC | {"tahap": "2"}, KEC, judul="PKH TAHAP I 2022")
    assert stages["tahap"].to_list() == [2, None]
    # A sum without a code below targets with codes.
    sums = staged("alokasi", KEC | {"kode_wilayah": "36.04.05"}, {"kabupaten": "KAB. SERANG", "kpm_alokasi": "10"})
    assert sums["kode_wilayah"].to_list() == ["360405", None]


def test_a_companions_report_is_typed() -> None:
    row = staged(
        "pendamping",
        {
            "periode_laporan": "2022-11-30", "id_pendamping": "P1", "nama_pendamping": "Budi", "kode_kab": "3604.0",
            "nik": f"{NIK}.0", "anak_sekolah": "2", "anak_sekolah_hadir": "1.0", "status_kpm": "NaikGrade",
        },
    ).row(0, named=True)  # fmt: skip
    assert (row["periode_laporan"], row["kode_kab"], row["nik"]) == ("2022-11", "3604", NIK)
    assert (row["anak_sekolah"], row["anak_sekolah_hadir"], row["balita"]) == (2, 1, None)
    assert (row["nama_pendamping"], row["status_kpm"]) == ("BUDI", "NAIK_GRADE")
    assert staged("pendamping", {"periode_laporan": "2022-13"})["periode_laporan"].item() is None


def test_a_dtsen_family_is_typed_and_an_unreadable_decile_is_none() -> None:
    rows = [
        {"no_kk": f"'{KK}", "desil_nasional": " 7 ", "kabupaten": "KAB. SERANG"},
        {"no_kk": KK, "desil_nasional": "Desil 10"},
        {"no_kk": KK, "desil_nasional": "11"},
        {"no_kk": "x", "desil_nasional": "1.0"},
    ]
    df = staged("dtsen_keluarga", *rows)
    assert df["no_kk"].to_list() == [KK, KK, KK, None]
    assert df["desil_nasional"].to_list() == [7, 10, None, 1]
    assert df["kode_kab"].to_list() == ["3604", None, None, None]
    _, failures = split(df, STAGED_KINDS["dtsen_keluarga"])
    assert failures["kode"].to_list() == [["DESIL_TIDAK_TERBACA"], ["KK_TIDAK_TERPAKAI"]]
