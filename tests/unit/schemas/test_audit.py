"""The auditors' counts follow what was put right, and do not hang on how often a list was handed in."""

from __future__ import annotations

from pipeline.warehouse.store.database import run_query
from schemas.catalogue import promised_tables
from schemas.cleansed import Anggota
from schemas.quality import Karantina, Rekonsiliasi, Temuan
from tests.unit.frames import frame


def test_neither_a_row_put_right_nor_a_list_sent_twice_counts() -> None:
    refused = [(1, "NAMA_KOSONG", False), (2, "NAMA_KOSONG", True), (3, "ID_GANDA", False), (4, "KOLOM_KURANG", False)]
    known = {
        "quality.temuan": frame(Temuan, []),
        "cleansed.anggota": frame(Anggota, []),
        "quality.karantina": frame(
            Karantina,
            [
                {"sumber": "dtks", "berkas": "dtks/a", "baris": baris, "kode": kode, "sudah_diperbaiki": put_right}
                for baris, kode, put_right in refused
            ],
        ),
        "quality.rekonsiliasi": frame(
            Rekonsiliasi,
            [
                {"sumber": "dtks", "berkas": "dtks/a", "baris_masuk": 12, "baris_diterima": 8},
                {"sumber": "dtks", "berkas": "dtks/b", "baris_masuk": 9, "baris_diterima": 0},
            ],
        ),
    }
    counted = run_query(str(promised_tables()["quality.audit"].query), known)
    assert {name: (jumlah, persen) for _, name, _, jumlah, persen in counted.rows()}["NAMA_KOSONG"] == (1, 10.0)
