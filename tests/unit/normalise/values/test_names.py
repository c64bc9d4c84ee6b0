from __future__ import annotations

import polars as pl
import pytest

from pipeline.normalise.values.names import comparable_name, tidy_name
from tests.unit.frames import find_misread, text


def fold(written: str | None) -> str | None:
    return text([written]).to_frame().select(comparable_name(tidy_name(pl.col("value")))).item()


def test_tidy_name() -> None:
    notations = {
        "SITI AMINAH": ["Siti Aminah", "  siti\u00a0 aminah "],
        "SITI": ["'SITI'", '"SITI",', "\u201cSITI\u201d", "SITI;"],
        "MA'RUF": ["MA'RUF"],
        "H. SITI, S.PD": ["H. SITI, S.PD"],
        "NN": ["NN"],
        None: ["NULL", "0", ".,", "-", "", None],
    }
    assert find_misread(tidy_name, notations) == []


SAME = [
    # titles and degrees
    ("H. ANWAR", "ANWAR"),
    ("HJ SITI AMINAH", "SITI AMINAH"),
    ("Hj. Siti Aminah", "SITI AMINAH"),
    ("KH. ABDULLAH", "ABDULLAH"),
    ("DRS. H. BUDI SANTOSO", "BUDI SANTOSO"),
    ("IR SOEHARTO", "SUHARTO"),
    ("NY. HARTINI", "HARTINI"),
    ("IBU KARTINI", "KARTINI"),
    ("ALM. SUPARMAN", "SUPARMAN"),
    ("SUPARMAN (ALM)", "SUPARMAN"),
    ("SUPARMAN ALM", "SUPARMAN"),
    ("(ALM) SUPARMAN", "SUPARMAN"),
    ("SRI WAHYUNI, S.PD", "SRI WAHYUNI"),
    ("SRI WAHYUNI S.PD.I", "SRI WAHYUNI"),
    ("SRI WAHYUNI, SE", "SRI WAHYUNI"),
    ("BUDI SANTOSO, S.H., M.M.", "BUDI SANTOSO"),
    ("RINI A.MD.KEB", "RINI"),
    # a second name
    ("SITI ALIAS TUTI", "SITI"),
    ("BUDI BIN ANWAR", "BUDI"),
    ("SITI BINTI ANWAR", "SITI"),
    ("SITI BT. ANWAR", "SITI"),
    ("SITI/AISYAH", "SITI"),
    ("BUDI @ SANTO", "BUDI"),
    ("BUDI (SANTO)", "BUDI"),
    # one name in many spellings
    ("M. YUSUF", "MUHAMMAD YUSUF"),
    ("MUH YUSUF", "MUHAMMAD YUSUF"),
    ("MOCH. YUSUF", "MUHAMMAD YUSUF"),
    ("MOHD YUSUF", "MOHAMMED YUSUF"),
    ("MUCHAMAD YUSUF", "MOHAMAD YUSUF"),
    ("ACHMAD DAHLAN", "AHMAD DAHLAN"),
    ("AKHMAD", "AHMAD"),
    ("ABD. RAHMAN", "ABDUL RACHMAN"),
    ("ST. AMINAH", "SITI AMINAH"),
    ("SITTI AMINAH", "SITI AMINAH"),
    # old spelling and sound-alikes
    ("SOEKARNO", "SUKARNO"),
    ("TJIPTO", "CIPTO"),
    ("DJOKO", "JOKO"),
    ("NJOMAN", "NYOMAN"),
    ("SJARIFUDDIN", "SYARIFUDIN"),
    ("SYARIFAH", "SARIFA"),
    ("KHADIJAH", "HADIJAH"),
    ("AMINAH", "AMINA"),
    ("YUSUF", "YUSUP"),
    ("FITRI", "PITRI"),
    ("NOVITA", "NOFITA"),
    ("ZAENAB", "JAENAB"),
    ("ROZAQ", "ROJAK"),
    ("MUSTHOFA", "MUSTOPA"),
    ("RIDHO", "RIDO"),
    ("DWIE", "DWI"),
    ("JOKO", "JUKU"),
    ("ALEX", "ALEKS"),
    ("SALLEH", "SALEH"),
    # punctuation
    ("MA'RUF", "MA’RUF"),
    ("JOSÉ", "JOSE"),
    # joined and split
    ("NUR HAYATI", "NURHAYATI"),
    ("ABDURRAHMAN", "ABDUL RAHMAN"),
    ("ANNE-MARIE", "ANNE MARIE"),
]

DIFFERENT = [
    ("SUPARMAN", "SUPARMI"),
    ("SRI WAHYUNI", "SRI WAHYUDI"),
    ("SITI AMINAH", "SITI AMINI"),
    ("NI WAYAN SARI", "NI WAYAN SUARI"),
    ("AGUS", "AGUS SETIAWAN"),
    ("HERMAWAN", "WAWAN"),
    ("ENDANG", "DADANG"),
    ("HASAN", "HUSEN"),
    ("TITI", "SITI"),
    ("IBUNDA", "BUNDA"),
    ("HIDAYAT", "HIDAYATI"),
    ("IRMA", "MA"),
    ("DRAJAT", "JAT"),
    ("MADE", "MUHAMMAD"),
    ("M SALEH", "SALEH"),
    ("ALMIRA", "IRA"),
    ("BINTANG", "TANG"),
    ("ABIDIN", "ABI"),
    ("JOKO", "YOKO"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_name_in_two_spellings_folds_to_one(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_names_of_two_people_stay_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize(
    "written", ["H.", "HJ", "ALM", "BIN", "S.H.", "DR", "BAPAK", "李明", "123", "@", "A", "(X)", "HH"]
)
def test_a_written_name_is_never_folded_away(written: str) -> None:
    assert fold(written)


@pytest.mark.parametrize("written", ["", "-", "NULL", None])
def test_no_name_stays_none(written: str | None) -> None:
    assert fold(written) is None
