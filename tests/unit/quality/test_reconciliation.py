from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from pipeline.extracts.files.ledger import LEDGER_SCHEMA
from pipeline.quality.reconciliation import reconcile
from schemas.catalogue import promised_tables
from schemas.extracts import EXTRACTS
from schemas.quality import Karantina
from schemas.staged import STAGED
from schemas.table import inspect
from tests.unit.frames import frame

LEDGER = [
    ("pos", "pos/a.csv", "DIBACA", None),
    ("pos", "pos/twin.csv", "KEMBAR", "Isinya sama."),
    ("pos", "pos/b.csv", "DIBACA", None),
    ("dtks", "dtks/a.csv", "DIBACA", None),
    ("lain", "lepas.csv", "DITOLAK", "Letakkan berkas."),
]
ORDERS = [("Sheet1", 2, "300.000"), ("Sheet1", 3, "Rp 150.000,00"), ("Sheet2", 2, "300000"), ("Sheet2", 3, "rusak")]

Frames = dict[str, pl.DataFrame]


def files() -> pl.DataFrame:
    rows = [
        {"sumber": s, "berkas": b, "sha256": "0" * 64, "periode_berkas": "2022-12", "status_berkas": st, "catatan": c}
        for s, b, st, c in LEDGER
    ]
    return pl.DataFrame([{name: row.get(name) for name in LEDGER_SCHEMA} for row in rows], schema=LEDGER_SCHEMA)


def raw() -> Frames:
    orders: list[dict[str, Any]] = [
        {"berkas": "pos/a.csv", "lembar": s, "baris": n, "nominal": v, "tata_letak": "Daftar", "status_bayar": "GAGAL"}
        for s, n, v in ORDERS
    ]
    orders.append(
        {"berkas": "pos/a.csv", "lembar": "Sheet2", "baris": 9, "rusak": "KOLOM_KURANG", "tata_letak": "Daftar"}
    )
    orders.append({"berkas": "pos/b.csv", "baris": 0, "rusak": "BERKAS_DITOLAK", "catatan": "Berkas ini kosong."})
    persons = [{"berkas": "dtks/a.csv", "baris": n, "tata_letak": "DTKS"} for n in (2, 3, 4)]
    given = {"pos": orders, "dtks": persons}
    return {source: frame(model, given.get(source, [])) for source, model in EXTRACTS.items()}


def accepted() -> Frames:
    amounts = {2: 300_000, 3: 150_000}
    orders = [{"lembar": "Sheet1", "baris": n, "nominal": v} for n, v in amounts.items()]
    orders.append({"lembar": "Sheet2", "baris": 2, "nominal": 300_000})
    given = {
        "pos": [{"berkas": "pos/a.csv", **o} for o in orders],
        "dtks": [{"berkas": "dtks/a.csv", "baris": n} for n in (2, 3)],
    }
    return {source: frame(model, given.get(source, [])) for source, model in STAGED.items()}


def quarantined() -> Frames:
    lines = [("pos/a.csv", "Sheet2", 3, "NOMINAL_RUSAK"), ("pos/a.csv", "Sheet2", 9, "KOLOM_KURANG")]
    lines += [("pos/b.csv", None, 0, "BERKAS_DITOLAK")]
    persons = [("dtks/a.csv", None, 4, "NAMA_KOSONG"), ("dtks/a.csv", None, 4, "TANPA_IDENTITAS")]
    given = {"pos": lines, "dtks": persons}
    place = ("berkas", "lembar", "baris", "kode")
    return {
        source: frame(Karantina, [dict(zip(place, line, strict=True)) for line in given.get(source, [])])
        for source in EXTRACTS
    }


def result(taken: Frames | None = None, refused: Frames | None = None) -> dict[str, dict[str, Any]]:
    df = reconcile(files(), raw(), taken or accepted(), refused or quarantined())
    seen = inspect(df.with_columns(periode=pl.lit("2022-12")), promised_tables()["quality.rekonsiliasi"])
    assert (seen.broken, seen.repeated) == ({}, 0)
    return {row["berkas"]: row for row in df.rows(named=True)}


