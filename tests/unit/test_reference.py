"""The reference data agrees with SUMBER.md and with what other modules rely on."""

from __future__ import annotations

import polars as pl
import pytest

from pipeline import reference


def test_regions_hold_the_decree_in_force_and_the_older_codes() -> None:
    counts = reference.regions().group_by("tingkat", "berlaku").len()
    assert set(counts.rows()) == {
        ("PROVINSI", True, 38),
        ("KABUPATEN", True, 514),
        ("KECAMATAN", True, 7285),
        ("DESA", True, 83762),
        ("KABUPATEN", False, 26),
        ("KECAMATAN", False, 594),
        ("DESA", False, 6029),
    }


def test_region_codes_are_unique_sorted_and_nested() -> None:
    regions = reference.regions()
    assert regions["kode"].is_unique().all()
    assert regions["kode"].is_sorted()
    orphans = regions.filter(pl.col("induk").is_not_null()).join(regions, left_on="induk", right_on="kode", how="anti")
    # The package of the older list lacks the kecamatan of a few villages; those in force must be complete.
    assert orphans.filter("berlaku").is_empty()
    assert regions.filter(pl.col("induk").is_null())["tingkat"].unique().to_list() == ["PROVINSI"]


def test_every_present_meaning_of_a_code_is_in_force_and_of_its_level() -> None:
    regions = reference.regions()
    current = regions.filter("berlaku").select(kode_kini="kode")
    meant = regions.drop_nulls("kode_kini")
    assert meant.join(current, on="kode_kini", how="anti").is_empty()
    assert (meant["kode"].str.len_bytes() == meant["kode_kini"].str.len_bytes()).all()
    assert regions.filter("berlaku").filter(pl.col("kode") != pl.col("kode_kini")).is_empty()


def test_old_papua_codes_mean_the_same_kabupaten_today() -> None:
    regions = reference.regions()
    papua = reference.papua_codes()
    assert papua.height == 26
    mapped = papua.join(regions, left_on="kode_lama", right_on="kode")
    assert mapped["kode_kini"].to_list() == mapped["kode_kini_right"].to_list()
    assert papua.join(regions.filter("berlaku"), left_on=["kode_kini", "nama"], right_on=["kode", "nama"]).height == 26


def test_aliases_lead_to_regions_in_force_and_never_hide_one() -> None:
    current = reference.regions().filter("berlaku")
    aliases = reference.region_aliases()
    assert aliases.join(current, on="kode", how="anti").is_empty()
    fold = pl.col("nama").str.replace_all(r"[^A-Z0-9]", "").alias("kunci")
    same_place = (
        aliases.select("kode", "induk", nama="nama_lama")
        .with_columns(fold)
        .join(current.select("induk", "nama", lain="kode").with_columns(fold), on=["induk", "kunci"])
    )
    assert same_place.filter(pl.col("kode") != pl.col("lain")).is_empty()


def test_populations_cover_every_kabupaten_and_add_up() -> None:
    populations = reference.populations()
    kabupaten = reference.regions().filter("berlaku", tingkat="KABUPATEN")["kode"]
    assert populations["kode_kab"].to_list() == kabupaten.to_list()
    assert populations["penduduk"].sum() == 284_973_643


def test_every_tariff_belongs_to_a_programme_and_has_a_window() -> None:
    stages = reference.program_stages()
    assert set(stages["program"]) == set(reference.programs()["program"])
    assert (stages["nominal"] > 0).all()
    assert (stages["mulai"] < stages["selesai"]).all()
    assert stages.select("program", "tahun", "tahap", "komponen").is_unique().all()
    assert set(stages["status"]) <= {"D", "I", "G"}
    unchecked = stages.filter(pl.col("status") != "D")["catatan"]
    assert unchecked.str.contains("perlu diperiksa").all()


@pytest.mark.parametrize(
    ("program", "tahun", "tahap", "nominal"),
    [
        ("BLT BBM", 2022, 2, 300_000),
        ("SEMBAKO", 2022, 1, 600_000),
        ("BST", 2020, 3, 600_000),
        ("BST", 2021, 1, 300_000),
        ("JAMSOSRATU", 2019, 1, 1_000_000),
        ("JAMSOSRATU", 2022, 2, 750_000),
        ("BLT DD", 2022, 4, 900_000),
        ("BLTS KESRA", 2025, 1, 900_000),
    ],
)
def test_flat_tariffs(program: str, tahun: int, tahap: int, nominal: int) -> None:
    stage = reference.program_stages().filter(program=program, tahun=tahun, tahap=tahap)
    assert stage["nominal"].to_list() == [nominal]
    assert stage["komponen"].to_list() == [None]


def test_pkh_is_paid_per_component_for_at_most_four_persons() -> None:
    pkh = reference.program_stages().filter(program="PKH", tahun=2022, tahap=1)
    assert pkh.height == 7
    assert pkh["maks_orang"].unique().to_list() == [4]
    assert (pkh["nominal"].min(), pkh["nominal"].max()) == (225_000, 750_000)


def test_aliases_of_programmes_and_relations_name_one_thing_each() -> None:
    for frame in (reference.programs(), reference.family_relations()):
        aliases = frame.explode("alias")["alias"]
        assert aliases.is_unique().all()
        assert (aliases == aliases.str.to_uppercase()).all()


def test_family_relations_join_both_codebooks() -> None:
    relations = reference.family_relations()
    assert relations["kode_shdk"].to_list() == list(range(1, 12))
    assert relations["kode_dtks"].to_list() == [1, 2, 2, 3, 4, 5, 6, 6, 8, 7, 8]


def test_remote_regions_are_the_62_and_bear_present_codes() -> None:
    remote = reference.remote_regions()
    current = reference.regions().filter("berlaku", tingkat="KABUPATEN")
    assert remote["kode_kab"].n_unique() == 62
    assert remote.join(current, left_on=["kode_kab", "nama"], right_on=["kode", "nama"]).height == 62


def test_jamsosratu_quota_is_the_control_total_of_banten() -> None:
    quota = reference.jamsosratu_quota()
    assert quota["kuota"].sum() == 50_000
    assert quota["kode_kab"].str.starts_with("36").all()


def test_person_names_serve_every_people_and_sex() -> None:
    names = reference.person_names()
    assert names.height >= 1_200
    assert names["nama"].str.contains(r"^[A-Z][A-Z'-]*$").all()
    given = names.filter(posisi="DEPAN", jenis_kelamin="P").group_by("suku").len()
    assert set(given["suku"]) >= {"JAWA", "SUNDA", "BATAK", "ARAB", "TIMUR", "MELAYU", "TIONGHOA", "UMUM"}
    assert names.select("nama", "jenis_kelamin", "suku", "posisi").is_unique().all()
