from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest
from pandera.errors import SchemaErrors

from schemas.catalogue import promised_tables
from schemas.columns import GLOSSARY
from schemas.extracts import EXTRACTS
from schemas.marts.pembayaran import Pembayaran
from schemas.release import CHANGES, RELEASE
from schemas.rules import RULES, Rule, Severity
from schemas.staged import STAGED, DtksStaged, PosStaged
from schemas.table import (
    BrokenContractError,
    Table,
    Tally,
    contract,
    enforce,
    inspect,
    inspect_pieces,
    nullable,
    polars_schema,
    split,
    without_rows,
)
from tests.unit.frames import frame

DUPLICATES = promised_tables()["link.ganda"]


def people(*rows: dict[str, object]) -> pl.DataFrame:
    given = {"periode": "2022-12", "berkas": "dtks/a.csv", "nama": "SITI", "nik_tulis": "3604"}
    numbered = ({**given, "baris": line, "id_dtks": str(line), **row} for line, row in enumerate(rows, start=2))
    return frame(DtksStaged, numbered)


def pairs(*rows: tuple[str, str], **columns: pl.Expr) -> pl.DataFrame:
    return (
        pl.DataFrame({"periode": "2022-12", "id_dtks_a": [a for a, _ in rows], "id_dtks_b": [b for _, b in rows]})
        .with_columns(jenis=pl.lit("ORANG_SAMA"), bobot=pl.lit(1.5))
        .with_columns(**columns)
    )


# --- split


def test_a_clean_frame_passes_whole_and_leaves_an_empty_failures_frame_with_codes() -> None:
    df = people({}, {})
    good, failures = split(df, DtksStaged)
    assert good.equals(df)
    assert failures.schema == {**df.schema, "kode": pl.List(pl.String)}
    assert failures.is_empty()


def test_every_row_is_in_exactly_one_part_in_its_order_with_all_its_reasons_sorted() -> None:
    df = people(
        {}, {"nama": None, "nik_tulis": None}, {"id_dtks": None}, {"id_terulang": True, "id_diganti": False}, {}
    )
    good, failures = split(df, DtksStaged)
    assert good["baris"].to_list() == [2, 6]
    assert failures.select("baris", "kode").rows() == [
        (3, ["NAMA_KOSONG", "TANPA_IDENTITAS"]),
        (4, ["ID_KOSONG"]),
        (5, ["ID_GANDA"]),
    ]
    assert pl.concat([good, failures.drop("kode")]).sort("baris").equals(df)


def test_a_rule_sees_rows_whose_column_is_null() -> None:
    assert split(people({"nama": None}), DtksStaged)[1]["kode"].to_list() == [["NAMA_KOSONG"]]


def test_a_rule_that_cannot_be_judged_keeps_the_row(monkeypatch: pytest.MonkeyPatch) -> None:
    class Angka(Table):
        """Satu kolom angka."""

        baris: int = nullable()

    rule = Rule("NEGATIF", "Angka", Severity.REJECT, "baris", "Negatif.", "Periksa.", pl.col("baris") < 0)
    monkeypatch.setitem(RULES, ("Angka", "NEGATIF"), rule)
    good, failures = split(pl.DataFrame({"baris": [1, -1, None]}), Angka)
    assert failures["kode"].to_list() == [["NEGATIF"]]
    assert good["baris"].to_list() == [1, None]


def test_column_checks_fail_the_row_and_not_the_file() -> None:
    good, failures = split(people({}, {"jenis_kelamin": "X"}, {"hub_keluarga": 9}, {"nik": "123"}), DtksStaged)
    assert good["baris"].to_list() == [2]
    assert failures["baris"].to_list() == [3, 4, 5]


