from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipeline.warehouse.database import build_database, duckdb_type, run_query
from pipeline.warehouse.parquet import write_parquet
from schemas.catalogue import promised_tables
from schemas.table import PromisedTable, enforce, polars_schema

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


def allocations(rows: list[tuple[str, int, int, int, str]]) -> pl.DataFrame:
    """Targets of one programme as (region code, KPM, rupiah, transferred rupiah, file)."""
    return pl.DataFrame(
        [
            {
                "program": "SEMBAKO",
                "tahun": 2022,
                "tahap": 1,
                "kode_wilayah": code,
                "kpm_alokasi": kpm,
                "nominal_alokasi": rupiah,
                "nominal_transfer": transfer,
                "no_sp2d": None,
                "tgl_transfer": None,
                "berlaku_per": None,
                "revisi": 0,
                "berkas": file,
                "lembar": None,
                "baris": line,
            }
            for line, (code, kpm, rupiah, transfer, file) in enumerate(rows, start=2)
        ],
        schema_overrides={
            "berlaku_per": pl.Datetime("us"), "lembar": pl.String, "tahun": pl.Int32, "tahap": pl.Int32,
            "no_sp2d": pl.String, "tgl_transfer": pl.Date, "kpm_alokasi": pl.Int64,
        },
    )  # fmt: skip


@pytest.mark.parametrize(("revised", "expected"), [(0, 10), (1, 9)])
def test_of_a_target_in_undated_files_the_revision_counts(revised: int, expected: int) -> None:
    rows = [("3604", 10, 1, 1, "alokasi/alokasi.csv"), ("3604", 9, 1, 1, "alokasi/alokasi revisi.csv")]
    revision = pl.when(pl.col("kpm_alokasi") == 9).then(revised).otherwise(0)
    given = allocations(rows).with_columns(revisi=revision, target_selesai=None)
    assert filled(TABLES["mart.alokasi"], {"staged.alokasi": given})["kpm_alokasi"].to_list() == [expected]


@pytest.mark.parametrize(
    ("rupiah", "numbers", "days", "expected"),
    [
        ((40, 60), ("A", "B"), (1, 1), (10, 100, 100)),
        ((40, 50), ("A", "B"), (1, 9), (10, 100, 90)),
        ((40, 60), (None, None), (1, 9), (10, 100, 100)),
        # A slip put right, a sum so far, the same transfer once more: the last row counts.
        ((40, 50), (None, None), (1, 9), (10, 100, 50)),
        ((50, 50), (None, None), (1, 1), (10, 100, 50)),
        ((40, 60), ("A", "A"), (1, 9), (10, 100, 60)),
        # More than there is: one transfer under two numbers, or sums so far.
        ((60, 100), ("A", "B"), (1, 9), (10, 100, 100)),
        ((40, 60, 60), ("A", "B", "B"), (1, 9, 9), (10, 100, 100)),
        ((40, 60, 40, 60), (None,) * 4, (1, 9, 1, 9), (10, 100, 100)),
        ((40, 0, 60), ("A", None, "B"), (1, 5, 9), (10, 100, 100)),
    ],
)
def test_the_money_of_a_target_may_come_by_several_sp2d(
    rupiah: tuple[int, ...],
    numbers: tuple[str | None, ...],
    days: tuple[int, ...],
    expected: tuple[int, ...],
) -> None:
    given = allocations([("3604", 10, 100, each, "alokasi/a.csv") for each in rupiah]).with_columns(
        no_sp2d=pl.Series(numbers, dtype=pl.String),
        tgl_transfer=pl.Series([date(2022, 3, day) for day in days]),
        target_selesai=None,
    )
    if numbers[0] != numbers[1]:
        # The next row need not tell again how much is allotted.
        given = given.with_columns(pl.when(pl.col("baris") == 2).then(pl.col("kpm_alokasi", "nominal_alokasi")))
    found = filled(TABLES["mart.alokasi"], {"staged.alokasi": given})
    assert found.select("kpm_alokasi", "nominal_alokasi", "nominal_transfer").rows() == [expected]


def test_what_other_rows_tell_otherwise_of_a_target_is_not_added_to_its_last() -> None:
    given = allocations([("3604", 10, 100, 60, "alokasi/a.csv"), ("3604", 9, 90, 54, "alokasi/a.csv")]).with_columns(
        no_sp2d=pl.Series(["A", "B"]), tgl_transfer=date(2022, 3, 1), target_selesai=None
    )
    found = filled(TABLES["mart.alokasi"], {"staged.alokasi": given})
    assert found.select("kpm_alokasi", "nominal_alokasi", "nominal_transfer").rows() == [(9, 90, 54)]


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
        # 3601 is given by kecamatan only (10 + 20). The first row is an older target, superseded by the later file.
        "staged.alokasi": allocations(
            [
                ("3604", 90, 90_000, 0, "alokasi/1.csv"),
                ("3604", 100, 100_000, 80_000, "alokasi/2.csv"),
                ("360405", 40, 40_000, 30_000, "alokasi/2.csv"),
                ("360406", 50, 50_000, 40_000, "alokasi/2.csv"),
                ("360101", 10, 10_000, 10_000, "alokasi/2.csv"),
                ("360102", 20, 20_000, 5_000, "alokasi/2.csv"),
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
