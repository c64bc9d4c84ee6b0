"""What titles tell of the orders below them: programme, year and stage, state, the day, and the office that pays.

Of the lines between two tables, signatures and remarks too, only those count that name a stage or a state, or are a
heading of one programme and nothing else. Which lines stand above a table is not known here
(`pipeline.extracts.grids.headers_below`), nor what rows state themselves (`pipeline.normalise.told.orders`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise

import polars as pl

from pipeline.normalise.told.stage_months import months_in_title
from pipeline.normalise.told.stage_words import (
    DATED_DAY,
    DECREE,
    MONTH,
    STAGE_WORD,
    YEAR,
    named_program,
    of_list,
    stage_beside,
)
from pipeline.normalise.told.states import tells_state
from pipeline.normalise.values.codes import program_pattern, programs_by_words
from pipeline.normalise.values.dates import to_date
from pipeline.normalise.values.distinct import once_per_value

# What stands before and behind the programme that a list is of; among other words it may be of something else.
_LIST_OF = (
    r"(?: (?:DAFTAR|REKAP|REKAPITULASI|LIST|DATA|LAPORAN|NAMA|NOMINATIF|DANOM|KPM|BNBA|KELUARGA|PENERIMA|PENYALURAN"
    r"|REALISASI|PEMBAYARAN|BAYAR|TERBAYAR|BELUM|PROGRAM|BANTUAN|BANSOS|SOSIAL|MANFAAT))"
)
_WHERE_AND_WHEN = (
    rf"(?: (?:(?:TAHUN|THN|TA|{MONTH}[A-Z]*) )?20\d{{2}}"
    r"| (?:DI )?(?:(?:WILAYAH|PROVINSI|PROV|KABUPATEN|KAB|KOTA|KECAMATAN|KEC|KELURAHAN|KEL|DESA|BULAN|PERIODE"
    rf"|{STAGE_WORD})|PER(?: TANGGAL| TGL)? \d+)\b.*)"
)
_HEADING = re.compile(rf"{_LIST_OF}*(?: \|)+(?:{_LIST_OF}|{_WHERE_AND_WHEN})* ")
_CALLED_A_LIST = r"(?i)\W*(?:DAFTAR|REKAP|LIST|DATA|LAPORAN|NOMINATIF|DANOM|BNBA)"
# What begins a part of a list: B. BELUM DIBAYAR, KPM TERBAYAR.
_BEGINS_A_PART = rf"{_CALLED_A_LIST}|\s*(?:[A-Z]|[IVX]{{1,4}}|[0-9]{{1,2}})\s*[.)]|\W*(?:KPM|KELUARGA|PENERIMA)\b"
# Whoever signed, and what is said of a list.
_ASIDE = (
    r"^ (?:A N |AN )?(?:KOORDINATOR|KORDINATOR|KOORD|KORKAB|KORCAM|PENDAMPING|FASILITATOR|OPERATOR|PETUGAS|PELAKSANA"
    r"|KEPALA|KETUA|SEKRETARIS|BENDAHARA|MANAJER|MANAGER|SUPERVISOR|PENANGGUNG|PEJABAT|TKSK|TIM|CAMAT|LURAH|MENGETAHUI"
    r"|MENYETUJUI|DISETUJUI|DIBUAT|DIPERIKSA)\b|\b(?:TERMASUK|MENYUSUL|LIHAT|TERSENDIRI|TERPISAH)\b"
)
# KANTOR POS JEMBER 68100, KODE KPRK: 68100; the number of a telephone, an account or so many families is none.
_OFFICE_OF_LIST = (
    r"\b(?:KCU|KC|KPRK|NOPEND?|KANTOR POS|KANTOR CABANG(?: UTAMA)?|KODE KANTOR)\b([^0-9/]{0,40})\b([0-9]{5})\b"
    r"([^/A-Z]*[A-Z]*)"
)
_NUMBER_OF_ELSE = (
    r"\b(?:TELP|TELEPON|TLP|FAX|HP|WA|KODE POS|JL|JALAN|NO|NOMOR|REK|REKENING|DANOM|BATCH|JUMLAH|JML|TOTAL|KPM|PENERIMA"
    r"|TAHUN|TAHAP|TANGGAL|TGL|RP|PAGU|NOMINAL)\b"
)
# TANGGAL BAYAR : 14 SEPTEMBER 2022; of several days none is that of a row.
_DAY_OF_LIST = (
    r"^\W*(?:TANGGAL|TGL)\.? (?:PEM)?(?:BAYAR(?:AN)?|PENYALURAN|SALUR)\s*[:=]?\s*((?:[A-Z']+,\s*)?"
    rf"[0-9]{{1,2}}(?:[ ./-]+(?:{MONTH}[A-Z]*|[0-9]{{1,2}})[ ./-]+)20[0-9]{{2}})\s*/?$"
)
_COUNTED = r"^ [0-9]|^[^A-Z]*(?:KPM|ORANG|JIWA|KK|KELUARGA|PENERIMA|LEMBAR|DANOM)$"


@dataclass(frozen=True)
class _Line:
    """A line of a title: its programme, year and stage, and whether it is a heading of that one alone, or no title.

    The stage (`tahap`) is in words that tell it alone, TAHAP 2 or BULAN APRIL S.D. JUNI. The year of a decree
    (`tahun_surat`) is that of a list of which no other is told. A line may tell the state of all orders of its list
    (`keadaan`), or the day on which they were paid (`hari`).
    """

    number: int
    text: str
    program: str | None
    heading: bool
    aside: bool
    tahun: str | None
    tahun_surat: str | None
    tahap: str | None
    hari: bool
    keadaan: bool


@dataclass
class _InForce:
    """What the titles so far tell of the rows below them: the stage that they leave to the next list, lines, states."""

    program: str | None
    tahun: str | None
    tahap: str | None
    texts: list[str]
    states: list[str]

    @classmethod
    def of(cls, lines: list[_Line]) -> _InForce:
        """That of the first title."""
        program = next((line.program for line in lines if line.program), None)
        tahap = next((line.tahap for line in lines if line.tahap and not line.program), None)
        return cls(program, _year(lines), tahap, _but_states(lines), [line.text for line in lines if line.keadaan])

    def below(self, lines: list[_Line]) -> tuple[str, list[int]] | None:
        """Text of the next title with what it leaves open, and the numbers of its lines; None where it is none."""
        of_stage = [line for line in lines if line.tahap]
        headings = [line for line in lines if line.heading]
        own = [line for line in lines if line.keadaan or line.hari]
        if not of_stage and self._leave_all(headings):
            return self._part(own) if own else None
        naming = [line for line in (*of_stage, *headings) if line.program]
        if of_stage:
            naming = naming or [line for line in lines if line.program and not line.aside]
            counting = [line for line in lines if line.tahap or not line.program or line in naming]
        else:
            counting = headings
        left = self._left_open(naming, counting, own_stage=bool(of_stage))
        self.texts, self.states = [*_but_states(counting), *left], [line.text for line in own if line.keadaan]
        beside = [line for line in own if line not in counting]
        text = " / ".join([*(line.text for line in (*beside, *counting)), *left])
        return text, [line.number for line in (*of_stage, *headings, *beside)]

    def _leave_all(self, headings: list[_Line]) -> bool:
        """Whether headings without a stage change nothing: of several programmes, or of what is in force."""
        several = len({line.program for line in headings}) > 1
        return several or all(line.program == self.program and line.tahun in {None, self.tahun} for line in headings)

    def _part(self, own: list[_Line]) -> tuple[str, list[int]]:
        """One more part of the list, with a state or day of its own."""
        self.states = [line.text for line in own if line.keadaan] or self.states
        days = [line.text for line in own if line.hari]
        rest = [text for text in self.texts if not (days and _tells_day(text))]
        return " / ".join([*self.states, *days, *rest]), [line.number for line in own]

    def _left_open(self, naming: list[_Line], counting: list[_Line], *, own_stage: bool) -> list[str]:
        """What the next list leaves open of programme, year and stage; what it tells of them is in force below it."""
        year = _year(counting)
        opened = [None if naming else self.program, None if year else self.tahun, None if own_stage else self.tahap]
        self.program, self.tahun = naming[0].program if naming else self.program, year or self.tahun
        self.tahap = None if own_stage else self.tahap
        return [told for told in opened if told]


def titles_below(above: str | None, titles: list[tuple[int, dict[int, str]]]) -> list[tuple[int, str, list[int]]]:
    """Titles that tell a stage, another programme or year, a state or a day, with what they leave open: that of above.

    The stage of one programme is not that of the next: it stays open unless the first title tells it in a line of its
    own. A state or day alone is that of one more part of the list above.

    Args:
        above: the title above the first of them.
        titles: place and lines by their number, from top to bottom.

    Returns:
        Place and text of each, and the numbers of the lines that make it one.
    """
    if not titles:
        return []
    known, *others = _read([dict(enumerate((above or "").split(" / "))), *(lines for _, lines in titles)])
    in_force = _InForce.of(known)
    told = (in_force.below(_but_receipts(written)) for written in others)
    return [(place, *title) for (place, _), title in zip(titles, told, strict=True) if title]


def _but_receipts(lines: list[_Line]) -> list[_Line]:
    """The lines but those that whoever signed a list confirms it with: Sudah diterima, above a name.

    A state is that of the list below where it begins a part, stands in a title begun above, or right on the table.
    """
    begun = [line.heading or line.tahap or (line.program and not line.aside) for line in lines]
    return [
        line
        for place, line in enumerate(lines)
        if not line.keadaan or any(begun[: place + 1]) or line is lines[-1] or re.match(_BEGINS_A_PART, line.text)
    ]


def _but_states(lines: list[_Line]) -> list[str]:
    """The lines as those of a list whose parts have states of their own."""
    facts = ((line.program, line.tahun, line.tahap) for line in lines)
    told = (
        line.text if not line.keadaan else " ".join(filter(None, of)) for line, of in zip(lines, facts, strict=True)
    )
    return [text for text in told if text]


def _year(lines: list[_Line]) -> str | None:
    return next(filter(None, (*(line.tahun for line in lines), *(line.tahun_surat for line in lines))), None)


def _read(titles: list[dict[int, str]]) -> list[list[_Line]]:
    texts = pl.Series("teks", [text for lines in titles for text in lines.values()], pl.String)
    told = texts.to_frame().select("teks", kata=of_list(pl.col("teks")))
    tahap = pl.coalesce(pl.format("TAHAP {}", stage_beside(pl.col("teks"))), _months(pl.col("teks")))
    # The number of a paper that names the stage is that of the list: DANOM NO 12/PKH/TAHAP 1.
    named = pl.coalesce(named_program(pl.col("kata")), pl.when(tahap.is_not_null()).then(named_program(pl.col("teks"))))
    facts = told.select("teks", "kata", program=named, tahap=tahap).iter_rows()
    read = ([_line(number, *next(facts)) for number in lines] for lines in titles)
    return [[*lines[:1], *(_below(upper, line) for upper, line in pairwise(lines))] for lines in read]


@once_per_value(pl.String)
def _months(line: pl.Expr) -> pl.Expr:
    return pl.format("BULAN {}", line.map_elements(months_in_title, return_dtype=pl.String))


def _below(upper: _Line, line: _Line) -> _Line:
    """The line, which under an office may be what that is of: only what calls itself a list is a heading there."""
    doubtful = line.heading and upper.aside and not re.match(_CALLED_A_LIST, line.text)
    return replace(line, heading=False, aside=True) if doubtful else line


def _line(number: int, text: str, told: str, program: str | None, tahap: str | None) -> _Line:
    words = f" {re.sub('[^A-Z0-9]+', ' ', told.upper()).strip()} "
    programs = {programs_by_words()[f" {alias} "] for alias in re.findall(rf" ({program_pattern()})(?= )", words)}
    rest = re.sub(rf" {program_pattern()}(?= )", " |", words)
    aside = bool(re.search(_ASIDE, words))
    heading = len(programs) == 1 and bool(_HEADING.fullmatch(rest)) and not aside
    undated = re.sub(DATED_DAY, r"\1 ", told)
    of_paper = re.search(YEAR, undated) or (tahap and re.search(YEAR, told)) or None
    year = re.search(YEAR, re.sub(DECREE, " ", undated))
    return _Line(
        number, text, program, heading, aside, year[0] if year else None, of_paper[0] if of_paper else None, tahap,
        _tells_day(text), tells_state(text),
    )  # fmt: skip


def _tells_day(line: str) -> bool:
    """Whether a line tells the day on which a list was paid."""
    return re.search(_DAY_OF_LIST, line.upper()) is not None


@once_per_value(pl.String)
def office_of_list(title: pl.Expr) -> pl.Expr:
    """The office that a title tells with its code of five digits."""
    words = title.str.to_uppercase()
    between, code, behind = (words.str.extract(_OFFICE_OF_LIST, group) for group in (1, 2, 3))
    return pl.when(~between.str.contains(_NUMBER_OF_ELSE), ~behind.str.contains(_COUNTED)).then(code)


@once_per_value(pl.Date)
def day_of_list(title: pl.Expr) -> pl.Expr:
    """The one day on which a title says that its list was paid."""
    told = title.str.to_uppercase().str.split(" / ").list.eval(pl.element().str.extract(_DAY_OF_LIST))
    days = told.list.drop_nulls().list.unique()
    return to_date(pl.when(days.list.len() == 1).then(days.list.first()))