@pytest.mark.parametrize("out", [[], [0], [0, 1, 500, 999], list(range(0, 1000, 2)), list(range(1000))])
def test_rows_are_left_out_few_or_many_and_the_others_keep_their_order(out: list[int]) -> None:
    numbers = pl.DataFrame({"nomor": range(1000)})
    kept = without_rows(numbers, pl.Series(out, dtype=pl.UInt32))
    assert kept["nomor"].to_list() == [number for number in range(1000) if number not in out]


def test_an_empty_frame_is_no_failure() -> None:
    good, failures = split(people().clear(), DtksStaged)
    assert (good.height, failures.height) == (0, 0)


def test_a_lazy_frame_is_refused_because_pandera_would_skip_the_data_checks() -> None:
    with pytest.raises(TypeError, match="eager DataFrame, got LazyFrame"):
        split(people({}).lazy(), DtksStaged)  # type: ignore[arg-type]


def test_canary_pandera_checks_data_on_eager_frames_only() -> None:
    # The day this fails, pandera has changed and `split` must be looked at again.
    broken = people({"nama": None})
    with pytest.raises(SchemaErrors, match="NAMA_KOSONG"):
        contract(DtksStaged).validate(broken, lazy=True)
    contract(DtksStaged).validate(broken.lazy(), lazy=True)


DAMAGES: dict[str, Callable[[pl.DataFrame], pl.DataFrame]] = {
    "temuan_wilayah": lambda df: df.drop("temuan_wilayah"),
    "tambahan": lambda df: df.with_columns(tambahan=pl.lit(1)),
    "baris": lambda df: df.with_columns(pl.col("baris").cast(pl.String)),
    "tanggal_lahir": lambda df: df.with_columns(pl.col("tanggal_lahir").cast(pl.Datetime)),
    "": lambda df: df.select(reversed(df.columns)),
}


@pytest.mark.parametrize("name", DAMAGES)
@pytest.mark.parametrize("df", [people({}), people({"nama": None}), people({}).clear()], ids=["good", "bad", "empty"])
def test_a_frame_of_another_shape_breaks_the_contract_and_the_message_names_the_column(
    df: pl.DataFrame, name: str
) -> None:
    with pytest.raises(BrokenContractError, match=rf"DtksStaged.*{name}"):
        split(DAMAGES[name](df), DtksStaged)


# --- inspect and enforce


def test_inspect_selects_casts_and_sorts_by_the_key() -> None:
    df = pairs(("b", "c"), ("a", "d"), ("a", "c")).with_columns(pl.lit(7).alias("bobot"), lebih=pl.lit("x"))
    seen = inspect(df, DUPLICATES)
    assert seen.frame.schema == polars_schema(DUPLICATES.model)
    assert seen.frame.select("id_dtks_a", "id_dtks_b").rows() == [("a", "c"), ("a", "d"), ("b", "c")]
    assert (seen.broken, seen.repeated) == ({}, 0)


def test_inspect_counts_broken_rules_and_repeated_keys() -> None:
    df = pairs(("a", "b"), ("a", "b"), ("a", "b"), ("c", "d"), jenis=pl.Series(["ORANG_SAMA"] * 3 + ["LAIN"]))
    seen = inspect(df, DUPLICATES)
    assert seen.repeated == 2
    assert list(seen.broken.values()) == [1]
    assert seen.frame.height == 3


def test_pieces_are_inspected_as_they_pass() -> None:
    tally = Tally()
    pieces = [pairs(("b", "c"), ("a", "d"), ("a", "d")), pairs(), pairs(("b", "c"))]
    passed = pl.concat(inspect_pieces([*pieces, pairs(("c", "d"), jenis=pl.lit("LAIN"))], DUPLICATES, tally))
    assert passed.select("id_dtks_a", "id_dtks_b").rows() == [("a", "d"), ("a", "d"), ("b", "c"), ("b", "c")]
    # One within a piece, one across two.
    assert tally.repeated == 2
    assert list(tally.broken.values()) == [1]