def numbers(row: dict[str, Any]) -> tuple[int, ...]:
    sides = [row[f"{what}_{side}"] for what in ("baris", "nominal") for side in ("masuk", "diterima", "karantina")]
    return (*sides, row["selisih_baris"], row["selisih_nominal"])


def test_every_file_of_the_ledger_has_a_row_and_nothing_is_lost() -> None:
    rows = result()
    assert {name: (row["status_berkas"], row["tata_letak"] or None, row["catatan"]) for name, row in rows.items()} == {
        "pos/a.csv": ("DIBACA", "Daftar", None),
        "pos/twin.csv": ("KEMBAR", None, "Isinya sama."),
        "pos/b.csv": ("DITOLAK", None, "Berkas ini kosong."),
        "dtks/a.csv": ("DIBACA", "DTKS", None),
        "lepas.csv": ("DITOLAK", None, "Letakkan berkas."),
    }
    assert numbers(rows["pos/a.csv"]) == (5, 3, 2, 750_000, 750_000, 0, 0, 0)
    assert numbers(rows["dtks/a.csv"]) == (3, 2, 1, 0, 0, 0, 0, 0)  # two reasons, one row
    assert numbers(rows["pos/b.csv"]) == numbers(rows["pos/twin.csv"]) == (0,) * 8


def test_a_refused_order_takes_its_readable_rupiah_with_it() -> None:
    taken, refused = accepted(), quarantined()
    taken["pos"] = taken["pos"].filter(pl.col("lembar") == "Sheet1")
    lost = frame(
        Karantina, [{"berkas": "pos/a.csv", "lembar": "Sheet2", "baris": 2, "kode": code} for code in ("A", "B")]
    )
    refused["pos"] = pl.concat([refused["pos"], lost])
    assert numbers(result(taken, refused)["pos/a.csv"]) == (5, 2, 3, 750_000, 450_000, 300_000, 0, 0)


def test_a_refused_order_of_a_file_without_sheets_takes_its_rupiah_along() -> None:
    frames, refused = raw(), quarantined()
    order = {"berkas": "pos/b.csv", "baris": 2, "nominal": "150000"}
    frames["pos"] = pl.concat([frames["pos"], frame(EXTRACTS["pos"], [order])])
    line = frame(Karantina, [{"berkas": "pos/b.csv", "baris": 2, "kode": "DANOM_KOSONG"}])
    refused["pos"] = pl.concat([refused["pos"], line])
    rows = reconcile(files(), frames, accepted(), refused).filter(pl.col("berkas") == "pos/b.csv")
    assert numbers(rows.row(0, named=True)) == (1, 0, 1, 150_000, 0, 150_000, 0, 0)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ([{"nik_tulis": "3,6E+15"}, {"nik_tulis": "3.60405E+15"}], "notasi ilmiah"),
        ([{"nik_tulis": "3,6E+15"}, {"nik_tulis": None}], "notasi ilmiah"),
        ([{"nik_berkas_nol": True}, {"nik_berkas_nol": True}], "rusak oleh Excel"),
        ([{"nik_berkas_bulat": True}, {"nik_berkas_bulat": True}], "dibaca sebagai bilangan"),
        ([{"bulan_dahulu": True}, {"bulan_dahulu": True}], "bulan di depan"),
        ([{"nik_tulis": "3604041211870001"}, {"nik_tulis": None}], None),
    ],
)
def test_a_file_whose_numbers_are_damaged_throughout_is_told_as_such(damage: list[Any], words: str | None) -> None:
    rows = [{"berkas": "dtks/a.csv", "baris": number, **cells} for number, cells in enumerate(damage, 2)]
    note = result(accepted() | {"dtks": frame(STAGED["dtks"], rows)})["dtks/a.csv"]["catatan"]
    assert note is None if words is None else words in note


def test_all_notes_on_a_file_are_joined() -> None:
    frames = raw()
    first = pl.col("baris") == pl.col("baris").min()
    frames["dtks"] = frames["dtks"].with_columns(catatan=pl.when(first).then(pl.lit("Kolom X tidak dibaca.")))
    damaged = [{"berkas": "dtks/a.csv", "baris": 2, "nik_berkas_nol": True}]
    taken = accepted() | {"dtks": frame(STAGED["dtks"], damaged)}
    notes = reconcile(files(), frames, taken, quarantined()).filter(berkas="dtks/a.csv")["catatan"].item()
    assert notes.startswith("Kolom X tidak dibaca. ")
    assert "rusak oleh Excel" in notes


