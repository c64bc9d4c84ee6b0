from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipeline.places import Places
from pipeline.synthetic import score_accounts, score_aid, score_links
from pipeline.synthetic.score import ScoreError, score
from pipeline.synthetic.score_figures import Share, f1_of, with_ratios
from pipeline.synthetic.score_text import render_text, to_json

PERIODE = "2022-12"
BORN, PAID_ON = date(1990, 1, 1), date(2022, 3, 4)
STRINGS = pl.List(pl.String)
A, B, C, C_RETIRED, E, G, WRONG = (f"36040401019000{n:02}" for n in range(1, 8))
K1, K2 = "3604042101170011", "3604042101170012"
LINE = {"sumber": pl.String, "berkas": pl.String, "lembar": pl.String, "baris": pl.Int64}


def table(schema: dict[str, Any], *rows: tuple[Any, ...]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=schema, orient="row")


PERSONS = table(
    {
        "id_dtks": pl.String, "nik_benar": pl.String, "nik_alt": pl.String, "kelas": STRINGS, "ambigu": pl.Boolean,
        "harap": pl.String, "kode_kab": pl.String, "pid": pl.Int64, "hh": pl.String, "nik_tertulis": pl.String,
        "kk_tertulis": pl.String, "kk_benar": pl.String,
    },
    ("a", A, None, [], False, "TERIMA", "3604", 1, "h1", f"'{A}", K1, K1),
    ("b", B, None, ["NIK_SALAH_1"], False, "TERIMA", "3604", 1, "h1", B[:15], K1[:15], K1),
    ("c", C, C_RETIRED, ["DUA_NIK", "NAMA_EJAAN"], False, "TERIMA", "3604", 2, "h1", C_RETIRED, K1, K2),
    ("d", WRONG, None, ["NIK_ORANG_LAIN"], False, "TERIMA", "3604", 2, "h2", E, K1, K1),
    ("e", None, None, ["TAK_TERDAFTAR"], False, "TERIMA", "3673", 3, "h3", WRONG, K1, None),
    ("f", None, None, ["TAK_TERDAFTAR"], False, "TERIMA", "3673", 4, None, "", "", None),
    ("g", G, None, ["NAMA_PANGGILAN"], False, "TERIMA", "3673", 5, None, "", "", None),
    ("x", A, None, ["AMBIGU"], True, "TERIMA", "3604", 6, None, "", "", None),
    ("y", A, None, ["AMBIGU"], True, "TERIMA", "3604", 7, None, "", "", None),
    ("z", None, None, ["AMBIGU"], True, "TERIMA", "3604", 8, None, "", "", None),
    ("t", B, None, ["NAMA_KOSONG"], False, "TOLAK", "3604", 9, None, "", "", None),
)  # fmt: skip
CERTAIN = PERSONS.filter((pl.col("harap") == "TERIMA") & ~pl.col("ambigu"))
LINKS = table(
    {
        "id_dtks": pl.String,
        "nik_dukcapil": pl.String,
        "keputusan": pl.String,
        "bobot": pl.Float64,
        "probabilitas": pl.Float64,
        "aturan": STRINGS,
    },
    ("a", A, "OTOMATIS", 30.0, 1.0, ["NIK"]),
    ("b", B, "PETUGAS", 12.0, 0.6, ["PETUGAS"]),
    ("c", C_RETIRED, "OTOMATIS", 25.0, 0.9, ["NIK"]),
    ("d", E, "OTOMATIS", 20.0, 0.97, ["NIK"]),  # somebody else
    ("e", E, "TINJAU", 10.0, 0.2, ["NIK"]),
    ("f", A, "OTOMATIS", 25.0, 0.96, ["NIK"]),  # not in the registry at all
    ("g", G, "TINJAU", 15.0, 0.8, ["KK", "NIK"]),
    ("x", A, "OTOMATIS", 18.0, 0.9, ["NIK"]),
    ("y", A, "TINJAU", 9.0, 0.5, ["NIK"]),
    ("t", B, "OTOMATIS", 30.0, 1.0, ["NIK"]),
)
MEMBERS = table(
    {
        "id_dtks": pl.String, "nik_asal": pl.String, "nama_asal": pl.String, "tanggal_lahir": pl.Date,
        "status_padan": pl.String, "ganda_dari": pl.String,
    },
    ("a", f"'{A}", "SITI AMINAH", BORN, "PADAN", None),
    ("b", "3604040101900099", "BUDI", BORN, "PADAN_PERBAIKAN", "a"),
    ("c", C_RETIRED, "SRI WAHYUDI", BORN, "PADAN", None),
    ("d", E, "AGUS SETIADI", date(1960, 5, 5), "PADAN", None),
    ("e", None, "KETUT", BORN, "TINJAU", None),
    ("f", None, "MADE", BORN, "PADAN", "e"),
    ("g", G, "ROS", BORN, "TINJAU", None),
    ("x", None, "SITI", BORN, "PADAN", None),
    ("y", None, "SITI", BORN, "TINJAU", None),
    ("z", None, "SITI", BORN, "TIDAK_PADAN", None),
)  # fmt: skip
REGISTRY = table(
    {"nik": pl.String, "nama": pl.String, "tanggal_lahir": pl.Date},
    (A, "SITI AMINAH", BORN),
    (B, "BUDI", BORN),
    (C_RETIRED, "SRI WAHYUNI", BORN),
    (E, "AGUS SETIAWAN", BORN),
    (G, "SITI ROSIDAH", BORN),
)
HOUSEHOLDS = table(
    {"hh": pl.String, "kk_registri": STRINGS, "kk_wajib": STRINGS, "status": pl.String},
    ("h1", ["k1", "k2"], ["k1", "k2"], "PECAH"),
    ("h2", ["k3"], [], "TIDAK_PADAN"),
    ("h3", ["k4"], ["k4"], "UTUH"),
)
FAMILIES = table(
    {"id_keluarga": pl.String, "no_kk": pl.String, "status_keluarga": pl.String},
    ("1", "h1", "PECAH"),
    ("2", "h2", "SEBAGIAN"),
    ("9", "h9", "UTUH"),
)
FAMILY_LINKS = table(
    {"id_keluarga": pl.String, "no_kk_dukcapil": pl.String, "keputusan": pl.String},
    ("1", "k1", "OTOMATIS"),
    ("1", "k2", "TINJAU"),
    ("2", "k3", "PETUGAS"),
    ("2", "k9", "OTOMATIS"),
)
PAIRS = table({"a": pl.String, "b": pl.String}, ("a", "b"), ("d", "c"))
CORRECTIONS = table(
    {"id_dtks": pl.String, "kolom": pl.String, "nilai_usulan": pl.String},
    ("b", "nik", B),
    ("c", "nik", C),
    ("e", "nik", A),  # the person is not in the registry
    ("b", "no_kk", K1),
    ("d", "no_kk", K2),  # the number was right
)
FOUND_PAIRS = table({"id_dtks_a": pl.String, "id_dtks_b": pl.String}, ("b", "a"), ("e", "f"))
DAMAGED = table(
    {**LINE, "harap": pl.String, "kelas": pl.String, "baris_lain": pl.Int64},
    ("dtks", "one.csv", None, 5, "TOLAK", "NAMA_KOSONG", None),
    ("dtks", "one.csv", None, 7, "TOLAK", "ID_GANDA", 6),  # the twin is refused: right
    ("dtks", "one.csv", None, 9, "TOLAK", "ID_GANDA", 8),  # both are refused: wrong
    ("dtks", "one.csv", None, 10, "TOLAK", "KOLOM_LEBIH", None),  # accepted: wrong
    ("dtks", "one.csv", None, 11, "TERIMA", "NIK_KURANG", None),  # refused: wrong
    ("dtks", "two.xlsx", "BNBA", 4, "TERIMA", "KK_RUSAK", None),  # line 4 of another sheet is refused: right
    ("dtks", "two.xlsx", "BNBA", 5, "TERIMA", "KK_RUSAK", None),  # refused: wrong
    ("dtks", "two.xlsx", "BNBA", 6, "BEBAS", "KUTIP_RUSAK", None),  # refused: neither
    ("pos", "three.csv", None, 3, "TERIMA", "WILAYAH_EJAAN", None),  # its whole file is refused: wrong
)
REFUSED = table(
    {**LINE, "kode": pl.String},
    ("dtks", "one.csv", None, 5, "NAMA_KOSONG"),
    ("dtks", "one.csv", None, 5, "TANPA_IDENTITAS"),
    ("dtks", "one.csv", None, 6, "ID_GANDA"),
    ("dtks", "one.csv", None, 8, "ID_GANDA"),
    ("dtks", "one.csv", None, 9, "ID_GANDA"),
    ("dtks", "one.csv", None, 11, "NIK_KURANG"),
    ("dtks", "one.csv", None, 99, "KOLOM_KURANG"),  # nothing is wrong with this one
    ("dtks", "one.csv", None, 100, "BARIS_CATATAN"),
    ("dtks", "two.xlsx", "Keterangan", 4, "NAMA_KOSONG"),
    ("dtks", "two.xlsx", "BNBA", 5, "NAMA_KOSONG"),
    ("dtks", "two.xlsx", "BNBA", 6, "KOLOM_KURANG"),
    ("pos", "three.csv", None, 0, "BERKAS_DITOLAK"),
)
FILES = table(
    {"sumber": pl.String, "berkas": pl.String, "baris": pl.Int64, "baris_catatan": pl.Int64, "nominal": pl.Int64},
    ("dtks", "one.csv", 100, 0, None),
    ("dtks", "two.xlsx", 10, 2, None),  # 11 counted: one of the two notes
    ("pos", "three.csv", 3, 0, 900),
    ("pos", "four.csv", 3, 0, 600),  # never seen
)
LEDGER = table(
    {
        "sumber": pl.String, "berkas": pl.String, "baris_masuk": pl.Int64, "nominal_masuk": pl.Int64,
        "selisih_baris": pl.Int64, "selisih_nominal": pl.Int64,
    },
    ("dtks", "one.csv", 101, 0, 0, 0),
    ("dtks", "two.xlsx", 11, 0, 1, 0),
    ("pos", "three.csv", 3, 900, 0, 0),
)  # fmt: skip
STAGE = {"program": pl.String, "tahun": pl.Int64, "tahap": pl.Int64}
CELLS = dict.fromkeys(score_accounts.CELLS, pl.Int64)
REALISASI = table(
    {**STAGE, "tingkat": pl.String, "kode": pl.String, **CELLS, "kpm_retur": pl.Int64},
    ("PKH", 2022, 1, "NASIONAL", "", 9, 900, 900, 5, 1, 2, 500, 2),  # 1 failed + 2 returned
    ("PKH", 2022, 1, "DESA", "3604052006", None, None, None, 5, 0, 2, 500, 0),
    ("PKH", 2022, 1, "PROVINSI", "36", 9, 900, 900, 5, 1, 2, 500, 2),  # missing in the mart
)
REALISASI_MART = table(
    {**STAGE, "tingkat": pl.String, "kode_wilayah": pl.String, **CELLS},
    ("PKH", 2022, 1, "NASIONAL", "", 9, 900, 900, 5, 3, 1, 500),  # kpm_belum differs
    ("PKH", 2022, 1, "DESA", "3604052006", None, None, 0, 5, 0, 2, 500),  # 0 is not empty
    ("PKH", 2022, 2, "NASIONAL", "", None, None, None, 0, 0, 0, 0),  # unknown to the truth
).cast({"tahun": pl.Int32, "tahap": pl.Int32})
ORDER = {"no_danom": pl.String, **STAGE}
FACTS = {"nominal": pl.Int64, "kode_desa": pl.String, "sumber_data": pl.String}
PAYMENTS = table(
    {**ORDER, "status": pl.String, **FACTS, "tgl_bayar": pl.Date, "masalah": STRINGS},
    ("n1", "PKH", 2022, 1, "DIBAYAR", 100, "3604052006", "DTKS", PAID_ON, ["MATI_DIBAYAR", "NON_DTKS"]),
    ("n2", "PKH", 2022, 1, "GAGAL", 100, None, "NON_DTKS", None, ["MATI_DIBAYAR"]),
    ("n3", "PKH", 2022, 1, "BELUM", 100, "3604052006", "DTKS", None, []),
    ("n5", "PKH", 2022, 2, "DIBAYAR", 100, None, "DTKS", PAID_ON, ["PINDAH_DIBAYAR"]),
)
DOUBLE = table(
    {"jenis": pl.String, "program_a": pl.String, "program_b": pl.String, "tahun": pl.Int64, "tahap": pl.Int64,
     "kk": pl.String, "nik": pl.String},
    ("NIK_TAHAP_SAMA", "PKH", "PKH", 2022, 1, "k1", A),
    ("KK_SAMA", "PKH", "PKH", 2022, 1, "k1", B),
)  # fmt: skip
TWICE = table(
    {"jenis": pl.String, "program_a": pl.String, "program_b": pl.String, "tahun": pl.Int64, "tahap": pl.Int64,
     "no_kk": pl.String, "nik": pl.String},
    ("NIK_TAHAP_SAMA", "PKH", "PKH", 2022, 1, "k9", A),  # told apart by the person
    ("KK_SAMA", "PKH", "PKH", 2022, 2, "k1", B),  # another stage
).cast({"tahun": pl.Int32, "tahap": pl.Int32})  # fmt: skip
IMPROPER = table(
    {**ORDER, "kode": pl.String},
    ("n1", "PKH", 2022, 1, "PENERIMA_MENINGGAL"),
    ("n3", "PKH", 2022, 1, "PENERIMA_MENINGGAL"),  # nothing is wrong with it
    ("n1", "PKH", 2022, 1, "KANTOR_LUAR_WILAYAH"),  # the truth knows nothing of offices
).cast({"tahun": pl.Int32, "tahap": pl.Int32})
DAILY_MART = table(
    {**STAGE, "tingkat": pl.String, "kode_wilayah": pl.String, "tanggal": pl.Date,
     **dict.fromkeys(score_aid.DAILY, pl.Int64)},
    ("PKH", 2022, 1, "NASIONAL", "", PAID_ON, 1, 1, 100),
    ("PKH", 2022, 1, "PROVINSI", "36", PAID_ON, 1, 1, 90),  # one figure differs
    ("PKH", 2022, 1, "KABUPATEN", "3604", PAID_ON, 1, 1, 100),
    ("PKH", 2022, 1, "KECAMATAN", "360405", BORN, 1, 1, 100),  # another day
    ("PKH", 2022, 1, "DESA", "3604052006", PAID_ON, 1, 1, 100),
    ("PKH", 2022, 2, "NASIONAL", "", PAID_ON, 1, 1, 100),
    ("PKH", 2022, 2, "PROVINSI", "36", PAID_ON, 1, 1, 100),  # not judged: a village is unknown
).cast({"tahun": pl.Int32, "tahap": pl.Int32})  # fmt: skip
PAYMENTS_MART = table(
    {**ORDER, "status_bayar": pl.String, **FACTS},
    ("n1", "PKH", 2022, 1, "RETUR", 100, "3604052007", "DTKS"),
    ("n2", "PKH", 2022, 1, "GAGAL", 100, None, "DTKS"),
    ("n4", "PKH", 2022, 1, "BELUM", 100, "3604052006", "DTKS"),
).cast({"tahun": pl.Int32, "tahap": pl.Int32})

