"""Hand-written misleading families, with the decision of an officer who knows the village.

A wrong automatic decision is the worst outcome, so every row is also compared with the true resident.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipeline.matching.link import Linkage, link
from pipeline.matching.outcome.review import DECISIONS, DIFFERENT, SAME, apply_decisions
from tests.unit.matching.conftest import people_of, registry_of

Row = dict[str, Any]
Listed = Callable[..., Row]
NOBODY = None
AUTO, HUMAN, NONE = "OTOMATIS", "TINJAU", "TIDAK ADA"


@dataclass(frozen=True)
class Case:
    """A row of DTKS.

    Attributes:
        row: its columns.
        true: NIK of the true resident; None if the person is not in the registry.
        decided: acceptable decisions.
    """

    row: Row
    true: str | None
    decided: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """The result of one run over all families."""

    linkage: Linkage
    cases: dict[str, Case]
    number: dict[str, str]
    people: pl.DataFrame
    registry: pl.DataFrame

    def link(self, name: str) -> tuple[str, str | None]:
        """Decision and NIK of a named row."""
        rows = self.linkage.links.filter(id_dtks=self.number[name]).select("keputusan", "nik_dukcapil").rows()
        return rows[0] if rows else (NONE, None)

    def is_pair(self, one: str, other: str) -> bool:
        """Whether two named rows are found to be duplicates."""
        first, second = sorted((self.number[one], self.number[other]))
        return not self.linkage.duplicates.filter(id_dtks_a=first, id_dtks_b=second).is_empty()


class Country:
    """The registry of the village, changed family by family, and rows written from it."""

    def __init__(self, residents: list[Row]) -> None:
        self.residents = [dict(resident) for resident in residents]
        self.extra: list[Row] = []
        self.cases: dict[str, Case] = {}

    def resident(self, family: int, member: int, **changes: Any) -> Row:
        """A resident with changed columns."""
        resident = self.residents[4 * family + member]
        resident.update(changes)
        return resident

    def person(self, family: int, member: int, name: str, born: date, sex: str = "") -> Row:
        """A resident with another name and birth date, and the NIK issued for them."""
        one = self.resident(family, member, nama=name, tanggal_lahir=born)
        sex = sex or one["jenis_kelamin"]
        day = born.day + (40 if sex == "P" else 0)
        return self.resident(family, member, jenis_kelamin=sex, nik=f"{one['kode_kec']}{day:02}{born:%m%y}0001")

    def born(self, resident: Row, **changes: Any) -> Row:
        """One more resident of the same family."""
        self.extra.append({**resident, **changes})
        return self.extra[-1]

    def twin(self, resident: Row, name: str) -> Row:
        """A twin, with the next serial number."""
        return self.born(resident, nama=name, nik=resident["nik"][:15] + "2")

    def row(self, name: str, resident: Row, *decided: str, true: str | None = "", **changes: Any) -> None:
        """A row about a resident, with changed columns."""
        row = {key: value for key, value in resident.items() if key != "status_penduduk"} | changes
        self.cases[name] = Case(row, resident["nik"] if true == "" else true, decided or (AUTO,))

    def stranger(self, name: str, resident: Row, **changes: Any) -> None:
        """A row about a person outside the registry, who resembles a resident except for the changes."""
        self.row(name, resident, HUMAN, NONE, true=NOBODY, **changes)

    def family(self, name: str, number: int, *but: int, **changes: Any) -> None:
        """Rows of the members of a family, faultless or with the same change in all of them."""
        for member in range(4):
            if member not in but:
                self.row(f"{name}_{member}", self.residents[4 * number + member], **changes)


BARE = {"nama_ibu_kandung": None, "alamat": None, "rt": None, "rw": None}
BALI = {"kode_prov": "51", "kode_kab": "5107", "kode_kec": "510701", "kode_desa": "5107012003"}


def twins(country: Country) -> None:
    child = country.person(120, 3, "RIZKI PRATAMA", date(2010, 3, 12), "L")
    twin = country.twin(child, "RIZAL PRATAMA")
    country.family("kembar", 120, 3)
    country.row("kembar_tertukar_1", child, AUTO, HUMAN, nik=twin["nik"])
    country.row("kembar_tertukar_2", twin, AUTO, HUMAN, nik=child["nik"])
    known = country.person(121, 3, "DINA LESTARI", date(2010, 3, 12), "P")
    country.family("absen", 121)
    country.stranger("kembaran_absen", known, nama="DINI LESTARI", nik=None)
    heir = country.person(122, 3, "HASAN BASRI", date(2010, 3, 12), "L")
    country.family("pinjam", 122)
    country.stranger("kembaran_pinjam_nik", heir, nama="HUSIN BASRI")
    lone = country.person(123, 3, "YUSUF HIDAYAT", date(2010, 3, 12), "L")
    country.family("sendiri", 123, 3)
    country.stranger("kembaran_lain_nama", lone, nama="GALUH WICAKSONO", nik=None)
    # Names that nobody here bears are no slips of the pen.
    new = country.person(138, 3, "ARSHAQ FAEYZA", date(2012, 3, 10), "L")
    country.family("baru", 138)
    country.stranger("kembaran_nama_baru", new, nama="ZHAFRAN OKTAVIO", nik=None)
    full = country.person(124, 3, "CINDY ANGKASA", date(2011, 3, 12), "P")
    country.family("panjang", 124)
    country.stranger("kembaran_nama_lebih_panjang", full, nama="VANIA CINDY ANGKASA", nik=full["nik"][:15] + "2")


def known_by_family_and_birthday(country: Country) -> None:
    """Rows with the number and nearly the name of a twin or husband, without a mother or home to distinguish them."""
    one = country.person(178, 3, "RIZKI IRAWAN", date(2006, 4, 14), "L")
    other = country.twin(one, "RIZAL IRAWAN")
    country.family("nik_kembaran", 178, 3)
    country.row("nik_kembaran", one, nama="RIZKI I", nik=other["nik"], **BARE)
    head = country.person(179, 0, "UJANG SUHENDAR", date(1982, 12, 1))
    wife = country.person(179, 1, "ETIN", date(1984, 12, 1))
    country.row("nik_suami", wife, nama=f"NY {head['nama']}", nik=head["nik"], **BARE)


def twins_told_by_name(country: Country) -> None:
    """Both twins are registered, and only the name shows which one a row means."""
    one = country.person(170, 3, "ROHMAT HIDAYAT", date(2011, 4, 5), "L")
    other = country.twin(one, "ROHMAN HIDAYAT")
    for name, twin in (("rohmat", one), ("rohman", other)):
        country.row(f"kembar_{name}_nol", twin, nik=twin["nik"][:15] + "0")
    country.row("kembar_tak_jelas", one, HUMAN, nama="ROHMA HIDAYAT", nik=one["nik"][:15] + "0")


def father_and_son(country: Country) -> None:
    father = country.resident(125, 0, nama="SUDIRMAN")
    son = country.person(125, 2, "SUDIRMAN", date(2003, 8, 15), "L")
    country.family("sudirman", 125, 0, 2)
    country.row("ayah_senama", father, nik=None)
    country.row("anak_senama", son, AUTO, HUMAN, nik=father["nik"])
    country.row("anak_senama_tanpa_tanggal", son, HUMAN, AUTO, nik=None, tanggal_lahir=None)


def namesakes(country: Country) -> None:
    called = {"nama": "SITI AMINAH", "nama_ibu_kandung": "MARYAM"}
    one = country.resident(130, 1, **called, tanggal_lahir=date(1981, 5, 9))
    village = {name: one[name] for name in ("kode_desa", "kode_kec")}
    two = country.resident(134, 1, **called, **village, tanggal_lahir=date(1983, 2, 20))
    bare = {"nik": None, "no_kk": None, "alamat": None, "rt": None, "rw": None}
    country.row("senama_bertanggal", one, **bare)
    country.row("senama_tak_tentu", two, HUMAN, **bare, tanggal_lahir=None)
    country.row("senama_tahun_sama", two, AUTO, HUMAN, **bare | {"tanggal_lahir": date(1983, 1, 1)})
    cousin, other = (country.person(family, 2, "ACEP SAEPULOH", date(1999, 4, 4), "L") for family in (135, 136))
    country.family("sepupu", 135, 2)
    country.family("sepupu_lain", 136, 2)
    country.row("sepupu_sebelah", cousin, nik=None)
    country.row("sepupu_bernik_lain", other, AUTO, HUMAN, nik=cousin["nik"])
    neighbour = country.person(137, 1, "ENTOH ROHAYATI", date(1968, 1, 28))
    far = {"no_kk": "3604010101059998", "kode_kec": "360401", "kode_desa": "3604012001", "alamat": "KP JAUH"}
    country.stranger("senama_lahir_sehari", neighbour, nik="3604016801680001", **far, rt="009", nama_ibu_kandung=None)
    for place, family in enumerate((140, 141, 142)):
        country.person(family, 1, "SUPARTI", date(1960 + place, 1, 1))
        country.family(f"suparti{place}", family, 1)
    country.row("satu_kata_1_januari", country.residents[4 * 140 + 1], nik=None)
    country.row("satu_kata_tanpa_rumah", country.residents[4 * 141 + 1], HUMAN, AUTO, **bare, nama_ibu_kandung=None)


def numbers(country: Country) -> None:
    country.family("senik", 145, nik=country.residents[4 * 145]["nik"])
    baby = country.resident(146, 3)
    mother = country.residents[4 * 146 + 1]
    country.family("bayi", 146, 3)
    hers = {"nik": mother["nik"], "nama_ibu_kandung": mother["nama"]}
    country.stranger(
        "bayi_bernik_ibu", baby, nama="ALYA PUTRI", **hers, tanggal_lahir=date(2022, 10, 3), jenis_kelamin="P"
    )
    country.family("kk_basi", 147, no_kk="3604040101031111")
    country.family("kk_kosong", 148, no_kk=None)
    head = country.residents[4 * 150]
    country.family("kk_disalin", 149, no_kk=head["no_kk"])
    country.family("kk_asal", 150)
    country.family("serumah", 151, no_kk="3604040101022222")
    country.family("serumah_juga", 152, no_kk="3604040101022222")
    country.row("kepala_mati", country.resident(153, 0, status_penduduk="MATI"))
    dead = country.resident(154, 0, status_penduduk="MATI")
    country.row("kepala_mati_nik_salah", dead, nik=_slip(dead["nik"], 8))


def movers(country: Country) -> None:
    new = {"no_kk": "5107010101220007", **BALI, "alamat": "BR TENGAH", "rt": "001", "rw": "001"}
    old = [dict(country.residents[4 * 155 + member]) for member in range(4)]
    for member in range(4):
        country.resident(155, member, **new)
    for member, row in enumerate(old):
        country.row(f"pindah_{member}", row, **({"nik": None} if member == 2 else {}))
    widow = country.resident(156, 1, no_kk="3604010101221212", hub_keluarga=2, alamat="KP BARU NO 9", rt="003")
    old_home = {name: country.residents[4 * 156][name] for name in ("no_kk", "alamat", "rt")}
    country.family("janda", 156, 1)
    country.row("janda_menikah_lagi", widow, AUTO, HUMAN, nik=None, **old_home)
    husband = country.residents[4 * 157]
    country.family("istri", 157, 1)
    country.row("nama_suami", country.residents[4 * 157 + 1], AUTO, HUMAN, nama=f"NY {husband['nama']}", nik=None)
    child = country.resident(158, 2, no_kk="3604030101223434", hub_keluarga=1)
    country.family("anak", 158, 2)
    country.row("anak_berkeluarga", child, no_kk=country.residents[4 * 158]["no_kk"], hub_keluarga=3, nik=None)


def doubles(country: Country) -> None:
    person = country.residents[4 * 160]
    country.row("sekali", person)
    country.row("sekali_lagi", person, nik=None, no_kk="3604010101059997", nama=_swap(person["nama"]))
    moved = {"no_kk": "5107010101059997", **BALI, "alamat": "BR KAJA", "rt": "005", "rw": "001"}
    country.row("di_kabupaten_lain", person, AUTO, HUMAN, **moved)
    outsider = {
        **person, "nama": "RAISA NURDIYANTI", "tanggal_lahir": date(2018, 3, 23), "jenis_kelamin": "P", "nik": None,
        "nama_ibu_kandung": "TIRA LASMINI", "no_kk": "3604020101068888", "tempat_lahir": "BREBES", "hub_keluarga": 3,
    }  # fmt: skip
    country.stranger("tak_terdaftar", outsider)
    moved = {"no_kk": "5107010101058888", **BALI, "alamat": "BR KELOD", "rt": "009", "rw": "004"}
    country.stranger("tak_terdaftar_pindah", outsider, tanggal_lahir=date(2017, 3, 23), **moved)
    # Of two loose rows the one whose number lacks a digit is held against the other, though it comes behind.
    man = {**outsider, "nama": "RUSTAM HARDJOLUKITO", "jenis_kelamin": "L", "tanggal_lahir": date(1988, 3, 2)}
    cut = {"nama": "RUSTAM", "nik_tulis": "360402023880001", "tanggal_lahir": date(1988, 9, 27)}
    country.stranger("angka_lengkap", man, nik="3604020203880001", hub_keluarga=1)
    country.stranger("angka_kurang", man, hub_keluarga=1, **cut)
    home = {"no_kk": "3604020101069999", "alamat": "KP HILIR NO 77", "rt": "007", "nama_ibu_kandung": "ONENG"}
    for family, name in ((161, "DINA"), (162, "DINI")):
        twin = country.resident(family, 3, nama=f"{name} MARLINA", jenis_kelamin="P", tanggal_lahir=date(2012, 6, 7))
        country.stranger(f"absen_{name.lower()}", twin, nik=None, **home, tanggal_lahir=date(2012, 6, 17))


def parents(country: Country) -> None:
    """Parents named after a child."""
    country.resident(163, 2, nama="RIZKI PRATAMA")
    country.family("rizki", 163, 0, 1)
    country.row("ayah_si_anak", country.residents[4 * 163], nama="PAK RIZKI", nik=None)
    country.row("ibu_si_anak", country.residents[4 * 163 + 1], nama="INAQ RIZKI", nik=None)
    country.row("ayah_anak_lain", country.residents[4 * 164], nama="PAK SUKIRNO", nik=None)


def heads_and_wives(country: Country) -> None:
    """People with a resident's role in the family but another name."""
    head, wife = country.residents[4 * 168], country.resident(168, 1, tanggal_lahir=date(1980, 1, 1))
    country.row("istri_dengan_nama_suami", country.residents[4 * 169 + 1], nama="NY KASMURI", nik=None)
    galuh = {"nama": "GALUH", "nik": None}
    country.stranger("kepala_pengganti", head, **galuh, tanggal_lahir=date(1999, 4, 2))
    country.stranger("kembaran_kepala", head, **galuh, no_kk="3604020101051717")
    followers = (
        {"nama_ibu_kandung": "ONENG"},
        {"nik": "3604020907810033"},
        {"nik": country.residents[4 * 173]["nik"], "tanggal_lahir": date(1971, 9, 2)},
        {"nama": "SURATMI", "jenis_kelamin": "P"},
    )
    for place, follower in enumerate(followers):
        country.family(f"pengganti_{place}", 171 + place, 0)
        country.stranger(f"pengganti_{place}", country.residents[4 * (171 + place)], **galuh | follower)
    country.family("dua_rumah", 175)
    country.stranger("kembaran_serumah_kk", country.residents[4 * 175], **galuh)
    country.stranger("istri_baru", wife, nama="GALIH", nama_ibu_kandung="ONENG", nik=None)


