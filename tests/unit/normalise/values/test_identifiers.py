from __future__ import annotations

import pytest

from pipeline.normalise.values.identifiers import usable_number, written_number
from tests.unit.frames import find_misread, text

NIK = "3604041211870001"


def test_written_number() -> None:
    notations = {
        NIK: [
            NIK, f"'{NIK}", f"{NIK}\u00a0", f'"{NIK}"', "3604 0412 1187 0001", "36.04.04.121187.0001",
            "36-04-04-121187-0001", f"{NIK}/", "360404\u2013121187\u20130001", f'="{NIK}"',
            "360404\u00ad1211870001\u200e", f"{NIK}.0", f"{NIK}.00", f"{NIK},0", "'360404 121187 0001.0",
            "\u00a03604.0412.1187.0001.0\u00a0", "360404-121187-0001,00", "3.604.041.211.870.001,00",
            "36O4O41211870001", "360404121187OOOl", "3604O4I2II87000I", "3.604041211870001E15",
            "3,604041211870001E+15", "NIK : 3604 0412 1187 0001", "3604 0412 1187 0001 (BARU)",
        ],
        "2604041211870001": ["Z604041211870001"],
        "3604041211870005": ["360404121187000S"],
        "3,60404E+15": ["3,60404E+15"],
        "3.60404E+15": ["3.60404e+15"],
        "3E+15": ["3E+15"],
        "3.60404121187000E+15": ["3.60404121187000E+15"],
        "3.604041211870000E+15": ["3.604041211870000E+15"],
        "3.6040412118700010E+16": ["3.6040412118700010E+16"],
        "NIK36040412118700011": ["NIK 3604 0412 1187 0001 1"],
        "TGL1708198508123456": ["TGL 17-08-1985 08123456"],
        "NO3360404121187001": ["NO 3 360404121187001"],
        "36040412": ["36040412"],
        "360404121187000": ["360404121187000"],
        f"{NIK}1": [f"{NIK}1"],
        "A604041211870001": ["A604041211870001"],
        "BELUMADA": ["BELUM ADA"],
        "SOLO": [
            "SOLO",  # letters alone are no number, however alike
        ],
        "12345O": [
            "12345O",  # too few digits to be sure
        ],
        "0000000000000000": [
            "0000000000000000",  # a filler: kept for its rule
        ],
        None: ["0", "000", "0.0", "-", "NULL", "nan", "NN", "", None],
    }  # fmt: skip
    assert find_misread(written_number, notations) == []


@pytest.mark.parametrize(
    ("written", "usable"),
    [
        (NIK, True),
        ("9101013112800001", True),
        ("3604041211870000", True),  # damaged: kept for matching
        ("3604043102870001", True),  # an impossible date is a finding, not a reason to lose the number
        ("360404121187000", False),
        (f"{NIK}1", False),
        ("360404121187000A", False),
        ("3.60404E+15", False),
        ("0000000000000000", False),
        ("9999999999999999", False),
        ("1234567890123456", False),
        ("3604040000000000", False),
        (NIK.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"}), False),  # digits of another script
        (None, False),
    ],
)
def test_usable_number(written: str | None, usable: bool) -> None:
    assert text([written]).to_frame().select(usable_number("value")).item() == (written if usable else None)
