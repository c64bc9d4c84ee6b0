from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from pipeline.matching.levels import comparison as c
from pipeline.matching.levels import nik as n
from pipeline.matching.levels.sides import Sides
from pipeline.matching.records import bcd
from pipeline.matching.records.records import Records
from tests.unit.matching.conftest import MODEL

ONE = np.array([0])


TYPES = {
    "tanggal_lahir": pl.Date, "hub_keluarga": pl.Int8, "nik_disalin": pl.Boolean, "keluarga_pemilik": pl.Int64,
    "nomor_keluarga": pl.Int64,
}  # fmt: skip


def level(name: str, left: dict[str, object], right: dict[str, object]) -> int:
    """The outcome of the comparison with this name."""
    comparison = MODEL.comparison(name)
    sides = Sides(
        *(
            Records(pl.DataFrame([one], schema={each: TYPES.get(each, pl.String) for each in one}))
            for one in (left, right)
        )
    )
    found = int(c.COMPARERS[comparison.kind](sides, comparison.columns, ONE, ONE)[0])
    return (
        int(c.LETTER_COMPARERS[comparison.kind](sides, comparison.columns, ONE, ONE)[0])
        if found == c.UNDETERMINED
        else found
    )


BORN = date(1987, 11, 12)
HOME = {
    "kode_desa": "3604012001", "kode_kec": "360401", "kode_kab": "3604", "rt": "001", "rw": "002",
    "alamat": "JL MAWAR NO 7",
}  # fmt: skip


@pytest.mark.parametrize(
    ("written", "true", "born", "expected"),
    [
        ("3604041211870001", "3604041211870001", BORN, n.NIK_EQUAL),
        ("3604041211870000", "3604041211870001", BORN, n.NIK_DAMAGED),
        ("9102012410080004", "9102012410080003", date(2008, 10, 24), n.NIK_DAMAGED),
        ("9102012410080003", "9102012410080004", date(2008, 10, 24), n.NIK_SEGMENT),  # a float cannot be odd
        ("3604051211870001", "3604041211870001", BORN, n.NIK_REGION),
        ("3604041217870001", "3604041211870001", BORN, n.NIK_DATE),
        # This row's NIK tells its own birth date: no slip in somebody else's.
        ("3604041218870001", "3604041211870001", date(1987, 18 % 12, 12), n.NIK_DATE),
        ("3604041212870001", "3604041211870001", date(1987, 12, 12), n.NIK_OTHER),
        # Of the year alone no slip has made another one.
        ("3604041211880001", "3604041211870001", date(1988, 1, 1), n.NIK_OTHER),
        ("3604041211880101", "3604041211870001", date(1988, 1, 1), n.NIK_OTHER),
        ("3604041212870001", "3604041211870001", date(1987, 1, 1), n.NIK_DATE),
        ("3604041211870501", "3604041211870001", BORN, n.NIK_SERIAL),
        ("3604041211870000", "3604041211870012", BORN, n.NIK_SERIAL),  # 0000 is nobody's serial
        # A neighbour of the same birthday has this one.
        ("3604041211870002", "3604041211870001", BORN, n.NIK_SEGMENT),
        ("3604041211873456", "3604041211870001", BORN, n.NIK_SEGMENT),
        ("3604951211870001", "3604041211870001", BORN, n.NIK_TWO),
        # A last digit that is lost besides.
        ("3604051211870000", "3604041211870001", BORN, n.NIK_REGION),
        ("3604401211870000", "3604041211870001", BORN, n.NIK_REGION),
        ("3604041217870000", "3604041211870001", BORN, n.NIK_TWO),
        ("3604041212870000", "3604041212870001", date(1987, 12, 12), n.NIK_DAMAGED),
        ("3604041212870000", "3604041211870001", date(1987, 12, 12), n.NIK_OTHER),
        ("360404121187001", "3604041211870001", BORN, n.NIK_LENGTH),
        ("360404121187000", "3604041211870001", BORN, n.NIK_DAMAGED),  # without its last digit it is a neighbour's too
        ("36040412118700017", "3604041211870001", BORN, n.NIK_LENGTH),
        ("5107019911870001", "3604041211870001", BORN, n.NIK_OTHER),
        ("360404121187X001", "3604041211870001", BORN, n.NIK_LENGTH),
        ("360404121187000?", "3604041211870001", BORN, n.NIK_DAMAGED),
        ("360404X21187001", "3604041211870001", BORN, 0),  # too little of it can be read
        ("TIDAKMEMPUNYAIKTP", "3604041211870001", BORN, 0),
        (None, "3604041211870001", BORN, 0),
    ],
)
def test_nik(written: str | None, true: str, born: date, expected: int) -> None:
    usable = written if written and len(written) == 16 else None
    left = {"nik": usable, "nik_tulis": written, "tanggal_lahir": born}
    assert level("nik", left, {"nik": true}) == expected