def neighbours(country: Country) -> None:
    """A namesake at the same address, born in another year."""
    known = country.resident(165, 0, nama="KUSMAYADI", tanggal_lahir=date(1979, 3, 7))
    untied = {"nik": None, "no_kk": "3604020101051515", "nama_ibu_kandung": None}
    country.stranger("tetangga_senama", known, **untied, tanggal_lahir=date(1981, 10, 19))


def families_of_namesakes(country: Country) -> None:
    """A couple outside the registry with the names of another couple in the village, and nothing else in common."""
    untied = {"nik": None, "no_kk": "3604020101051919", "nama_ibu_kandung": None}
    for member, name, born in ((0, "WARKONAH", date(1976, 12, 24)), (1, "SARTIJAH", date(1979, 11, 25))):
        known = country.resident(176, member, nama=name, tanggal_lahir=born.replace(month=3))
        country.stranger(f"pasangan_senama_{member}", known, **untied, tanggal_lahir=born.replace(day=3))


def listed_under_two_names(country: Country) -> None:
    """A head listed again under his own number, with his nickname."""
    country.family("dua_nama", 177)
    country.row("dua_nama_sebutan", country.residents[4 * 177], nama="PAK GALUH", nama_ibu_kandung=None)


def recorded_twice(country: Country) -> None:
    """A retired NIK in a KK at another address, and one with another spelling of the name."""
    moved, slipped = country.residents[4 * 166], country.resident(167, 0, nama="SUDARMAN HADI")
    old_home = {"no_kk": "3604020101061616", "alamat": "KP LAMA NO 1", "rt": "008"}
    for name, person, otherwise in (("pindah", moved, old_home), ("ejaan", slipped, {"nama": "SUDARMANHADI"})):
        number = person["nik"][:12] + "0077"
        country.born(person, **otherwise, nik=number, status_penduduk="TIDAK_VALID")
        country.row(f"hidup_{name}", person)
        country.row(f"pensiun_{name}", person, nik=number, tempat_lahir=None)