def test_every_sheet_of_a_workbook_has_its_note_and_equal_notes_name_their_sheets() -> None:
    sheets = [("A", 0, "NIP."), ("A", 1, "Putus."), ("B", 0, "NIP."), ("C", 0, "KTP."), ("C", 9, "KTP dan X.")]
    sheets += [("D", 0, "NIP."), ("E", 0, "NIP.")]
    rows = [
        {"berkas": "dtks/b.xlsx", "lembar": sheet, "baris": line, "rusak": "BERKAS_TERPOTONG" if line == 1 else None}
        | {"catatan": note}
        for sheet, line, note in sheets
    ]
    frames = raw() | {"dtks": frame(EXTRACTS["dtks"], rows)}
    ledger = files().with_columns(berkas=pl.col("berkas").replace("dtks/a.csv", "dtks/b.xlsx"))
    notes = reconcile(ledger, frames, accepted(), quarantined()).filter(berkas="dtks/b.xlsx")["catatan"].item()
    assert notes == "A, B, D dan 1 lainnya: NIP. A: Putus. C: KTP."


@pytest.mark.parametrize(("amount", "noted"), [(None, True), ("300 ribu", False)])
def test_a_file_of_targets_without_amounts_has_a_note(amount: str | None, *, noted: bool) -> None:
    ledger = files().with_columns(
        pl.col("sumber", "berkas").replace({"dtks": "alokasi", "dtks/a.csv": "alokasi/a.csv"})
    )
    row = {"berkas": "alokasi/a.csv", "baris": 2}
    frames = ({"alokasi": frame(models["alokasi"], [row])} for models in (EXTRACTS, STAGED))
    own, taken = (raw() | {"dtks": frame(EXTRACTS["dtks"], [])} | next(frames)), accepted() | next(frames)
    taken["alokasi"] = taken["alokasi"].with_columns(nominal_alokasi_asal=pl.lit(amount, pl.String))
    taken["dtks"] = taken["dtks"].clear()
    note = reconcile(ledger, own, taken, quarantined()).filter(berkas="alokasi/a.csv")["catatan"].item()
    assert ("NOMINAL_ALOKASI" in (note or "")) == noted


@pytest.mark.parametrize(
    ("file", "state", "noted"),
    [
        ("pos/a.csv", " ", True),
        ("pos/a.csv", None, True),
        ("pos/a.csv", "DIBAYAR", False),
        ("pos/daftar_belum_1.csv", None, False),
    ],
)
def test_a_file_of_orders_that_tells_no_state_is_told_to_count_as_unpaid(
    file: str, state: str | None, *, noted: bool
) -> None:
    named = pl.col("berkas").replace("pos/a.csv", file)
    frames = [
        {source: df.with_columns(named) for source, df in each.items()} for each in (raw(), accepted(), quarantined())
    ]
    frames[0]["pos"] = frames[0]["pos"].with_columns(status_bayar=pl.lit(state, pl.String))
    df = reconcile(files().with_columns(named), *frames)
    assert ("STATUS_BAYAR" in (df.filter(berkas=file)["catatan"].item() or "")) == noted


@pytest.mark.parametrize(
    ("twin", "program", "noted"),
    [
        ("pos/pkh/tahap-2/a.csv", "PKH", True),
        ("pos/tahap-1/salinan.csv", "PKH", False),
        ("pos/tahap-1/bst.csv", "PKH", True),
        ("pos/2023/salinan.csv", "PKH", False),
    ],
)
def test_a_twin_that_is_named_after_another_stage_is_told_of_the_file_that_counts(
    twin: str, program: str, *, noted: bool
) -> None:
    ledger = files().with_columns(pl.col("berkas").replace("pos/twin.csv", twin))
    taken = accepted()
    taken["pos"] = taken["pos"].with_columns(program=pl.lit(program), tahap=pl.lit(1, pl.Int32))
    notes = dict(reconcile(ledger, raw(), taken, quarantined()).select("berkas", "catatan").iter_rows())
    assert (twin in (notes["pos/a.csv"] or "")) == noted


