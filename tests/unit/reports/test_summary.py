from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipeline.places import Places
from reports.summary import GUIDE, render_change, render_deliveries, render_places, render_summary
from schemas.catalogue import promised_tables
from schemas.cleansed import STATUS_PADAN
from schemas.rules import DIFFERS_FROM_ACCEPTED
from tests.unit.frames import frame

TABLES = {name: table.model for name, table in promised_tables().items()}


def summary(*, passed: bool = True) -> str:
    ledger = [
        {"sumber": "pos", "berkas": "pos/a.csv", "baris_masuk": 1234, "baris_diterima": 1230, "baris_karantina": 3},
        {"sumber": "pos", "berkas": "pos/b.csv", "status_berkas": "DITOLAK", "catatan": "Berkas ini kosong."},
        {"sumber": "dtks", "berkas": "dtks/a.csv", "baris_masuk": 4, "baris_diterima": 4},
        {"sumber": "dtks", "berkas": "dtks/lama.csv", "status_berkas": "DILEWATI", "periode_berkas": "2022-11"},
        *(
            {"sumber": "pendamping", "status_berkas": "DILEWATI", "berkas": month, "periode_berkas": month}
            for month in ("2022-11", "2023-01", "2023-02")
        ),
        *(
            {"sumber": "alokasi", "berkas": f"alokasi/{number:02}.csv", "catatan": "Hanya berisi baris judul."}
            for number in range(23)
        ),
    ]
    zero = {
        "baris_masuk": 0,
        "baris_diterima": 0,
        "baris_karantina": 0,
        "selisih_nominal": 0,
        "status_berkas": "DIBACA",
        "periode": "2022-12",
        "periode_berkas": "2022-12",
    }
    people = [
        {"status_padan": status, "nama": "SITI AMINAH", "nik": "3604041211870001"} for status in STATUS_PADAN[:2] * 10
    ]
    national = {"program": "PKH", "tahun": 2022, "tingkat": "NASIONAL", "kpm_salur": 7, "kpm_gagal": 1, "kpm_belum": 2}
    rows = {
        "quality.penduduk_kabupaten": [{"kode_kab": "3604", "penduduk": 4}],
        "quality.rekonsiliasi": [
            {**zero, "selisih_baris": int(line["berkas"] == "pos/a.csv"), **line} for line in ledger
        ],
        "cleansed.anggota": people,
        "cleansed.keluarga": [{"id_keluarga": "K1"}],
        "cleansed.koreksi": [{"id_dtks": "1"}],
        "link.jawaban_petugas": [{"jawaban": answer} for answer in ("SAMA", "BEDA", "SAMA", "TIDAK TAHU")],
        "quality.karantina": [
            {
                "sumber": "pos",
                "berkas": "pos/a.csv",
                "baris": place,
                "kode": code,
                "keterangan": DIFFERS_FROM_ACCEPTED if code == "NIK_GANDA" else "",
                "sudah_diperbaiki": place == 4,
                "asal_baris": "pos/b.csv##2",
            }
            for place, code in enumerate(
                ["BARIS_CATATAN", "ISIAN_KOSONG", "ISIAN_KOSONG", "NAMA_KOSONG", "TGL_RUSAK", "NIK_GANDA"]
            )
        ],
        "mart.koreksi_belum_aman": [{"id_dtks": "2"}, {"id_dtks": "3"}],
        "mart.mutu_data": [
            {"tingkat": "KABUPATEN", "kode_wilayah": "3604", "register_lengkap": True},
            {"tingkat": "KABUPATEN", "nama_wilayah": "KABUPATEN KARANGASEM", "baris": 10, "register_lengkap": False},
            {"tingkat": "PROVINSI", "nama_wilayah": "BALI", "baris": 10, "register_lengkap": False},
        ],
        "mart.realisasi": [
            {**national, "tahap": 2, "nominal_salur": 2_100_000},
            {**national, "tahap": 1, "kpm_alokasi": 12, "nominal_salur": 5_250_000},
            {**national, "tahap": 1, "tingkat": "PROVINSI", "kpm_alokasi": 99, "nominal_salur": 1},
        ],
    }
    gates = pl.DataFrame(
        {
            "gerbang": ["Selisih baris", "Lainnya"],
            "nilai_ukur": [1.0, 0.0],
            "batas": [0.0, 1.0],
            "satuan": [" baris", "%"],
            "lulus": [passed, True],
            "keterangan": ["Setiap baris tercatat.", ""],
        }
    )
    return render_summary({name: frame(TABLES[name], lines) for name, lines in rows.items()}, gates)


def test_proposed_corrections_are_counted() -> None:
    assert "nomor KK: 1 aman diterapkan, 2 belum aman" in summary(passed=True)


def test_what_officers_answered_is_told() -> None:
    result = "Jawaban petugas yang diperhitungkan: 2 SAMA, 1 BEDA, 1 TIDAK TAHU (ditanyakan lagi)\n"
    assert result in summary()


def test_a_kabupaten_whose_register_was_not_delivered_is_named() -> None:
    result = (
        "Register Dukcapil KABUPATEN KARANGASEM belum diserahkan, atau baru sebagian (0 penduduk untuk 10 baris DTKS)"
    )
    assert result in summary()
    assert summary().count("Register Dukcapil") == 1


def test_what_of_the_quarantine_nobody_need_correct_is_told() -> None:
    result = (
        "Karantina: 1 digantikan baris isian atau berkas lain, 2 baris isian belum diisi, "
        "1 baris terulang (hapus bila orangnya sama); "
    )
    assert f"{result}1 baris perlu dibetulkan, 1 di antaranya baris isian yang ditolak lagi." in summary()
    assert "Baris terulang yang isinya berbeda dari baris yang diterima: 1, tidak dipakai" in summary()