PLAN = table({"aturan": pl.String, "biaya": pl.Int64, "pasangan": pl.Int64}, ("NIK", 12, 10), ("KK", 9, 8))
TRUTH = {
    "persons": PERSONS, "households": HOUSEHOLDS, "duplicates": PAIRS, "quarantine": DAMAGED, "files": FILES,
    "payments": PAYMENTS, "double_aid": DOUBLE, "realisasi": REALISASI,
}  # fmt: skip
BY_PERIODE = {
    "cleansed/anggota": MEMBERS, "cleansed/keluarga": FAMILIES, "link/anggota_dukcapil": LINKS,
    "link/keluarga_dukcapil": FAMILY_LINKS, "link/ganda": FOUND_PAIRS, "cleansed/koreksi": CORRECTIONS,
    "quality/karantina": REFUSED, "quality/rekonsiliasi": LEDGER,
}  # fmt: skip
CURRENT = {
    "mart/realisasi": REALISASI_MART, "mart/pembayaran": PAYMENTS_MART, "mart/realisasi_harian": DAILY_MART,
    "mart/bantuan_tidak_tepat": IMPROPER, "mart/bantuan_ganda": TWICE,
}  # fmt: skip


def write(path: Path, df: pl.DataFrame) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    df.write_parquet(path)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    places = Places(tmp_path)
    for name, df in TRUTH.items():
        write(places.truth / f"{name}.parquet", df)
    for name, df in BY_PERIODE.items():
        write(places.marts / name / f"{PERIODE}.parquet", df.with_columns(periode=pl.lit(PERIODE)))
    for name, df in CURRENT.items():
        write(places.marts / name / f"{name.split('/')[1]}.parquet", df)
    write(places.stored("staged/dukcapil", PERIODE), REGISTRY)
    write(places.stored("link/rencana", PERIODE), PLAN)
    return places


