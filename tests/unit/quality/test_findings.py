from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from pipeline.quality.findings import findings, findings_on_orders, quarantine, refusal_reasons
from schemas.catalogue import promised_tables
from schemas.cleansed import Anggota
from schemas.extracts import EXTRACTS
from schemas.marts.pembayaran import Pembayaran
from schemas.quality import Temuan
from schemas.rules import DIFFERS_FROM_ACCEPTED, RULES
from schemas.staged import STAGED, DtksStaged, PosStaged
from schemas.table import inspect, polars_schema, split
from tests.unit.frames import frame

NIK = "3604041211870001"


def people(*rows: dict[str, Any]) -> pl.DataFrame:
    common = {"periode": "2022-12", "berkas": "dtks/a.csv", "nama": "SITI", "jenis_kelamin": "P", "hub_keluarga": 1}
    given = {
        "tanggal_lahir_asal": "x",
        "nik_tulis": NIK,
        "nik_asal": NIK,
        "no_kk_tulis": "1",
        "no_kk": "3604041211870009",
    }
    return frame(
        DtksStaged, [{"id_dtks": f"D{n}", "baris": n, **row} for n, row in enumerate(rows, 2)], **common, **given
    )


def refuse(source: str, staged: pl.DataFrame, raw: pl.DataFrame | None = None) -> pl.DataFrame:
    accepted, refused = split(staged, STAGED[source])
    extract = pl.DataFrame(schema=polars_schema(EXTRACTS[source])) if raw is None else raw
    return quarantine(source, extract, refusal_reasons(source, refused), accepted)


def test_quarantine_has_one_row_per_reason_with_sentence_and_cure() -> None:
    df = refuse("dtks", people({}, {"nama": None, "nama_asal": " ", "nik_tulis": None, "no_kk_tulis": None}))
    assert df.select("sumber", "berkas", "baris", "kode", "kolom").sort("kode").rows() == [
        ("dtks", "dtks/a.csv", 3, "NAMA_KOSONG", "nama"),
        ("dtks", "dtks/a.csv", 3, "TANPA_IDENTITAS", "nik"),
    ]
    actual = dict(df.select("kode", "keterangan").iter_rows())
    assert actual["NAMA_KOSONG"] == RULES["DtksStaged", "NAMA_KOSONG"].explanation


@pytest.mark.parametrize(
    ("source", "key", "code"), [("dtks", {"id_dtks": "D1"}, "ID_GANDA"), ("dukcapil", {"nik": NIK}, "NIK_GANDA")]
)
def test_a_repeated_row_that_says_something_else_is_not_told_to_be_deleted(
    source: str, key: dict[str, str], code: str
) -> None:
    first = {**key, "nama": "SITI", "nik_tulis": NIK, "alamat": "JL. A"}
    again = {"nik_terulang": True, "id_terulang": True, "id_diganti": False}
    rows = [first, first | again, first | again | {"alamat": "JL. B"}]

    def refused(accepted_in: str) -> list[tuple[str, bool]]:
        places = [{"berkas": accepted_in}, {"berkas": f"{source}/a.csv"}, {"berkas": f"{source}/a.csv"}]
        given = [row | place | {"baris": n} for n, (row, place) in enumerate(zip(rows, places, strict=True), 2)]
        given = [{name: row[name] for name in row if name in polars_schema(STAGED[source])} for row in given]
        df = refuse(source, frame(STAGED[source], given, periode="2022-12")).filter(kode=code).sort("baris")
        return list(df.select("keterangan", "sudah_diperbaiki").iter_rows())

    rule = RULES[STAGED[source].__name__, code]
    assert refused(f"{source}/b.csv") == [
        (rule.explanation, False),
        (f"{rule.sentence} {DIFFERS_FROM_ACCEPTED}", False),
    ]
    # What a correction stands for has been mended.
    assert refused(f"{source}/perbaikan/b.csv") == [(rule.explanation, True)] * 2


def test_quarantine_shows_the_raw_value_masked_and_nothing_else_of_the_person() -> None:
    rows = [{"nik": None, "nik_asal": f"{NIK}99", "nama": "SITI AMINAH", "baris": 2}]
    df = refuse("dukcapil", frame(STAGED["dukcapil"], rows, periode="2022-12", berkas="dukcapil/a.csv"))
    assert df["nilai"].to_list() == ["3604**********0199"]
    shown = df.select(pl.col(pl.String).fill_null("")).row(0)
    assert not any(NIK in value or "SITI" in value or "AMINAH" in value for value in shown)


