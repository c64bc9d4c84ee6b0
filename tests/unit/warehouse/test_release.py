from __future__ import annotations

import hashlib
import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from pipeline.places import Places
from pipeline.warehouse.release import build_release, commit_release
from schemas.catalogue import promised_tables
from schemas.release import RELEASE, SCHEMA_VERSION
from schemas.table import polars_schema

TABLES = promised_tables()
COUNTS = {
    "wilayah": (
        "jumlah_anggota",
        "jumlah_keluarga",
        "jumlah_padan_orang",
        "jumlah_perempuan",
        "jumlah_anak",
        "jumlah_lansia",
    ),
    "realisasi": ("kpm_alokasi", "kpm_salur", "kpm_gagal", "kpm_belum"),
}
REGIONS = pl.DataFrame(
    {"kode": ["36", "3604", "360405", "3604052001"], "nama": ["BANTEN", "KAB. SERANG", "A", "DESA E"]}
)


def filled(table: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    schema = polars_schema(TABLES[table].model)
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)


def members(desa: str, number: int, first: int = 0, **given: Any) -> list[dict[str, Any]]:
    """`number` adult men of one desa, all linked, each in a family of his own."""
    return [
        {
            "periode": "2022-12",
            "id_dtks": f"{desa}-{each}",
            "id_keluarga": f"K{desa}-{each}",
            "kode_desa": desa,
            "kode_kec": desa[:6],
            "kode_kab": desa[:4],
            "kode_prov": desa[:2],
            "tanggal_lahir": date(1980, 5, 1),
            "jenis_kelamin": "L",
            "status_padan": "PADAN",
            **given,
        }
        for each in range(first, first + number)
    ]


def families(rows: list[dict[str, Any]]) -> pl.DataFrame:
    unique = {(row["periode"], row["id_keluarga"]): row for row in rows}
    return filled("cleansed.keluarga", list(unique.values()))


def realised(rows: list[tuple[str, int | None, int, int, int]]) -> pl.DataFrame:
    """`mart.realisasi` of one stage as (region code, allotted, paid, failed, waiting); 1,000 rupiah each."""
    level = {0: "NASIONAL", 2: "PROVINSI", 4: "KABUPATEN", 6: "KECAMATAN", 10: "DESA"}
    return filled(
        "mart.realisasi",
        [
            {
                "program": "SEMBAKO",
                "tahun": 2022,
                "tahap": 1,
                "tingkat": level[len(code)],
                "kode_wilayah": code,
                "kpm_alokasi": allotted,
                "kpm_salur": paid,
                "kpm_gagal": failed,
                "kpm_belum": waiting,
                "nominal_alokasi": allotted * 1000 if allotted is not None else None,
                "nominal_transfer": allotted * 1000 if allotted is not None else None,
                "nominal_salur": paid * 1000,
                "kpm_persen": 100 * paid / allotted if allotted else None,
                "nominal_persen": 100 * paid / allotted if allotted else None,
            }
            for code, allotted, paid, failed, waiting in rows
        ],
    )


def released(rows: list[dict[str, Any]], realisasi: pl.DataFrame | None = None) -> dict[str, pl.DataFrame]:
    realisasi = realised([]) if realisasi is None else realisasi
    return build_release(filled("cleansed.anggota", rows), families(rows), realisasi, REGIONS, "2022-12")


def shown(df: pl.DataFrame, column: str) -> dict[str, int | None]:
    return dict(df.select("kode_wilayah", column).iter_rows())


# --- indicators