def line(df: pl.DataFrame, **where: str) -> dict[str, Any]:
    return df.filter(**where).row(0, named=True)


def test_persons_are_scored_beside_both_rules_in_use(places: Places) -> None:
    persons = score(places).persons.select("cara", "n", "tp", "fp", "fn", pl.col("precision", "recall", "f1").round(4))
    assert persons.rows() == [
        ("PADAN", 7, 3, 2, 2, 0.6, 0.6, 0.6),
        ("KEMENSOS", 7, 2, 1, 3, 0.6667, 0.4, 0.5),
        ("PERSIS", 7, 1, 0, 4, 1.0, 0.2, 0.3333),
    ]


def test_only_the_newest_periode_is_scored(places: Places) -> None:
    newest = to_json(score(places))
    for name, df in BY_PERIODE.items():
        key, *others = df.columns
        older = df.select(pl.col(key).reverse(), *others, periode=pl.lit("2022-06"))  # every row is wrong
        write(places.marts / name / "2022-06.parquet", older)
    assert to_json(score(places)) == newest


def test_automatic_links_review_and_ambiguous_rows_have_lines_of_their_own(places: Places) -> None:
    scores = score(places)
    assert scores.periode == PERIODE
    assert scores.automatic == Share(2, 4)
    assert scores.review == Share(2, 7)
    assert scores.ambiguous == score_links.Ambiguous(reviewed=1, unlinked=1, guessed=1)


