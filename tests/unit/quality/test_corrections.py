"""A corrected row is accepted, its original is no longer reported, and nothing is counted twice."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import fastexcel
import polars as pl
import pytest

from pipeline import reference
from pipeline.extracts.files.ledger import build_ledger
from pipeline.extracts.read import read_source
from pipeline.normalise.staging import stage
from pipeline.quality.findings import findings, quarantine, refusal_reasons
from pipeline.realisation.orders import current_orders
from pipeline.warehouse.workbooks import writing as workbooks
from pipeline.warehouse.workbooks.correction_forms import write_correction_forms
from pipeline.warehouse.workbooks.correction_lists import CorrectionTables, correction_lists
from pipeline.warehouse.workbooks.writing import write_workbooks
from schemas.cleansed import Koreksi
from schemas.marts.bantuan_tidak_tepat import BantuanTidakTepat
from schemas.marts.usulan_dtks import UsulanDtks
from schemas.staged import STAGED
from schemas.table import split
from tests.unit.extracts.making import read_file, workbook
from tests.unit.frames import frame

NIK = "3604041211870001"
HEADER = "ID DTKS|PROVINSI|KABUPATEN/KOTA|KECAMATAN|DESA/KELUARAHAN|NOKK|NIK|NAMA|TANGGAL LAHIR|JENIS KELAMIN"
PLACE = "BANTEN|KABUPATEN SERANG|KRAMATWATU|SERDANG"


def _row(number: int, name: str, nik: str = "3604055207920001") -> str:
    return f"{number}|{PLACE}|3604052111170028|{nik}|{name}|12-07-1992|P"


def _staged(raw: Path, source: str = "dtks") -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    files = build_ledger(raw, "2022-12")
    rows = read_source(raw, files, source)
    good, failures = split(stage(source, rows, files, "2022-12"), STAGED[source])
    return good, quarantine(source, rows, refusal_reasons(source, failures), good), rows


def _form(raw: Path, source: str = "dtks") -> tuple[pl.DataFrame, pl.DataFrame, Path]:
    """The refused rows of a source, the form for them, and its path."""
    _, refused, rows = _staged(raw, source)
    placed = refused.with_columns(kode_kab=pl.lit("3604"))
    (file,) = write_correction_forms(raw.parent / "isian", placed, {source: rows}, reference.regions())
    return refused, fastexcel.read_excel(file).load_sheet("Isian", dtypes="string").to_polars(), file


def _hand_in(path: Path, form: pl.DataFrame, **filled: str) -> None:
    """Put a filled-in form among the extracts."""
    form = form.with_columns(pl.lit(value).alias(name) for name, value in filled.items())
    path.write_bytes(workbook({"Isian": [form.columns, *form.rows()]}))


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    for source in ("dtks", "pos", "alokasi"):
        (tmp_path / "raw" / source).mkdir(parents=True)
    lines = [HEADER, _row(1, "SITI AMINAH"), _row(2, ""), _row(3, "BUDI SANTOSO", "36040552079200")]
    (tmp_path / "raw" / "dtks" / "serang.psv").write_text("\n".join(lines) + "\n")
    return tmp_path / "raw"


def test_a_refused_row_is_superseded_by_its_corrected_copy_in_any_later_file(raw: Path):
    (raw / "dtks" / "serang_ulang.psv").write_text(f"{HEADER}\n{_row(2, 'RATNA SARI')}\n")
    good, refused, _ = _staged(raw)
    assert sorted(zip(good["id_dtks"], good["nama"], strict=True)) == [
        ("1", "SITI AMINAH"),
        ("2", "RATNA SARI"),
        ("3", "BUDI SANTOSO"),
    ]
    assert refused.select("baris", "kode", "sudah_diperbaiki").rows() == [(3, "NAMA_KOSONG", True)]


def test_a_row_in_a_corrections_folder_replaces_an_accepted_one(raw: Path):
    (raw / "dtks" / "perbaikan").mkdir()
    (raw / "dtks" / "perbaikan" / "serang.psv").write_text(f"{HEADER}\n{_row(3, 'BUDI SANTOSO', '3604051207920003')}\n")
    good, refused, _ = _staged(raw)
    assert good.filter(id_dtks="3")["nik"].to_list() == ["3604051207920003"]
    assert sorted(refused.select("kode", "sudah_diperbaiki").rows()) == [
        ("DIGANTI_PERBAIKAN", True),
        ("NAMA_KOSONG", False),
    ]


def test_the_second_of_two_equal_ids_is_refused_and_stays_to_be_corrected(raw: Path):
    (raw / "dtks" / "zz.psv").write_text(f"{HEADER}\n{_row(1, 'SITI AMINAH')}\n")
    good, refused, _ = _staged(raw)
    assert good.height == 2
    assert refused.filter(kode="ID_GANDA")["sudah_diperbaiki"].to_list() == [False]
    assert refused.filter(kode="ID_GANDA")["berkas"].to_list() == ["dtks/zz.psv"]


@pytest.mark.parametrize(("full", "shown"), [(False, "3604******9200"), (True, "36040552079200")])
def test_the_kabupaten_gets_its_list_with_line_numbers_and_identifiers_as_text(
    raw: Path, tmp_path: Path, full: bool, shown: str
):
    with (raw / "dtks" / "serang.psv").open("a") as file:
        file.write(f"{_row(1, 'SITI AMINAH')}\n{_row(4, 'DARSO', '3604.0552.0792.0001')}\n")
    good, refused, rows = _staged(raw)
    found = findings("dtks", good.lazy(), "DtksStaged")
    folder = tmp_path / "daftar"
    paid = {"program": "PKH", "tahun": 2022, "tahap": 1}
    aid = frame(
        BantuanTidakTepat,
        [{"kode": "PENERIMA_MENINGGAL", "no_danom": f"36040/{NIK}/GEN", "nik": NIK, "alasan": "Sudah meninggal."}],
        **paid, tindakan="Periksa.", nominal=750_000, utama=True, kode_kab="3604", sumber_berkas="pos/a.csv",
        sumber_baris=7, tgl_bayar=date(2022, 12, 31),
    )  # fmt: skip
    proposed = frame(
        UsulanDtks,
        [{"penerima": NIK, "nik_dukcapil": NIK, "nama": "BUDI", "daftar_program": ["BST", "PKH"]}],
        jumlah_pembayaran=2, nominal=1_350_000, kode_kab="3604", kode_kec="360405", kode_desa="3604052001",
        alasan="Tidak ada di DTKS.", tindakan="Usulkan.",
    )  # fmt: skip
    corrected = frame(
        Koreksi,
        [
            {"id_dtks": "1", "kolom": "nik", "nilai_asal": "36040552079200", "nilai_usulan": NIK},
            {"id_dtks": "1", "kolom": "no_kk", "nilai_asal": "3604041811870001", "nilai_usulan": NIK},
        ],
        alasan=["NIK_SALAH_PANJANG", "NAMA_SAMA"], kode_kab="3604",
    ).with_columns(berkas=pl.lit("dtks/serang.psv"), lembar=pl.lit(None, pl.String), baris=4)  # fmt: skip
    orders = pl.DataFrame(
        {
            "berkas": ["pos/a.csv"], "lembar": [None], "baris": [7], "nik": [NIK], "no_kk": [None], "nama": ["ANI"],
            "no_danom": ["1"],
        },
        schema_overrides={"lembar": pl.String, "no_kk": pl.String},
    )  # fmt: skip

    def written(folder: Path) -> list[Path]:
        raw_rows = {"dtks": rows.lazy(), "pos": orders.lazy()}
        folder.mkdir(exist_ok=True)
        tables = CorrectionTables(refused, found, improper=aid, proposed=proposed, corrections=corrected, raw=raw_rows)
        return write_workbooks(correction_lists(tables, folder, reference.regions(), show_identifiers=full))

    files = written(folder)
    assert [file.name for file in files] == ["3604_KABUPATEN_SERANG.xlsx"]
    book = fastexcel.read_excel(files[0])
    refused_sheet = book.load_sheet("Ditolak", dtypes="string").to_polars()
    columns = ("Keadaan", "ID DTKS / nomor danom", "Baris", "Kode", "Kolom")
    assert refused_sheet.select(columns).rows() == [
        ("Perlu dibetulkan", "2", "3", "NAMA_KOSONG", "Nama"),
        ("Terulang", "1", "5", "ID_GANDA", "ID DTKS"),
    ]
    found_sheet = book.load_sheet("Temuan", dtypes="string").to_polars()
    short = found_sheet.filter(pl.col("Kode") == "NIK_KURANG")
    assert short.select("NIK", "Baris", "Kolom", "Keadaan").rows() == [(shown, "4", "NIK", "Perlu diperiksa")]
    assert found_sheet.filter(Kode="NIK_TANDA_BACA").select("Baris", "Keadaan").rows() == [("6", "Sudah dirapikan")]
    assert found_sheet["Keadaan"].to_list() == sorted(found_sheet["Keadaan"])
    (looked_into,) = book.load_sheet("Bantuan", dtypes="string").to_polars().iter_rows(named=True)
    hidden = "3604********0001"
    number = NIK if full else hidden
    assert (looked_into["Nomor danom"], looked_into["NIK"]) == (f"36040/{number}/GEN", number)
    assert (looked_into["Alasan"], looked_into["Rupiah yang perlu diperiksa"]) == ("Sudah meninggal.", "750000")
    assert looked_into["Tanggal bayar"] == "31-12-2022"
    (added_up,) = book.load_sheet("Bantuan").to_polars()["Rupiah yang perlu diperiksa"]
    assert added_up == 750_000
    (candidate,) = book.load_sheet("Usulan DTKS", dtypes="string").to_polars().iter_rows(named=True)
    assert (candidate["NIK Dukcapil"], candidate["Program"]) == (number, "BST, PKH")
    assert (candidate["Desa/kelurahan"], candidate["Kecamatan"]) == ("KRAMATWATU", "KRAMATWATU")
    sums = book.load_sheet("Usulan DTKS").to_polars().select("Jumlah pembayaran", "Rupiah diterima", "NIK Dukcapil")
    assert sums.rows() == [(2, 1_350_000, number)]
    proposal, other = book.load_sheet("Usulan perbaikan", dtypes="string").to_polars().iter_rows(named=True)
    # Masked, both of its numbers look alike.
    assert (proposal["Yang berbeda"], other["Yang berbeda"]) == (None, "angka ke-8")
    assert (proposal["Nomor"], proposal["Menurut Dukcapil"], proposal["Tertulis di DTKS"]) == ("NIK", number, shown)
    assert (proposal["Berkas"], proposal["Baris"]) == ("dtks/serang.psv", "4")
    assert proposal["Alasan"] == "NIK kurang atau lebih 1 angka, selebihnya cocok; nama sama."
    again = tmp_path / "lagi"
    written(again)
    assert (again / files[0].name).read_bytes() == files[0].read_bytes()


def test_a_list_longer_than_a_sheet_goes_on_in_the_next(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks, "SHEET_ROWS", 1)
    good, refused, rows = _staged(raw)
    found = findings("dtks", good.lazy(), "DtksStaged")
    assert found.height > 1
    tables = CorrectionTables(
        refused,
        found,
        improper=frame(BantuanTidakTepat, []),
        proposed=frame(UsulanDtks, []),
        corrections=frame(Koreksi, []).with_columns(berkas=None, lembar=None, baris=None),
        raw={"dtks": rows.lazy()},
    )
    (file,) = write_workbooks(correction_lists(tables, tmp_path, reference.regions(), show_identifiers=False))
    book = fastexcel.read_excel(file)
    sheets = [name for name in book.sheet_names if name.startswith("Temuan")]
    assert sheets == ["Temuan", *(f"Temuan {number}" for number in range(2, found.height + 1))]
    codes = [book.load_sheet(name, dtypes="string").to_polars()["Kode"].item() for name in sheets]
    assert sorted(codes) == sorted(found["kode"])


@pytest.mark.parametrize("back_as", ["workbook", "text"])
def test_a_form_corrected_in_place_takes_the_place_of_the_rows_it_was_made_of(
    raw: Path, tmp_path: Path, back_as: str
) -> None:
    with (raw / "dtks" / "serang.psv").open("a") as file:
        # Nobody's ID, so that only the place can tell which row the corrected one is; a repeated row; a line cut off;
        # somebody else under an ID that is taken.
        file.write(f"{_row(4, 'DARSO')[1:]}\n{_row(1, 'SITI AMINAH')}\nterpotong|\n{_row(1, 'WATI')}\n")
    _, form, file = _form(raw)
    assert file.relative_to(tmp_path).as_posix() == "isian/dtks/3604_KABUPATEN_SERANG.xlsx"
    assert form.select("ASAL BARIS", "ID DTKS", "NIK", "NAMA").rows() == [
        ("dtks/serang.psv##3", "2", "3604055207920001", None),
        ("dtks/serang.psv##5", None, "3604055207920001", "DARSO"),
        ("dtks/serang.psv##8", None, "3604055207920001", "WATI"),
        ("dtks/serang.psv##7", None, None, None),
    ]
    assert form["ALASAN DITOLAK"][-1] == (
        "Baris ini terpotong: kolomnya lebih sedikit daripada baris judul. "
        "Salin isinya ke baris ini dari baris 7 di dtks/serang.psv."
    )
    # The officer fills in what is missing, sorts the rows, and lets Excel turn numbers into numbers.
    number = pl.col("ASAL BARIS").str.extract(r"(\d+)$").replace({"5": "4"})
    filled = form.with_columns(
        pl.col("NAMA").fill_null("RATNA SARI"), pl.col("NIK").fill_null(NIK), pl.col("ID DTKS").fill_null(number)
    ).reverse()
    cells = [[int(cell) if cell and cell.isdigit() else cell for cell in row] for row in filled.rows()]
    if back_as == "workbook":
        data = workbook({"Isian": [filled.columns, *cells]})
    else:
        data = "\r\n".join(";".join(str(cell or "") for cell in row) for row in (filled.columns, *cells)).encode(
            "cp1252"
        )
    (raw / "dtks" / f"kembali.{back_as}").write_bytes(data)
    good, refused, _ = _staged(raw)
    assert sorted(zip(good["id_dtks"], good["nama"], strict=True)) == [
        ("1", "SITI AMINAH"),
        ("2", "RATNA SARI"),
        ("3", "BUDI SANTOSO"),
        ("4", "DARSO"),
        ("7", "RATNA SARI"),
        ("8", "WATI"),
    ]
    assert refused.select("baris", "kode", "sudah_diperbaiki").sort("baris").rows() == [
        (3, "NAMA_KOSONG", True),
        (5, "ID_KOSONG", True),
        (6, "ID_GANDA", False),
        (7, "KOLOM_KURANG", True),
        (8, "ID_GANDA", True),
    ]


def test_who_stands_twice_under_the_id_of_another_gets_one_line(raw: Path) -> None:
    with (raw / "dtks" / "serang.psv").open("a") as file:
        file.write("\n".join([_row(1, "WATI"), _row(1, "SITI AMINAH"), _row(1, "WATI"), _row(1, "WATI")]) + "\n")
    _, form, _ = _form(raw)
    assert form["ASAL BARIS"].to_list() == ["dtks/serang.psv##3", "dtks/serang.psv##5"]


def _form_refused_in_turn(raw: Path, code: str) -> pl.DataFrame:
    """The next form after a corrected row was refused again: it contains only that row, in place of the first one."""
    refused, again, _ = _form(raw)
    result = refused.sort("berkas").select("berkas", "kode", "sudah_diperbaiki", "asal_baris")
    assert result.rows() == [
        ("dtks/isian.xlsx", code, False, "dtks/serang.psv##2"),
        ("dtks/serang.psv", "NAMA_KOSONG", True, None),
    ]
    assert again["ASAL BARIS"].to_list() == ["dtks/serang.psv##2"]
    return again


def test_a_form_refused_in_turn_still_stands_for_the_row_that_was_refused_first(raw: Path) -> None:
    (raw / "dtks" / "serang.psv").write_text(f"{HEADER}\n{_row(2, '')}\n")
    _, first, _ = _form(raw)
    _hand_in(raw / "dtks" / "isian.xlsx", first)
    second = _form_refused_in_turn(raw, "NAMA_KOSONG")
    # Another number, so that only the place can tell.
    _hand_in(raw / "dtks" / "isian_lagi.xlsx", second, **{"NAMA": "RATNA SARI", "ID DTKS": "9"})
    good, refused, _ = _staged(raw)
    assert good["id_dtks"].to_list() == ["9"]
    assert refused["sudah_diperbaiki"].to_list() == [True, True]


def test_a_form_with_the_id_of_somebody_else_is_told_whose_it_is_and_comes_back(raw: Path) -> None:
    with (raw / "dtks" / "serang.psv").open("a") as file:
        file.write("terpotong|\n")
    form = _form(raw)[1].filter(pl.col("ASAL BARIS").str.ends_with("#5"))
    filled = {"NAMA": "RATNA SARI", "NIK": NIK}
    (raw / "dtks" / "perbaikan").mkdir()
    _hand_in(raw / "dtks" / "perbaikan" / "isian.xlsx", form, **filled, **{"ID DTKS": "3"})
    good, refused, _ = _staged(raw)
    assert good["nama"].to_list() == ["SITI AMINAH", "BUDI SANTOSO"]
    (result,) = refused.filter(~pl.col("sudah_diperbaiki"), pl.col("asal_baris").is_not_null()).rows(named=True)
    assert result["kode"] == "ID_ISIAN_TERPAKAI"
    assert result["keterangan"].endswith("Nomor itu ada pada baris 4 di dtks/serang.psv.")
    # Without a number of its own, too, the row is not told as replaced by the row whose ID it has.
    _hand_in(raw / "dtks" / "perbaikan" / "isian.xlsx", form, NAMA="RATNA SARI", **{"ID DTKS": "3"})
    waiting = _staged(raw)[1].filter(~pl.col("sudah_diperbaiki"), pl.col("asal_baris").is_not_null())
    assert sorted(waiting["kode"]) == ["ID_ISIAN_TERPAKAI", "TANPA_IDENTITAS"]
    again = _form(raw)[1].filter(pl.col("ASAL BARIS").str.ends_with("#5"))
    _hand_in(raw / "dtks" / "isian_lagi.xlsx", again, NIK=NIK, **{"ID DTKS": "4"})
    good, refused, _ = _staged(raw)
    assert sorted(good["nama"]) == ["BUDI SANTOSO", "RATNA SARI", "SITI AMINAH"]
    assert refused["sudah_diperbaiki"].to_list().count(False) == 1


def test_a_resident_whom_a_form_gives_the_nik_of_another_is_told_whose_it_is(raw: Path) -> None:
    header = "NIK|NO KK|NAMA|TANGGAL LAHIR"
    rows = [f"{NIK}|{NIK}|SITI AMINAH|12-11-1987", f"{NIK[:-1]}2|{NIK}||12-11-1987", f"1|{NIK}|BUDI|01-02-2003"]
    (raw / "dukcapil").mkdir()
    (raw / "dukcapil" / "siak.psv").write_text("\n".join([header, *rows]))
    form = _form(raw, "dukcapil")[1]
    form = form.with_columns(NIK=pl.when(pl.col("ASAL BARIS").str.ends_with("#4")).then(pl.lit(NIK)).otherwise("NIK"))
    _hand_in(raw / "dukcapil" / "isian.xlsx", form, **{"Nama Penduduk": "RATNA SARI"})
    good, refused, _ = _staged(raw, "dukcapil")
    assert sorted(good.select("nik", "nama").rows()) == [(NIK, "SITI AMINAH"), (f"{NIK[:-1]}2", "RATNA SARI")]
    (result,) = refused.filter(~pl.col("sudah_diperbaiki")).rows(named=True)
    assert (result["kode"], result["keterangan"].split(". ")[-1]) == (
        "NIK_ISIAN_TERPAKAI", "Nomor itu ada pada baris 2 di dukcapil/siak.psv."
    )  # fmt: skip


def test_a_row_of_a_form_that_was_shifted_still_stands_for_the_row_that_was_refused_first(raw: Path) -> None:
    (raw / "dtks" / "serang.psv").write_text(f"{HEADER}\n{_row(2, '')}\n")
    _, form, _ = _form(raw)
    filled = form.with_columns(pl.lit("RATNA SARI").alias("NAMA"))
    # One cell too much: all behind it, ASAL BARIS too, stands under the next header or none.
    place = form.columns.index("NOKK")
    shifted = [*filled.row(0)[:place], "RT 1", *filled.row(0)[place:]]
    (raw / "dtks" / "isian.xlsx").write_bytes(workbook({"Isian": [form.columns, shifted]}))
    _form_refused_in_turn(raw, "KOLOM_GESER")
    _hand_in(raw / "dtks" / "isian_lagi.xlsx", filled)
    _, refused, _ = _staged(raw)
    assert refused["sudah_diperbaiki"].to_list() == [True, True]


ORDERS = "NO_DANOM|BATCH|PROGRAM|TAHUN|TAHAP|NIK|NAMA_KPM|KABUPATEN|PROVINSI|NOMINAL|STATUS_BAYAR|TGL_BAYAR"


def _order(amount: str, status: str, day: str = "") -> str:
    return f"{ORDERS}\nD2|B1|PKH|2022|3|{NIK}|SITI|KABUPATEN SERANG|BANTEN|{amount}|{status}|{day}\n"


@pytest.mark.parametrize("original_stays", [True, False])
@pytest.mark.parametrize("name", ["bayar_20220915.psv", "daftar no. #2 20220915.psv", "20220915"])
def test_a_form_does_not_turn_a_paid_order_back_to_unpaid(raw: Path, name: str, original_stays: bool) -> None:
    folder = raw / "pos"
    (folder / name).write_text(_order("tiga ratus", "BELUM"))
    _, form, _ = _form(raw, "pos")
    (folder / "bayar_20221015.psv").write_text(_order("300000", "DIBAYAR", "10-10-2022"))
    _hand_in(folder / "kembali.xlsx", form, NOMINAL="300000")
    if not original_stays:
        (folder / name).unlink()
    good, _, _ = _staged(raw, "pos")
    assert good.height == 2
    assert current_orders(good)["status_bayar"].to_list() == ["DIBAYAR"]


def test_a_form_with_the_number_of_an_order_of_somebody_else_takes_nothing_from_it(raw: Path) -> None:
    folder = raw / "pos"
    paid = _order("300000", "DIBAYAR", "10-09-2022")
    (folder / "bayar.psv").write_text(paid + _order("300000", "BELUM").splitlines()[1].replace("D2|", "|"))
    _, form, _ = _form(raw, "pos")
    _hand_in(folder / "kembali.xlsx", form, NO_DANOM="D2", NIK=f"{NIK[:-1]}2")
    good, refused, _ = _staged(raw, "pos")
    assert good["status_bayar"].to_list() == ["DIBAYAR"]
    result = refused.filter(kode="DANOM_ISIAN_TERPAKAI").row(0, named=True)
    assert (result["sudah_diperbaiki"], result["keterangan"].split(". ")[-1]) == (
        False, "Nomor itu ada pada baris 2 di pos/bayar.psv."
    )  # fmt: skip


def test_an_order_of_a_form_is_dated_by_the_rows_of_the_file_it_was_refused_from(raw: Path) -> None:
    folder = raw / "pos"
    other = _order("300000", "DIBAYAR", "12-09-2022").replace("D2|", "D1|").splitlines()[1]
    (folder / "bayar.psv").write_text(f"{_order('tiga ratus', 'BELUM')}{other}\n")
    _, form, _ = _form(raw, "pos")
    _hand_in(folder / "kembali.xlsx", form, NOMINAL="300000")
    good, _, _ = _staged(raw, "pos")
    assert set(good["berlaku_per"].dt.strftime("%Y-%m-%d")) == {"2022-09-12"}


def test_a_form_keeps_what_the_title_or_the_file_name_told(raw: Path) -> None:
    folder = raw / "pos"
    head = ["No Danom", "Batch", "NIK", "Nama", "Alamat", "Kelurahan", "Kecamatan", "Kabupaten", "BSU", "Cekpos"]
    person = ["D1", None, NIK, "SITI", None, None, None, "KABUPATEN SERANG", "tiga ratus", None]
    title = "DAFTAR BELUM TERBAYAR PKH TAHAP 3 TAHUN 2022"
    delivered = folder / "Belum Terbayar 28 September 2022 pukul 09.15.xlsx"
    delivered.write_bytes(workbook({"Sheet1": [[title], head, person]}))
    _, form, _ = _form(raw, "pos")
    _hand_in(folder / "kembali.xlsx", form, NOMINAL="300000")
    delivered.unlink()
    good, _, _ = _staged(raw, "pos")
    (order,) = good.select("program", "tahun", "tahap", pl.col("berlaku_per").dt.strftime("%Y-%m-%d %H:%M")).rows()
    assert order == ("PKH", 2022, 3, "2022-09-28 09:15")


def test_a_form_keeps_state_day_and_unit_of_the_title(raw: Path) -> None:
    head = ["No Danom", "NIK", "Nama", "Kabupaten", "BSU"]
    title = "DAFTAR SUDAH DIBAYAR BLT BBM TAHAP 1 TAHUN 2022 (DALAM RIBUAN RUPIAH)"
    rows = [
        [title],
        ["TANGGAL BAYAR: 14 September 2022"],
        head,
        ["D1", NIK, "SITI", "SERANG", "300"],
        ["D2", NIK, "SITI", "SERANG", "3x0"],
    ]
    (raw / "pos" / "a.xlsx").write_bytes(workbook({"Sheet1": rows}))
    _, form, _ = _form(raw, "pos")
    _hand_in(raw / "pos" / "kembali.xlsx", form, NOMINAL="300")
    good, refused, _ = _staged(raw, "pos")
    assert refused["sudah_diperbaiki"].to_list() == [True]
    result = good.select("nominal", "status_bayar", "tgl_bayar").unique().rows()
    assert result == [(300_000, "DIBAYAR", date(2022, 9, 14))]


def test_a_refused_target_comes_back_on_a_form_with_the_stage_and_unit_of_its_list(raw: Path) -> None:
    head = ["KODE_WILAYAH", "KPM_ALOKASI", "NOMINAL_ALOKASI"]
    rows = [
        ["ALOKASI PKH TAHAP 2 TAHUN 2022 (DALAM RIBUAN RUPIAH)"],
        head,
        ["3604", "2", "1.500"],
        ["36O2", "4", "900"],
    ]
    (raw / "alokasi" / "alokasi revisi.xlsx").write_bytes(workbook({"Sheet1": rows}))
    refused, form, _ = _form(raw, "alokasi")
    assert refused.select("kode", "baris").rows() == [("WILAYAH_TIDAK_DIKENAL", 4)]
    _hand_in(raw / "alokasi" / "kembali.xlsx", form, KODE_WILAYAH="3602")
    good, refused, _ = _staged(raw, "alokasi")
    assert refused["sudah_diperbaiki"].to_list() == [True]
    back = good.filter(kode_wilayah="3602")
    assert back.select("program", "tahun", "tahap", "nominal_alokasi", "revisi").rows() == [
        ("PKH", 2022, 2, 900_000, 1)
    ]
    assert back["berlaku_per"].to_list() == good.filter(kode_wilayah="3604")["berlaku_per"].to_list()


def test_a_form_longer_than_a_sheet_goes_on_in_the_next(raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "SHEET_ROWS", 2)
    (raw / "dtks" / "serang.psv").write_text("\n".join([HEADER, *(_row(number, "") for number in range(1, 6))]) + "\n")
    _, _, file = _form(raw)
    assert fastexcel.read_excel(file).sheet_names == ["Isian", "Isian 2", "Isian 3"]
    back = read_file(file.read_bytes(), "dtks/isian.xlsx", "dtks")
    assert back["asal_baris"].to_list() == [f"dtks/serang.psv##{number}" for number in range(2, 7)]


def test_what_looks_like_a_link_or_a_formula_is_kept_as_written(raw: Path) -> None:
    with (raw / "dtks" / "serang.psv").open("w") as file:
        file.write(f"{HEADER}\n{_row(2, '').replace('SERDANG', 'http://contoh')}\n")
        file.write(f"{_row(3, '').replace('SERDANG', '=1+1')}\n")
    _, form, _ = _form(raw)
    assert form["DESA/KELUARAHAN"].to_list() == ["http://contoh", "=1+1"]


def test_a_hidden_sheet_takes_no_id_from_a_sheet_that_is_seen(raw: Path) -> None:
    header, seen, old = (
        HEADER.split("|"),
        _row(8, "ANI").split("|"),
        [_row(1, "NAMA LAMA"), _row(3, "BUDI SANTOSO", "36040552079200")],
    )
    sheets = {"Data": [header, seen], "Lama": [header, *(row.split("|") for row in old)]}
    (raw / "dtks" / "a.xlsx").write_bytes(workbook(sheets, hidden=["Lama"]))
    refused, form, _ = _form(raw)
    assert sorted(_staged(raw)[0]["nama"]) == ["ANI", "BUDI SANTOSO", "SITI AMINAH"]
    assert refused.filter(kode="ID_GANDA").select("berkas", "lembar").unique().rows() == [
        ("dtks/a.xlsx", "(tersembunyi) Lama")
    ]
    assert form["NAMA"].to_list() == ["NAMA LAMA", None]


def test_targets_by_code_and_by_name_come_back_on_one_form(raw: Path) -> None:
    lists = {
        "kode": "KODE_WILAYAH|KPM_ALOKASI|NOMINAL_ALOKASI\n3604|2|1500\n36O2|4|900\n",
        "nama": "PROVINSI|KABUPATEN|KPM_ALOKASI|NOMINAL_ALOKASI\nBANTEN|PANDEGLANG|3|700\nBANTEN|TANGERANG|2|1500\n",
    }
    for name, text in lists.items():
        (raw / "alokasi" / f"{name}.csv").write_text(f"ALOKASI PKH TAHAP 2 TAHUN 2022\n{text}")
    refused, form, _ = _form(raw, "alokasi")
    assert refused["kode"].to_list() == ["WILAYAH_TIDAK_DIKENAL"] * 2
    corrected = {"36O2": "3602", "TANGERANG": "KAB. TANGERANG"}
    _hand_in(
        raw / "alokasi" / "kembali.xlsx", form.with_columns(pl.col("KODE_WILAYAH", "KABUPATEN").replace(corrected))
    )
    good, refused, _ = _staged(raw, "alokasi")
    assert refused["sudah_diperbaiki"].to_list() == [True, True]
    assert sorted(good["kode_wilayah"]) == ["3601", "3602", "3603", "3604"]


def test_a_form_has_the_day_first_where_its_list_had_the_month_first(raw: Path) -> None:
    order = f"PKH;2022;4;{NIK};SITI;SERANG;DIBAYAR;750000;10"
    lines = [f"D{day};{order}/{day}/2022" for day in range(12, 18)]
    head = "NO_DANOM;PROGRAM;TAHUN;TAHAP;NIK;NAMA;KABUPATEN;STATUS_BAYAR;NOMINAL;TGL_BAYAR"
    refused_line = f"D5;{order}/05/2022".replace("750000", "75x")
    (raw / "pos" / "a.csv").write_text("\n".join([head, *lines, refused_line]) + "\n")
    _, form, _ = _form(raw, "pos")
    assert form["TGL_BAYAR"].to_list() == ["05/10/2022"]
    _hand_in(raw / "pos" / "kembali.xlsx", form, NOMINAL="750000")
    good, _, _ = _staged(raw, "pos")
    assert good.filter(no_danom="D5")["tgl_bayar"].to_list() == [date(2022, 10, 5)]
