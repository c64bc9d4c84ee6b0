from __future__ import annotations

import polars as pl
import pytest

from pipeline.normalise.metadata.orders import fill_stage, nearest_stage, stage_key_of_row

OF_ROW = ("program", "tahun", "tahap")
BATCHES = {"batch": pl.String, "program": pl.String, "tahun": pl.Int32, "tahap": pl.Int32}


def parse_stages(rows: list[dict[str, str | None]]) -> pl.DataFrame:
    """Programme, year and stage of rows in which only these cells are filled."""
    stated = dict.fromkeys(("berkas", "lembar", "judul", "batch", *OF_ROW))
    filled = [stated | {"berkas": "a.csv"} | row for row in rows]
    return nearest_stage(pl.DataFrame(filled, schema=dict.fromkeys(stated, pl.String)), pl.DataFrame(schema=BATCHES))


OF_ROWS = [
    ("PKH Tahap II 2022", "2022", "2", ("PKH", 2022, 2)),
    ("PKH Tahap II 2022", None, "", ("PKH", 2022, 2)),
    ("BLT BBM THP 1", "TA 2022", "I", ("BLT BBM", 2022, 1)),
    ("BLT BBM", "TA2022", "I", ("BLT BBM", 2022, 1)),
    ("BLT BBM TA2022", "", "I", ("BLT BBM", 2022, 1)),
    # Words beside the name may be about another payment than the row.
    ("PKH Tahap II 2022", "2023", "2", ("PKH TAHAP II 2022", 2023, 2)),
    ("PKH Tahap 1-2 2022", "2022", "1", ("PKH TAHAP 1-2 2022", 2022, 1)),
    # An unreadable stage or year of the row does not count as blank.
    ("PKH TAHAP 1", "2022", "III/IV", ("PKH TAHAP 1", 2022, None)),
    ("PKH TAHAP 1", "2022", "TW III", ("PKH TAHAP 1", 2022, 3)),
    ("PKH TW III", "2022", "Triwulan III", ("PKH", 2022, 3)),
    ("PKH Tahun 2022", "2021/2022", "1", ("PKH TAHUN 2022", None, 1)),
    ("PKH THP IIII", "2022", "", ("PKH THP IIII", 2022, None)),
    ("PKH Tahap III", "2022", "THP III", ("PKH", 2022, 3)),
    ("ATENSI (PKH) Tahap 1", None, None, ("ATENSI (PKH) TAHAP 1", None, None)),
    # A typing error stays visible.
    *(("PKH", year, "1", ("PKH", int(year), 1)) for year in ("21", "2203")),
    *(("PKH", year, "1", ("PKH", None, 1)) for year in ("202l", "2022/2023")),
]


def test_programme_year_and_stage_of_a_row() -> None:
    stated = pl.DataFrame([row[:3] for row in OF_ROWS], schema=dict.fromkeys(OF_ROW, pl.String), orient="row")
    found = stated.select(**stage_key_of_row()).rows()
    assert [(case, row) for case, row in zip(OF_ROWS, found, strict=True) if row != case[3]] == []


@pytest.mark.parametrize(
    ("tahun", "expected"), [("2021", 2021), ("", 2022), (None, 2022), ("21", 21), ("2203", 2203), ("202l", 0)]
)
def test_only_a_year_that_is_not_stated_is_that_of_the_file(tahun: str | None, expected: int) -> None:
    stated = dict.fromkeys(("lembar", "judul", "batch")) | {"berkas": "pos/danom.csv", "program": "PKH", "tahap": "1"}
    stated |= {"tahun": tahun}
    row = pl.DataFrame([stated], schema=dict.fromkeys(stated, pl.String))
    found = fill_stage(row.with_columns(berlaku_per=pl.datetime(2022, 11, 30)), pl.DataFrame(schema=BATCHES))
    assert found.schema["tahun"] == pl.Int32
    assert found["tahun"].item() == expected


STAGES = {
    ("tahap", 2): ["Tahap II (Apr-Jun)", "2 (DUA)", "TAHAP KE-2", "Thp. II", "TAHAP_II", "TAHAP : KEDUA"],
    ("judul", 1): [
        "PKH TAHAP 1 - LIMA PULUH KOTA", "TAHAP 1/ENAM LINGKUNG", "TAHAP I / SATU", "NO 5/PKH/TAHAP1/2022",
        "TAHAP 1/2022", "TAHAP 1 / 3 KECAMATAN", "TAHAP 1-12-2022", "TAHAP I DESA 3",
    ],
    ("judul", 2): [
        "PKH TAHAP KE-2", "BPNT TW II 2022", "PKH THP 2, 12 Desember 2022", "TAHAP II(2)", "PKH TAHAP KEDUA",
        "TAHAP KE-DUA", "TAHAP : DUA", "TRIWULAN KEDUA", "TAHAP_2_2022",
    ],
    ("judul", 4): [
        "PKH T.4", "BST COVID-19 T-4 2020", "T.4", "KPM / T.4 TA 2021", "KPM / T.4 TA2021", "BPNT 2021 / T-4",
        "T.4 / PKH / 2021",
    ],
    ("judul", 5): ["BPNT TAHAP 5 T.4", "BPNT TW III TAHAP 5", "BPNT TAHAP 5 TW III"],
    ("judul", 12): ["PKH TAHAP XII"],
    ("judul", None): [
        "TAHAP SATU DAN DUA", "TAHAP 1 S.D. TIGA", "TRIWULAN KELIMA", "TAHAP DUA BELAS", "TAHAP 1 DAN 2",
        "TAHAP 1, 2 DAN 3", "TAHAP 1, 2, 3", "TAHAP I S.D. TAHAP IV", "TAHAP 1-3", "TAHAP I-II", "TW 1 & 2",
        "TAHAP KE-1 DAN KE-2", "THP 1/2", "PER TW 31 DESEMBER 2022", "Tahap 25 November", "TW 5", "TAHAP 13", "T1",
        "KPM RT.4", "BST R.T. 4 2021", "BLOK T4 / 2021", "PKH T.A. 2022", "PKH T.1 DAN T.2", "PKH T 40",
        "PKH T 4/12/2022", "PKH T.4 ORANG",
    ],
    ("berkas", 3): [
        "T3/a.csv", "T1/TW3.csv", "PKH_T3.csv", "PKH T3.12.2022.csv", "TW 1/PKH TAHAP 3.csv", "THP 3/2 a",
        "TAHAP-3-2022", "TAHAP 3-01 A",
    ],
    ("berkas", None): [
        "R.T. 02.csv", "cetak_t_10_12_2022.csv", "data T 12 2022.csv", "S.T. II.csv", "Kec T V.csv", "T1-T3.csv",
        "PKH TAHAP I-II.csv", "PKH_TAHAP_1_DAN_2.csv",
    ],
}  # fmt: skip


