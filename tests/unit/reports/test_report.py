from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import polars as pl
import pytest

from reports.figures import frequent_findings, ledger, per_kabupaten, per_source, rejecting_files, shares, totals
from reports.report import COLUMNS_READ, MOST_LISTED, render_report
from schemas.catalogue import promised_tables
from schemas.rules import RULES, Severity
from tests.unit.frames import frame

TABLES = promised_tables()
NIK, NO_KK, NAMA = "3604056001800001", "3604050101200001", "SITI RAHAYU"


def filled(table: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    return frame(TABLES[table].model, rows)


def members() -> pl.DataFrame:
    statuses = {
        "3604": ["PADAN"] * 6 + ["PADAN_PERBAIKAN", "TINJAU", "TIDAK_PADAN", "TIDAK_PADAN"],
        "3601": ["PADAN"] * 4,
    }
    rows = [
        {"id_dtks": f"{kab}-{number}", "kode_kab": kab, "status_padan": status}
        | {"ganda_dari": "3604-0" if number == 1 else None}
        for kab, each in statuses.items()
        for number, status in enumerate(each)
    ]
    whole = {"periode": "2022-12", "nik": NIK, "no_kk": NO_KK, "nama": NAMA}
    return filled("cleansed.anggota", [*(whole | row for row in rows), whole | rows[0] | {"periode": "2022-11"}])


def file(**given: Any) -> dict[str, Any]:
    return {
        "periode": "2022-12",
        "sumber": "pos",
        "berkas": "pos/a.csv",
        "baris_masuk": 12_000,
        "baris_diterima": 11_990,
        "baris_karantina": 10,
        "selisih_baris": 0,
        "nominal_masuk": 3_600_000_000,
        "nominal_diterima": 3_597_000_000,
        "nominal_karantina": 3_000_000,
        "selisih_nominal": 0,
        "status_berkas": "DIBACA",
        "tata_letak": "pos_penuh",
        "periode_berkas": "2022-12",
        **given,
    }


def finding(number: int, kode: str, sumber: str = "dtks", kolom: str = "nik") -> dict[str, Any]:
    row = {"sumber": sumber, "id": str(number), "kode": kode, "kolom": kolom, "baris": number}
    return row | {"periode": "2022-12", "keterangan": NIK, "berkas": "dtks/a.csv"}


def rejected(line: int, kode: str, berkas: str = "dtks/a.csv", **given: Any) -> dict[str, Any]:
    row = {"berkas": berkas, "baris": line, "kode": kode, "sudah_diperbaiki": False}
    return row | {"periode": "2022-12", "sumber": "dtks", "nilai": NIK} | given


def tables(**replaced: list[dict[str, Any]]) -> dict[str, pl.DataFrame]:
    """The tables that the page is made of.

    Args:
        replaced: table, with `__` for the dot → its rows instead of the default ones.
    """
    payments = {"program": "SEMBAKO", "tahun": 2022, "tahap": 1, "tingkat": "NASIONAL", "kode_wilayah": ""}
    karangasem = {"tingkat": "KABUPATEN", "kode_wilayah": "5107", "nama_wilayah": "KABUPATEN KARANGASEM"}
    rows: dict[str, list[dict[str, Any]]] = {
        "cleansed.keluarga": [
            {"id_keluarga": "K1", "no_kk": NO_KK, "kepala_keluarga": NAMA, "status_keluarga": "PECAH"}
        ],
        "link.anggota_dukcapil": [
            {"periode": "2022-12", "id_dtks": f"3604-{n}", "keputusan": keputusan, "probabilitas": chance}
            for n, (keputusan, chance) in enumerate([("OTOMATIS", 0.25), ("OTOMATIS", 0.3), ("TINJAU", 0.5)])
        ],
        "link.jawaban_petugas": [{"periode": "2022-12", "jawaban": each} for each in ("BATAL", "SAMA")],
        "quality.temuan": [finding(1, "NIK_KURANG"), finding(2, "NIK_HURUF")],
        "quality.karantina": [rejected(7, "NAMA_KOSONG")],
        "quality.rekonsiliasi": [file()],
        "mart.mutu_data": [
            karangasem
            | {"periode": "2022-12", "baris": 20, "kode_terbanyak": [], "jumlah_setara": 0, "register_lengkap": False}
        ],
        "cleansed.koreksi": [{"periode": month} for month in ("2022-12", "2022-11")],
        "mart.koreksi_belum_aman": [{"periode": "2022-12"}] * 2,
        "mart.realisasi": [
            payments
            | {"kpm_alokasi": 18_095_000, "kpm_salur": 17_000_000, "kpm_gagal": 95_000, "kpm_belum": 999_000}
            | {"nominal_alokasi": 10_857_000_000_000, "nominal_salur": 10_200_000_000_000, "kpm_persen": 93.95}
            | {"nominal_persen": 93.95},
            payments | {"program": "JAMSOSRATU", "kpm_salur": 7, "kpm_gagal": 0, "kpm_belum": 0, "nominal_salur": 7},
            payments | {"program": "HANYA KABUPATEN", "tingkat": "KABUPATEN", "kode_wilayah": "3604"},
        ],
    } | {name.replace("__", "."): instead for name, instead in replaced.items()}
    return {name: filled(name, rows.get(name, [])) for name in COLUMNS_READ} | {"cleansed.anggota": members()}


def page_of(**replaced: list[dict[str, Any]]) -> str:
    """The page of a run that passed its gates."""
    return render_report(tables(**replaced), gates(passed=True), "2022-12")


def gates(*, passed: bool) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "gerbang": ["Selisih baris per berkas", "Bagian baris dtks yang dikarantina"],
            "nilai_ukur": [0.0, 0.1 if passed else 0.36],
            "batas": [0.0, 0.2],
            "satuan": ["", "%"],
            "lulus": [True, passed],
            "keterangan": ["Setiap baris diterima atau dikarantina.", "Antara 0 dan 1."],
        }
    )