def test_every_row_counts_in_each_of_its_classes(places: Places) -> None:
    classes = score(places).by_class
    assert classes["kelas"].to_list()[0] == "TAK_TERDAFTAR"  # the largest
    assert classes["n"].sum() == 8  # seven rows, one of them in two classes
    assert line(classes, kelas="BERSIH")["tp"] == 1
    assert {line(classes, kelas=name)["f1"] for name in ("DUA_NIK", "NAMA_EJAAN")} == {1.0}
    unregistered = line(classes, kelas="TAK_TERDAFTAR")
    assert (unregistered["precision"], unregistered["recall"], unregistered["f1"]) == (0.0, None, 0.0)
    assert unregistered["f1_kemensos"] is None  # nothing to find and nothing linked


def test_regions_are_named(places: Places) -> None:
    serang = line(score(places).by_region, kode_kab="3604")
    assert serang["nama_kab"] == "KABUPATEN SERANG"
    assert (serang["n"], serang["f1"], serang["f1_kemensos"]) == (4, 0.75, pytest.approx(4 / 7))


def test_a_row_linked_to_the_right_and_to_a_wrong_person_is_both() -> None:
    links = table({"id_dtks": pl.String, "nik_dukcapil": pl.String}, ("a", A), ("a", B), ("nobody", B))
    assert score_links.judge(CERTAIN.head(1), links).select("tp", "fp", "fn").rows() == [(1, 1, 0)]


