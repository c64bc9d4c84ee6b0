"""What comes out of the real command keeps the public contract: tables, columns, types, comments, order, links."""

from __future__ import annotations

import json
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import polars as pl
import pytest

from tests.e2e.promises import PROMISED

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def database(finished: Path):
    with duckdb.connect(str(finished / "warehouse" / "padan.duckdb"), read_only=True) as connection:
        yield connection


@pytest.mark.parametrize("table", PROMISED)
def test_every_promised_column_is_in_the_database_and_explained(database: duckdb.DuckDBPyConnection, table: str):
    schema, name = table.split(".")
    found = {
        column: (kind, comment)
        for column, kind, comment in database.execute(
            "SELECT column_name, data_type, comment FROM duckdb_columns() WHERE schema_name = ? AND table_name = ?",
            [schema, name],
        ).fetchall()
    }
    assert set(PROMISED[table].split()) <= set(found)
    assert all(comment for _, comment in found.values())
    described = database.execute(
        "SELECT comment FROM duckdb_tables() WHERE schema_name = ? AND table_name = ?", [schema, name]
    ).fetchall()
    assert described[0][0]


@pytest.mark.parametrize("table", PROMISED)
def test_every_promised_table_holds_rows_and_equals_its_parquet(
    database: duckdb.DuckDBPyConnection, finished: Path, table: str
):
    files = finished / "marts" / table.replace(".", "/") / "*.parquet"
    rows = database.sql(f"FROM {table}").pl()
    assert rows.height > 0
    assert rows.equals(pl.read_parquet(files).cast(dict(rows.schema.items())))


def test_identifiers_are_text_dates_are_dates_amounts_are_bigint(database: duckdb.DuckDBPyConnection):
    kinds = dict(
        database.execute(
            "SELECT schema_name || '.' || table_name || '.' || column_name, data_type FROM duckdb_columns()"
        ).fetchall()
    )
    assert kinds["cleansed.anggota.nik"] == kinds["mart.pembayaran.kode_desa"] == "VARCHAR"
    assert kinds["cleansed.anggota.tanggal_lahir"] == kinds["mart.pembayaran.tgl_bayar"] == "DATE"
    assert {kind for column, kind in kinds.items() if ".nominal_" in column and "persen" not in column} == {"BIGINT"}
    assert kinds["cleansed.anggota.alasan"] == kinds["mart.pembayaran.temuan"] == "VARCHAR[]"


def test_links_between_tables_hold(database: duckdb.DuckDBPyConnection):
    orphans = {
        "link without person": "FROM link.anggota_dukcapil WHERE id_dtks NOT IN (SELECT id_dtks FROM cleansed.anggota)",
        "order without person": "FROM mart.pembayaran WHERE id_dtks NOT IN (SELECT id_dtks FROM cleansed.anggota)",
        "person without household": """FROM cleansed.anggota WHERE id_keluarga NOT IN
            (SELECT id_keluarga FROM cleansed.keluarga)""",
        "duplicate of nobody": "FROM cleansed.anggota WHERE ganda_dari NOT IN (SELECT id_dtks FROM cleansed.anggota)",
        "padan without link": """FROM cleansed.anggota WHERE status_padan LIKE 'PADAN%' AND id_dtks NOT IN
            (SELECT id_dtks FROM link.anggota_dukcapil WHERE keputusan = 'OTOMATIS')""",
        "double aid without its orders": """FROM mart.bantuan_ganda
            WHERE LEN(perintah_terlibat) <> jumlah_pembayaran
                OR NOT CONTAINS(ARRAY_TO_STRING(perintah_terlibat, ' '), no_danom)""",
    }
    for meaning, query in orphans.items():
        assert database.sql(f"SELECT COUNT(*) {query}").fetchall() == [(0,)], meaning


def test_every_fact_finds_its_dimensions(database: duckdb.DuckDBPyConnection):
    keys = {
        "mart.dim_wilayah": [["kode_wilayah"], ["kode_desa"], ["kode_kec"], ["kode_kab"], ["kode_prov"]],
        "mart.dim_program": [["program"]],
        "mart.dim_tahap": [["program", "tahun", "tahap"]],
        "mart.dim_waktu": [["tanggal"], ["tgl_bayar"], ["tgl_retur"]],
    }
    columns = dict(
        database.execute("""
            SELECT table_name, LIST(column_name) FROM duckdb_columns()
            WHERE schema_name = 'mart' AND table_name NOT LIKE 'dim_%' GROUP BY ALL
        """).fetchall()
    )
    joined = 0
    for dimension, alternatives in keys.items():
        for key in alternatives:
            for fact in (name for name, names in columns.items() if set(key) <= set(names)):
                own = "kode_wilayah" if key[0].startswith("kode_") else "tanggal" if "tgl" in key[0] else None
                on = " AND ".join(f"d.{own or name} = f.{name}" for name in key)
                lost = database.sql(
                    f"FROM mart.{fact} AS f ANTI JOIN {dimension} AS d ON {on} WHERE f.{key[0]} NOTNULL"
                )
                assert lost.fetchall() == [], (fact, key)
                joined += 1
    assert joined >= 25