def test_an_amount_that_cannot_be_read_is_shown_masked() -> None:
    orders = frame(
        PosStaged,
        [{"nominal_asal": "tiga ratus ribu", "baris": 2}, {"nominal_asal": "-600000", "baris": 3}],
        periode="2022-12", berkas="pos/a.csv", no_danom="1", program="PKH", tahun=2022, tahap=1,
        status_bayar="BELUM", status_dikenal=True,
    )  # fmt: skip
    df = refuse("pos", orders)
    assert df.select("kode", "kolom", "nilai").rows() == [
        ("NOMINAL_RUSAK", "nominal", "t" + "*" * 14),
        ("NOMINAL_RUSAK", "nominal", "-******"),
    ]
    assert "bertanda minus" in df["keterangan"][1]


def test_lines_the_reader_refused_and_whole_files_are_quarantined_too() -> None:
    raw = frame(
        EXTRACTS["dtks"],
        [
            {"baris": 2, "nama": "SITI"},
            {"baris": 3, "rusak": "KOLOM_KURANG"},
            {"berkas": "dtks/b.csv", "baris": 0, "rusak": "BERKAS_DITOLAK", "catatan": "Berkas ini kosong."},
        ],
        berkas="dtks/a.csv",
        lembar="Sheet1",
    )
    df = refuse("dtks", people({}), raw).sort("berkas")
    assert df.select("berkas", "lembar", "baris", "kode", "kolom", "nilai").rows() == [
        ("dtks/a.csv", "Sheet1", 3, "KOLOM_KURANG", None, None),
        ("dtks/b.csv", "Sheet1", 0, "BERKAS_DITOLAK", None, None),
    ]
    assert df["keterangan"].to_list() == [RULES["Berkas", "KOLOM_KURANG"].explanation, "Berkas ini kosong."]


@pytest.mark.parametrize("source", STAGED)
def test_a_source_without_refusals_has_an_empty_quarantine_of_the_same_shape(source: str) -> None:
    empty = frame(STAGED[source], []).with_columns(kode=pl.lit(None, pl.List(pl.String)))
    nothing = quarantine(source, frame(EXTRACTS[source], []), refusal_reasons(source, empty), frame(STAGED[source], []))
    table = promised_tables()["quality.karantina"]
    assert inspect(nothing.with_columns(periode=pl.lit("2022-12")), table).broken == {}
    assert nothing.is_empty()


@pytest.mark.parametrize("source", STAGED)
def test_every_code_a_source_can_be_refused_with_is_explained(source: str) -> None:
    codes = [rule.code for rule in RULES.values() if rule.on in {"Berkas", STAGED[source].__name__}]
    raw = frame(EXTRACTS[source], [{"baris": n, "rusak": code} for n, code in enumerate(codes)], berkas="a")
    empty = frame(STAGED[source], []).with_columns(kode=pl.lit(None, pl.List(pl.String)))
    assert (
        quarantine(source, raw, refusal_reasons(source, empty), frame(STAGED[source], []))["keterangan"].null_count()
        == 0
    )


def test_a_broken_column_check_is_explained_as_well() -> None:
    df = refuse("dtks", people({"jenis_kelamin": "X"}))
    assert df["keterangan"].null_count() == 0


# --- findings


def test_findings_name_row_rule_column_and_kabupaten() -> None:
    df = findings("dtks", people({}, {"no_kk": None, "no_kk_tulis": "12", "kode_kab": "3604"}).lazy(), "DtksStaged")
    assert df.filter(pl.col("kode") == "KK_RUSAK").row(0, named=True) == {
        "sumber": "dtks",
        "id": "D3",
        "kode": "KK_RUSAK",
        "kolom": "no_kk",
        "keterangan": RULES["DtksStaged", "KK_RUSAK"].explanation,
        "kode_kab": "3604",
        "berkas": "dtks/a.csv",
        "lembar": None,
        "baris": 3,
    }