@pytest.mark.parametrize(("serials", "expected"), [(range(1, 9), n.NIK_SERIAL), (range(1, 600), n.NIK_SEGMENT)])
def test_a_serial_usual_among_all_residents_is_a_neighbours(serials: range, expected: int) -> None:
    numbers = ("3604041211870501", "3604041211870001")
    left, right = (Records(pl.DataFrame({"nik": [number], "tanggal_lahir": [BORN]})) for number in numbers)
    all_numbers = bcd.pack(pl.Series([f"360404121187{serial:04}" for serial in serials]))
    columns = MODEL.comparison("nik").columns
    assert n.nik_levels(Sides(left, right, all_numbers), columns, ONE, ONE).item() == expected


def test_the_nik_of_a_relative_is_told_apart() -> None:
    left = {"nik": "3604041211870001", "nik_tulis": "3604041211870001", "tanggal_lahir": BORN, "keluarga_pemilik": 77}
    assert level("nik", left, {"nik": "3604044101900001", "nomor_keluarga": 77}) == n.NIK_RELATIVE
    assert level("nik", left, {"nik": "3604044101900001", "nomor_keluarga": 78}) == n.NIK_OTHER


@pytest.mark.parametrize(("owner", "expected"), [(77, 0), (-1, n.NIK_OTHER)])
def test_a_residents_nik_copied_over_a_household_tells_nothing_against_its_others(owner: int, expected: int) -> None:
    left = {"nik": "3604041211870001", "tanggal_lahir": BORN, "nik_disalin": True, "keluarga_pemilik": owner}
    assert level("nik", left, {"nik": "3604044101900001", "nomor_keluarga": 78}) == expected


@pytest.mark.parametrize(
    ("sex", "true", "expected"),
    [
        ("P", "3604045212520001", n.NIK_OTHER),
        # Both numbers are women's, whatever the row says.
        ("L", "3604045212520001", n.NIK_OTHER),
        ("L", "3604041212620001", n.NIK_DATE),
    ],
)
def test_a_wrong_sex_makes_a_birth_no_slip_where_both_numbers_tell_one(sex: str, true: str, expected: int) -> None:
    written = "3604045212620001"
    left = {"nik": written, "nik_tulis": written, "tanggal_lahir": date(1962, 12, 12), "jenis_kelamin": sex}
    assert level("nik", left, {"nik": true}) == expected


@pytest.mark.parametrize(
    ("written", "born", "sex", "resident_born", "expected"),
    [
        ("3604042010530001", date(1953, 10, 20), "L", date(1953, 3, 20), n.NIK_OWN),
        ("3604042010530001", date(1953, 1, 1), "L", date(1953, 3, 20), n.NIK_OWN),  # 1 January tells the year alone
        ("3604042010530001", date(1953, 10, 20), "P", date(1953, 3, 20), n.NIK_OTHER),
        ("3604042010530001", date(1953, 10, 20), "L", date(1953, 10, 20), n.NIK_OTHER),
        ("3604042010530001", date(1954, 10, 20), "L", date(1953, 3, 20), n.NIK_OTHER),
    ],
)
def test_a_nik_that_tells_the_rows_own_birth_is_not_of_somebody_born_on_another_day(
    written: str, born: date, sex: str, resident_born: date, expected: int
) -> None:
    left = {"nik": written, "nik_tulis": written, "tanggal_lahir": born, "jenis_kelamin": sex}
    assert level("nik", left, {"nik": "5107012003530003", "tanggal_lahir": resident_born}) == expected


@pytest.mark.parametrize(
    ("row", "resident", "expected"),
    [
        (3, 3, c.ROLE_EQUAL),
        (1, 1, c.ROLE_SOLE),
        (2, 2, c.ROLE_SOLE),
        (3, 4, c.ROLE_OWN_FAMILY),
        (3, 1, c.ROLE_OWN_FAMILY),
        (3, 2, c.ROLE_OWN_FAMILY),
        (1, 3, c.ROLE_OTHER),  # nobody goes back
        (None, 1, 0),
    ],
)
def test_a_child_may_have_a_family_of_its_own_by_now(row: int | None, resident: int, expected: int) -> None:
    assert level("hubungan", {"hub_keluarga": row}, {"hub_keluarga": resident}) == expected


def test_a_number_with_a_bearer_or_of_the_rows_own_kecamatan_is_no_slip() -> None:
    left = {"nik": "3604051211870001", "nik_tulis": "3604051211870001", "tanggal_lahir": BORN, "kode_kec": "360404"}
    resident = {"nik": "3604041211870001", "nomor_keluarga": 78}
    assert level("nik", left, resident) == n.NIK_REGION
    assert level("nik", {**left, "kode_kec": "360405"}, resident) == n.NIK_OTHER
    assert level("nik", {**left, "keluarga_pemilik": 77}, resident) == n.NIK_OTHER


