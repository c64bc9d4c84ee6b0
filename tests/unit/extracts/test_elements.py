"""XML with an element per row."""

from __future__ import annotations

import pytest

from tests.unit.extracts.making import read, sentence

_ROW = {"ID_DTKS": "D1", "NAMA": "SITI", "NIK": "3604041211870001", "ALAMAT": "KP BARU & LAMA"}

_AS_ATTRIBUTES = "<ROW " + " ".join(f'{name}="{value}"' for name, value in _ROW.items()) + "/>"


def _within(tag: str, *, attribute: str | None = None) -> str:
    if attribute is None:
        return f"<{tag}>" + "".join(f"<{name}>{value}</{name}>" for name, value in _ROW.items()) + f"</{tag}>"
    return f"<{tag}>" + "".join(f'<f {attribute}="{name}">{value}</f>' for name, value in _ROW.items()) + f"</{tag}>"


@pytest.mark.parametrize(
    "data",
    [
        f"<dataroot>{_within('dtks')}{_within('dtks')}</dataroot>",
        f"<resultset>{_within('row', attribute='name')}{_within('row', attribute='name')}</resultset>",
        f"<RESULTS>{_within('ROW', attribute='NAME')}{_within('ROW', attribute='NAME')}</RESULTS>",
        f"<d><s id='1'/><ROWS>{2 * _AS_ATTRIBUTES}</ROWS></d>",
        f'<db name="siks"><table name="users"><nama>X</nama><id>1</id></table>{2 * _within("dtks")}</db>',
        f"<?xml version='1.0' encoding='UTF-16'?><a:b><c>{2 * _within('item')}</c></a:b>",
    ],
)
def test_rows_in_elements_or_attributes(data: str) -> None:
    rows = read(data.encode("utf-16" if "UTF-16" in data else "utf-8"), "dtks")
    assert [(row["baris"], row["rusak"]) for row in rows] == [(1, None), (2, None)]
    assert {name: rows[1][name.lower()] for name in _ROW} == _ROW


def test_a_row_that_tells_less_is_one_and_what_is_told_twice_is_told() -> None:
    others = "<d><ID_DTKS>D2</ID_DTKS><NIK/></d><d><ID_DTKS>D3</ID_DTKS><NAMA>A</NAMA><NAMA>B</NAMA><NIK>1</NIK></d>"
    rows = read(f"<r>{_within('d')}{others}</r>".encode(), "dtks")
    assert [(row["baris"], row["rusak"], row["nama"]) for row in rows] == [
        (1, None, "SITI"),
        (2, "BARIS_CATATAN", None),
        (3, None, "A / B"),
    ]


def test_families_around_their_members_are_told_of() -> None:
    family = f"<keluarga><no_kk>3604040101100001</no_kk><kepala>UMAR</kepala>{_within('anggota')}</keluarga>"
    found = {row["lembar"]: row["rusak"] for row in read(f"<d>{family}</d>".encode(), "dtks")}
    assert found == {"anggota": None, "keluarga": "BERKAS_DITOLAK"}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("<d><dtks><nama>SITI</nama>", "terpotong"),
        ('<!DOCTYPE d [<!ENTITY x "SITI">]><d><r a="1" b="&x;"/></d>', "rusak"),
        ("<d>" * 200, "rusak"),
        ("<d>" + "<nik>1</nik>" * 9 + "</d>", "tidak memuat tabel"),
    ],
)
def test_what_is_no_xml_of_rows_is_refused(data: str, said: str) -> None:
    assert said in sentence(data.encode(), "dtks")


def test_elements_that_each_tell_other_facts_are_no_table() -> None:
    apart = "".join(f"<d><NAMA{n}>A</NAMA{n}><NIK>1</NIK></d>" for n in range(250))
    assert "tidak memuat tabel" in sentence(f"<r>{apart}</r>".encode(), "dtks")
