from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipeline.warehouse.store.database import build_database, duckdb_type, run_query
from pipeline.warehouse.store.parquet import write_parquet
from schemas.catalogue import promised_tables
from schemas.cleansed import Keluarga
from schemas.marts.pembayaran import Pembayaran
from schemas.table import enforce, polars_schema
from tests.unit.frames import frame

TABLES = promised_tables()


def households(periode: str, ids: list[str]) -> pl.DataFrame:
    return frame(Keluarga, [{"id_keluarga": each, "jumlah_anggota": 3} for each in ids], periode=periode)


# --- the database file


@pytest.fixture
def database(tmp_path: Path) -> Path:
    # The folder name must not become a column.
    folder = tmp_path / "periode=2020-01"
    write_parquet(households("2022-12", ["Z", "A"]), folder / "2022-12.parquet")
    write_parquet(households("2022-11", ["M"]), folder / "2022-11.parquet")
    order = {"no_danom": "1", "nominal": 600_000, "tgl_bayar": date(2022, 3, 1), "temuan": ["NIK_TIDAK_TERPAKAI"]}
    write_parquet(frame(Pembayaran, [order], program="SEMBAKO", tahun=2022, tahap=1), tmp_path / "pembayaran.parquet")
    path = tmp_path / "padan.duckdb"
    build_database(
        path,
        {
            "cleansed.keluarga": [folder / "2022-12.parquet", folder / "2022-11.parquet"],
            "mart.pembayaran": [tmp_path / "pembayaran.parquet"],
        },
    )
    return path


def test_rows_keep_the_order_of_files_and_rows(database: Path) -> None:
    with duckdb.connect(str(database), read_only=True) as connection:
        rows = connection.execute("SELECT periode, id_keluarga FROM cleansed.keluarga").fetchall()
    assert rows == [("2022-12", "Z"), ("2022-12", "A"), ("2022-11", "M")]


def test_every_promised_table_exists_with_its_types_and_comments(database: Path) -> None:
    with duckdb.connect(str(database), read_only=True) as connection:
        columns = connection.execute(
            "SELECT schema_name || '.' || table_name, column_name, data_type, comment FROM duckdb_columns() "
            "WHERE NOT internal ORDER BY 1, column_index"
        ).fetchall()
        comments = dict(
            connection.execute("SELECT schema_name || '.' || table_name, comment FROM duckdb_tables()").fetchall()
        )
    expected = [
        (name, column, duckdb_type(dtype), table.columns[column].description)
        for name, table in TABLES.items()
        for column, dtype in polars_schema(table.model).items()
    ]
    assert columns == expected
    assert comments == {name: table.description for name, table in TABLES.items()}
    assert all(comments.values())
    types = {(table, column): kind for table, column, kind, _ in columns}
    assert types["mart.pembayaran", "nominal"] == "BIGINT"
    assert types["mart.pembayaran", "tgl_bayar"] == "DATE"
    assert types["mart.pembayaran", "temuan"] == "VARCHAR[]"
    assert types["cleansed.anggota", "sumber_baris"] == "BIGINT"


def test_a_table_without_data_is_empty(database: Path) -> None:
    with duckdb.connect(str(database), read_only=True) as connection:
        assert connection.execute("SELECT COUNT(*) FROM cleansed.anggota").fetchone() == (0,)


def test_the_file_is_of_the_older_format_and_complete_in_itself(database: Path) -> None:
    with duckdb.connect(str(database), read_only=True) as connection:
        tags = connection.execute("SELECT tags FROM duckdb_databases() WHERE NOT internal").fetchone()
    assert tags is not None
    assert str(tags[0]["storage_version"]).startswith("v1.4.0")
    assert not list(database.parent.glob("*.wal"))


def test_two_builds_hold_the_same_rows_in_the_same_order(tmp_path: Path) -> None:
    rows = pl.DataFrame({"id_dtks_a": pl.int_range(300_000, eager=True)}).select(
        periode=pl.lit("2022-12"),
        id_dtks_a=pl.col("id_dtks_a").hash(7).cast(pl.String),
        id_dtks_b=pl.col("id_dtks_a").cast(pl.String),
        jenis=pl.lit("ORANG_SAMA"),
        bobot=pl.lit(12.5),
    )
    write_parquet(rows, tmp_path / "ganda.parquet")
    for name in ("satu.duckdb", "dua.duckdb"):
        build_database(tmp_path / name, {"link.ganda": [tmp_path / "ganda.parquet"]})
        with duckdb.connect(str(tmp_path / name), read_only=True) as connection:
            assert connection.sql("FROM link.ganda").pl().equals(rows)


