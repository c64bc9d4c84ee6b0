from __future__ import annotations

import pytest

from schemas import extracts
from schemas.extracts import (
    EXTRACTS,
    LAYOUTS,
    REQUIRED,
    fold_header,
    headers_of,
    map_columns,
    missing_columns,
    nearest_layout,
    recognise,
    recognise_in_folder,
)
from schemas.table import polars_schema


def test_headers_are_compared_by_letters_and_digits() -> None:
    folds = {
        "DESA/KELUARAHAN": "DESAKELUARAHAN", " Nomor  KK ": "NOMORKK", "no_kk": "NOKK", "\ufeffID DTKS": "IDDTKS",
        "Gol. Darah": "GOLDARAH", "DESA/KEL. 1)": "DESAKEL", "NOMINAL (TAHAP 1)": "NOMINALTAHAP1", "": "",
    }  # fmt: skip
    assert {written: fold_header(written) for written in folds} == folds


@pytest.mark.parametrize(
    ("source", "column", "written"),
    [
        ("dtks", "no_kk", ["NO. KK", "NOMOR KARTU KELUARGA", "No_Kartu_Keluarga", "NKK"]),
        ("dtks", "nik", ["NO KTP", "NIK/NO. KTP", "NIK Anggota"]),
        ("dtks", "nama", ["NM LENGKAP", "NAMA ANGGOTA", "NAMA SESUAI KTP/KK"]),
        ("dtks", "kabupaten", ["NAMA KAB/KOTA", "NM_KAB", "KOTA/KAB", "KAB_NAME", "kabkot"]),
        ("dtks", "desa", ["NAMA KEL/DESA", "DS/KEL", "NAGARI"]),
        ("dtks", "hub_keluarga", ["STATUS HUB. KELUARGA", "HUB DGN KK", "HUB. KK", "HUBUNGAN DALAM KEL"]),
        ("dukcapil", "no_kk", ["NOMOR KARTU KELUARGA", "NKK"]),
        ("dukcapil", "tanggal_lahir", ["TGL. LHR", "TANGGAL LHR", "TGLLAHIR"]),
        ("dukcapil", "hub_keluarga", ["HBKEL", "status_keluarga"]),
        ("dukcapil", "status", ["status_dasar"]),
        ("pos", "nama", ["NAMA_LGKP"]),
        ("pos", "nominal", ["JML UANG", "NOMINAL BAYAR", "Jumlah Diterima", "BESARAN BANTUAN", "NOMINAL CAIR"]),
        ("pos", "status_bayar", ["KET. BAYAR", "Keterangan Pembayaran", "STATUS PENCAIRAN"]),
        ("pos", "tgl_bayar", ["TANGGAL PENCAIRAN", "TGL. REALISASI"]),
        ("alokasi", "kode_wilayah", ["KODE KAB/KOTA", "KODE WIL.", "KD. WILAYAH", "KODE KAB/KEC"]),
        ("alokasi", "kpm_alokasi", ["KUOTA KPM", "TARGET KPM", "JUMLAH KPM", "JML. KPM"]),
        ("alokasi", "kpm_alokasi", ["Jumlah Penerima", "SASARAN KPM"]),
        ("alokasi", "nominal_alokasi", ["JUMLAH ANGGARAN", "Jml Dana", "NOMINAL", "ALOKASI (RP)"]),
        ("pendamping", "balita", ["JUMLAH BALITA", "JML BALITA"]),
        ("pendamping", "nik", ["NIK PENGURUS", "NOMOR NIK KPM", "NO. NIK"]),
    ],
)
def test_columns_are_known_in_other_words_and_shortened(source: str, column: str, written: list[str]) -> None:
    assert [headers_of(source).get(fold_header(text)) for text in written] == [column] * len(written)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("ID DTKS;NAMA KPM;NIK KPM;NAMA ANGGOTA;NIK ANGGOTA", {"nama": "NAMA ANGGOTA", "nik": "NIK ANGGOTA"}),
        ("ID DTKS;NO KK;NIK_ANGGOTA;NAMA KPM", {"nik": "NIK_ANGGOTA", "nama": None}),
        ("ID DTKS;NO KK;NIK (kepala_keluarga);NAMA KPM", {"nik": None, "nama": "NAMA KPM"}),
        ("ID DTKS;NAMA;NO KK;NIK KPM", {"nama": "NAMA", "nik": None}),
        ("ID DTKS;NAMA;NO KK (16 DIGIT);KK;NIK", {"no_kk": "NO KK (16 DIGIT)"}),
        ("ID DTKS;NAMA;NIK (DUKCAPIL);NO KTP", {"nik": "NIK (DUKCAPIL)"}),
        ("ID DTKS;NAMA;NIK (DTKS);NIK (DUKCAPIL);NO KTP", {"nik": None}),
        ("ID DTKS;NAMA;NO KTP;NKK", {"nik": "NO KTP", "no_kk": "NKK"}),
        ("ID DTKS;NAMA;NIK;NAMA DESA/KEL/NAGARI;KAMPUNG", {"desa": None}),
        ("ID DTKS;ID ART;NAMA KRT;NIK ART;NAMA ART", {"id_dtks": "ID ART", "nama": "NAMA ART"}),
        ("ID DTKS;IDARTBDT;NAMA;NIK", {"id_dtks": "ID DTKS"}),
    ],
)
def test_a_column_that_may_be_of_something_else_is_not_taken(header: str, expected: dict[str, str | None]) -> None:
    cells = header.split(";")
    columns = map_columns(cells, LAYOUTS["dtks_23"])
    assert {name: cells[columns[name].cells[0]] if name in columns else None for name in expected} == expected