def test_every_level_counts_persons_and_families() -> None:
    rows = [
        *members("3604052001", 30),
        *members("3604052001", 6, 30, jenis_kelamin="P", status_padan="PADAN_PERBAIKAN"),
        *members("3604052001", 7, 36, tanggal_lahir=date(2005, 1, 1), status_padan="TINJAU"),
        *members("3604052001", 8, 43, tanggal_lahir=date(1962, 12, 31), status_padan="TIDAK_PADAN"),
        # Counted in the kecamatan and above, and nobody's double counts anywhere.
        *members("3604052001", 10, 51, kode_desa=None),
        *members("3604052001", 5, 61, ganda_dari="3604052001-1", id_keluarga="K3604052001-1"),
        *members("3604052001", 9, 90, periode="2022-11"),
    ]
    table = released(rows)["wilayah"]
    assert table["tingkat"].to_list() == ["DESA", "KABUPATEN", "KECAMATAN", "NASIONAL", "PROVINSI"]
    desa = table.row(by_predicate=pl.col("tingkat") == "DESA", named=True)
    assert desa == {
        "periode": "2022-12",
        "tingkat": "DESA",
        "kode_wilayah": "3604052001",
        "nama_wilayah": "DESA E",
        "jumlah_anggota": 51,
        "jumlah_keluarga": 51,
        "jumlah_padan_orang": 36,
        "jumlah_perempuan": 6,
        "jumlah_anak": 7,
        "jumlah_lansia": 8,
        "persen_padan": 70.59,
        "disamarkan": False,
    }
    assert shown(table, "jumlah_anggota") == {"": 61, "36": 61, "3604": 61, "360405": 61, "3604052001": 51}
    # A family without a desa is placed where its members are.
    assert shown(table, "jumlah_keluarga") == {"": 61, "36": 61, "3604": 61, "360405": 61, "3604052001": 51}
    assert shown(table, "nama_wilayah")[""] == "INDONESIA"


@pytest.mark.parametrize(
    ("born", "child", "elderly"),
    [
        (date(2004, 12, 31), 0, 0),  # 18 on the last day
        (date(2005, 1, 1), 20, 0),
        (date(1962, 12, 31), 0, 20),  # 60 on the last day
        (date(1963, 1, 1), 0, 0),
        (None, 0, 0),
    ],
)
def test_ages_are_taken_on_the_last_day_of_the_periode(born: date | None, child: int, elderly: int) -> None:
    table = released(members("3604052001", 20, tanggal_lahir=born))["wilayah"]
    assert table.select("jumlah_anak", "jumlah_lansia").row(0) == (child, elderly)


# --- suppression


def test_counts_from_one_to_four_are_emptied_with_what_tells_them() -> None:
    rows = [*members("3604052001", 4), *members("3604052002", 4), *members("3604052003", 20)]
    table = released(rows)["wilayah"].filter(tingkat="DESA")
    assert shown(table, "jumlah_anggota") == {"3604052001": None, "3604052002": None, "3604052003": 20}
    assert shown(table, "persen_padan") == {"3604052001": None, "3604052002": None, "3604052003": 100.0}
    assert shown(table, "jumlah_perempuan") == {"3604052001": 0, "3604052002": 0, "3604052003": 0}
    assert shown(table, "disamarkan") == {"3604052001": True, "3604052002": True, "3604052003": False}


def test_a_single_suppressed_child_takes_its_next_smallest_sibling_along() -> None:
    rows = [*members("3604052001", 3), *members("3604052002", 30), *members("3604052003", 20)]
    table = released(rows)["wilayah"]
    assert shown(table, "jumlah_anggota") == {
        "": 53,
        "36": 53,
        "3604": 53,
        "360405": 53,
        "3604052001": None,
        "3604052002": 30,
        "3604052003": None,
    }


def test_two_suppressed_children_that_are_surely_one_each_take_a_third_along() -> None:
    rows = [
        *members("3604052001", 1),
        *members("3604052002", 1),
        *members("3604052003", 20),
        *members("3604052004", 30),
    ]
    table = released(rows)["wilayah"].filter(tingkat="DESA")
    assert shown(table, "jumlah_anggota") == {
        "3604052001": None,
        "3604052002": None,
        "3604052003": None,
        "3604052004": 30,
    }