def text(html: str) -> str:
    """The visible text, with blanks collapsed."""
    body = html.partition("</head>")[2].replace("<wbr>", "")
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


@pytest.fixture(scope="module")
def page() -> str:
    return page_of()


def test_the_page_says_what_officers_answered(page: str) -> None:
    assert "Jawaban petugas yang diperhitungkan: 1 SAMA, 1 BATAL (ditarik atau diganti)." in text(page)


def test_the_page_says_how_many_links_may_be_wrong(page: str) -> None:
    assert "2 baris yang dipadankan otomatis mungkin sekitar 1 yang keliru. Di antara baris" in text(page)
    assert "orangnya belum pasti, kurang dari 1 orang tampaknya terdaftar di Dukcapil" in text(page)
    assert "yang keliru" not in page_of(link__anggota_dukcapil=[])


# --- figures


def test_shares_lie_side_by_side_and_fill_the_whole() -> None:
    parts = shares({"a": 1, "b": 0, "c": 3})
    assert [(part.start, part.percent) for part in parts] == [(0, 25), (25, 0), (25, 75)]
    assert [part.percent for part in shares({"a": 0, "b": 0})] == [0, 0]


def test_kabupaten_are_counted_by_status_and_the_least_linked_comes_first() -> None:
    regions = pl.DataFrame({"kode": ["3601", "3604"], "nama": ["PANDEGLANG", "SERANG"]})
    lost = filled("cleansed.anggota", [{"periode": "2022-12", "id_dtks": "x", "status_padan": "PADAN"}])
    # Whatever PANDEGLANG has linked, its register was not delivered.
    standing = filled(
        "mart.mutu_data",
        [
            {"tingkat": "KABUPATEN", "kode_wilayah": "3604", "padan_sesudah_persen": 70.0},
            {"tingkat": "KABUPATEN", "kode_wilayah": "3601"},
        ],
    )
    rows = per_kabupaten(pl.concat([members().filter(periode="2022-12"), lost]), standing, regions)
    assert [(row["nama"], row["baris"], row["persen"]) for row in rows] == [
        ("SERANG", 10, 70.0),
        ("Kabupaten/kota tidak dikenal", 1, 100.0),
        ("PANDEGLANG", 4, None),
    ]
    assert [part.count for part in rows[0]["bagian"]] == [6, 1, 1, 2]


def test_findings_count_rows_once_and_tell_what_to_do() -> None:
    findings = filled(
        "quality.temuan",
        [
            finding(1, "NIK_KURANG"),
            finding(2, "NIK_KURANG"),
            finding(2, "NIK_KURANG", kolom="nik_asal"),
            finding(3, "NIK_HURUF"),
            finding(4, "DUKCAPIL_MATI"),
            finding(5, "NIK_TIDAK_TERPAKAI", "pos"),
            finding(6, "KODE_BARU"),
        ],
    )
    rows = frequent_findings(findings, Severity.FINDING)
    assert [(row["kode"], row["jumlah"]) for row in rows] == [
        ("NIK_KURANG", 2),
        ("DUKCAPIL_MATI", 1),
        ("KODE_BARU", 1),
        ("NIK_TIDAK_TERPAKAI", 1),
    ]
    assert (rows[0]["kalimat"], rows[0]["tindakan"]) == (
        "NIK kurang dari 16 angka.",
        "Periksa NIK pada KTP-el atau KK.",
    )
    assert rows[3]["kalimat"] == "NIK penerima kosong atau bukan 16 angka."
    assert [row["kode"] for row in frequent_findings(findings, Severity.REPAIR)] == ["NIK_HURUF"]