def _slip(number: str, place: int) -> str:
    return number[:place] + str((int(number[place]) + 3) % 10) + number[place + 1 :]


def _swap(name: str) -> str:
    return name[:2] + name[3] + name[2] + name[4:]


@pytest.fixture(scope="module")
def found(residents: list[Row], listed: Listed) -> Found:
    country = Country(residents)
    every = (
        twins, known_by_family_and_birthday, twins_told_by_name, father_and_son, namesakes, numbers, movers, doubles,
        parents, heads_and_wives, neighbours, families_of_namesakes, listed_under_two_names, recorded_twice,
    )  # fmt: skip
    for families in every:
        families(country)
    clean = [listed(family, member) for family in range(120) for member in range(4)]
    people = people_of([*clean, *(case.row for case in country.cases.values())])
    number = {name: f"D{len(clean) + place:05d}" for place, name in enumerate(country.cases)}
    registry = registry_of([*country.residents, *country.extra])
    return Found(link(people, registry), country.cases, number, people, registry)


def test_nobody_is_taken_for_somebody_else(found: Found) -> None:
    links = {name: found.link(name) for name in found.cases}
    wrong = {name for name, (decided, nik) in links.items() if decided == AUTO and nik != found.cases[name].true}
    assert wrong == set()


def test_every_row_is_decided_as_an_officer_would(found: Found) -> None:
    decided = {name: found.link(name)[0] for name in found.cases}
    assert {name: got for name, got in decided.items() if got not in found.cases[name].decided} == {}


