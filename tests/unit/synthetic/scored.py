"""A small truth and the tables of a run over it, small enough to score by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.places import Places
from pipeline.synthetic.score.accounts import REALISASI_FIGURES
from pipeline.synthetic.score.aid import DAILY_FIGURES

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
    {"id_dtks": pl.String, "nik_dukcapil": pl.String, "keputusan": pl.String, "bobot": pl.Float64,
     "probabilitas": pl.Float64, "aturan": STRINGS},
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
)  # fmt: skip
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
CELLS = dict.fromkeys(REALISASI_FIGURES, pl.Int64)
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
TWO = {"jenis": pl.String, "program_a": pl.String, "program_b": pl.String, "tahun": pl.Int64, "tahap": pl.Int64}
DOUBLE = table(
    {**TWO, "kk": pl.String, "nik": pl.String},
    ("NIK_TAHAP_SAMA", "PKH", "PKH", 2022, 1, "k1", A),
    ("KK_SAMA", "PKH", "PKH", 2022, 1, "k1", B),
)
TWICE = table(
    {**TWO, "no_kk": pl.String, "nik": pl.String},
    ("NIK_TAHAP_SAMA", "PKH", "PKH", 2022, 1, "k9", A),  # distinguished by the person
    ("KK_SAMA", "PKH", "PKH", 2022, 2, "k1", B),  # another stage
).cast({"tahun": pl.Int32, "tahap": pl.Int32})
IMPROPER = table(
    {**ORDER, "kode": pl.String},
    ("n1", "PKH", 2022, 1, "PENERIMA_MENINGGAL"),
    ("n3", "PKH", 2022, 1, "PENERIMA_MENINGGAL"),  # nothing is wrong with it
    ("n1", "PKH", 2022, 1, "KANTOR_LUAR_WILAYAH"),  # the truth knows nothing of offices
).cast({"tahun": pl.Int32, "tahap": pl.Int32})
DAILY_MART = table(
    {**STAGE, "tingkat": pl.String, "kode_wilayah": pl.String, "tanggal": pl.Date,
     **dict.fromkeys(DAILY_FIGURES, pl.Int64)},
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


def write_scored_run(root: Path) -> Places:
    """Write the truth and the run's tables to where the scorer reads them."""
    places = Places(root)
    for name, df in TRUTH.items():
        write(places.truth / f"{name}.parquet", df)
    for name, df in BY_PERIODE.items():
        write(places.marts / name / f"{PERIODE}.parquet", df.with_columns(periode=pl.lit(PERIODE)))
    for name, df in CURRENT.items():
        write(places.marts / name / f"{name.split('/')[1]}.parquet", df)
    write(places.stored("staged/dukcapil", PERIODE), REGISTRY)
    write(places.stored("link/rencana", PERIODE), PLAN)
    return places