def test_households_count_decided_pairs_only() -> None:
    scores = score_links.households(HOUSEHOLDS, FAMILY_LINKS, FAMILIES)
    assert scores.precision == Share(2, 3)
    assert scores.recall == Share(1, 3)
    assert scores.f1 == pytest.approx(4 / 9)
    assert scores.status == Share(1, 4)  # h2 differs, h3 is missing, h9 is surplus


def test_a_link_of_a_household_that_was_not_published_is_wrong() -> None:
    assert score_links.households(HOUSEHOLDS, FAMILY_LINKS, FAMILIES.head(0)).precision == Share(0, 3)


def test_duplicate_pairs_have_no_order() -> None:
    figures = score_links.duplicates(PAIRS, FOUND_PAIRS).row(0, named=True)
    assert figures == {"tp": 1, "fp": 1, "fn": 1, "precision": 0.5, "recall": 0.5, "f1": 0.5}


def test_quarantine_wants_one_of_two_twins_and_the_right_sheet() -> None:
    scores = score_accounts.quarantine(DAMAGED, REFUSED)
    assert scores.agreement == Share(3, 8)
    assert scores.wrong.rows() == [
        ("dtks", "ID_GANDA", "TOLAK", 1),
        ("dtks", "KK_RUSAK", "TERIMA", 1),
        ("dtks", "KOLOM_LEBIH", "TOLAK", 1),
        ("dtks", "NIK_KURANG", "TERIMA", 1),
        ("pos", "WILAYAH_EJAAN", "TERIMA", 1),
    ]
    assert scores.without_cause == 1