def test_an_existing_file_is_never_touched(tmp_path: Path) -> None:
    path = tmp_path / "padan.duckdb"
    path.write_bytes(b"officer's")
    with pytest.raises(FileExistsError):
        build_database(path, {})
    assert path.read_bytes() == b"officer's"


def test_an_unknown_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match=r"mart\.tidak_ada"):
        build_database(tmp_path / "padan.duckdb", {"mart.tidak_ada": []})


def test_a_type_without_counterpart_is_refused() -> None:
    with pytest.raises(TypeError, match="Time"):
        duckdb_type(pl.Time())


# --- queries over frames


def test_a_query_sees_the_given_frames_only(tmp_path: Path) -> None:
    outside = pl.DataFrame({"x": [1]})
    write_parquet(outside, tmp_path / "x.parquet")
    given = {"staged.alokasi": outside, "polos": pl.DataFrame({"y": [2]})}
    assert run_query("SELECT x + y AS z FROM staged.alokasi, polos", given).rows() == [(3,)]
    with pytest.raises(duckdb.CatalogException):
        run_query("SELECT * FROM outside", given)
    with pytest.raises(duckdb.Error):
        run_query(f"SELECT * FROM read_parquet('{tmp_path / 'x.parquet'}')", given)  # noqa: S608


def test_a_query_reads_the_given_files_and_no_other(tmp_path: Path) -> None:
    for name in ("x", "y"):
        write_parquet(pl.DataFrame({"n": [1, 2]}), tmp_path / f"{name}.parquet")
    given = {"mart.x": tmp_path / "x.parquet"}
    assert run_query("SELECT SUM(n)::BIGINT AS n FROM mart.x", given).rows() == [(3,)]
    with pytest.raises(duckdb.Error):
        run_query(f"SELECT * FROM read_parquet('{tmp_path / 'y.parquet'}')", given)  # noqa: S608


def test_findings_are_summed_per_region_and_code() -> None:
    members = pl.DataFrame(
        [
            ("2022-12", "1", "36", "3604", "360405", "3604052001"),
            ("2022-12", "2", "36", "3604", "360405", None),
            ("2022-12", "3", "36", "3601", "360101", None),
            ("2022-12", "4", None, None, None, None),
        ],
        schema=["periode", "id_dtks", "kode_prov", "kode_kab", "kode_kec", "kode_desa"],
        orient="row",
    )
    findings = pl.DataFrame(
        [
            ("2022-12", "dtks", "1", "NIK_KOSONG"),
            ("2022-12", "dtks", "1", "NIK_KOSONG"),
            ("2022-12", "dtks", "3", "NIK_KOSONG"),
            ("2022-12", "dtks", "4", "KK_KOSONG"),
            ("2022-12", "pos", "2", "NIK_TIDAK_TERPAKAI"),
        ],
        schema=["periode", "sumber", "id", "kode"],
        orient="row",
    )
    table, frames = TABLES["quality.ringkasan_wilayah"], {"cleansed.anggota": members, "quality.temuan": findings}
    found = enforce(run_query(str(table.query), frames), table)
    assert set(found.select("tingkat", "kode_wilayah", "kode", "jumlah", "persen").rows()) == {
        ("NASIONAL", "", "NIK_KOSONG", 2, 50.0),
        ("NASIONAL", "", "KK_KOSONG", 1, 25.0),
        ("PROVINSI", "36", "NIK_KOSONG", 2, 66.67),
        ("KABUPATEN", "3604", "NIK_KOSONG", 1, 50.0),
        ("KABUPATEN", "3601", "NIK_KOSONG", 1, 100.0),
        ("KECAMATAN", "360405", "NIK_KOSONG", 1, 50.0),
        ("KECAMATAN", "360101", "NIK_KOSONG", 1, 100.0),
        ("DESA", "3604052001", "NIK_KOSONG", 1, 100.0),
    }