def test_a_stage_without_a_tariff_is_told_of_the_files_that_have_it() -> None:
    taken = accepted()
    stages = pl.Series([1, 9, 9], dtype=pl.Int32)
    taken["pos"] = taken["pos"].with_columns(program=pl.lit("PKH"), tahun=pl.lit(2022, pl.Int32), tahap=stages)
    note = result(taken)["pos/a.csv"]["catatan"]
    assert note.startswith("Tahap yang tidak dikenal: PKH 2022 tahap 9 (2 baris senilai Rp450.000). Tarif dan jadwal")
    unstated = taken["pos"].with_columns(tahap=pl.lit(0, pl.Int32))
    assert result(taken | {"pos": unstated})["pos/a.csv"]["catatan"] is None


WHOLE = {"no_kk_asal": "3604051106120318", "tanggal_lahir_asal": "1-2-1990", "jenis_kelamin": "L", "alamat": "KP"}


@pytest.mark.parametrize(
    ("file", "second", "noted"),
    [("dtks/perbaikan/a.csv", {}, True), ("dtks/perbaikan/a.csv", WHOLE, False), ("dtks/a.csv", {}, False)],
)
def test_a_correction_of_some_columns_only_is_told_to_replace_the_whole_row(
    file: str, second: dict[str, Any], *, noted: bool
) -> None:
    here = pl.col("berkas").replace("dtks/a.csv", file)
    persons = [{"berkas": file, "baris": 2}, {"berkas": file, "baris": 3, **second}]
    df = reconcile(
        files().with_columns(here),
        {source: df.with_columns(here) for source, df in raw().items()},
        accepted() | {"dtks": frame(STAGED["dtks"], persons)},
        {source: df.with_columns(here) for source, df in quarantined().items()},
    )
    assert (df.filter(berkas=file)["catatan"].item() is not None) == noted


@pytest.mark.parametrize(
    ("tamper", "selisih"),
    [
        (lambda df: df.head(2), (1, 300_000)),
        (lambda df: df.with_columns(nominal=pl.col("nominal") - (pl.col("baris") == 3).cast(pl.Int64)), (0, 1)),
        (lambda df: pl.concat([df, df.head(1)]), (-1, -300_000)),
        (lambda df: df.clear(), (3, 750_000)),
    ],
    ids=["lost row", "lost rupiah", "row taken twice", "all lost"],
)
def test_a_tampered_accepted_frame_shows_up(tamper: Any, selisih: tuple[int, int]) -> None:
    taken = accepted()
    taken["pos"] = tamper(taken["pos"])
    row = result(taken)["pos/a.csv"]
    assert (row["selisih_baris"], row["selisih_nominal"]) == selisih


def test_a_quarantine_that_forgets_a_line_shows_up() -> None:
    refused = quarantined()
    refused["pos"] = refused["pos"].filter(pl.col("baris") != 9)
    assert result(refused=refused)["pos/a.csv"]["selisih_baris"] == 1


def test_a_file_with_a_refused_part_and_good_rows_counts_as_read() -> None:
    frames = raw()
    part = {
        "berkas": "pos/a.csv",
        "lembar": "README",
        "baris": 0,
        "rusak": "BERKAS_DITOLAK",
        "catatan": "Tidak dikenal.",
    }
    frames["pos"] = pl.concat([frames["pos"], frame(EXTRACTS["pos"], [part])])
    df = reconcile(files(), frames, accepted(), quarantined())
    row = df.filter(pl.col("berkas") == "pos/a.csv").row(0, named=True)
    assert (row["status_berkas"], row["catatan"], row["selisih_baris"]) == ("DIBACA", "README: Tidak dikenal.", 0)


@pytest.mark.parametrize(("source", "noted"), [("dtks", True), ("pos", False)])
def test_households_are_named_only_where_a_file_may_hold_them(source: str, *, noted: bool) -> None:
    taken = accepted()
    lone = files().filter(berkas=f"{source}/a.csv").with_columns(berkas=pl.lit(f"{source}/judul_saja.csv"))
    (note,) = reconcile(lone, raw(), taken, quarantined())["catatan"]
    assert note.startswith("Tidak ada baris yang dihitung: berkas hanya berisi baris judul")
    assert ("BDT" in note) == noted