def test_a_region_emptied_for_its_sibling_cannot_be_summed_back_from_its_children() -> None:
    rows = [
        *members("3604012001", 3),
        *members("3604052001", 10),
        *members("3604052002", 12),
        *members("3604062001", 90),
    ]
    counts = shown(released(rows)["wilayah"], "jumlah_anggota")
    assert (counts["360401"], counts["360405"], counts["360406"]) == (None, None, 90)
    assert (counts["3604052001"], counts["3604052002"]) == (None, 12)


def test_a_small_rest_to_all_members_empties_the_part() -> None:
    rows = [*members("3604052001", 20), *members("3604052001", 2, 20, status_padan="TIDAK_PADAN")]
    table = released(rows)["wilayah"].filter(tingkat="DESA")
    assert table.select("jumlah_anggota", "jumlah_padan_orang", "persen_padan").row(0) == (22, None, None)


def test_rupiah_and_shares_go_with_their_counts() -> None:
    table = realised([("", 60, 44, 16, 0), ("36", 20, 4, 16, 0), ("51", 40, 40, 0, 0)])
    table = released([], table)["realisasi"]
    paid = ("kpm_salur", "nominal_salur", "kpm_persen", "nominal_persen")
    assert table.filter(kode_wilayah="36").select(*paid).row(0) == (None,) * 4
    assert table.filter(kode_wilayah="36").select("kpm_alokasi", "nominal_alokasi").row(0) == (20, 20_000)
    assert table.filter(kode_wilayah="").select(*paid).row(0) == (44, 44_000, 100 * 44 / 60, 100 * 44 / 60)


def test_a_suppressed_part_cannot_be_told_by_the_allotment_and_the_other_parts() -> None:
    # 100 = 97 + 3 + 0: with 100, 97 and 0 shown the 3 would be known. Where orders and allotment differ it is not.
    table = realised([("", 200, 180, 3, 7), ("36", 100, 97, 3, 0), ("51", 100, 83, 0, 7)])
    table = released([], table)["realisasi"]
    assert table.filter(kode_wilayah="36").select("kpm_salur", "kpm_gagal", "kpm_belum").row(0) == (None, None, 0)
    # Paid in 36 is hidden, so paid in 51 is too, else the country's total less 51 would give it.
    assert table.filter(kode_wilayah="51").select("kpm_alokasi", "kpm_salur").row(0) == (100, None)


def country(seed: int) -> list[dict[str, Any]]:
    """A random country whose desa have from 1 to 40 members, many of them few."""
    rng = np.random.default_rng(seed)
    rows = []
    for desa in range(60):
        prov, kab, kec = 11 + desa // 24, desa // 8 % 3 + 1, desa // 3 % 3 + 1
        code = f"{prov}{kab:02}{kec:02}2{desa % 3:03}"
        women = int(rng.integers(0, 4))
        rows += members(code, int(rng.choice([1, 2, 3, 4, 8, 20, 40])), desa * 100)
        rows += members(code, women, desa * 100 + 50, jenis_kelamin="P")
    return rows


@pytest.mark.parametrize("seed", range(5))
def test_no_suppressed_cell_is_determined_by_the_shown_ones(seed: int) -> None:
    table = released(country(seed))["wilayah"].with_row_index("row")
    parent = {2: 0, 4: 2, 6: 4, 10: 6}
    codes = {code: row for row, code in enumerate(table["kode_wilayah"])}
    total_hidden = 0
    for column in COUNTS["wilayah"]:
        hidden = {row for row, value in enumerate(table[column]) if value is None}
        total_hidden += len(hidden)
        equations = np.zeros((table.height, table.height))
        for code, row in codes.items():
            if code:
                equations[codes[code[: parent[len(code)]]], row] = 1
        for row in np.flatnonzero(equations.any(axis=1)):
            equations[row, row] = -1
        unknown = sorted(hidden)
        system = equations[:, unknown]
        freedom = np.linalg.svd(system)[2][np.linalg.matrix_rank(system) :] if unknown else np.ones((1, 0))
        assert (np.abs(freedom).max(axis=0, initial=0) > 1e-9).all(), f"{column} can be computed"
    assert total_hidden > 50


