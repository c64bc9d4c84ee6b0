from __future__ import annotations

import pytest

from tests.unit.extracts.making import read, refusal_sentence

SITI = ("1", "3604041211870001", "SITI")
BUDI = ("2", "3604040101800002", "BUDI")
MYSQL = """-- MySQL dump 10.13
CREATE TABLE `dtks` (
  `ID DTKS` varchar(30) NOT NULL,
  `NIK` char(16) DEFAULT NULL,
  `NAMA` varchar(90),
  PRIMARY KEY (`ID DTKS`)
) ENGINE=InnoDB;
INSERT INTO `users` (`id`,`email`) VALUES (1,'a (b), c');
INSERT INTO `dtks` VALUES ('1','3604041211870001','SITI'),('2',3604040101800002,'BUDI');
"""


def rows(dump: str, encoding: str = "utf-8") -> list[tuple[str | None, str | None, str | None]]:
    found = read(dump.encode(encoding), "dtks")
    return [(person["id_dtks"], person["nik"], person["rusak"] or person["nama"]) for person in found]


@pytest.mark.parametrize(
    ("dump", "encoding"),
    [
        (MYSQL, "utf-8"),
        (
            "--\n-- PostgreSQL database dump\n--\nCOPY public.dtks (id_dtks, nik, nama) FROM stdin;\n"
            "1\t3604041211870001\tSITI\n2\t3604040101800002\tBUDI\n\\.\n\n-- done\n",
            "utf-8",
        ),
        (
            "USE [siks]\r\nGO\r\nINSERT [dbo].[dtks] ([ID DTKS], [NIK], [NAMA]) VALUES "
            "(N'1', N'3604041211870001', N'SITI')\r\nGO\r\nINSERT [dbo].[dtks] ([ID DTKS], [NIK], [NAMA]) VALUES "
            "(N'2', CAST(N'3604040101800002' AS Char), N'BUDI')\r\nGO\r\n",
            "utf-16",
        ),
    ],
)
def test_dumps_of_databases(dump: str, encoding: str) -> None:
    assert rows(dump, encoding) == [SITI, BUDI]


@pytest.mark.parametrize(
    ("written", "meant"),
    [(r"'NUR\'AINI, S.Pd (ALM)'", "NUR'AINI, S.Pd (ALM)"), ("'NUR''AINI'", "NUR'AINI"), ("NULL", None)],
)
def test_a_value_is_what_stands_in_its_quotes(written: str, meant: str | None) -> None:
    dump = "INSERT INTO `d` (`ID DTKS`, `NIK`, `NAMA`) VALUES ('1', '2', %);".replace("%", written)
    assert [person["nama"] for person in read(dump.encode(), "dtks")] == [meant]


def test_only_dumps_of_mysql_escape_by_a_backslash() -> None:
    assert rows(r"INSERT INTO d (id_dtks, nik, nama) VALUES ('1', '2', 'KP LAMA\');") == [("1", "2", "KP LAMA\\")]


@pytest.mark.parametrize(
    ("cut", "left"),
    [
        (MYSQL[:-6], [SITI, (None, None, "BERKAS_TERPOTONG")]),
        (MYSQL.replace("'SITI'", ""), [(None, None, "KOLOM_KURANG"), BUDI]),
        (MYSQL.replace("'SITI'", "'SITI','X'"), [(None, None, "KOLOM_LEBIH"), BUDI]),
    ],
)
def test_a_row_that_is_no_row_is_refused_alone(cut: str, left: list[tuple[str | None, ...]]) -> None:
    assert sorted(rows(cut), key=str) == sorted(left, key=str)


def test_a_dump_whose_columns_are_told_nowhere_is_refused() -> None:
    result = refusal_sentence(b"INSERT INTO dtks VALUES ('1','3604041211870001','SITI');", "dtks")
    assert "tidak menyebut nama kolomnya" in result


@pytest.mark.parametrize("start", ["-- daftar\n", "# insert\n"])
def test_a_text_that_only_begins_like_a_dump_is_read_as_text(start: str) -> None:
    assert rows(f"{start}ID DTKS|NIK|NAMA\n1|3604041211870001|SITI\n") == [SITI]


INTO = "INSERT INTO d (id_dtks, nik, nama"
FIRST, SECOND = "('1','3604041211870001','SITI')", "('2','3604041101800002','BUDI')"


@pytest.mark.parametrize(
    "dump",
    [
        f"{INTO}) VALUES {FIRST};{INTO}) VALUES {SECOND};\n",
        f"-- PostgreSQL\n{INTO}) OVERRIDING SYSTEM VALUE VALUES\n-- first\n{FIRST}, -- second\n{SECOND};\n",
        f"{INTO}) VALUES {FIRST};\n{INTO}) VALUES {SECOND};\n".replace("INTO", "DELAYED INTO", 1),
        f"{INTO}) VALUES {FIRST};\n{INTO}) VALUES {SECOND};\n".replace("INTO", "OR REPLACE INTO"),
        f"-- MySQL\n{INTO}) VALUES {FIRST},{SECOND};\n".replace("'", '"'),
        f"-- MySQL\n{INTO}) VALUES {FIRST},{SECOND};\n".replace("'SITI", "_utf8mb4'SITI"),
    ],
)
def test_ways_of_writing_an_insert(dump: str) -> None:
    assert rows(dump) == [SITI, ("2", "3604041101800002", "BUDI")]


def test_an_insert_that_is_not_read_is_told_beside_those_that_are() -> None:
    others = "INSERT INTO d SELECT * FROM e;\nINSERT INTO log SELECT 1;\n"
    assert rows(f"{others}{INTO}) VALUES {FIRST};\n") == [SITI, (None, None, "KOLOM_KURANG")]


def test_tables_of_one_name_are_numbered_together() -> None:
    dump = f"{INTO}) VALUES {FIRST};\n{INTO}, alamat) VALUES ('2','3604041101800002','BUDI','JL');\n"
    assert [(row["lembar"], row["baris"]) for row in read(dump.encode(), "dtks")] == [("d", 1), ("d", 2)]


def test_a_backtick_in_a_name_makes_no_dump_one_of_mysql() -> None:
    dump = f"-- PostgreSQL\n{INTO}) VALUES ('1','3604041211870001','SITI');\n{INTO}) VALUES ('2','3','REGAPU`U\\');\n"
    assert rows(dump) == [SITI, ("2", "3", "REGAPU`U\\")]


@pytest.mark.parametrize("dump", ["INSERT INTO [\n" * 50_000, "INSERT INTO a" + "\n" * 50_000 + "x"])
def test_what_is_hardly_a_dump_takes_no_time(dump: str) -> None:
    assert rows(f"-- x\n{dump}") == [(None, None, "BERKAS_DITOLAK")]


@pytest.mark.parametrize("cut", ["2\t3604", "2\t3604041101800002\tBUDI\n"])
def test_a_copy_without_its_end_was_cut_off(cut: str) -> None:
    dump = f"-- x\nCOPY d (id_dtks, nik, nama) FROM stdin;\n1\t3604041211870001\tSITI\n{cut}"
    assert rows(dump)[-1] == (None, None, "BERKAS_TERPOTONG")
