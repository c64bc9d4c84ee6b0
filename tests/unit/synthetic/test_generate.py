"""A small generated country, read back with a plain text reader and compared with its truth."""

from __future__ import annotations

import gzip
import os
import zipfile
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipeline.reference import program_stages
from pipeline.synthetic.generate import generate
from pipeline.synthetic.rates import Rates
from schemas.extracts import LAYOUTS

TRUTH = ("persons", "households", "duplicates", "quarantine", "files", "payments", "double_aid", "realisasi")
SAMPLES = Path(os.environ.get("PADAN_SAMPLES", Path(__file__).resolve().parents[4] / "shared" / "samples"))
SAMPLE_TRUTH = SAMPLES / "desember-2022" / "truth"


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("negeri")
    generate(out, keluarga=500, seed=11)
    return out


@pytest.fixture(scope="module")
def truth(country: Path) -> dict[str, pl.DataFrame]:
    return {name: pl.read_parquet(country / "truth" / f"{name}.parquet") for name in TRUTH}


def lines_of(path: Path) -> list[str]:
    data = path.read_bytes()
    if path.suffix == ".gz":
        data = gzip.decompress(data)
    elif path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            data = archive.read(archive.namelist()[0])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252")
    return text.splitlines()


def files_under(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def test_the_same_seed_gives_the_same_bytes(country: Path, tmp_path: Path) -> None:
    generate(tmp_path, keluarga=500, seed=11)
    assert files_under(tmp_path) == files_under(country)


def test_another_seed_gives_another_country(country: Path, tmp_path: Path) -> None:
    generate(tmp_path, keluarga=100, seed=12)
    assert files_under(tmp_path).keys() != files_under(country).keys()


@pytest.mark.skipif(not SAMPLE_TRUTH.exists(), reason="samples are not here")
def test_truth_has_the_shape_of_the_samples(truth: dict[str, pl.DataFrame]) -> None:
    for name, table in truth.items():
        assert table.schema == pl.read_parquet_schema(SAMPLE_TRUTH / f"{name}.parquet"), name


def test_every_file_is_in_the_ledger_with_its_lines(country: Path, truth: dict[str, pl.DataFrame]) -> None:
    raw = country / "raw"
    listed = dict(truth["files"].select("berkas", "baris").iter_rows())
    assert set(listed) == {str(path.relative_to(raw)) for path in raw.rglob("*") if path.is_file()}
    for berkas, count in listed.items():
        if not berkas.endswith(".xlsx"):
            assert len(lines_of(raw / berkas)) - 1 == count, berkas


def test_every_person_stands_where_truth_says(country: Path, truth: dict[str, pl.DataFrame]) -> None:
    text = truth["persons"].filter(~pl.col("berkas").str.ends_with(".xlsx"))
    assert text.height > 300
    for (berkas,), rows in text.group_by("berkas"):
        lines = lines_of(country / "raw" / str(berkas))
        for id_dtks, baris in rows.select("id_dtks", "baris").iter_rows():
            assert lines[baris - 1].lstrip('"').startswith(id_dtks)


def test_damaged_lines_stand_where_truth_says(country: Path, truth: dict[str, pl.DataFrame]) -> None:
    damaged = truth["quarantine"].filter(~pl.col("berkas").str.ends_with(".xlsx"))
    struck = set(damaged.filter(pl.col("harap") == "TOLAK")["kelas"])
    assert {"KOLOM_KURANG", "KOLOM_LEBIH", "ID_GANDA", "NIK_KOSONG", "NIK_GANDA"} <= struck
    assert {"DANOM_KOSONG", "NOMINAL_RUSAK"} <= struck
    assert {"TANPA_IDENTITAS", "NAMA_KOSONG"} <= set(truth["quarantine"]["kelas"])
    for row in damaged.filter(pl.col("baris_lain").is_not_null()).iter_rows(named=True):
        lines = lines_of(country / "raw" / row["berkas"])
        assert lines[row["baris"] - 1] == lines[row["baris_lain"] - 1]
    for row in damaged.filter(pl.col("kelas") == "DANOM_KOSONG").iter_rows(named=True):
        assert lines_of(country / "raw" / row["berkas"])[row["baris"] - 1][0] in ",;|"


def test_headers_are_the_known_layouts(country: Path) -> None:
    raw = country / "raw"
    seen = set()
    for path in (*raw.rglob("*.csv"), *raw.rglob("*.txt"), *raw.rglob("*.psv"), *raw.rglob("*.gz")):
        header = lines_of(path)[0].replace('"', "")
        for label, layout in LAYOUTS.items():
            if any(header.removesuffix(f"{mark}STATUS") == mark.join(layout.headers) for mark in "|;,\t"):
                seen.add(label)
                break
        else:
            pytest.fail(f"{path.name}: {header}")
    assert {"dtks_23", "dtks_17", "siak_37", "pos_penuh", "alokasi", "pendamping"} <= seen


def test_persons_agree_with_the_registry(truth: dict[str, pl.DataFrame]) -> None:
    persons = truth["persons"]
    assert persons["id_dtks"].is_unique().all()
    unknown = persons.filter(pl.col("nik_benar").is_null())
    assert (unknown["kelas"].list.contains("TAK_TERDAFTAR")).all()
    assert unknown["kk_benar"].null_count() == unknown.height
    clean = persons.filter(pl.col("kelas").list.len() == 0)
    assert clean.height > persons.height / 3
    assert (clean["nik_benar"] == clean["nik_tertulis"]).all()
    assert (clean["kk_benar"] == clean["kk_tertulis"]).all()


def test_rows_to_be_refused_are_exactly_those_without_identity_or_name(truth: dict[str, pl.DataFrame]) -> None:
    persons = truth["persons"]
    bare = (pl.col("nik_tertulis") == "") & (pl.col("kk_tertulis") == "")
    nameless = pl.col("kelas").list.contains("NAMA_KOSONG")
    assert persons.filter(bare | nameless)["harap"].unique().to_list() == ["TOLAK"]
    assert persons.filter(~(bare | nameless))["harap"].unique().to_list() == ["TERIMA"]


def test_doubles_name_an_earlier_row_of_the_same_person(truth: dict[str, pl.DataFrame]) -> None:
    persons, pairs = truth["persons"], truth["duplicates"]
    doubles = persons.filter(pl.col("ganda_dari").is_not_null())
    assert doubles.height > 0
    named = doubles.join(persons, left_on="ganda_dari", right_on="id_dtks")
    assert (named["pid"] == named["pid_right"]).all()
    both = pairs.join(persons, left_on="a", right_on="id_dtks").join(persons, left_on="b", right_on="id_dtks")
    assert both.height == pairs.height
    assert (both["pid"] == both["pid_right"]).all()


def test_ambiguous_rows_give_nothing_away(truth: dict[str, pl.DataFrame]) -> None:
    rows = truth["persons"].filter("ambigu")
    assert rows.height >= 3
    assert (rows["nik_tertulis"] == "").all()
    alone = truth["persons"].group_by("kk_tertulis").len().join(rows, on="kk_tertulis")
    assert (alone["len"] == 1).all()
    assert "AMB_TAK_TERDAFTAR" in rows["kelas"].explode().to_list()


def test_households_hold_their_members(truth: dict[str, pl.DataFrame]) -> None:
    homes = truth["households"]
    assert homes["hh"].is_unique().all()
    accepted = truth["persons"].filter(pl.col("harap") == "TERIMA", pl.col("hh").is_not_null())
    assert homes["id_dtks"].list.len().sum() == accepted.height
    several = homes["kk_registri"].list.len()
    assert ((homes["status"] == "PECAH") == (several > 1)).all()
    assert ((homes["status"] == "TIDAK_PADAN") == (several == 0)).all()
    assert {"UTUH", "SEBAGIAN", "GABUNG", "PECAH"} <= set(homes["status"])


def test_orders_are_unique_and_dated_inside_their_files(truth: dict[str, pl.DataFrame]) -> None:
    orders = truth["payments"]
    assert not orders.select(pl.struct("no_danom", "program", "tahun", "tahap").is_duplicated().any()).item()
    paid = orders["status"] == "DIBAYAR"
    assert (orders["tgl_bayar"].is_not_null() == paid).all()
    bbm = orders.filter(pl.col("program") == "BLT BBM", pl.col("tahap") == 1)
    assert bbm["tgl_bayar"].max() <= date(2022, 10, 3)  # type: ignore[operator]
    assert set(orders["program"]) == {"BLT BBM", "SEMBAKO", "PKH", "BST", "BLT DD", "JAMSOSRATU"}
    assert orders.filter(pl.col("program") == "JAMSOSRATU")["kode_desa"].str.starts_with("36").all()


def test_double_aid_is_what_paid_orders_show(truth: dict[str, pl.DataFrame]) -> None:
    paid = truth["payments"].filter(pl.col("status") == "DIBAYAR", pl.col("kk_benar").is_not_null())
    stage = ["program", "tahun", "tahap"]
    twice = paid.group_by(*stage, "nik_benar").len().filter(pl.col("len") > 1)
    shared = paid.group_by(*stage, "kk_benar").agg(pl.col("nik_benar").n_unique()).filter(pl.col("nik_benar") > 1)
    dd, pkh = paid.filter(pl.col("program") == "BLT DD"), paid.filter(pl.col("program") == "PKH")
    conflicts = dd.join(pkh, on="kk_benar", how="semi")
    counted = dict(truth["double_aid"].group_by("jenis").len().iter_rows())
    expected = {"NIK_TAHAP_SAMA": twice, "KK_SAMA": shared, "PROGRAM_BERTENTANGAN": conflicts}
    assert counted == {jenis: table.height for jenis, table in expected.items()}


def test_realisation_adds_up_from_level_to_level(truth: dict[str, pl.DataFrame]) -> None:
    table = truth["realisasi"]
    figures = ["kpm_salur", "kpm_gagal", "kpm_retur", "kpm_belum", "nominal_salur", "kpm_alokasi", "nominal_alokasi"]
    sums = table.group_by("program", "tahun", "tahap", "tingkat").agg(pl.col(figures).sum())
    national = sums.filter(pl.col("tingkat") == "NASIONAL").drop("tingkat").sort("program", "tahap")
    for level in ("PROVINSI", "KABUPATEN"):
        assert sums.filter(pl.col("tingkat") == level).drop("tingkat").sort("program", "tahap").equals(national)
    assert table.filter(pl.col("tingkat") == "NASIONAL")["kode"].unique().to_list() == [""]
    assert table.filter(pl.col("tingkat") == "DESA")["kpm_alokasi"].null_count() > 0
    by_kecamatan = table.filter(pl.col("tingkat") == "KECAMATAN", pl.col("kpm_alokasi").is_not_null())
    assert set(by_kecamatan["program"]) == {"SEMBAKO", "BLT DD"}


def test_without_rates_dtks_repeats_the_registry(tmp_path: Path) -> None:
    quiet = {name: 0.0 for name in Rates.__dataclass_fields__} | {"keluarga_dtks": 0.5}
    generate(tmp_path, keluarga=100, seed=1, rates=Rates(**quiet))
    persons = pl.read_parquet(tmp_path / "truth" / "persons.parquet")
    classes = set(persons["kelas"].explode().drop_nulls())
    # Old Papua codes are no error, and one row without identity and one without a name are always planted.
    assert classes <= {"WILAYAH_LAMA", "TANPA_IDENTITAS", "NAMA_KOSONG", "NIK_KOSONG", "KK_KOSONG"}
    assert pl.read_parquet(tmp_path / "truth" / "duplicates.parquet").is_empty()
    assert pl.read_parquet(tmp_path / "truth" / "double_aid.parquet").is_empty()


def test_large_countries_are_delivered_as_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.synthetic.generate._WORKBOOKS_UP_TO", 50)
    generate(tmp_path, keluarga=100, seed=2)
    raw = tmp_path / "raw"
    assert not list((raw / "dtks").rglob("*.xlsx"))
    assert not list((raw / "dukcapil").rglob("*.xlsx"))
    files = pl.read_parquet(tmp_path / "truth" / "files.parquet")
    assert set(files["berkas"]) == {str(path.relative_to(raw)) for path in raw.rglob("*") if path.is_file()}


@pytest.mark.parametrize(("keluarga", "periode"), [(99, "2022-12"), (100, "2022-13"), (100, "Desember")])
def test_unusable_arguments_are_refused(tmp_path: Path, keluarga: int, periode: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - two sources, one kind of error
        generate(tmp_path, keluarga=keluarga, seed=1, periode=periode)


def test_what_payers_do_wrong_stands_in_the_truth(tmp_path: Path) -> None:
    often = dict.fromkeys(("bayar_awal", "bayar_kantor_lain", "bayar_tarif_aneh", "bayar_sekaligus"), 0.2)
    rare = {"bayar_lambat": 0.5, "bayar_desa_rusak": 0.1, "mati": 0.1, "mati_dibayar": 1.0, "pindah_status": 0.1}
    generate(tmp_path, keluarga=1_000, seed=3, rates=Rates(**often, **rare))
    orders = pl.read_parquet(tmp_path / "truth" / "payments.parquet").filter(pl.col("status") == "DIBAYAR")
    windows = program_stages().group_by("program", "tahun", "tahap").agg(pl.min("mulai"), pl.max("selesai"))
    struck = orders.join(windows, on=["program", "tahun", "tahap"]).explode("masalah")
    early, late = (struck.filter(pl.col("masalah") == code) for code in ("SEBELUM_PERINTAH", "DI_LUAR_JADWAL"))
    assert (early["tgl_bayar"] < early["mulai"]).all()
    assert (late["tgl_bayar"] > late["selesai"]).all()
    odd = struck.filter(pl.col("masalah") == "NOMINAL_DI_LUAR_TARIF")
    assert (odd["nominal"] % 25_000 != 0).all()
    assert {early.height, late.height, odd.height} & {0} == set()
    assert {"KANTOR_LUAR_WILAYAH", "MATI_DIBAYAR", "PINDAH_DIBAYAR"} <= set(struck["masalah"])
    assert 0 < orders["kode_desa"].null_count() < orders.height / 5