@pytest.mark.parametrize(
    ("key", "header", "expected"),
    [
        ("pos_penuh", "NOMINAL (Rp);JUMLAH DITERIMA;STATUS (L/G);KET. BAYAR;TGL BAYAR (hh-bb-tttt);TGL CAIR",
         {"nominal": 0, "status_bayar": 2, "tgl_bayar": 4}),
        ("pos_penuh", "NOMINAL (Rp);POTONGAN (Rp);JUMLAH DITERIMA (Rp)", {"nominal": 0}),
        ("pos_penuh", "POTONGAN (Rp);JUMLAH DITERIMA (Rp);KET BAYAR", {"nominal": 1, "status_bayar": 2}),
        ("pos_penuh", "NIK Pengambil;JUMLAH BAYAR (Rp);STATUS BAYAR", {"nominal": 1, "status_bayar": 2}),
        ("siak_37", "Status;STATUS DASAR", {"status": 1}),
        ("alokasi", "PAGU (Rp);JUMLAH DANA;JUMLAH KPM", {"nominal_alokasi": 0, "kpm_alokasi": 2}),
        ("alokasi", "PAGU;NOMINAL TAHAP INI;JUMLAH KPM", {"nominal_alokasi": 1, "kpm_alokasi": 2}),
        ("alokasi", "KUOTA;JUMLAH DATA", {"kpm_alokasi": 0}),
        ("alokasi", "PAGU;KUOTA;NOMINAL;NOMINAL TRANSFER",
         {"nominal_alokasi": 0, "kpm_alokasi": 1, "nominal_transfer": 3}),
        ("alokasi", "KUOTA;NOMINAL (Rp/KPM)", {"kpm_alokasi": 0}),
    ],
)  # fmt: skip
def test_a_further_word_never_takes_a_column_that_is_named_and_explained(
    key: str, header: str, expected: dict[str, int]
) -> None:
    columns = map_columns(header.split(";"), LAYOUTS[key])
    assert {name: column.cells[0] for name, column in columns.items()} == expected


@pytest.mark.parametrize("written", ["TEMPAT/TGL LAHIR", "Tempat & Tanggal Lahir", "TMPT/TGL. LHR", "TTL"])
def test_town_and_date_of_birth_in_one_column(written: str) -> None:
    columns = map_columns(["ID DTKS", "NAMA", "NIK", written], LAYOUTS["dtks_23"])
    assert columns["tempat_lahir"].cells == columns["tanggal_lahir"].cells == (3,)


@pytest.mark.parametrize("source", EXTRACTS)
def test_no_header_is_claimed_by_two_columns_and_none_folds_away(source: str) -> None:
    known = headers_of(source)
    assert "" not in known
    assert set(known.values()) <= set(polars_schema(EXTRACTS[source]))


def test_a_header_claimed_twice_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Kembar(extracts.Extract):
        """Dua kolom dengan satu kepala."""

        satu: str = extracts.header("NAMA")
        dua: str = extracts.header("n a m a")

    monkeypatch.setitem(extracts.KINDS, "kembar", Kembar)
    with pytest.raises(ValueError, match="claimed by satu and dua"):
        headers_of("kembar")


@pytest.mark.parametrize("source", EXTRACTS)
def test_requirements_name_columns_of_the_extract(source: str) -> None:
    named = {name for alternatives in REQUIRED[source] for alternative in alternatives for name in alternative}
    assert named <= set(polars_schema(EXTRACTS[source]))