def test_every_code_is_told_what_it_means(database: duckdb.DuckDBPyConnection):
    uses = {
        "FROM quality.karantina": "TOLAK",
        "FROM quality.temuan": "TEMUAN PERBAIKAN",
        "FROM (SELECT 'dtks' AS sumber, kode FROM quality.ringkasan_wilayah)": "TEMUAN PERBAIKAN",
        "FROM (SELECT 'pos' AS sumber, kode FROM mart.bantuan_tidak_tepat)": "TEMUAN",
        "FROM (SELECT 'pos' AS sumber, UNNEST(temuan) AS kode FROM mart.pembayaran)": "TEMUAN PERBAIKAN",
        "FROM (SELECT 'padan' AS sumber, UNNEST(alasan) AS kode FROM cleansed.anggota)": "ALASAN",
        "FROM (SELECT 'padan' AS sumber, UNNEST(alasan) AS kode FROM link.anggota_dukcapil)": "ALASAN",
    }
    for query, effects in uses.items():
        found = database.sql(f"SELECT DISTINCT akibat {query} LEFT JOIN mart.dim_kode USING (sumber, kode)").fetchall()
        assert {effect for (effect,) in found} <= set(effects.split()), query


def test_every_row_and_every_rupiah_is_accounted_for(database: duckdb.DuckDBPyConnection, finished: Path):
    lost = database.sql("FROM quality.rekonsiliasi WHERE selisih_baris <> 0 OR selisih_nominal <> 0").fetchall()
    assert lost == []
    truth = pl.read_parquet(finished / "truth" / "files.parquet")
    ledger = database.sql("SELECT berkas, baris_masuk, nominal_masuk, sumber FROM quality.rekonsiliasi").pl()
    both = ledger.join(truth, on="berkas", how="full", suffix="_benar")
    assert both["baris_masuk"].null_count() == both["baris"].null_count() == 0
    rows_over = both["baris_masuk"] - both["baris"]
    assert ((rows_over >= 0) & (rows_over <= both["baris_catatan"])).all()
    paid = both.filter(pl.col("sumber") == "pos")
    assert paid["nominal_masuk"].to_list() == paid["nominal"].to_list()
    persons, refused = database.sql(
        "SELECT (SELECT COUNT(*) FROM cleansed.anggota), (SELECT SUM(baris_karantina) FROM quality.rekonsiliasi)"
    ).fetchall()[0]
    assert persons == ledger.filter(sumber="dtks")["baris_masuk"].sum() - len(
        database.sql("SELECT DISTINCT berkas, lembar, baris FROM quality.karantina WHERE sumber = 'dtks'").fetchall()
    )
    assert refused == len(
        database.sql("SELECT DISTINCT sumber, berkas, lembar, baris FROM quality.karantina WHERE baris > 0").fetchall()
    )


def test_each_level_of_realisasi_sums_to_the_one_above(database: duckdb.DuckDBPyConnection):
    sums = database.sql("""
        SELECT program, tahun, tahap, tingkat, SUM(kpm_salur) AS salur, SUM(nominal_salur) AS nominal
        FROM mart.realisasi WHERE tingkat <> 'DESA' GROUP BY ALL
    """).pl()
    assert sums.group_by("program", "tahun", "tahap").agg(pl.col("salur", "nominal").n_unique()).select(
        pl.col("salur", "nominal").max()
    ).rows() == [(1, 1)]


def test_quarantine_masks_what_it_shows(database: duckdb.DuckDBPyConnection):
    shown = [value for (value,) in database.sql("SELECT nilai FROM quality.karantina WHERE nilai <> ''").fetchall()]
    assert all("*" in value or len(value) == 1 for value in shown)


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.loaded += [value or "" for name, value in attrs if name in {"src", "href", "srcset", "action"}]


def test_the_report_stands_alone_and_names_nobody(finished: Path):
    page = (finished / "reports" / "index.html").read_text(encoding="utf-8")
    links = _Links()
    links.feed(page)
    assert all(link.startswith(("#", "data:")) for link in links.loaded)
    assert "@import" not in page
    assert "url(http" not in page
    people = pl.read_parquet(finished / "marts" / "cleansed" / "anggota" / "*.parquet")
    assert not [nik for nik in people["nik"].drop_nulls() if nik in page]
    assert 'lang="id"' in page


def test_the_release_is_complete_anonymous_and_verifiable(finished: Path):
    release = finished / "release" / "sepakat"
    latest = json.loads((release / "latest.json").read_text())
    folder = release / latest["versi"]
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["versi"] == latest["versi"]
    assert manifest["schema_version"] == latest["schema_version"]
    files = {file.name for file in folder.glob("*.parquet")}
    text = json.dumps(manifest)
    for file in files:
        assert sha256((folder / file).read_bytes()).hexdigest() in text
        columns = set(pl.read_parquet_schema(folder / file))
        assert not columns & {"nik", "no_kk", "nama", "id_dtks", "id_orang", "id_keluarga", "alamat"}
    regions = pl.read_parquet(folder / "wilayah.parquet")
    assert {"NASIONAL", "PROVINSI", "KABUPATEN", "KECAMATAN", "DESA"} == set(regions["tingkat"])
    counts = regions.select(pl.col("^jumlah_.*$"))
    assert not counts.select(pl.any_horizontal(pl.all().is_between(1, 4)).any()).item()
