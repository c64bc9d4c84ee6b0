"""Complete matching runs on a small village, case by case, and on the samples if present."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipeline.matching.candidates.search import FAMILY, NEAR_NIK
from pipeline.matching.judging.assignment import SEVERAL_FIT
from pipeline.matching.link import BLOCKING_PLAN, link
from pipeline.matching.outcome import person_links as words
from pipeline.matching.outcome.person_links import Linkage
from pipeline.matching.outcome.review import RIVALS
from pipeline.matching.outcome.verdicts import EXACT
from pipeline.matching.records import tables
from pipeline.synthetic.score.links import judge
from schemas.cleansed import Koreksi
from schemas.columns import GLOSSARY
from schemas.link import BY_OFFICER, AnggotaDukcapil, Ganda
from schemas.table import Table, polars_schema, split
from tests.benchmarks.frames import Frames, draw_frames
from tests.unit.matching.conftest import people_of, registry_of

Row = dict[str, Any]
Listed = Callable[..., Row]
LOST = "3604010101059999"
NEIGHBOURS_CHILD = "3604034609030097"
TABLES = ("links", "rivals", "households", "duplicates", "survivors", "corrections", "facts")


@dataclass(frozen=True)
class Village:
    """One run over the faultless families 20 to 119 and some named rows with an error."""

    linkage: Linkage
    number: dict[str, str]

    def __getitem__(self, name: str) -> Row:
        """The link of a named row."""
        found = self.linkage.links.filter(pl.col("id_dtks") == self.number[name]).to_dicts()
        return found[0] if found else {"nik_dukcapil": None, "keputusan": None, "alasan": [], "penjelasan": ""}

    def pairs(self, name: str) -> list[Row]:
        """The duplicates a named row is part of."""
        own = self.number[name]
        return self.linkage.duplicates.filter(pl.any_horizontal(pl.col("id_dtks_a", "id_dtks_b") == own)).to_dicts()


def cases(residents: list[Row], listed: Listed) -> dict[str, Row]:
    """Name → row with an error; every family besides the faultless ones appears in one case only."""
    nik = [resident["nik"] for resident in residents]
    bare = {"nik": None, "no_kk": LOST, "nama_ibu_kandung": None, "alamat": None, "rt": None, "rw": None}
    outsider = listed(
        17, 0, nik="3604021105700033", no_kk="3604020101157777", nama="ASEP SUHERMAN", tanggal_lahir=date(1970, 5, 11)
    )
    return {
        "angka_terakhir_nol": listed(5, 0, nik=nik[20][:15] + "0"),
        "serumah_1": listed(5, 1),
        "serumah_2": listed(5, 2),
        "serumah_3": listed(5, 3),
        "angka_salah": listed(120, 0, nik=nik[480][:2] + "9" + nik[480][3:]),
        "angka_tertukar": listed(121, 0, nik=nik[484][:4] + nik[484][5] + nik[484][4] + nik[484][6:]),
        "angka_kurang": listed(122, 0, nik=nik[488][:4] + nik[488][5:]),
        "angka_lebih": listed(123, 0, nik=nik[492][:9] + "7" + nik[492][9:]),
        "angka_tak_terbaca": listed(130, 0, nik=nik[520][:9] + "X" + nik[520][10:]),
        "tanpa_nik_dan_kk": listed(7, 2, nik=None, no_kk="3604020101137777"),
        "fakta_kurang": listed(135, 0, **bare, tanggal_lahir=residents[540]["tanggal_lahir"].replace(month=1, day=1)),
        "calon_setara": listed(10, 0, **{**bare, "no_kk": "3604020101138888"}),
        "bayi": listed(136, 3, nama=f"BY NY {residents[545]['nama']}", nama_isian=True),
        "ayah": listed(9, 0, nik=None),
        "anak_senama": {**listed(9, 2, nik=None), "nama": residents[36]["nama"], "jenis_kelamin": "L"},
        "kembar": listed(11, 2),
        "kembar_tak_terdaftar": listed(11, 2, nik=nik[46][:15] + "8", nama="GALIH PERMANA"),
        "nik_saudara": listed(13, 2, nik=nik[55]),
        "saudara": listed(13, 3),
        "suami": listed(14, 0),
        "istri": listed(14, 1, nama=f"NY. {residents[56]['nama']}"),
        "ayah_terdaftar": listed(15, 0),
        "ibu_terdaftar": listed(15, 1),
        "anak_tak_terdaftar": listed(
            15, 3, nik="3604021205110007", nama="CECEP SUPRIATNA", tanggal_lahir=date(2011, 5, 12), jenis_kelamin="L"
        ),
        "nik_pensiun": listed(16, 0, nik=nik[64][:12] + "0099"),
        "hanya_pensiun": listed(137, 0, nik=nik[548][:15] + "0"),
        "orang_luar": outsider,
        "orang_luar_lagi": {**outsider, "nama": "ASEP SUHERMAM", "no_kk": "3604020101158888"},
        "nik_orang_lain": listed(18, 0, nik=nik[120]),
        "nik_disalin": listed(127, 2, nik=nik[124], nik_disalin=True),
        "nik_anak_tetangga": listed(
            126, 2, nik=NEIGHBOURS_CHILD, nama="ANDI FIR MAN WUDIN", no_kk=None, nama_ibu_kandung=None, rt=None
        ),
        "baris_sama": listed(20, 1),
        "orang_sama": listed(21, 0, nik=None, no_kk="3604020101136666", rt=None),
        "dulu": listed(128, 0, no_kk="3604020101135555", kode_desa="3604022009"),
        "kini": listed(128, 0, alamat=None, rt=None),
        "pergi": listed(129, 0, no_kk="3604020101134444", kode_desa="3604022009"),
        "ditinggal": listed(129, 0, alamat=None, rt=None),
    }


def registry_rows(residents: list[Row]) -> list[Row]:
    """The residents, identical or similar neighbours, a son named like his father, retired NIKs."""
    one, old = residents[40], residents[64]
    neighbour = {**one, "nik": one["nik"][:12] + "0098", "no_kk": one["no_kk"][:12] + "9998", "alamat": "KP BARU NO 1"}
    retired = {**old, "nik": old["nik"][:12] + "0099", "status_penduduk": "TIDAK_VALID"}
    son = {**residents[38], "nama": residents[36]["nama"], "jenis_kelamin": "L"}
    alone = {**residents[548], "status_penduduk": "TIDAK_VALID"}
    child = {
        **residents[506], "nik": NEIGHBOURS_CHILD, "nama": "ANDI LESTARI", "tanggal_lahir": date(2003, 9, 6),
        "no_kk": "3604030101160997", "nama_ibu_kandung": "SITI ROHMAH", "alamat": "KP LEBAK NO 9", "rt": "009",
    }  # fmt: skip
    gone = {**residents[516], "status_penduduk": "PINDAH"}
    known = [*residents[:38], son, *residents[39:516], gone, *residents[517:548], alone, *residents[549:]]
    return [*known, neighbour, child, retired]


@pytest.fixture(scope="module")
def village(residents: list[Row], listed: Listed) -> Village:
    clean = [listed(family, member) for family in range(20, 120) for member in range(4)]
    named = cases(residents, listed)
    truth = {name: row["nik"] for name, row in named.items()} | {"angka_terakhir_nol": residents[20]["nik"]}
    people = people_of([*clean, *named.values()])
    number = {name: f"D{len(clean) + place:05d}" for place, name in enumerate(named)}
    known = pl.DataFrame({"id_dtks": number.values(), "nik": truth.values()}, schema_overrides={"nik": pl.String})
    known = known.filter(pl.col("id_dtks").is_in([number["angka_terakhir_nol"], number["nik_pensiun"]]))
    return Village(link(people, registry_of(registry_rows(residents)), truth=known), number)


@pytest.mark.parametrize(
    ("frame", "model"),
    [("links", AnggotaDukcapil), ("duplicates", Ganda), ("corrections", Koreksi)],
)
def test_tables_keep_their_contract(village: Village, frame: str, model: type[Table]) -> None:
    schema = polars_schema(model)
    table = getattr(village.linkage, frame).with_columns(periode=pl.lit("2022-12"))
    assert table.height > 0
    _, failures = split(table.select(pl.col(name).cast(dtype) for name, dtype in schema.items()), model)
    assert failures.is_empty()
    assert set(table.columns) == set(schema)


def test_faultless_rows_are_linked_at_once_and_left_as_they_are(village: Village) -> None:
    clean = village.linkage.links.filter(pl.col("id_dtks") < "D00400")
    assert clean.height == 400
    assert clean["aturan"].explode().unique().to_list() == ["PERSIS"]
    assert village.linkage.corrections.filter(pl.col("id_dtks") < "D00400").is_empty()


@pytest.mark.parametrize(
    ("name", "resident", "reason"),
    [
        ("angka_terakhir_nol", 20, "NIK_RUSAK"),
        ("angka_salah", 480, "NIK_SALAH_1"),
        ("angka_tertukar", 484, "NIK_SALAH_1"),
        ("angka_kurang", 488, "NIK_SALAH_PANJANG"),
        ("angka_lebih", 492, "NIK_SALAH_PANJANG"),
        ("angka_tak_terbaca", 520, "NIK_SALAH_PANJANG"),
        ("tanpa_nik_dan_kk", 30, "NAMA_SAMA"),
        ("nik_saudara", 54, "NIK_KERABAT"),
        ("istri", 57, "NAMA_SUAMI"),
        ("bayi", 547, "NIK_SAMA"),
        ("nik_pensiun", 64, "NIK_PENSIUN"),
        ("nik_orang_lain", 72, "NIK_BEDA"),
        ("nik_disalin", 510, "NIK_BEDA"),
        ("nik_anak_tetangga", 506, "NIK_BEDA"),
        ("ayah", 36, "NAMA_SAMA"),
        ("anak_senama", 38, "NAMA_SAMA"),
    ],
)
def test_damaged_rows_find_their_resident(
    village: Village, residents: list[Row], name: str, resident: int, reason: str
) -> None:
    found = village[name]
    assert (found["nik_dukcapil"], found["keputusan"]) == (residents[resident]["nik"], "OTOMATIS")
    assert reason in found["alasan"]


def test_every_correction_is_right(village: Village, residents: list[Row]) -> None:
    found = {(row["id_dtks"], row["kolom"]): row["nilai_usulan"] for row in village.linkage.corrections.to_dicts()}
    right = {
        "angka_terakhir_nol": 20, "angka_salah": 480, "angka_tertukar": 484, "angka_kurang": 488, "angka_lebih": 492,
        "angka_tak_terbaca": 520,
        "nik_saudara": 54, "nik_pensiun": 64,
    }  # fmt: skip
    for name, resident in right.items():
        assert found[village.number[name], "nik"] == residents[resident]["nik"]
    none = ("fakta_kurang", "calon_setara", "kembar_tak_terdaftar", "anak_tak_terdaftar", "orang_luar", "hanya_pensiun")
    for name in none:
        assert (village.number[name], "nik") not in found


def test_a_retired_number_alone_is_only_proposed(village: Village, residents: list[Row]) -> None:
    found = village["hanya_pensiun"]
    assert (found["nik_dukcapil"], found["keputusan"]) == (residents[548]["nik"], "OTOMATIS")
    assert "NIK_DIUSULKAN" in found["alasan"]


def test_the_sentence_names_the_wrong_digit_and_the_relatives(village: Village) -> None:
    result = village["angka_terakhir_nol"]["penjelasan"]
    assert result == (
        "NIK berbeda 1 angka (angka ke-16 menjadi nol, khas kerusakan Excel); "
        "tanggal lahir, nama, nama ibu, nomor KK, alamat, dan 3 anggota KK lain cocok."
    )
    for name in ("angka_kurang", "angka_tak_terbaca"):
        assert village[name]["penjelasan"].startswith("NIK kurang 1 angka, selebihnya cocok; ")
    assert "dua angka NIK tertukar (angka ke-5 dan ke-6)".upper() in village["angka_tertukar"]["penjelasan"].upper()


@pytest.mark.parametrize(("name", "reason"), [("fakta_kurang", "FAKTA_KURANG"), ("calon_setara", "CALON_SETARA")])
def test_what_the_data_do_not_decide_is_for_a_human(village: Village, name: str, reason: str) -> None:
    assert village.linkage.rivals.schema == RIVALS
    found = village[name]
    assert found["keputusan"] == "TINJAU"
    assert {reason, "PERLU_PETUGAS"} <= set(found["alasan"])
    others = village.linkage.rivals.filter(id_dtks=village.number[name])
    assert others.height == int(reason == SEVERAL_FIT)
    assert (others["nik_dukcapil"] != found["nik_dukcapil"]).all()
    assert (others["bobot"] <= found["bobot"]).all()


@pytest.mark.parametrize("name", ["kembar_tak_terdaftar", "anak_tak_terdaftar", "orang_luar"])
def test_who_is_not_in_the_registry_is_not_linked(village: Village, name: str) -> None:
    assert village[name]["keputusan"] != "OTOMATIS"


@pytest.mark.parametrize(
    ("name", "other", "kind"),
    [
        ("baris_sama", "D00001", "BARIS_SAMA"),
        ("orang_sama", "D00004", "ORANG_SAMA"),
        ("orang_luar_lagi", "orang_luar", "ORANG_SAMA"),
    ],
)
def test_two_rows_of_one_person_are_a_pair(village: Village, name: str, other: str, kind: str) -> None:
    first = village.number.get(other, other)
    pairs = village.pairs(name)
    assert [(pair["id_dtks_a"], pair["id_dtks_b"], pair["jenis"]) for pair in pairs] == [
        (first, village.number[name], kind)
    ]
    survivor = dict(village.linkage.survivors.rows())
    assert {survivor.get(first, first), survivor.get(village.number[name], village.number[name])} <= {
        first,
        village.number[name],
    }
    assert len({first, village.number[name]} & survivor.keys()) == 1


def test_the_row_where_the_resident_lives_now_survives(village: Village) -> None:
    survivor = dict(village.linkage.survivors.rows())
    assert survivor[village.number["dulu"]] == village.number["kini"]
    # Where he has moved the register has what he left: the fuller row does.
    assert survivor[village.number["ditinggal"]] == village.number["pergi"]


@pytest.mark.parametrize("name", ["kembar", "kembar_tak_terdaftar", "nik_saudara", "saudara", "nik_orang_lain", "ayah"])
def test_different_people_are_no_pair_whatever_they_share(village: Village, name: str) -> None:
    assert village.pairs(name) == []


def test_every_pass_reports_its_cost_and_its_recall(village: Village) -> None:
    plan = village.linkage.persons.plan
    passes, whole = plan.filter(pl.col("aturan") != "SEMUA"), plan.filter(pl.col("aturan") == "SEMUA").to_dicts()[0]
    assert whole["recall"] == 1.0
    assert whole["biaya"] == passes["biaya"].sum()
    assert passes.filter(pl.col("ditinggal") > 0).is_empty()
    # Budgets that hold on any machine: pairs per open row, similarities per pair.
    assert whole["pasangan"] <= 30 * len(village.number)
    assert sum(village.linkage.persons.calls.values()) <= 10 * whole["pasangan"]


def test_the_weight_of_every_fact_adds_up(village: Village) -> None:
    facts = village.linkage.facts.filter(pl.col("id_dtks") == village.number["tanpa_nik_dan_kk"]).to_dicts()[0]
    assert (facts["nik"], facts["tanggal"], facts["nama"]) == ("KOSONG", "SAMA", "SAMA")
    assert facts["bobot_nik"] == 0
    person = sum(
        facts[f"bobot_{fact}"] for fact in ("nik", "tanggal", "kelamin", "nama", "ibu", "tempat_lahir", "hubungan")
    )
    family = sum(facts[f"bobot_{fact}"] for fact in ("kk", "tempat_tinggal", "keluarga"))
    assert village["tanpa_nik_dan_kk"]["bobot"] == pytest.approx(person + family, abs=0.01)


def test_shuffled_files_give_the_same_tables(village: Village, residents: list[Row], listed: Listed) -> None:
    clean = [listed(family, member) for family in range(20, 120) for member in range(4)]
    people = people_of([*clean, *cases(residents, listed).values()]).sample(fraction=1, shuffle=True, seed=3)
    registry = registry_of(registry_rows(residents)).sample(fraction=1, shuffle=True, seed=4)
    again = link(people, registry)
    for table in TABLES:
        once = getattr(village.linkage, table)
        assert_frame_equal(once, getattr(again, table), check_exact=True)


@pytest.mark.parametrize("at_once", [60, 10**9])
def test_however_little_is_in_memory_at_a_time_the_tables_are_the_same(
    village: Village, residents: list[Row], listed: Listed, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    clean = [listed(family, member) for family in range(20, 120) for member in range(4)]
    people, registry = (
        people_of([*clean, *cases(residents, listed).values()]),
        registry_of(registry_rows(residents)),
    )
    for module, number in ((tables, "_ROWS_PER_COMPUTATION"), (tables, "_ROWS_PER_READ"), (words, "_LINKS_PER_PART")):
        monkeypatch.setattr(module, number, at_once)
    again = link(people, registry, at_once=at_once)
    for table in TABLES:
        assert_frame_equal(getattr(village.linkage, table), getattr(again, table), check_exact=True)
    once = village.linkage.persons
    assert_frame_equal(once.plan.drop("recall").filter(pl.col("aturan") != "SEMUA"), again.persons.plan)
    assert once.model == again.persons.model


def test_a_row_pasted_a_hundred_times_is_one_group_and_not_thousands_of_pairs(
    residents: list[Row], listed: Listed
) -> None:
    clean = [listed(family, member) for family in range(20, 60) for member in range(4)]
    pasted = [{**listed(61, 0)} for _ in range(100)]
    linkage = link(people_of([*clean, *pasted]), registry_of(residents))
    survivors = linkage.survivors
    assert survivors.height == 99
    assert survivors["ganda_dari"].n_unique() == 1
    assert linkage.duplicates.height < 1_000


def test_files_that_do_not_belong_together_are_no_plausible_linkage(residents: list[Row], listed: Listed) -> None:
    strangers = [
        {**listed(family, 0), "nik": None, "no_kk": LOST, "nama": f"ORANG {family}", "tanggal_lahir": date(1950, 1, 2)}
        for family in range(60)
    ]
    assert not link(people_of(strangers), registry_of(residents)).persons.plausible


@pytest.mark.parametrize(("people", "residents_left"), [(1, 800), (8, 1), (8, 0), (0, 800), (0, 0)])
def test_hardly_anything_to_link_is_no_error(
    residents: list[Row], listed: Listed, people: int, residents_left: int
) -> None:
    rows = [listed(family, member) for family in range(20, 22) for member in range(4)]
    linkage = link(people_of(rows).head(people), registry_of(residents).tail(residents_left))
    assert linkage.links.height == (1 if (people, residents_left) == (1, 800) else 0)


@pytest.fixture(scope="module")
def adversarial() -> Frames:
    return draw_frames(6_000, "adversarial", 31)


@pytest.fixture(scope="module")
def misled(adversarial: Frames) -> Linkage:
    return link(adversarial.people, adversarial.registry)


def test_on_adversarial_data_hardly_a_link_and_no_correction_is_wrong(adversarial: Frames, misled: Linkage) -> None:
    linkage = misled
    certain = adversarial.truth.filter(~pl.col("ambigu"), pl.col("harap") == "TERIMA")
    automatic = linkage.links.filter(pl.col("keputusan") == "OTOMATIS")
    judged = judge(certain, automatic)
    right, wrong, missed = (int(judged[mark].sum()) for mark in ("tp", "fp", "fn"))
    assert wrong <= 1
    assert 2 * right / (2 * right + wrong + missed) >= 0.995
    assert adversarial.truth.filter("ambigu").join(automatic, on="id_dtks", how="semi").is_empty()
    corrected = linkage.corrections.filter(pl.col("kolom") == "nik").join(certain, on="id_dtks")
    assert corrected.height > 100
    assert corrected.filter(pl.col("nilai_usulan").ne_missing(pl.col("nik_benar"))).is_empty()
    # Of every row that several fit about as well another is shown.
    contested = linkage.links.filter(pl.col("alasan").list.contains(SEVERAL_FIT)).select("id_dtks")
    assert contested.height > 1
    assert_frame_equal(linkage.rivals.select("id_dtks").unique().sort("id_dtks"), contested)
    assert linkage.rivals.join(linkage.links, on=["id_dtks", "nik_dukcapil"]).is_empty()


def test_shuffled_adversarial_files_give_the_same_tables(adversarial: Frames, misled: Linkage, tmp_path: Path) -> None:
    """Also from disk, in compact form and in small parts."""
    scans = []
    for name in ("people", "registry"):
        getattr(adversarial, name).sample(fraction=1, shuffle=True, seed=5).write_parquet(tmp_path / name)
        scans.append(pl.scan_parquet(tmp_path / name))
    again = link(*scans, at_once=2_000)
    for table in TABLES:
        assert_frame_equal(getattr(misled, table), getattr(again, table), check_exact=True)


def test_what_the_names_of_rules_are_made_of_is_told_beside_their_column() -> None:
    words = {word for rule in (*BLOCKING_PLAN.narrow, *BLOCKING_PLAN.broad) for word in rule.code.split("_")}
    result = set(GLOSSARY["aturan"].replace(",", " ").replace(":", " ").replace(".", " ").split())
    assert words | {NEAR_NIK, FAMILY, EXACT, BY_OFFICER} <= result