@pytest.mark.parametrize("seed", range(3))
def test_payments_leave_no_sum_with_a_single_gap(seed: int) -> None:
    rng = np.random.default_rng(seed)
    desa = pl.DataFrame(
        {
            "code": [f"{prov}{kab:02}{kec:02}2001" for prov in (11, 36) for kab in (1, 2, 3) for kec in (1, 2, 3)],
            "salur": rng.integers(0, 60, 18),
            "gagal": rng.integers(0, 5, 18),
            "belum": rng.integers(0, 9, 18),
        }
    )
    rows = [
        (code, paid + failed + waiting if len(code) < 10 else None, paid, failed, waiting)
        for length in (0, 2, 4, 6, 10)
        for code, paid, failed, waiting in desa.group_by(pl.col("code").str.head(length)).sum().iter_rows()
    ]
    full = {row[0]: dict(zip(COUNTS["realisasi"], row[1:], strict=True)) for row in rows}
    table = released([], realised(rows))["realisasi"]
    shown_cells = {row["kode_wilayah"]: row for row in table.iter_rows(named=True)}

    def gap(total: tuple[str, str], parts: list[tuple[str, str]]) -> bool:
        """Whether one cell of the sum can be computed from its others."""
        hidden = [full[code][name] for code, name in parts if shown_cells[code][name] is None]
        if shown_cells[total[0]][total[1]] is None:
            return not hidden
        return len(hidden) == 1

    parent = {2: 0, 4: 2, 6: 4, 10: 6}
    for code in full:
        children = [each for each in full if each and each[: parent[len(each)]] == code]
        for name in COUNTS["realisasi"][1:] if children else ():
            assert not gap((code, name), [(child, name) for child in children]), (code, name)
        if len(code) < 10:
            assert not gap((code, "kpm_alokasi"), [(code, name) for name in COUNTS["realisasi"][1:]]), code
    assert table["disamarkan"].sum() > 5


def test_nothing_of_a_person_is_in_the_release() -> None:
    columns = {name for table in RELEASE.values() for name in table.columns}
    assert not columns & {"nik", "no_kk", "nama", "id_dtks", "id_orang", "id_keluarga", "alamat", "no_danom"}


# --- versions


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path / "data")


INPUTS = ["b" * 64, "a" * 64, "b" * 64]


def latest(places: Places) -> dict[str, Any]:
    return dict(json.loads((places.release / "latest.json").read_text()))


def manifest(places: Places, versi: str) -> dict[str, Any]:
    return dict(json.loads((places.release / versi / "manifest.json").read_text()))


