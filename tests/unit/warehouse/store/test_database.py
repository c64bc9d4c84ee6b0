from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipeline.warehouse.store.database import build_database, duckdb_type, run_query
from pipeline.warehouse.store.parquet import write_parquet
from schemas.catalogue import promised_tables
from schemas.marts.alokasi import Alokasi
from schemas.table import PromisedTable, enforce, polars_schema
from tests.unit.frames import frame

TABLES = promised_tables()


def households(periode: str, ids: list[str]) -> pl.DataFrame:
    rows = [
        {
            "periode": periode,
            "id_keluarga": each,
            "no_kk": "3604010101200001",
            "kepala_keluarga": "BUDI",
            "kode_desa": None,
            "jumlah_anggota": 3,
            "jumlah_padan": 2,
            "status_keluarga": "SEBAGIAN",
        }
        for each in ids
    ]
    return pl.DataFrame(rows, schema=polars_schema(TABLES["cleansed.keluarga"].model))


def payments(rows: list[tuple[str, str, int, str | None, str | None]]) -> pl.DataFrame:
    """Orders of one programme as (no_danom, status, rupiah, desa or kec or kab code, date)."""
    schema = polars_schema(TABLES["mart.pembayaran"].model)
    filled = [
        {
            "program": "SEMBAKO",
            "tahun": 2022,
            "tahap": 1,
            "no_danom": danom,
            "nominal": rupiah,
            "status_bayar": status,
            "tgl_bayar": date.fromisoformat(paid) if paid else None,
            "kode_desa": place if place and len(place) == 10 else None,
            "kode_kec": place[:6] if place and len(place) >= 6 else None,
            "kode_kab": place[:4] if place and len(place) >= 4 else None,
            "kode_prov": place[:2] if place else None,
            "sumber_data": "NON_DTKS",
            "temuan": ["NIK_TIDAK_TERPAKAI"],
            "sumber_berkas": "pos/a.csv",
            "sumber_baris": 2,
        }
        for danom, status, rupiah, place, paid in rows
    ]
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in filled], schema=schema)


# --- the database file


@pytest.fixture
def database(tmp_path: Path) -> Path:
    # The folder name must not become a column.
    folder = tmp_path / "periode=2020-01"
    write_parquet(households("2022-12", ["Z", "A"]), folder / "2022-12.parquet")
    write_parquet(households("2022-11", ["M"]), folder / "2022-11.parquet")
    write_parquet(payments([("1", "DIBAYAR", 600_000, "3604052001", "2022-03-01")]), tmp_path / "pembayaran.parquet")
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


def filled(table: PromisedTable, frames: dict[str, pl.DataFrame]) -> pl.DataFrame:
    assert table.query is not None
    assert set(table.sources) == set(frames)
    return enforce(run_query(table.query, frames), table)


def allocations(rows: list[tuple[str, int, int, int]]) -> pl.DataFrame:
    """Targets of one programme as (region code, KPM, rupiah, transferred rupiah)."""
    told = pl.DataFrame(
        rows, schema=["kode_wilayah", "kpm_alokasi", "nominal_alokasi", "nominal_transfer"], orient="row"
    )
    return frame(Alokasi, told.iter_rows(named=True), program="SEMBAKO", tahun=2022, tahap=1)


REGIONS = pl.DataFrame(
    {
        "kode": ["36", "3604", "360405", "360406", "3601", "360101", "360102", "3604052001"],
        "nama": ["BANTEN", "KAB. SERANG", "A", "B", "KAB. PANDEGLANG", "C", "D", "DESA E"],
    }
)


def summed(rows: list[tuple[str, str, int, str | None, str | None]]) -> pl.DataFrame:
    return filled(TABLES["mart.rekap_bayar"], {"mart.pembayaran": payments(rows)})


