"""Names and numbers in extracts lead to the right codes in force, or to none."""

from __future__ import annotations

import os
import random
from pathlib import Path

import polars as pl
import pytest

from pipeline import reference
from pipeline.normalise.regions import current_kab, known_region_codes, resolve_names
from pipeline.normalise.regions.spelling import fold_region, kind_of_kabupaten
from tests.unit.frames import find_misread

COLUMNS = {"provinsi": "prov", "kabupaten": "kab", "kecamatan": "kec", "desa": "desa"}
SAMPLES = Path(os.environ.get("PADAN_SAMPLES") or Path(__file__).resolve().parents[5] / "shared" / "samples")


def test_fold_region_strips_only_level_words() -> None:
    notations = {
        "SERANG": [" kab.  Serang"],
        "KEPULAUANSERIBU": ["KABUPATEN ADMINISTRASI KEPULAUAN SERIBU"],
        "KOTASOE": ["Kec. Kota Soe"],
        "KOTARAJA": ["KOTA RAJA"],
        "KOTOLIN": ["KOT OLIN"],
        "DESA": ["DESA"],
        "BARU": ["DESA BARU"],
        "TIGAPULUHILIR": ["KEL. TIGA-PULUH ILIR"],
        "BONANDOLOKII": ["Bonan Dolok II"],
        "KEPULAUANRIAU": ["Kep. Riau"],
        "SUKAMAJU": ["SUKA MAJU\u00a0"],
    }  # fmt: skip
    assert find_misread(fold_region, notations) == []


def test_kind_of_kabupaten() -> None:
    notations = {
        "KABUPATEN": ["KAB. SERANG", "Kabupaten Serang", "KAB LIMA PULUH KOTA"],
        "KOTA": ["KOTA ADM. JAKARTA SELATAN", "KOTAMADYA BOGOR", "SERANG (KOTA)"],
        None: ["SERANG", "KOTAWARINGIN BARAT"],
    }  # fmt: skip
    assert find_misread(kind_of_kabupaten, notations) == []