def test_manifest_tells_what_is_in_the_folder(places: Places) -> None:
    tables = released(members("3604052001", 20), realised([("", 60, 44, 16, 0)]))
    versi = commit_release(places, "2022-12", tables, INPUTS)
    told = manifest(places, versi)
    assert (told["schema_version"], told["periode"], told["versi"]) == (SCHEMA_VERSION, "2022-12", versi)
    assert told["versi_sebelumnya"] is None
    assert told["inputs"] == ["a" * 64, "b" * 64]
    folder = places.release / versi
    assert set(told["tables"]) == {"wilayah", "realisasi", "perubahan"}
    for name, entry in told["tables"].items():
        file = folder / entry["file"]
        assert entry["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
        table = pl.read_parquet(file)
        assert entry["rows"] == table.height
        assert [column["name"] for column in entry["columns"]] == table.columns
        assert all(column["description"] for column in entry["columns"])
        if name in tables:
            assert table.equals(tables[name])
    assert {file.name for file in folder.iterdir()} == {
        "manifest.json",
        *(f"{name}.parquet" for name in told["tables"]),
    }
    pointer = latest(places)
    assert pointer["sha256"] == hashlib.sha256((places.release / pointer["manifest"]).read_bytes()).hexdigest()
    assert (pointer["versi"], pointer["periode"], pointer["schema_version"]) == (versi, "2022-12", SCHEMA_VERSION)


def test_the_same_content_is_the_same_version_and_not_written_again(places: Places, tmp_path: Path) -> None:
    versi = commit_release(places, "2022-12", released(members("3604052001", 20)), INPUTS)
    before = {file: file.stat().st_mtime_ns for file in (places.release / versi).iterdir()}
    assert commit_release(places, "2022-12", released(members("3604052001", 20)), ["c" * 64]) == versi
    assert {file: file.stat().st_mtime_ns for file in (places.release / versi).iterdir()} == before
    assert {file.name for file in places.release.iterdir()} == {versi, "latest.json"}
    elsewhere = Places(tmp_path / "lain")
    commit_release(elsewhere, "2022-12", released(members("3604052001", 20)), INPUTS)
    for name in ("latest.json", f"{versi}/manifest.json", f"{versi}/wilayah.parquet", f"{versi}/perubahan.parquet"):
        assert (elsewhere.release / name).read_bytes() == (places.release / name).read_bytes()


def test_a_new_version_says_what_changed(places: Places) -> None:
    first = [*members("3604052001", 20), *members("3604052002", 20), *members("3604052003", 20)]
    second = [*members("3604052001", 20), *members("3604052002", 25), *members("3604052004", 15)]
    old = commit_release(places, "2022-12", released(first), INPUTS)
    new = commit_release(places, "2022-12", released(second, realised([("", 60, 44, 16, 0)])), INPUTS)
    assert manifest(places, new)["versi_sebelumnya"] == old
    changes = pl.read_parquet(places.release / new / "perubahan.parquet")
    assert changes.select("tabel", "program", "tingkat", "kode_wilayah", "perubahan").rows() == [
        ("realisasi", "SEMBAKO", "NASIONAL", "", "BARU"),
        ("wilayah", None, "DESA", "3604052002", "BERUBAH"),
        ("wilayah", None, "DESA", "3604052003", "HAPUS"),
        ("wilayah", None, "DESA", "3604052004", "BARU"),
    ]


def test_another_month_with_the_same_figures_changes_no_region(places: Places) -> None:
    rows = members("3604052001", 20)
    commit_release(places, "2022-12", released(rows), INPUTS)
    later = filled("cleansed.anggota", [row | {"periode": "2023-01"} for row in rows])
    later_families = families([row | {"periode": "2023-01"} for row in rows])
    tables = build_release(later, later_families, realised([]), REGIONS, "2023-01")
    versi = commit_release(places, "2023-01", tables, INPUTS)
    assert versi.startswith("2023-01-")
    assert pl.read_parquet(places.release / versi / "perubahan.parquet").is_empty()


def test_data_taken_back_is_the_old_version_again(places: Places) -> None:
    first = commit_release(places, "2022-12", released(members("3604052001", 20)), INPUTS)
    second = commit_release(places, "2022-12", released(members("3604052001", 25)), INPUTS)
    assert commit_release(places, "2022-12", released(members("3604052001", 20)), INPUTS) == first
    assert latest(places)["versi"] == first
    assert (places.release / second).is_dir()


def test_a_crash_leaves_the_old_version_the_latest_and_the_next_run_mends_it(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = commit_release(places, "2022-12", released(members("3604052001", 20)), INPUTS)
    tables = released(members("3604052001", 25))
    renamed, replaced = os.rename, os.replace

    def dying(source: Path, target: Path) -> None:
        if target == places.release / "latest.json" or Path(source).name == "2022-12.bangun":
            raise OSError("gone")
        (replaced if Path(target).suffix == ".parquet" else renamed)(source, target)

    for call in ("rename", "replace"):
        with monkeypatch.context() as patched:
            patched.setattr(os, call, dying)
            with pytest.raises(OSError, match="gone"):
                commit_release(places, "2022-12", tables, INPUTS)
        assert latest(places)["versi"] == old
        assert pl.read_parquet(places.release / old / "wilayah.parquet")["jumlah_anggota"].max() == 20
    new = commit_release(places, "2022-12", tables, INPUTS)
    assert latest(places)["versi"] == new != old
    assert manifest(places, new)["versi_sebelumnya"] == old