def test_every_source_has_a_layout_and_requirements() -> None:
    assert {layout.source for layout in LAYOUTS.values()} == set(EXTRACTS)
    assert set(EXTRACTS) <= set(REQUIRED)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (["ID DTKS", "NAMA", "NIK"], "dtks"),
        (["ID DTKS", "NAMA", "NO KK"], "dtks"),
        (["ID DTKS", "NAMA"], None),
        (["NIK", "NAMA"], None),
        (["NO_KK", "NIK", "NAMA", "TGL_LHR"], "dukcapil"),
        (["No Danom", "NIK", "BSU"], "pos"),
        (["No Danom", "Nama", "Kabupaten", "BSU"], "pos"),
        (["No Danom", "Nama", "BSU"], None),
        (["PROGRAM", "TAHUN", "TAHAP", "KODE KABUPATEN", "KPM", "NOMINAL"], None),
        (["NO", "NIK", "NAMA", "KK", "TGL LAHIR"], None),
        ([], None),
        (["", ""], None),
    ],
)
def test_a_source_is_recognised_by_its_required_columns(headers: list[str], expected: str | None) -> None:
    found = recognise(headers)
    assert (found and found[0]) == expected


def test_the_source_that_knows_most_headers_wins() -> None:
    # The DTKS export has everything a resident list needs; its own columns decide.
    assert recognise(list(LAYOUTS["dtks_23"].headers))[0] == "dtks"  # type: ignore[index]
    assert missing_columns("dukcapil", set(headers_of("dtks").values())) == []
    # The same with further columns of residents; and a list of residents with an ID DTKS column remains one.
    beside = ["STATUS KAWIN", "AGAMA", "NIK AYAH", "NAMA AYAH", "NIK IBU", "STATUS", "TGL UBAH"]
    assert recognise([*LAYOUTS["dtks_17"].headers, *beside]) == ("dtks", LAYOUTS["dtks_17"])
    assert recognise(["ID DTKS", *LAYOUTS["siak_37"].headers]) == ("dukcapil", LAYOUTS["siak_37"])


@pytest.mark.parametrize(
    ("source", "present", "missing"),
    [
        ("dtks", {"id_dtks", "nama", "nik"}, []),
        ("dtks", {"id_dtks", "nama"}, ["nik atau no_kk"]),
        ("pos", {"no_danom", "nama", "nominal"}, ["nik atau nama + kabupaten"]),
        ("alokasi", {"program", "tahun", "kecamatan"}, ["tahap", "kpm_alokasi"]),
    ],
)
def test_what_is_missing_is_said_with_its_alternatives(source: str, present: set[str], missing: list[str]) -> None:
    assert missing_columns(source, present) == missing


def test_the_nearest_layout_shares_most_headers() -> None:
    assert nearest_layout(["NOMOR KK", "NOMOR NIK", "HUBUNGAN KELUARGA"], "dtks") is LAYOUTS["dtks_17"]
    assert nearest_layout(["NOKK", "PBI JKN"], "dtks") is LAYOUTS["dtks_23"]
    assert nearest_layout(["Cekpos", "BSU"], "pos") is LAYOUTS["pos_belum"]
    assert nearest_layout(["apa saja"], "dukcapil").source == "dukcapil"


def test_headers_of_several_people_are_numbered_and_not_footnoted() -> None:
    assert recognise(["ID DTKS", "NAMA 1)", "NIK 2)"]) is not None
    assert recognise(["ID DTKS", "NAMA 1)", "NIK 1)", "NAMA 2)", "NIK 2)"]) is None


def test_the_name_beside_the_nik_of_a_substitute_is_that_of_the_substitute() -> None:
    columns = map_columns(["NO DANOM", "NIK PENGGANTI", "NAMA KPM", "NAMA PENGGANTI", "NOMINAL"], LAYOUTS["pos_penuh"])
    assert (columns["nik"].cells, columns["nama"].cells) == ((1,), (3,))


def test_what_has_an_id_of_its_own_is_no_list_of_residents_in_its_folder() -> None:
    header = [
        "NO",
        "Id Dtks",
        "AGAMA",
        "Tgl Lhr",
        "RT",
        "Alamat",
        "STATUS KAWIN",
        "SHDK",
        "NIK",
        "NAMA",
        "JENIS KELAMIN",
    ]
    header += ["JENIS KELAMIN", "RW", "NOKK", "Ibu Kandung"]
    found = [recognise_in_folder(header, source) for source in ("dtks", "dukcapil")]
    assert [kind for kind, _ in filter(None, found)] == ["dtks", "dukcapil"]