def test_files_may_count_their_notes_and_nothing_else() -> None:
    assert score_accounts.files(FILES, LEDGER) == score_accounts.FileScores(
        rows=Share(2, 4), amounts=Share(1, 2), balanced=Share(2, 3)
    )


def test_cells_of_missing_and_surplus_regions_are_wrong() -> None:
    # Four regions of seven cells; of the two that both sides know, six each are equal.
    assert score_accounts.realisasi(REALISASI, REALISASI_MART) == Share(12, 28)


def test_payments_agree_fact_by_fact() -> None:
    assert score_accounts.payments(PAYMENTS, PAYMENTS_MART) == {
        "status_bayar": Share(1, 5),
        "nominal": Share(2, 5),
        "kode_desa": Share(1, 5),
        "sumber_data": Share(1, 5),
    }


def test_findings_about_aid_are_judged_by_reason_where_the_truth_knows_of_it() -> None:
    found = score_aid.aid(PAYMENTS, DOUBLE, IMPROPER, TWICE).select("kode", "tp", "fp", "fn")
    assert found.rows() == [
        ("NIK_TAHAP_SAMA", 1, 0, 0),
        ("KK_SAMA", 0, 1, 1),
        ("PENERIMA_MENINGGAL", 1, 1, 0),
        ("PENERIMA_PINDAH", 0, 0, 1),
        ("SEMUA", 2, 2, 2),
    ]


def test_daily_cells_of_days_that_one_side_lacks_are_wrong() -> None:
    # Seven region-days of three cells: one cell differs, and one kecamatan's day stands on two days.
    assert score_aid.daily(PAYMENTS, DAILY_MART) == Share(14, 21)


def test_what_cannot_be_judged_has_no_ratio() -> None:
    nothing = with_ratios(pl.DataFrame({"tp": [0], "fp": [0], "fn": [0]}))
    assert nothing.select("precision", "recall", "f1").row(0) == (None, None, None)
    assert Share(0, 0).share is None
    assert f1_of(Share(0, 1), Share(0, 1)) is None
    assert f1_of(Share(0, 0), Share(1, 1)) is None


def test_text_starts_with_the_headlines_and_names_nobody(places: Places) -> None:
    text = render_text(score(places))
    lines = text.splitlines()
    assert lines[0].endswith(PERIODE)
    assert lines[3].split() == ["padan", "7", "3", "2", "2", "0.6000", "0.6000", "0.6000"]
    assert "baris yang tidak dapat diputuskan: TINJAU 1, tanpa tautan 1, ditebak 1" in lines
    assert ["Realisasi", "sel", "0.4286", "12/28"] in [line.split() for line in lines]
    assert "1 baris ditolak tanpa sebab" in lines
    assert not any(number in text for number in (A, B, C, C_RETIRED, E, G, WRONG))
    assert len({len(line) for line in lines[2:6]}) == 1  # aligned


def test_json_holds_every_field_of_the_scores(places: Places) -> None:
    scores = score(places)
    told = json.loads(to_json(scores))
    assert set(told) == set(scores.__dataclass_fields__)
    assert told["automatic"] == {"right": 2, "of": 4, "share": 0.5}
    assert told["persons"][1]["precision"] == 0.666667
    assert told["quarantine"]["wrong"][0] == {"sumber": "dtks", "kelas": "ID_GANDA", "harap": "TOLAK", "n": 1}
    assert to_json(scores) == to_json(score(places))


def test_missing_truth_is_said(places: Places) -> None:
    (places.truth / "payments.parquet").unlink()
    with pytest.raises(ScoreError, match=r"payments\.parquet.*padan generate"):
        score(places)


def test_missing_published_tables_are_said(places: Places) -> None:
    for path in (places.marts / "link" / "ganda").iterdir():
        path.unlink()
    with pytest.raises(ScoreError, match=r"link\.ganda.*padan run"):
        score(places)


def test_an_empty_result_is_said(places: Places) -> None:
    for path in (places.marts / "cleansed" / "anggota").iterdir():
        pl.read_parquet(path).head(0).write_parquet(path)
    with pytest.raises(ScoreError, match="kosong"):
        score(places)


def test_missing_registry_is_said(places: Places) -> None:
    places.stored("staged/dukcapil", PERIODE).unlink()
    with pytest.raises(ScoreError, match="Dukcapil periode 2022-12"):
        score(places)