def test_a_stage_among_words_is_a_single_one_and_the_surest() -> None:
    cases = [(column, words, stage) for (column, stage), all_of_it in STAGES.items() for words in all_of_it]
    found = parse_stages([{column: words} for column, words, _ in cases])["tahap"]
    assert [(*case, stage) for case, stage in zip(cases, found, strict=True) if stage != case[2]] == []


TITLES = [
    ("DAFTAR PENERIMA BST BAGI KPM PROGRAM KELUARGA HARAPAN", ("BST", None)),
    ("DAFTAR KPM PKH PENERIMA BST 2021", ("BST", 2021)),
    ("DAFTAR KPM PKH", ("PKH", None)),
    ("DAFTAR KPM SEMBAKO NON PKH", ("SEMBAKO", None)),
    ("KPM BST BUKAN PESERTA PKH 2021", ("BST", 2021)),
    ("DAFTAR KPM BLT BBM (PKH DAN SEMBAKO)", ("BLT BBM", None)),
    ("PENERIMA PKH/BPNT BLT BBM", ("BLT BBM", None)),
    ("REKAP_BST_2021", ("BST", 2021)),
    ("REKAP BST TA2021", ("BST", 2021)),
    ("LAMPIRAN KEPUTUSAN BUPATI NOMOR 12 TAHUN2020 / BST TAHUN 2021", ("BST", 2021)),
    # Number and year of the letter or decree of the list.
    ("Nomor : 440/PKH/XI/2022 / DAFTAR BST TAHAP 3 TAHUN 2021", ("BST", 2021)),
    ("LAMPIRAN KEPUTUSAN BUPATI NOMOR 12 TAHUN 2020 / BST TAHUN 2021", ("BST", 2021)),
    ("Nomor : 440/PKH/XI/2022", ("PKH", None)),
    ("LAMPIRAN KEPUTUSAN BUPATI SERANG NOMOR 12 TAHUN 2020 TAHAP 1 / BST", ("BST", None)),
    # The year after the number of a list is the list's own, and so is one before a stage.
    *(
        (f"BST / {own}", ("BST", 2021))
        for own in ("NO 1 TAHUN 2021 TAHAP 2", "DANOM NO 12 TA2021", "NO. 3 THN 2021 TW I")
    ),
    ("DANOM NOMOR 12 TAHUN 2021 BST", ("BST", 2021)),
    # A year with the word for year before it counts.
    ("DAFTAR NOMINATIF NOMOR 12 TAHUN 2021 / BST TAHAP 3 TAHUN ANGGARAN 2022", ("BST", 2022)),
    ("MOU NO 5 TAHUN 2021 TAHAP 1 T.A. 2022 BST", ("BST", 2022)),
    ("DANOM NO 12 TAHUN 2022 BST / Perpres 63 Tahun 2017", ("BST", 2022)),
    ("DAFTAR NOMINATIF NO. 3 TAHUN 2021 / BST / Nomor 460 Tahun 2020", ("BST", 2021)),
    # The year of a decree without a number counts only if no other year is stated.
    ("Berdasarkan SK Mensos Tahun 2022 / BST TAHAP 3 TAHUN 2023", ("BST", 2023)),
    ("Perpres 63 Tahun 2017 / BST / TA 2021", ("BST", 2021)),
    ("PKH TAHAP 2 / SK BUPATI TAHUN 2022", ("PKH", 2022)),
    ("SURAT PENERIMA BST TAHUN 2021 / dicetak tahun 2022", ("BST", 2021)),
]


def test_a_title_is_about_the_money_of_its_list() -> None:
    found = parse_stages([{"judul": title} for title, _ in TITLES]).select("program", "tahun").rows()
    assert dict(zip(dict(TITLES), found, strict=True)) == dict(TITLES)


@pytest.mark.parametrize(
    ("lembar", "expected"),
    [
        ("PKH TAHAP IV 2022", ("PKH", 2022, 4)),
        ("PKH T3", ("PKH", 2021, 3)),
        ("SEMBAKO", ("SEMBAKO", 2021, 2)),
        ("Tahap 1", ("BLT BBM", 2021, 1)),
        ("Sheet1", ("BLT BBM", 2021, 2)),
        (None, ("BLT BBM", 2021, 2)),
    ],
)
def test_a_sheet_comes_before_its_file(lembar: str | None, expected: tuple[str, int, int]) -> None:
    found = parse_stages([{"berkas": "pos/BLT BBM tahap 2 2021.xlsx", "lembar": lembar, "batch": "B01"}])
    assert found.select(OF_ROW).row(0) == expected