def test_repairs_are_findings_and_rejections_are_not() -> None:
    codes = set(
        findings("dtks", people({"nik": NIK, "nik_asal": f"'{NIK}", "nama": None}).lazy(), "DtksStaged")["kode"]
    )
    assert "NIK_TANDA_BACA" in codes
    assert "NAMA_KOSONG" not in codes


def test_rows_of_one_nik_are_all_found() -> None:
    df = findings("dtks", people({"nik": NIK}, {"nik": NIK}, {}).lazy(), "DtksStaged")
    assert df.filter(pl.col("kode") == "NIK_GANDA")["id"].to_list() == ["D2", "D3"]


def test_findings_on_cleansed_people_name_their_source_file() -> None:
    rows = [
        {"id_dtks": "D1", "status_penduduk": "MATI", "kode_kab": "3604", "sumber_berkas": "dtks/a", "sumber_baris": 7}
    ]
    df = findings("dtks", frame(Anggota, rows).lazy(), "Anggota")
    assert df.select("id", "kode", "kode_kab", "berkas", "baris").rows() == [
        ("D1", "DUKCAPIL_MATI", "3604", "dtks/a", 7)
    ]


def test_what_is_found_of_a_target_is_of_its_kabupaten() -> None:
    row = {"kode_wilayah": "360405", "nominal_alokasi_asal": "1,5", "baris": 2, "berkas": "alokasi/a.csv"}
    df = findings("alokasi", frame(STAGED["alokasi"], [row]).lazy(), "AlokasiStaged")
    assert df.select("id", "kode", "kolom", "kode_kab").rows() == [
        ("360405", "NILAI_ALOKASI_TIDAK_TERBACA", "nominal_alokasi", "3604")
    ]


@pytest.mark.parametrize("source", STAGED)
def test_findings_have_the_promised_columns_with_and_without_rows(source: str) -> None:
    model = STAGED[source]
    promised = [name for name in polars_schema(Temuan) if name != "periode"]
    for rows in ([], [{"baris": 2, "status_bayar": "BELUM", "status_dikenal": False}]):
        df = findings(source, frame(model, rows, berkas="a").lazy(), model.__name__)
        assert df.columns == promised


def test_findings_of_one_sheet_are_told_apart_by_line() -> None:
    table = promised_tables()["quality.temuan"]
    df = findings("dtks", people({}, {}).lazy(), "DtksStaged").with_columns(periode=pl.lit("2022-12"))
    assert inspect(df, table).repeated == 0


def test_one_order_on_the_same_line_of_two_sheets_breaks_no_key() -> None:
    orders = frame(
        PosStaged,
        [{"lembar": "a.csv"}, {"lembar": "b.csv"}],
        periode="2022-12", berkas="pos/danom.zip", baris=2, no_danom="1", status_bayar="BELUM", status_dikenal=True,
    )  # fmt: skip
    df = findings("pos", orders.lazy(), "PosStaged").with_columns(periode=pl.lit("2022-12"))
    assert "NIK_TIDAK_TERPAKAI" in df["kode"]
    assert inspect(df, promised_tables()["quality.temuan"]).repeated == 0


def test_findings_on_an_order_that_no_other_table_lists_are_told_at_its_row() -> None:
    codes = ["NIK_ORANG_LAIN", "NIK_TIDAK_TERPAKAI", "NON_DTKS", "PENERIMA_ASN_TNI_POLRI", "TAHAP_TANPA_TARIF"]
    order = {"kode_kab": "3604", "sumber_berkas": "pos/a.csv"}
    states = [("DIBAYAR", codes), ("BELUM", codes), ("RETUR", ["RETUR_SEBAGIAN"]), ("BELUM", [])]
    orders = [
        order | {"no_danom": str(line), "sumber_baris": line, "status_bayar": state, "temuan": told}
        for line, (state, told) in enumerate(states, 2)
    ]
    df = findings_on_orders(frame(Pembayaran, orders).lazy())
    assert df.select("sumber", "id", "kode", "kolom", "kode_kab", "berkas", "baris").sort("id", "kode").rows() == [
        ("pos", str(line), code, column, "3604", "pos/a.csv", line)
        for line, code, column in (
            (2, "NIK_ORANG_LAIN", "nik"),
            (3, "NIK_ORANG_LAIN", "nik"),
            (3, "PENERIMA_ASN_TNI_POLRI", "pekerjaan"),
            (4, "RETUR_SEBAGIAN", "nominal"),
        )
    ]