@pytest.mark.parametrize(
    ("row", "resident", "expected"),
    [
        # The row's KK was issued where the resident lives, where his KK was, or where his NIK was.
        ({"no_kk": "3604010101150001"}, {}, c.ORIGIN),
        ({"no_kk": "3271010101150001"}, {"no_kk": "3271010203160002"}, c.ORIGIN),
        ({"no_kk": "3271010101150001"}, {"nik": "3271011211870001"}, c.ORIGIN),
        # The resident's NIK was issued where the row lives.
        ({"no_kk": None}, {"nik": "5107041211870001"}, c.ORIGIN),
        ({"no_kk": "3271010101150001"}, {"nik": "3604011211870001"}, c.ELSEWHERE),
        ({"no_kk": None}, {"nik": None}, c.ELSEWHERE),
        # Whoever lives there needs no such proof.
        ({"no_kk": "3604010101150001", "kode_kec": "360401", "kode_kab": "3604"}, {}, c.KEC),
    ],
)
def test_a_number_tells_where_somebody_moved_from(
    row: dict[str, str | None], resident: dict[str, str | None], expected: int
) -> None:
    far = {"kode_desa": "5107042001", "kode_kec": "510704", "kode_kab": "5107", "nik": None, "no_kk": None}
    near = {"nik": "3604011211870001", "no_kk": "3604010203160002"}
    assert level("tempat_tinggal", {**HOME, **far, **row}, {**HOME, **near, **resident}) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (BORN, c.DATE_EQUAL),
        (date(1987, 12, 11), c.DATE_SWAPPED),
        (date(1987, 11, 15), c.DATE_DAY),
        (date(1987, 1, 1), c.DATE_NEW_YEAR),
        (date(1978, 11, 12), c.DATE_YEAR),
        (date(1987, 3, 4), c.DATE_SAME_YEAR),
        (date(1989, 3, 4), c.DATE_NEAR),
        (date(1950, 3, 4), c.DATE_OTHER),
        (None, 0),
    ],
)
def test_birth_date(written: date | None, expected: int) -> None:
    assert level("tanggal", {"tanggal_lahir": written}, {"tanggal_lahir": BORN}) == expected


@pytest.mark.parametrize(
    ("both", "expected"),
    [
        (date(1987, 1, 1), c.DATE_ASSUMED),
        (date(1987, 7, 1), c.DATE_ASSUMED),
        (date(1987, 12, 31), c.DATE_ASSUMED),
        (date(1987, 1, 7), c.DATE_EQUAL),
    ],
)
def test_a_date_that_is_assumed_where_the_year_alone_is_known_tells_little(both: date, expected: int) -> None:
    assert level("tanggal", {"tanggal_lahir": both}, {"tanggal_lahir": both}) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"alamat": "JLN. MAWAR 7"}, c.HOME),
        ({"rt": "009"}, c.HOUSE),
        ({"alamat": None}, c.RT_RW),
        ({"alamat": "KP LAIN", "rt": "009"}, c.DESA),
        ({"kode_desa": "3604012009"}, c.KEC),
        ({"kode_desa": "3604022009", "kode_kec": "360402"}, c.KAB),
        ({"kode_desa": None, "kode_kec": None, "kode_kab": "5107"}, c.ELSEWHERE),
        ({"kode_kab": None, "kode_kec": None, "kode_desa": None}, 0),
    ],
)
def test_place(changes: dict[str, str | None], expected: int) -> None:
    assert level("tempat_tinggal", {**HOME, **changes}, HOME) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("3604010101120001", c.NUMBER_EQUAL),
        ("3604010101130001", c.NUMBER_NEAR),
        ("3604010101210001", c.NUMBER_NEAR),
        # Two digits are another day of that office, or another year.
        ("3604010102130001", c.NUMBER_OTHER),
        # Another serial of one office and day is another family.
        ("3604010101120002", c.NUMBER_OTHER),
        ("3604012505079999", c.NUMBER_OTHER),
        ("3604010101120000", c.NUMBER_DAMAGED),
        (None, 0),
    ],
)
def test_kk(written: str | None, expected: int) -> None:
    assert level("kk", {"no_kk": written}, {"no_kk": "3604010101120001"}) == expected


def test_a_wife_under_her_husbands_name() -> None:
    left = {"nama_banding": "SUFARMAN"}
    assert level("nama", left, {"nama_banding": "IUIUN", "nama_suami": "SUFARMAN"}) == c.HUSBAND
    assert level("nama", left, {"nama_banding": "IUIUN", "nama_suami": "HENDRA"}) != c.HUSBAND
