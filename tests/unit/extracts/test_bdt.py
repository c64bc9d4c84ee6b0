from __future__ import annotations

from pathlib import Path

import polars as pl

from pipeline.extracts.files.ledger import build_ledger
from pipeline.extracts.read import iter_source, read_source
from schemas.extracts import Dtks
from schemas.table import polars_schema
from tests.unit.extracts.making import layout, read, row, text, workbook, zip_archive

PERSONS = text(
    "bdt_art",
    row("bdt_art", IDBDT="R1", IDARTBDT="P1", Nama="SITI", NIK="3604041211870001", NoKK="3604040101100001", Hubkel="1"),
    row("bdt_art", IDBDT="R1 ", IDARTBDT="P2", Nama="ANI", NIK="3604045203900002", HubKRT="4", Hubkel="3", KDPROP="36"),
    row("bdt_art", IDBDT="R9", IDARTBDT="P3", Nama="BUDI", NIK="3604040507150003", namagadis_ibukandung="AMINAH"),
)
HOUSEHOLDS = text(
    "bdt_ruta",
    row("bdt_ruta", IDBDT="'R1", Alamat="KP BARU", Nama_SLS="MELATI", Nama_KRT="SITI"),
    row("bdt_ruta", IDBDT="R1", Alamat="LAIN", Nama_KRT="SITI"),
    row("bdt_ruta", IDBDT="R2", Alamat="KP LAMA", Nama_KRT="UMAR"),
)
JOINED = [("P1", "KP BARU", "MELATI"), ("P2", "KP BARU", "MELATI"), ("P3", None, None)]


def people(df: pl.DataFrame) -> list[tuple[object, ...]]:
    return df.filter(pl.col("rusak").is_null()).select("id_dtks", "alamat", "dusun").rows()


# --- the two tables


def test_persons_get_the_columns_of_their_household_from_another_file(tmp_path: Path) -> None:
    for name, data in {"dtks/b/UDART_36.txt": PERSONS, "dtks/a/UDRT_36.txt": HOUSEHOLDS}.items():
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_bytes(data)
    df = read_source(tmp_path, build_ledger(tmp_path, "2022-12"), "dtks")
    assert df.schema == polars_schema(Dtks)
    assert people(df) == JOINED
    assert df.filter(pl.col("rusak").is_not_null()).select("berkas", "baris", "rusak").rows() == [
        ("dtks/a/UDRT_36.txt", 4, "RUTA_TANPA_ANGGOTA")
    ]
    # The order of the files does not matter.
    (tmp_path / "dtks" / "a").rename(tmp_path / "dtks" / "c")
    assert people(read_source(tmp_path, build_ledger(tmp_path, "2022-12"), "dtks")) == JOINED


def test_persons_wait_in_the_folder_given_under_a_name_that_the_next_run_deletes(tmp_path: Path) -> None:
    scratch = tmp_path / "store"
    scratch.mkdir()
    (tmp_path / "dtks").mkdir()
    for name, data in {"dtks/1.txt": PERSONS, "dtks/2.txt": HOUSEHOLDS}.items():
        (tmp_path / name).write_bytes(data)
    pieces = iter_source(tmp_path, build_ledger(tmp_path, "2022-12"), "dtks", scratch=scratch)
    next(pieces)
    assert [waiting.parent.suffix for waiting in scratch.rglob("*") if waiting.is_file()] == [".bangun"]
    assert people(pl.concat(pieces)) == JOINED
    assert list(scratch.iterdir()) == []


def test_both_tables_in_one_archive_or_workbook() -> None:
    archive = zip_archive({"UDART.txt": PERSONS, "UDRT.txt": HOUSEHOLDS})
    sheets = {name: [line.split("|") for line in data.decode().split("\n")] for name, data in
              {"ruta": HOUSEHOLDS, "art": PERSONS}.items()}  # fmt: skip
    for data in (archive, workbook(sheets)):
        *found, alone = [(person["id_dtks"], person["alamat"], person["dusun"]) for person in read(data, "dtks")]
        assert found == JOINED
        assert alone == (None, None, None)


def test_columns_of_a_person() -> None:
    siti, ani, budi = read(PERSONS, "dtks")
    assert (siti["nik"], siti["no_kk"], siti["hub_keluarga"]) == ("3604041211870001", "3604040101100001", "1")
    # The relation to the family counts, not the one to the head of the household; region codes are those of BPS.
    assert (ani["hub_keluarga"], ani["provinsi"]) == ("3", None)
    assert budi["nama_ibu_kandung"] == "AMINAH"


def test_households_without_their_members_are_refused_each_with_its_line() -> None:
    alone = [(row["baris"], row["rusak"]) for row in read(HOUSEHOLDS, "dtks")]
    assert alone == [(2, "RUTA_TANPA_ANGGOTA"), (3, "RUTA_TANPA_ANGGOTA"), (4, "RUTA_TANPA_ANGGOTA")]
    (broken, *_) = read(HOUSEHOLDS + b"\nR3|x\n", "dtks")
    assert (broken["baris"], broken["rusak"], broken["tata_letak"]) == (5, "KOLOM_KURANG", "BDT rumah tangga (UDRT)")


# --- the sheet of 101 columns


def sheet(*rows: list[str]) -> bytes:
    headers = layout("bdt_2015").headers
    numbers = ["KOLOM", "Kolom 2", *(str(number) for number in range(3, len(headers) + 1))]
    return workbook({"Sheet1": [headers, numbers, *rows]})


def bdt(**values: str) -> list[str]:
    headers = layout("bdt_2015").headers
    known = {header.split(" (")[0].replace(" ", "_"): header for header in headers}
    return [next((values[name] for name in values if known[name] == header), "") for header in headers]


def test_the_row_of_column_numbers_is_skipped_and_persons_get_a_number() -> None:
    household = "360404000000000123"
    kolom, *rest = read(
        sheet(
            bdt(ID_rumah_tangga=household, Nomor_urut_ART="1", Nama_ART="SITI", NIK="3604041211870001"),
            bdt(ID_rumah_tangga=household, Nomor_urut_ART="2", Nama_ART="ANI"),
            bdt(ID_rumah_tangga=household, Nama_ART="BAYI"),
        ),
        "dtks",
    )
    assert (kolom["baris"], kolom["rusak"]) == (2, "BARIS_CATATAN")
    assert [(person["baris"], person["id_dtks"]) for person in rest] == [
        (3, f"{household}-1"),
        (4, f"{household}-2"),
        # A person without a number in the household must not take the number of another.
        (5, None),
    ]


def test_region_names_are_read_and_bps_codes_are_not() -> None:
    region = {"Provinsi": "JAWA BARAT", "Kode_Provinsi": "32", "Kab/Kota": "BOGOR", "Kode_Kab/Kota": "01"}
    person = read(sheet(bdt(ID_rumah_tangga="1", Nomor_urut_ART="1", Nama_ART="SITI", NIK="3", **region)), "dtks")[-1]
    assert (person["provinsi"], person["kabupaten"]) == ("JAWA BARAT", "BOGOR")
    assert not {"32", "01"} & set(person.values())