def test_files_count_a_rejected_row_once_whatever_its_reasons() -> None:
    quarantine = filled(
        "quality.karantina",
        [
            rejected(7, "TANPA_IDENTITAS"),
            rejected(7, "NAMA_KOSONG"),
            rejected(7, "NAMA_KOSONG", lembar="Sheet2"),
            rejected(3, "KOLOM_KURANG", "dtks/b.csv"),
        ],
    )
    assert rejecting_files(quarantine) == [
        {"sumber": "dtks", "berkas": "dtks/a.csv", "jumlah": 2, "kode": ["NAMA_KOSONG", "TANPA_IDENTITAS"]},
        {"sumber": "dtks", "berkas": "dtks/b.csv", "jumlah": 1, "kode": ["KOLOM_KURANG"]},
    ]


def test_differences_of_opposite_sign_do_not_cancel() -> None:
    sums = totals(filled("quality.rekonsiliasi", [file(selisih_baris=3), file(berkas="pos/b.csv", selisih_baris=-3)]))
    assert (sums["selisih_baris"], sums["baris_masuk"], sums["berkas"]) == (6, 24_000, 2)


# --- the page


def test_the_page_tells_the_run_in_words(page: str) -> None:
    result = text(page)
    for sentence in (
        "Periode Desember 2022",
        "DITERBITKAN",
        "Dari 14 baris DTKS yang diterima, 11 (78,6%) padan dengan Dukcapil dan 1 perlu diputuskan petugas.",
        "belum diserahkan, atau baru sebagian, sehingga kebanyakan orangnya belum dapat dipadankan",
        "persentasenya tidak dihitung: KABUPATEN KARANGASEM (0 penduduk untuk 20 baris DTKS).",
        "KABUPATEN KARANGASEM register Dukcapil belum lengkap – – ",
        "2 baris mencatat orang yang sudah tercatat di baris lain.",
        "nomor KK: 1 aman diterapkan ( cleansed.koreksi ), 2 belum aman ( mart.koreksi_belum_aman ).",
        "Semua 12.000 baris dan Rp3.600.000.000 tercatat: "
        "Rp3.597.000.000 diterima dan Rp3.000.000 dikarantina; selisih 0.",
        "Nama tidak diisi. Isi nama sesuai KTP-el atau KK.",
        "SEMBAKO 2022 1 18.095.000 17.000.000 95.000 999.000 1.000 94,0%",
        "SEMBAKO 2022 1 Rp10.857.000.000.000 – Rp10.200.000.000.000 94,0%",
        "JAMSOSRATU 2022 1 – 7 0 0 – alokasi tidak diketahui",
        "pos/a.csv Daftar bayar lengkap 12.000 11.990 10 0 Rp3.600.000.000 Rp0",
        "KABUPATEN SERANG 10 70,0%",
    ):
        assert sentence in result
    assert "DITAHAN" not in result
    assert "HANYA KABUPATEN" not in result


def test_rows_that_were_corrected_are_no_refusals_any_more(page: str) -> None:
    quarantine = [rejected(7, "TANPA_IDENTITAS"), rejected(8, "NAMA_KOSONG") | {"sudah_diperbaiki": True}]
    quarantine.append(rejected(9, "TANPA_IDENTITAS") | {"asal_baris": "pos/b.csv##2"})
    result = text(page_of(quality__karantina=quarantine))
    assert "ditolak, 1 digantikan isian atau berkas lain" in result
    assert "1 baris lain yang ditolak digantikan baris isian atau berkas lain" in result
    assert "tidak disebut di bawah ini; 1 baris isian yang ditolak lagi tetap disebut." in result
    assert "NAMA_KOSONG" not in result
    assert "digantikan baris isian" not in text(page)


def test_a_withheld_run_names_the_gates_it_failed() -> None:
    result = text(render_report(tables(), gates(passed=False), "2022-12"))
    assert "DITAHAN Hasil ini belum diterbitkan; terbitan sebelumnya tetap berlaku." in result
    assert "Bagian baris dtks yang dikarantina: 0,4%, paling banyak 0,2%. Antara 0 dan 1." in result
    assert "DITERBITKAN" not in result
    # What needs a publication is no next step.
    assert "ambang.toml" in result
    assert "padan jelaskan" not in result


def test_a_difference_is_never_called_a_match() -> None:
    broken = tables(quality__rekonsiliasi=[file(selisih_nominal=-300_000)])
    result = text(render_report(broken, gates(passed=False), "2022-12"))
    assert "Ada selisih 0 baris dan Rp300.000" in result
    assert "Cocok" not in result


def test_nobody_can_be_recognised(page: str) -> None:
    for secret in (NIK, NO_KK, NAMA):
        assert secret not in page
    assert not re.search(r"\d{16}", page)