def test_pieces_come_in_the_order_of_the_key() -> None:
    with pytest.raises(BrokenContractError, match=r"link\.ganda: its pieces do not come in the order"):
        list(inspect_pieces([pairs(("b", "c")), pairs(("a", "c"))], DUPLICATES, Tally()))


def test_inspect_puts_rows_without_a_key_part_last() -> None:
    table = promised_tables()["quality.karantina"]
    rows = [{"lembar": None, "baris": 1}, {"lembar": "Sheet1", "baris": 1}]
    df = frame(
        table.model, rows, periode="2022-12", sumber="pos", berkas="a", kode="X", keterangan="x", sudah_diperbaiki=False
    )
    assert inspect(df, table).frame["lembar"].to_list() == ["Sheet1", None]


def test_a_missing_column_is_named() -> None:
    with pytest.raises(BrokenContractError, match=r"link\.ganda: columns missing: id_dtks_b, jenis"):
        inspect(pairs(("a", "b")).drop("jenis", "id_dtks_b"), DUPLICATES)


def test_a_failed_cast_names_column_and_type_and_shows_no_value() -> None:
    with pytest.raises(BrokenContractError, match="bobot is String") as error:
        inspect(pairs(("a", "b"), bobot=pl.lit("SITI AMINAH")), DUPLICATES)
    assert "SITI" not in str(error.value)
    assert error.value.__suppress_context__


def test_enforce_returns_the_kept_promise() -> None:
    assert enforce(pairs(("b", "c"), ("a", "c")), DUPLICATES)["id_dtks_a"].to_list() == ["a", "b"]


@pytest.mark.parametrize(
    ("df", "message"),
    [
        (pairs(("a", "b"), ("a", "b")), "1 repeated keys"),
        (pairs(("a", "b"), jenis=pl.lit("LAIN")), "isin"),
        (pairs(("a", "b"), id_dtks_b=pl.lit(None, pl.String)), "not_nullable"),
    ],
)
def test_enforce_refuses_a_broken_promise(df: pl.DataFrame, message: str) -> None:
    with pytest.raises(BrokenContractError, match=message):
        enforce(df, DUPLICATES)


# --- descriptions and registration

ALL_MODELS: list[type[Table]] = [
    *(table.model for table in promised_tables().values()),
    *EXTRACTS.values(),
    *STAGED.values(),
    *(table.model for table in (*RELEASE.values(), CHANGES)),
]


@pytest.mark.parametrize("model", ALL_MODELS, ids=lambda model: model.__name__)
def test_every_column_of_every_model_is_described_in_a_sentence(model: type[Table]) -> None:
    texts = {name: column.description for name, column in contract(model).columns.items()}
    assert all(text and text.strip() == text and len(text) > 3 for text in texts.values()), texts
    assert (model.__doc__ or "").strip().endswith(".")


def test_every_word_of_the_glossary_is_a_column_of_some_table() -> None:
    columns = {name for model in ALL_MODELS for name in contract(model).columns}
    assert set(GLOSSARY) - columns == set()


def test_promised_tables_are_sorted_and_their_keys_exist() -> None:
    tables = promised_tables()
    assert list(tables) == sorted(tables)
    for name, table in tables.items():
        assert name == table.full_name == f"{table.schema}.{table.name}"
        assert set(table.key) <= set(table.columns), name
        assert table.by_periode == ("periode" in table.columns)
        assert table.description.endswith(".")
        assert (table.query is None) == (not table.sources), name


def test_a_mart_is_registered_without_being_named_anywhere() -> None:
    assert promised_tables()["mart.pembayaran"].model is Pembayaran


def test_rules_are_attached_to_their_own_model_only() -> None:
    orders = frame(
        PosStaged, [{"baris": 2, "status_bayar": "BELUM", "status_dikenal": True}], periode="2022-12", berkas="a"
    )
    assert split(orders, PosStaged)[1]["kode"].to_list() == [["DANOM_KOSONG", "NOMINAL_RUSAK"]]
