"""Archives, and bombs in them."""

from __future__ import annotations

import gzip
import io
import zipfile

import polars as pl
import pytest

from pipeline.extracts import read as reader
from pipeline.extracts.files import containers
from pipeline.extracts.files.unreadable import SEND_AGAIN
from tests.unit.extracts.making import (
    GOOD,
    HEADERS,
    html,
    parquet,
    person,
    read,
    refusal_sentence,
    row,
    text,
    workbook,
    zip_archive,
)


def nested(depth: int) -> bytes:
    data = GOOD
    for _ in range(depth):
        data = zip_archive({"a.zip": data})
    return data


def test_archives_in_archives_end_somewhere() -> None:
    gz = gzip.compress(GOOD)
    for packed in (gz, zip_archive({"d/": b"", "d/a.csv": gz}), nested(3), gzip.compress(gz), gzip.compress(nested(1))):
        assert [found["id_dtks"] for found in read(packed, "dtks")] == ["D1"]
    assert "berlapis-lapis" in refusal_sentence(nested(4), "dtks")


def test_a_bomb_is_told_by_how_much_it_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "MIN_SIZE_FOR_RATIO", 2**20)
    zeros = b"0" * (2 * 2**20)
    grows = zip_archive({"a.csv": zeros})
    assert len(grows) * containers.MAX_RATIO < len(zeros)
    assert "terlalu besar" in refusal_sentence(grows, "dtks")
    assert "terlalu besar" in refusal_sentence(gzip.compress(zeros), "dtks")


def test_bombs_inside_a_bomb_share_one_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_UNPACKED_BYTES", 3000)
    result = read(zip_archive({f"{n}.gz": gzip.compress(b"0" * 1400) for n in range(4)}), "dtks")
    assert ["terlalu besar" in found["catatan"] for found in result] == [False, False, True, True]


def test_what_a_member_claims_to_be_large_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_UNPACKED_BYTES", 10_000)
    lying = bytearray(zip_archive({"a.csv": b"0" * 20_000}))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = lying.index(signature) + offset
        lying[place : place + 4] = (10).to_bytes(4, "little")
    assert refusal_sentence(bytes(lying), "dtks")


def test_too_many_members(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "MAX_MEMBERS", 2)
    assert "terlalu banyak" in refusal_sentence(zip_archive({f"{n}.csv": GOOD for n in range(3)}), "dtks")


def test_a_locked_member_and_a_damaged_one_leave_the_others() -> None:
    packed = bytearray(zip_archive({"a.csv": GOOD, "b.csv": GOOD, "c.csv": GOOD}))
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        locked, damaged = archive.getinfo("a.csv"), archive.getinfo("b.csv")
    packed[locked.header_offset + 6] |= 1
    packed[packed.index(b"PK\x01\x02") + 8] |= 1
    packed[damaged.header_offset + 45] ^= 0xFF
    actual = [(found["lembar"], found["id_dtks"], found["catatan"]) for found in read(bytes(packed), "dtks")]
    assert actual == [
        ("a.csv", None, "Berkas zip ini dilindungi kata sandi; serahkan isinya tanpa kata sandi."),
        ("b.csv", None, f"Berkas zip ini rusak atau terpotong; {SEND_AGAIN}"),
        ("c.csv", "D1", None),
    ]


def test_members_of_any_kind_are_read_in_order_each_under_its_name() -> None:
    data = zip_archive({
        "kosong.csv": b"",
        "rusak.csv.gz": gzip.compress(GOOD * 50)[:-30],
        "README.txt": b"Data DTKS Desember",
        "__MACOSX/._a.txt": b"\x00\x05",
        "kab/a.xlsx": workbook({"Data": [HEADERS, person(1)]}),
        "kab/b.csv.gz": gzip.compress(text("dtks_17", person(2))),
        "kab/c.parquet": parquet(pl.DataFrame([dict(zip(HEADERS, person(3), strict=True))])),
        "kab/d.xls": html("<tr>" + "".join(f"<td>{cell}</td>" for cell in person(4)) + "</tr>"),
    })  # fmt: skip
    found = [(each["lembar"], each["id_dtks"] or each["rusak"]) for each in read(data, "dtks")]
    assert [each for each in found if each[0] != "rusak.csv.gz"] == [
        ("README.txt", "BERKAS_DITOLAK"),
        ("kab/a.xlsx/Data", "D1"),
        ("kab/b.csv.gz", "D2"),
        ("kab/c.parquet", "D3"),
        ("kab/d.xls", "D4"),
        ("kosong.csv", "BERKAS_DITOLAK"),
    ]
    assert "rusak.csv.gz" in {each[0] for each in found}


@pytest.mark.parametrize("name", ["./data.csv", "../../data.csv"])
def test_a_member_is_no_hidden_file_for_the_dots_of_its_path(name: str) -> None:
    data = zip_archive({name: text("dtks_23", row("dtks_23", ID_DTKS="D1", NAMA="SITI", NIK="3604041211870001"))})
    hidden = zip_archive({".data.csv": b"x", "__MACOSX/data.csv": b"x", "~$data.xlsx": b"x"})
    assert [person["id_dtks"] for person in read(data, "dtks")] == ["D1"]
    assert [row["rusak"] for row in read(hidden, "dtks")] == ["BERKAS_DITOLAK"]
