from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import polars as pl
import pytest

from pipeline.synthetic.defects import copied as defects_copied
from pipeline.synthetic.defects import fact as defects_fact
from pipeline.synthetic.defects import name as defects_name
from pipeline.synthetic.defects import number as defects_number
from pipeline.synthetic.draft import Draft
from pipeline.synthetic.draws import random_stream
from pipeline.synthetic.rates import Rates

COUNT = 4_000
NONE = {name: 0.0 for name in Rates.__dataclass_fields__}


def only_rates(**rates: float) -> Rates:
    """Rates that are all zero except these."""
    return Rates(**{**NONE, **rates})


@pytest.fixture
def draft() -> Draft:
    rng = random_stream(9, "uji")
    day = rng.integers(1, 29, COUNT)
    nik = pl.Series(3_604_050_000_000_000 + day * 10**8 + 1_285_0000 + np.arange(COUNT) % 9_000 + 1).cast(pl.String)
    rows = pl.DataFrame(
        {
            "pid": np.arange(COUNT),
            "fid": np.arange(COUNT) // 4,
            "nik": nik,
            "nik_alt": pl.Series([None] * COUNT, dtype=pl.String),
            "nik_kepala": nik.gather(np.arange(COUNT) // 4 * 4),
            "kk": pl.Series(3_604_052_111_170_000 + np.arange(COUNT) // 4 + 1).cast(pl.String),
            "nama": ["MUHAMMAD HERMAWAN", "SITI KHODIJAH AMINAH", "SUPARMAN", "NUR AZIZAH"] * (COUNT // 4),
            "ibu": ["SITI AMINAH"] * COUNT,
            "ayah": ["UJANG SUPARMAN"] * COUNT,
            "pasangan": [None, "MUHAMMAD HERMAWAN", None, None] * (COUNT // 4),
            "lahir": pl.Series([date(1985, 12, 3)] * COUNT),
            "jk": ["L", "P", "L", "P"] * (COUNT // 4),
            "salinan": [0] * COUNT,
            "hub": [1, 2, 3, 3] * (COUNT // 4),
            "kode_kec": ["360405", "360406"] * (COUNT // 2),
            "kode_kab": ["3604"] * (COUNT // 2) + ["3673"] * (COUNT // 2),
        }
    )
    return Draft.of(rows, rng)


NIK_LOOKS: list[tuple[str, str]] = [
    ("NIK_KOSONG", r"^$"),
    ("NIK_KURANG", r"^\d{15}$"),
    ("NIK_LEBIH", r"^\d{17}$"),
    ("NIK_HURUF", r"^[\dOlIZ]{16}$"),
    ("NIK_ILMIAH", r"^\d[,.]\d{5}E\+15$"),
    ("NIK_SERI_NOL", r"^\d{12}0000$"),
    ("NIK_PEMISAH", r"^[\d .-]{17,19}$"),
    ("NIK_ISIAN", r"^(\d{6}0{10}|1234567890123456|9{16}|0{16}|1{16})$"),
    ("NIK_SALAH_1", r"^\d{16}$"),
    ("NIK_SALAH_2", r"^\d{16}$"),
    ("NIK_TUKAR_ANGKA", r"^\d{16}$"),
]


@pytest.mark.parametrize(("kelas", "look"), NIK_LOOKS)
def test_nik_damage_looks_as_its_class_says(draft: Draft, kelas: str, look: str) -> None:
    before = draft.rows["nik"]
    defects_number.damage_niks(draft, before, only_rates(**{kelas.lower(): 0.3}))
    struck = draft.marked(kelas)
    assert 0.2 * COUNT < struck.sum() < 0.4 * COUNT
    assert draft.rows["nik"].filter(struck).str.contains(look).all()
    assert (draft.rows["nik"] == before).filter(~pl.Series(struck)).all()
    assert not (draft.rows["nik"] == before).filter(struck).any()


def test_one_wrong_digit_is_one_wrong_digit(draft: Draft) -> None:
    before = draft.rows["nik"]
    defects_number.damage_niks(draft, before, only_rates(nik_salah_1=1.0))
    differing = [sum(a != b for a, b in zip(x, y, strict=True)) for x, y in zip(before, draft.rows["nik"], strict=True)]
    assert set(differing) == {1}


def test_impossible_dates_are_impossible(draft: Draft) -> None:
    defects_number.damage_niks(draft, draft.rows["nik"], only_rates(nik_tgl_mustahil=1.0))
    nik = draft.rows["nik"]
    day, month = nik.str.slice(6, 2).cast(pl.Int64), nik.str.slice(8, 2).cast(pl.Int64)
    assert ((month > 12) | day.is_between(32, 40) | (day > 71)).all()


def test_borrowed_niks_belong_to_the_family(draft: Draft) -> None:
    owners = draft.rows.select("fid", own="nik")
    defects_number.damage_niks(draft, draft.rows["nik"], only_rates(nik_tertukar=1.0))
    found = draft.rows.join(owners, left_on=["fid", "nik"], right_on=["fid", "own"], how="semi")
    assert found.height == COUNT


def test_a_row_without_kk_keeps_a_nik_to_be_found_by(draft: Draft) -> None:
    draft.rows = draft.rows.with_columns(kk=pl.lit(""))
    defects_number.damage_niks(draft, draft.rows["nik"], only_rates(nik_kosong=0.5, nik_rusak=0.5))
    assert draft.rows["nik"].str.contains(r"^\d{16}$").all()


def test_a_row_without_usable_nik_keeps_its_kk(draft: Draft) -> None:
    draft.rows = draft.rows.with_columns(nik=pl.lit(""))
    defects_number.damage_kks(draft, only_rates(kk_rusak=1.0))
    assert draft.rows["kk"].str.contains(r"^\d{16}$").all()


def test_float64_makes_papua_numbers_even_and_spares_the_others(draft: Draft) -> None:
    papua = pl.Series(["9102015011760001", "9102015011760003", "3604055011760001", "9102015011760002"] * (COUNT // 4))
    draft.rows = draft.rows.with_columns(nik=papua)
    defects_number.round_by_float64(draft, np.ones(COUNT, dtype=bool), only_rates(nik_float=1.0))
    odd, other = ["9102015011760000", "9102015011760004"], ["3604055011760001", "9102015011760002"]
    assert draft.rows["nik"].head(4).to_list() == odd + other
    assert draft.marked("NIK_FLOAT")[:4].tolist() == [True, True, False, False]


def test_excel_zeroes_the_last_digit_in_workbooks_only(draft: Draft) -> None:
    in_book = np.arange(COUNT) < COUNT // 2
    defects_number.round_by_excel(draft, in_book, only_rates(nik_excel=1.0, kk_excel=1.0))
    assert draft.rows["nik"].head(COUNT // 2).str.ends_with("0").all()
    assert not draft.marked("NIK_EXCEL")[COUNT // 2 :].any()
    assert not draft.marked("KK_EXCEL")[COUNT // 2 :].any()


def test_somebody_always_has_neither_number_nor_name(draft: Draft) -> None:
    draft.mark("KEMBAR", np.arange(COUNT) < COUNT - 10)
    defects_number.blank_identity(draft)
    bare = draft.rows.filter(draft.marked("TANPA_IDENTITAS"))
    assert bare.select("nik", "kk").unique().rows() == [("", "")]
    nameless = draft.rows.filter(draft.marked("NAMA_KOSONG"))
    assert nameless["nama"].unique().to_list() == [""]
    assert nameless["nik"].str.contains(r"^\d{16}$").all()


NAME_LOOKS: list[tuple[str, Callable[[str], bool]]] = [
    ("NAMA_GELAR", lambda name: "." in name or name.startswith(("H ", "HJ "))),
    ("NAMA_ALIAS", lambda name: any(mark in name for mark in (" ALIAS ", "@", "/", "("))),
    ("NAMA_BINTI", lambda name: name.endswith((" BIN UJANG", " BINTI UJANG"))),
    ("NAMA_SINGKAT", lambda name: len(name.split()) <= 2),
    ("NAMA_SUAMI", lambda name: name.endswith("MUHAMMAD HERMAWAN")),
]


@pytest.mark.parametrize(("kelas", "looks"), NAME_LOOKS)
def test_name_damage_looks_as_its_class_says(draft: Draft, kelas: str, looks: Callable[[str], bool]) -> None:
    defects_name.damage_names(draft, only_rates(**{kelas.lower(): 1.0}))
    names = draft.rows["nama"].filter(draft.marked(kelas)).to_list()
    assert names
    assert all(looks(name) for name in names)


def test_only_changed_names_are_marked(draft: Draft) -> None:
    before = draft.rows["nama"]
    defects_name.damage_names(draft, Rates())
    changed = (draft.rows["nama"] != before).to_numpy()
    marked = np.any(np.stack(list(draft.marks.values())), axis=0)
    assert (changed == marked).all()
    assert changed.any()


def test_nicknames_are_the_last_two_syllables(draft: Draft) -> None:
    draft.rows = draft.rows.with_columns(nama=pl.lit("HERMAWAN SETIAWAN"))
    defects_name.damage_names(draft, only_rates(nama_panggilan=1.0))
    assert draft.rows["nama"].unique().to_list() == ["MAWAN"]


def test_dates_stay_dates_and_never_lie_ahead(draft: Draft) -> None:
    today = date(2022, 12, 1)
    young = pl.Series([date(2022, 11, 29), date(2004, 2, 29)] * (COUNT // 2))
    draft.rows = draft.rows.with_columns(lahir=young)
    defects_fact.damage_dates(draft, only_rates(tgl_tahun=0.4, tgl_ketik=0.3, tgl_tukar=0.3), today)
    assert draft.rows["lahir"].null_count() == 0
    assert draft.rows["lahir"].max() <= today  # type: ignore[operator]


def test_swapped_day_and_month(draft: Draft) -> None:
    defects_fact.damage_dates(draft, only_rates(tgl_tukar=1.0), date(2022, 12, 1))
    assert draft.rows["lahir"].unique().to_list() == [date(1985, 3, 12)]


def test_badly_surveyed_households_fare_worse() -> None:
    rng = random_stream(1, "uji")
    badly = np.arange(COUNT) < COUNT // 2
    draft = Draft(pl.DataFrame({"pid": np.arange(COUNT)}), rng, badly)
    struck = draft.sample_rows(0.1)
    assert struck[badly].sum() > 3 * struck[~badly].sum()


def test_scattered_households_take_numbers_of_the_village_or_an_old_one_of_their_own(draft: Draft) -> None:
    draft.rows = draft.rows.with_columns(
        desa=pl.Series(np.arange(COUNT) // 400), kk_sendiri=pl.format("A{}", pl.int_range(COUNT))
    )
    before = draft.rows
    defects_number.scatter_households(draft, only_rates(kk_lain=0.2, kk_asing=0.1), random_stream(1, "uji"))
    elsewhere, alone = draft.marked("KK_LAIN"), draft.marked("KK_ASING")
    assert 0.17 * COUNT < elsewhere.sum() < 0.23 * COUNT
    assert 0.08 * COUNT < alone.sum() < 0.12 * COUNT
    assert not (elsewhere & alone).any()
    village = dict(before.select("kk", "desa").iter_rows())
    moved = draft.rows.filter(elsewhere)
    assert [village[kk] for kk in moved["kk"]] == moved["desa"].to_list()
    assert (draft.rows.filter(alone)["kk"] == before.filter(alone)["kk_sendiri"]).all()
    assert (draft.rows["kk"] == before["kk"]).filter(~(elsewhere | alone)).all()


@pytest.mark.parametrize("kelas", ["NIK_SEKELUARGA", "NIK_BERSAMA", "NIK_HARI_40", "NIK_WILAYAH"])
def test_a_copied_nik_is_marked_where_it_stands(draft: Draft, kelas: str) -> None:
    before = draft.rows["nik"]
    defects_copied.copy_niks(draft, before.reverse(), only_rates(**{kelas.lower(): 0.3}))
    changed = (draft.rows["nik"] != before).to_numpy()
    assert changed.any()
    assert (changed == draft.marked(kelas)).all()
    assert draft.rows["nik"].str.contains(r"^\d{16}$").all()


def test_a_family_listed_under_one_nik_has_that_of_its_head(draft: Draft) -> None:
    defects_copied.copy_niks(draft, draft.rows["nik"], only_rates(nik_sekeluarga=0.3))
    struck = draft.rows.filter(pl.Series(draft.marked("NIK_SEKELUARGA")))
    assert (struck["nik"] == struck["nik_kepala"]).all()


def test_the_day_of_the_other_sex_is_forty_more_or_less(draft: Draft) -> None:
    before = draft.rows["nik"]
    defects_copied.copy_niks(draft, before, only_rates(nik_hari_40=1.0))
    day, was = (nik.str.slice(6, 2).cast(pl.Int64) for nik in (draft.rows["nik"], before))
    assert ((day - was).abs() == 40).all()


def test_a_filled_down_kk_number_stays_in_its_kabupaten(draft: Draft) -> None:
    before = draft.rows.select("fid", "kk", "kode_kab")
    defects_copied.copy_kks(draft, only_rates(kk_disalin=0.2))
    struck = pl.Series(draft.marked("KK_DISALIN"))
    assert struck.any()
    owners = before.unique("kk").select("kk", pemilik="fid", kab_pemilik="kode_kab")
    copied = draft.rows.filter(struck).join(owners, on="kk")
    assert (copied["kode_kab"] == copied["kab_pemilik"]).all()
    assert (copied["fid"] - copied["pemilik"]).is_between(1, 6).all()


def test_a_file_lost_to_excel_has_no_sixteenth_digit_left(draft: Draft) -> None:
    defects_copied.round_files_by_excel(draft, only_rates(berkas_excel=1.0))
    assert draft.rows["nik"].str.ends_with("0").all()
    assert draft.rows["kk"].str.ends_with("0").all()