def test_the_page_is_whole_in_itself_and_the_same_every_time(page: str) -> None:
    assert not re.search(r"https?:|<script|<link|<img|@import|url\(", page)
    assert page == page_of()


def test_file_names_are_shown_as_text_never_as_markup() -> None:
    nasty = file(berkas="pos/<b>x</b>&.csv", status_berkas="KEMBAR", catatan="<i>")
    html = page_of(quality__rekonsiliasi=[nasty])
    assert "&lt;b&gt;x&lt;/<wbr>b&gt;&amp;.csv" in html
    assert "<b>" not in html
    assert "<i>" not in html


def test_a_run_with_nothing_in_it_still_has_a_page() -> None:
    empty = {name: rows.clear() for name, rows in tables().items()}
    result = text(render_report(empty, gates(passed=True), "2022-12"))
    for sentence in ("Tidak ada temuan.", "Tidak ada baris yang ditolak.", "Belum ada berkas penyaluran atau alokasi."):
        assert sentence in result


class Structure(HTMLParser):
    """Collects headings, anchors and tables, and checks that elements close in order."""

    VOID = frozenset({"meta", "br", "wbr"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.headings: list[str] = []
        self.ids: set[str] = set()
        self.wanted: set[str] = set()
        self.tables = self.captions = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if identifier := given.get("id"):
            assert identifier not in self.ids
            self.ids.add(identifier)
        if (link := given.get("href")) is not None:
            self.wanted.add(link)
        self.tables += tag == "table"
        self.captions += tag == "caption"
        if re.fullmatch(r"h\d", tag):
            self.headings.append(tag)
        if tag == "svg":
            assert given["role"] == "img"
            assert given["aria-label"]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag == "rect"

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_can_be_heard_and_walked_through(page: str) -> None:
    structure = Structure()
    structure.feed(page)
    assert not structure.open
    assert structure.headings[0] == "h1"
    assert structure.headings.count("h1") == 1
    assert structure.tables == structure.captions > 6
    assert {link.removeprefix("#") for link in structure.wanted} <= structure.ids
    assert '<html lang="id">' in page


def test_every_kind_of_finding_is_on_the_page_the_rarest_folded() -> None:
    codes = [code for model, code in RULES if model == "DtksStaged" and RULES[model, code].severity is Severity.FINDING]
    often = [finding(number, code) for code in codes[:MOST_LISTED] for number in (1, 2)]
    seen, _, hidden = page_of(quality__temuan=[*often, finding(3, "NIK_ORANG_LAIN", "pos")]).partition(
        "<summary>1 kode lainnya</summary>"
    )
    assert "NIK_ORANG_LAIN" not in text(seen)
    assert "Penyalur (pos) NIK penerima milik orang lain" in text("</head>" + hidden)


def test_of_many_files_those_without_a_word_to_say_are_folded() -> None:
    clean = [
        file(berkas=f"pos/{number:02}.csv", baris_karantina=0, nominal_karantina=0) for number in range(MOST_LISTED)
    ]
    noted = [file(berkas="pos/z.csv", baris_karantina=0, catatan="Kosong.")]
    for files, folded in ((clean, 0), ([*clean, *noted], 1)):
        html = page_of(quality__rekonsiliasi=files)
        seen, _, hidden = html.partition(
            f"<summary>{folded} berkas lainnya: dibaca seluruhnya tanpa catatan, atau dari bulan sebelumnya</summary>"
        )
        assert html.count(" berkas lainnya: ") == folded
        assert ("z.csv" in text(seen)) == bool(folded)
        assert ("14.csv" in text("</head>" + hidden)) == bool(folded)


def test_a_number_in_the_name_of_a_sheet_is_masked_in_the_note_on_its_file() -> None:
    (shown,) = ledger(filled("quality.rekonsiliasi", [file(catatan="KK 3604011203850001: Kosong.")]))
    assert shown["catatan"] == "KK 3604********0001: Kosong."


def test_files_of_months_before_are_neither_counted_nor_listed_first() -> None:
    skipped = {"status_berkas": "DILEWATI", "baris_masuk": 0, "baris_karantina": 0, "catatan": "Potret lain."}
    files = [file()] + [
        file(berkas=f"pos/{month}.csv", periode_berkas=month, **skipped) for month in ("2022-11", "2023-01")
    ]
    reconciliation = filled("quality.rekonsiliasi", files)
    assert totals(reconciliation)["berkas"] == per_source(reconciliation)[0]["berkas"] == 1
    assert {row["berkas"]: row["utuh"] for row in ledger(reconciliation)} == {
        "pos/2022-11.csv": True,
        "pos/2023-01.csv": False,
        "pos/a.csv": False,
    }