def test_no_number_is_corrected_to_another_persons(found: Found) -> None:
    name = {number: name for name, number in found.number.items()}
    proposed = found.linkage.corrections.filter(kolom="nik").select("id_dtks", "nilai_usulan").rows()
    assert {name[row]: nik for row, nik in proposed if nik != found.cases[name[row]].true} == {}


@pytest.mark.parametrize("other", ["sekali_lagi", "di_kabupaten_lain"])
def test_who_is_listed_twice_is_found(found: Found, other: str) -> None:
    assert found.is_pair("sekali", other)


def test_two_people_are_no_pair_however_alike(found: Found) -> None:
    names = {number: name for name, number in found.number.items()}
    pairs = {(names[a], names[b]) for a, b in found.linkage.duplicates.select("id_dtks_a", "id_dtks_b").rows()}
    assert pairs == {
        ("sekali", "sekali_lagi"),
        ("sekali", "di_kabupaten_lain"),
        ("sekali_lagi", "di_kabupaten_lain"),
        ("anak_senama", "anak_senama_tanpa_tanggal"),
        ("tak_terdaftar", "tak_terdaftar_pindah"),
        ("angka_lengkap", "angka_kurang"),
        ("hidup_pindah", "pensiun_pindah"),
        ("hidup_ejaan", "pensiun_ejaan"),
        ("dua_nama_0", "dua_nama_sebutan"),
    }


def test_what_officers_decided_holds_in_every_later_run(found: Found) -> None:
    refused, placed = found.number["kk_basi_0"], found.number["senama_tak_tentu"]
    refused_as = found.link("kk_basi_0")[1]
    placed_as = found.cases["senama_tak_tentu"].true
    answers = [(refused, refused_as, DIFFERENT, "Sari", None, None), (placed, placed_as, SAME, "Sari", None, None)]
    decisions = pl.DataFrame(answers, schema=DECISIONS, orient="row")
    runs = [
        link(found.people.sample(fraction=1, shuffle=True, seed=seed), found.registry, decisions=decisions)
        for seed in (1, 2)
    ]
    tables = [apply_decisions(run.links, decisions) for run in runs]
    assert_frame_equal(tables[0], tables[1], check_exact=True)
    decided = tables[0].select("id_dtks", "nik_dukcapil", "keputusan").rows()
    assert (refused, refused_as, "DITOLAK") in decided
    assert (placed, placed_as, "PETUGAS") in decided
    # A number that an officer vouches for is corrected, one that he refused is not.
    proposed = runs[0].corrections.filter(kolom="nik").select("id_dtks", "nilai_usulan").rows()
    assert (placed, placed_as) in proposed
    assert refused not in dict(proposed)