# Province, kabupaten, kecamatan and desa as written; the deepest code found, and the finding.
RESOLVED: list[tuple[str | None, ...]] = [
    # Prefixes, case and spacing are no finding.
    ("BANTEN", "KABUPATEN SERANG", "CIRUAS", "KASERANGAN", "3604092016", None),
    ("Prov. Banten", "kab.serang", "kec. Ciruas", "ds. kaserangan", "3604092016", None),
    ("BANTEN ", "SERANG, KAB", " CI RUAS", "KEL.  KASERANGAN\u00a0", "3604092016", None),
    # The kecamatan decides between kabupaten and kota; nothing is guessed.
    ("BANTEN", "SERANG", "CIRUAS", "KASERANGAN", "3604092016", None),
    ("BANTEN", "SERANG", "WALANTAKA", "KALODRAN", "3673031008", None),
    ("BANTEN", "SERANG", None, None, "36", "WILAYAH_AMBIGU"),
    ("BANTEN", "SERANG", "TIDAK ADA", None, "36", "WILAYAH_AMBIGU"),
    # A wrong kind is overruled only by more evidence.
    ("BANTEN", "KOTA SERANG", "CIRUAS", "KASERANGAN", "3604092016", "WILAYAH_EJAAN"),
    ("BANTEN", "KOTA SERANG", "CIRUAS", None, "36", "WILAYAH_AMBIGU"),
    ("JAWA BARAT", "KAB. BANJAR", None, None, "32", "WILAYAH_AMBIGU"),
    ("KEPULAUAN RIAU", "KAB. BATAM", None, None, "2171", "WILAYAH_EJAAN"),
    # A code before the name is not part of it.
    ("36 BANTEN", "36.04 SERANG", "36.04.05 KRAMATWATU", "2006 SERDANG", "3604052006", None),
    ("36-BANTEN", "3604 - KAB. SERANG", "360405 KRAMATWATU", "3604052006 SERDANG", "3604052006", None),
    ("BANTEN (36)", "04. KABUPATEN SERANG", "KRAMATWATU (Kec.)", "SERDANG (2006)", "3604052006", None),
    ("SUMATERA BARAT", "50 KOTA", None, None, "1307", None),
    ("SUMATERA SELATAN", "KOTA PALEMBANG", "ILIR BARAT I", "26 ILIR D I", "1671041003", "WILAYAH_LAMA"),
    # The province may be missing, old or wrong.
    (None, "KAB. BOYOLALI", "SELO", "KLAKAH", "3309012002", None),
    ("PAPUA", "KAB. JAYAWIJAYA", "WAMENA", "AUTAKMA", "9501012005", "WILAYAH_LAMA"),
    ("PAPUA PEGUNUNGAN", "KAB. JAYAWIJAYA", "WAMENA", "AUTAKMA", "9501012005", None),
    ("PAPUA BARAT", "KOTA SORONG", None, None, "9671", "WILAYAH_LAMA"),
    ("JAWA TIMUR", "KAB. BOYOLALI", "SELO", "KLAKAH", "3309012002", "WILAYAH_EJAAN"),
    # Without a kabupaten the kecamatan decides.
    ("BANTEN", None, "KRAMATWATU", "SERDANG", "3604052006", None),
    ("BANTEN", "-", "KRAMATWATU", "SERDANG", "3604052006", None),
    ("BANTEN", "XYZ", "KRAMATWATU", "SERDANG", "3604052006", "WILAYAH_EJAAN"),
    ("BANTEN", "XYZ", "KRAMATWATU", "QWERTY", "36", "WILAYAH_TIDAK_DIKENAL"),
    ("JAWA TENGAH", None, "KRAMATWATU", "SERDANG", "33", "WILAYAH_TIDAK_DIKENAL"),
    # Short forms are understood and old names marked.
    ("D.I. YOGYAKARTA", "KAB SLEMAN", None, None, "3404", None),
    ("DKI JAKARTA", "JAKARTA SELATAN", "TEBET", None, "317401", None),
    ("NTT", "TTS", "KOTA SOE", "SOE", "5302011001", None),
    ("KALSEL", "KOTA BARU", None, None, "6302", None),
    ("SUMATRA BARAT", "KAB. LIMA PULUH KOTA", None, None, "1307", None),
    ("SUMUT", "KAB. TOBA SAMOSIR", "BALIGE", "BONAN DOLOK II", "1212012030", "WILAYAH_LAMA"),
    ("MALUKU", "KAB. MALUKU TENGGARA BARAT", None, None, "8103", "WILAYAH_LAMA"),
    # Both have or had the name: with its kind it means Mempawah, without it today's town.
    ("KALIMANTAN BARAT", "KAB. PONTIANAK", None, None, "6102", "WILAYAH_LAMA"),
    ("KALIMANTAN BARAT", "PONTIANAK", None, None, "6171", None),
    # Typing errors, old spellings, abbreviations and other numerals are corrected, with a finding.
    ("BANTEN", "KAB. SERANK", "CIRUAS", "KASERANGAN", "3604092016", "WILAYAH_EJAAN"),
    ("BANTEN", "KAB. SERANG", "CIRUASS", "KASERANGAN", "3604092016", "WILAYAH_EJAAN"),
    ("BANTEN", "KAB. SERANG", "CIRUAS", "KASERANGEN", "3604092016", "WILAYAH_EJAAN"),
    (None, "KAB. SERANG", "KRAMATWATOE", "TELOEK TERATE", "3604052014", "WILAYAH_EJAAN"),
    (None, "KAB. SERANG", "TJIROEAS", "KASERANGAN", "3604092016", "WILAYAH_EJAAN"),
    (None, "KAB. TOBA", "BALIGE", "BONAN DOLOK 2", "1212012030", "WILAYAH_EJAAN"),
    (None, "KAB. SERANG", "05 KRAMATWATU", "TLK. TERATE", "3604052014", "WILAYAH_EJAAN"),
    # Not corrected, as they may mean another place: another numeral, a neighbouring kecamatan's village, a short word.
    ("SUMATERA UTARA", "KAB. TOBA", "BALIGE", "BONAN DOLOK IX", "121201", "WILAYAH_TIDAK_DIKENAL"),
    ("BANTEN", "KAB. SERANG", "CIRUAS", "SERDANG", "360409", "WILAYAH_TIDAK_DIKENAL"),
    ("BANTEN", "KAB. SERANG", "CIRUAS", "PULA", "360409", "WILAYAH_TIDAK_DIKENAL"),
    # A short number beside a name may be part of it.
    *(("SUMATERA SELATAN", *row) for row in (
        ("KAB. MUSI BANYUASIN", "SEKAYU", "LUMPATAN (2)", "1606012013", None),
        ("KAB. MUSI BANYUASIN", "SEKAYU", "LUMPATAN (1606012002)", "1606012002", None),
        ("KAB. MUSI BANYUASIN", "SEKAYU", "LUMPATAN 2002", "1606012002", "WILAYAH_EJAAN"),
        ("KAB. MUSI BANYUASIN", "SEKAYU", "LUMPATAN (02)", "160601", "WILAYAH_TIDAK_DIKENAL"),
        ("KAB. MUSI BANYUASIN", "SEKAYU", "02 LUMPATAN", "160601", "WILAYAH_TIDAK_DIKENAL"),
        ("KAB. MUSI BANYUASIN", "SEKAYU (01)", "LUMPATAN", "1606012002", "WILAYAH_EJAAN"),
        ("KAB. MUSI BANYUASIN", "SEKAYU (02)", "LUMPATAN", "1606", "WILAYAH_TIDAK_DIKENAL"),
        ("KAB. OGAN KOMERING ULU TIMUR", "BELITANG (03)", None, "1608", "WILAYAH_TIDAK_DIKENAL"),
        ("KAB. OGAN KOMERING ULU SELATAN", "TIGA DIHAJI", "KURIPAN (2)", "1609182008", "WILAYAH_EJAAN"),
        ("KAB. OGAN KOMERING ULU SELATAN", "TIGA DIHAJI", "3 KURIPAN", "160918", "WILAYAH_TIDAK_DIKENAL"),
    )),
    # The exact name ranks above the one without its first word.
    ("BALI", "KAB KLUNGKUNG", "KLUNGKUNG", "GELGEL", "5105032003", None),
    ("BALI", "KAB KLUNGKUNG", "KLUNGKUNG", "DESA GELGEL", "5105032003", None),
    ("BALI", "KAB KLUNGKUNG", "KLUNGKUNG", "KAMPUNG GELGEL", "5105032004", None),
    ("SUMATERA UTARA", "KAB DELI SERDANG", "LUBUK PAKAM", "Kel. Lubuk Pakam I,II", "1207281007", None),
    ("SUMATERA UTARA", "KAB DELI SERDANG", "LUBUK PAKAM", "Kel. Lubuk Pakam III", "1207281008", None),
    ("SUMATERA UTARA", "KAB DELI SERDANG", "LUBUK PAKAM", "LUBUKPAKAMI,II", "1207281007", None),
    # A village without kecamatan must be unique in the kabupaten; a blank village is no finding.
    ("BANTEN", "KAB. SERANG", None, "KASERANGAN", "3604", "WILAYAH_AMBIGU"),
    ("BANTEN", "KOTA SERANG", None, "KALODRAN", "3673031008", None),
    ("BANTEN", "KOTA SERANG", "WALANTAKA", "-", "367303", None),
    # Missing and unknown names get a finding.
    (None, None, None, None, None, "WILAYAH_TIDAK_DIKENAL"),
    ("-", "NULL", "0", "nan", None, "WILAYAH_TIDAK_DIKENAL"),
    ("XX", "YY", "ZZ", "QQ", None, "WILAYAH_TIDAK_DIKENAL"),
]  # fmt: skip