def realised() -> pl.DataFrame:
    frames = {
        # 3604 is given as a whole (100) and again by kecamatan (40 + 50): the kabupaten's own figure counts above it.
        # 3601 is given by kecamatan only (10 + 20).
        "mart.alokasi": allocations(
            [
                ("3604", 100, 100_000, 80_000),
                ("360405", 40, 40_000, 30_000),
                ("360406", 50, 50_000, 40_000),
                ("360101", 10, 10_000, 10_000),
                ("360102", 20, 20_000, 5_000),
            ]
        ),
        "mart.rekap_bayar": summed(
            [
                ("1", "DIBAYAR", 1_000, "3604052001", "2022-03-01"),
                ("2", "GAGAL", 1_000, "3604052001", None),
                ("3", "RETUR", 1_000, "360405", None),
                ("4", "DIBAYAR", 1_000, "3604", "2022-03-01"),
                ("5", "BELUM", 1_000, "360102", None),
                ("6", "DIBAYAR", 1_000, None, "2022-03-02"),
            ]
        ),
        "reference.wilayah": REGIONS,
    }
    return filled(TABLES["mart.realisasi"], frames)


@pytest.mark.parametrize(
    ("tingkat", "kode", "expected"),
    [
        # kpm: allotted, paid, failed, waiting; rupiah: allotted, transferred, paid
        ("NASIONAL", "", (130, 3, 2, 1, 130_000, 95_000, 3_000)),
        ("PROVINSI", "36", (130, 2, 2, 1, 130_000, 95_000, 2_000)),
        ("KABUPATEN", "3604", (100, 2, 2, 0, 100_000, 80_000, 2_000)),
        ("KABUPATEN", "3601", (30, 0, 0, 1, 30_000, 15_000, 0)),
        ("KECAMATAN", "360405", (40, 1, 2, 0, 40_000, 30_000, 1_000)),
        ("KECAMATAN", "360406", (50, 0, 0, 0, 50_000, 40_000, 0)),
        ("DESA", "3604052001", (None, 1, 1, 0, None, None, 1_000)),
    ],
)
def test_realisasi_at_every_level(tingkat: str, kode: str, expected: tuple[int | None, ...]) -> None:
    row = realised().filter(tingkat=tingkat, kode_wilayah=kode)
    figures = ("kpm_alokasi", "kpm_salur", "kpm_gagal", "kpm_belum")
    rupiah = ("nominal_alokasi", "nominal_transfer", "nominal_salur")
    assert row.select(*figures, *rupiah).rows() == [expected]


def test_realisasi_lists_each_region_once_with_name_and_shares() -> None:
    table = realised()
    assert table.height == 1 + 1 + 2 + 4 + 1
    names = dict(table.select("kode_wilayah", "nama_wilayah").iter_rows())
    assert (names[""], names["3604"], names["3604052001"]) == ("INDONESIA", "KAB. SERANG", "DESA E")
    serang = table.row(by_predicate=pl.col("kode_wilayah") == "3604", named=True)
    assert (serang["kpm_persen"], serang["nominal_persen"]) == (2.0, 2.0)
    desa = table.row(by_predicate=pl.col("tingkat") == "DESA", named=True)
    assert desa["kpm_persen"] is None


def test_realisasi_levels_add_up() -> None:
    table = realised()
    provinces = table.filter(tingkat="PROVINSI")
    districts = table.filter(tingkat="KABUPATEN")
    for figure in ("kpm_alokasi", "kpm_salur", "kpm_gagal", "kpm_belum", "nominal_salur", "nominal_transfer"):
        assert districts[figure].sum() == provinces[figure].sum()
    # Order 6 resolves to no province: it counts in the country and nowhere below.
    assert table.filter(tingkat="NASIONAL")["kpm_salur"].item() == provinces["kpm_salur"].sum() + 1


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
    table = filled(
        TABLES["quality.ringkasan_wilayah"], {"cleansed.anggota": members, "quality.temuan": findings}
    ).select("tingkat", "kode_wilayah", "kode", "jumlah", "persen")
    assert set(table.rows()) == {
        ("NASIONAL", "", "NIK_KOSONG", 2, 50.0),
        ("NASIONAL", "", "KK_KOSONG", 1, 25.0),
        ("PROVINSI", "36", "NIK_KOSONG", 2, 66.67),
        ("KABUPATEN", "3604", "NIK_KOSONG", 1, 50.0),
        ("KABUPATEN", "3601", "NIK_KOSONG", 1, 100.0),
        ("KECAMATAN", "360405", "NIK_KOSONG", 1, 50.0),
        ("KECAMATAN", "360101", "NIK_KOSONG", 1, 100.0),
        ("DESA", "3604052001", "NIK_KOSONG", 1, 100.0),
    }