def line(text: str, start: str) -> list[str]:
    (found,) = (each for each in text.splitlines() if each.strip().startswith(start))
    return found.split()


def test_sources_are_summed_over_their_files() -> None:
    text = summary()
    assert line(text, "pos") == ["pos", "2", "1.234", "1.230", "3", "1"]
    assert line(text, "dtks") == ["dtks", "1", "4", "4", "0", "0"]
    assert "Tidak dibaca: pos/b.csv – Berkas ini kosong." in text
    assert "Perlu diperiksa: alokasi/19.csv – Hanya berisi baris judul." in text
    assert "Perlu diperiksa: 3 berkas lagi; lihat laporan." in text
    assert "alokasi/20.csv" not in text
    assert "Data DTKS yang dibaca dianggap data 2022-12; foldernya tidak bernama periode=TTTT-BB." in text


def test_files_of_other_months_are_told_not_to_count() -> None:
    assert "Belum dihitung: 2 berkas pendamping dari bulan sesudah periode ini; sertakan dengan" in summary()
    assert "Tidak dibaca: 1 berkas dtks dari bulan sebelumnya; yang dibaca data terbaru." in summary()
    assert summary().count("Belum dihitung") == summary().count("padan run --periode 2023-02.") == 1


def test_every_status_has_a_line_even_with_nobody_in_it() -> None:
    text = summary()
    assert "Pemadanan 20 orang dalam 1 keluarga:" in text
    assert line(text, "PADAN ")[:3] == ["PADAN", "10", "50,0%"]
    assert [line(text, f"{status} ")[1] for status in STATUS_PADAN] == ["10", "10", "0", "0"]


def test_realisation_shows_the_nation_in_order_and_a_dash_where_nothing_was_allotted() -> None:
    text = summary()
    assert line(text, "PKH 2022 tahap 1")[4:] == ["12", "7", "1", "2", "2", "5.250.000"]
    assert line(text, "PKH 2022 tahap 2")[4:] == ["–", "7", "1", "2", "–", "2.100.000"]
    assert text.index("tahap 1") < text.index("tahap 2")
    assert "99" not in text


@pytest.mark.parametrize("waiting", [0, 2])
def test_where_to_look_and_who_waits(waiting: int) -> None:
    people = frame(TABLES["cleansed.anggota"], [{"status_padan": "PADAN"}] + [{"status_padan": "TINJAU"}] * waiting)
    text = render_places(Places(Path("/data bansos")), {"cleansed.anggota": people})
    assert "Laporan      /data bansos/reports/index.html" in text
    assert text.endswith(f"Panduan      {GUIDE}")
    assert GUIDE.exists()
    assert "padan perbaikan --out FOLDER --lengkap --data-dir '/data bansos'" in text
    assert ("review export tinjau.xlsx --data-dir '/data bansos' (2 baris menunggu)" in text) == bool(waiting)


def test_gates_passed_and_failed() -> None:
    assert "Semua 2 gerbang mutu dilalui." in summary()
    failed = summary(passed=False)
    assert "Gerbang mutu yang tidak dilalui:" in failed
    assert "Selisih baris: 1 baris (paling banyak 0 baris). Setiap baris tercatat." in failed
    assert "Lainnya" not in failed


def test_no_name_and_no_number_of_a_person_is_in_it() -> None:
    assert not any(secret in summary() for secret in ("SITI", "AMINAH", "3604"))


def test_what_became_of_payment_files_is_told_and_no_person_is_named() -> None:
    unread = pl.DataFrame({"berkas": ["pos/3604041211870001.csv"], "catatan": ["Berkas ini kosong."]})
    files = {"baru": 2, "tidak dibaca lagi": 1}
    noted = pl.DataFrame({"berkas": ["pos/a.csv"], "catatan": ["2 baris tidak dihitung."]})
    assert render_deliveries("pos", files, accepted=100_000, refused=2, unread=unread, noted=noted).splitlines() == [
        "Berkas bayar: 2 baru, 1 tidak dibaca lagi; 100.000 baris diterima, 2 ditolak.",
        "  Tidak dibaca: pos/3604********0001.csv – Berkas ini kosong.",
        "  Perlu diperiksa: pos/a.csv – 2 baris tidak dihitung.",
    ]


def test_a_change_is_told_per_stage_beside_what_stood_before() -> None:
    national = {"program": "PKH", "tahun": 2022, "tahap": 1, "tingkat": "NASIONAL", "kode_wilayah": ""}
    figures = {"kpm_alokasi": 1_600, "kpm_salur": 1_500, "kpm_gagal": 3, "kpm_belum": 7, "nominal_salur": 450_000_000}
    old = {"kpm_salur": 1_400, "kpm_gagal": 4, "kpm_belum": 106, "nominal_salur": 420_000_000}
    model = TABLES["mart.realisasi"]
    text = render_change(
        pl.DataFrame({"program": "PKH", "tahun": 2022, "tahap": [1, 2, 3]}),
        frame(model, [national | old, national | old | {"tahap": 3}]),
        frame(model, [national | figures, national | figures | {"tahap": 2}]),
    )
    _, stage, new_stage, stage_gone, _ = text.splitlines()
    assert stage.split() == [
        "PKH", "2022", "tahap", "1", "1.600", "(+1.600)", "1.500", "(+100)", "3", "(-1)", "7", "(-99)", "450.000.000"
    ]  # fmt: skip
    assert new_stage.split()[6:8] == ["1.500", "(+1.500)"]
    assert stage_gone.split()[6:8] == ["0", "(-1.400)"]