def test_names_lead_to_the_deepest_code_that_is_sure() -> None:
    frame = pl.DataFrame([row[:4] for row in RESOLVED], schema=dict.fromkeys(COLUMNS.values(), pl.String), orient="row")
    deepest = pl.coalesce("kode_desa", "kode_kec", "kode_kab", "kode_prov")
    found = resolve_names(frame, **COLUMNS).select(deepest, "temuan_wilayah").rows()
    assert [(row, read) for row, read in zip(RESOLVED, found, strict=True) if row[4:] != read] == []


def test_a_village_that_moved_is_found_under_its_old_kecamatan() -> None:
    moved = reference.region_aliases().filter(
        pl.col("kode").str.len_bytes() == 10, pl.col("induk") != pl.col("kode").str.head(6)
    )
    assert moved.height > 100
    names = reference.regions().select("kode", "nama")
    stated = (
        moved.join(names.rename({"kode": "induk", "nama": "kec"}), on="induk")
        .with_columns(kab=pl.col("kode").str.head(4))
        .join(names.rename({"kode": "kab", "nama": "nama_kab"}), on="kab")
    )
    resolved = resolve_names(stated, provinsi=None, kabupaten="nama_kab", kecamatan="kec", desa="nama_lama")
    found = resolved.filter(pl.col("kode_desa") == pl.col("kode"))
    assert found.height >= 0.98 * moved.height
    assert found["temuan_wilayah"].unique().to_list() == ["WILAYAH_LAMA"]
    assert (found["kode_kec"] == found["kode"].str.head(6)).all()


def test_rows_keep_their_order_and_number() -> None:
    frame = pl.DataFrame(
        {
            "prov": ["BANTEN", None, "BANTEN"],
            "kab": ["KOTA SERANG", "KAB TOBA", "KOTA SERANG"],
            "kec": ["WALANTAKA", None, "WALANTAKA"],
            "desa": ["KALODRAN", None, "KALODRAN"],
            "nomor": [7, 8, 9],
        }
    )
    resolved = resolve_names(frame, **COLUMNS)
    assert resolved.drop("kode_prov", "kode_kab", "kode_kec", "kode_desa", "temuan_wilayah").equals(frame)
    assert resolved["kode_kab"].to_list() == ["3673", "1212", "3673"]


def test_empty_frames_and_absent_levels_pass() -> None:
    empty = pl.DataFrame(schema=dict.fromkeys(COLUMNS.values(), pl.String))
    assert resolve_names(empty, **COLUMNS).schema["kode_desa"] == pl.String
    one = pl.DataFrame({"kab": ["KOTA SERANG"]})
    only_kab = resolve_names(one, provinsi=None, kabupaten="kab", kecamatan=None, desa=None)
    assert only_kab["kode_kab"].to_list() == ["3673"]


def test_every_village_resolves_to_itself_but_the_sixteen_pairs() -> None:
    regions = reference.regions().filter("berlaku")
    names = dict(regions.select("kode", "nama").iter_rows())
    chance = random.Random(2022)  # noqa: S311 - not for secrets

    def written(nama: str, *words: str) -> str:
        text = chance.choice(words) + nama
        cased = chance.choice((text, text.lower(), text.title()))
        return chance.choice((cased, f" {cased} ", cased.replace(" ", "  "), cased + "\u00a0"))

    rows = [
        (
            kode,
            written(names[kode[:2]], "", "PROVINSI ", "Prov. "),
            written(names[kode[:4]].replace("KABUPATEN ", chance.choice(("KABUPATEN ", "KAB. ", "KAB ")), 1), ""),
            written(names[kode[:6]], "", "KECAMATAN ", "Kec. "),
            written(names[kode], "", "DESA ", "Kel. ", "KELURAHAN "),
        )
        for kode in regions.filter(tingkat="DESA")["kode"]
    ]
    frame = pl.DataFrame(rows, schema=["kode", *COLUMNS.values()], orient="row")
    resolved = resolve_names(frame, **COLUMNS)
    lost = resolved.filter(pl.col("kode").ne_missing(pl.col("kode_desa")))
    assert lost.height == 32
    assert lost["kode_desa"].null_count() == 32
    assert (lost["kode_kec"] == lost["kode"].str.head(6)).all()
    assert lost["temuan_wilayah"].unique().to_list() == ["WILAYAH_AMBIGU"]
    assert resolved["temuan_wilayah"].null_count() == resolved.height - 32


def test_current_kab_maps_only_papua() -> None:
    codes = pl.DataFrame({"kode": ["9102", "9271", "9501", "3604", None]})
    assert codes.select(current_kab(pl.col("kode")))["kode"].to_list() == ["9501", "9671", "9501", "3604", None]


def test_known_region_codes_hold_all_that_were_ever_used() -> None:
    codes = known_region_codes()
    assert codes.kecamatan.len() == 7879
    assert codes.kecamatan_kini.len() == 7285
    assert codes.kabupaten.len() == 540
    assert codes.provinsi.len() == 38
    assert {"910121", "950101", "360409"} <= set(codes.kecamatan)


@pytest.mark.samples
@pytest.mark.skipif(not SAMPLES.is_dir(), reason="no samples here")
def test_every_payment_of_the_samples_finds_its_village() -> None:
    snapshot = SAMPLES / "desember-2022"
    key = ["no_danom", "program", "tahun", "tahap"]
    truth = pl.read_parquet(snapshot / "truth" / "payments.parquet").with_columns(
        pl.col("tahun", "tahap").cast(pl.String)
    )
    orders = pl.read_csv(
        snapshot / "raw" / "pos" / "BLT_BBM_2022" / "danom_bltbbm_t1_20220915.csv", infer_schema=False
    ).rename(str.lower)
    resolved = resolve_names(
        orders, provinsi="provinsi", kabupaten="kabupaten", kecamatan="kecamatan", desa="kelurahan"
    )
    compared = resolved.join(truth.select(*key, benar="kode_desa"), on=key)
    assert compared.height > 500
    assert (compared["kode_desa"] == compared["benar"]).all()
