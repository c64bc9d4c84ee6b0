"""Parses titles of lists of orders: programme, year and stage, payment status, day of payment, paying office.

Lines between two tables may be signatures and remarks: only those count that name a stage, status or day, or are a
heading of just one programme. Does not belong here: which lines stand above a table
(`pipeline.extracts.grids.stacked_tables`), and what rows state themselves (`pipeline.normalise.metadata.orders`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise

import polars as pl

from pipeline.normalise.metadata.payment_status import states_payment_status
from pipeline.normalise.metadata.stage_months import months_in_title
from pipeline.normalise.metadata.stage_words import (
    DATED_DAY,
    DECREE,
    MONTH,
    STAGE_WORD,
    YEAR,
    program_in_words,
    stage_in_words,
    strip_document_numbers,
)
from pipeline.normalise.values.codes import program_pattern, programs_by_words
from pipeline.normalise.values.dates import to_date
from pipeline.normalise.values.distinct import once_per_value

# Words around the programme in the heading of a list; with other words the programme may mean something else.
_LIST_WORD = (
    r"(?: (?:DAFTAR|REKAP|REKAPITULASI|LIST|DATA|LAPORAN|NAMA|NOMINATIF|DANOM|KPM|BNBA|KELUARGA|PENERIMA|PENYALURAN"
    r"|REALISASI|PEMBAYARAN|BAYAR|TERBAYAR|BELUM|PROGRAM|BANTUAN|BANSOS|SOSIAL|MANFAAT))"
)
_WHERE_AND_WHEN = (
    rf"(?: (?:(?:TAHUN|THN|TA|{MONTH}[A-Z]*) )?20\d{{2}}"
    r"| (?:DI )?(?:(?:WILAYAH|PROVINSI|PROV|KABUPATEN|KAB|KOTA|KECAMATAN|KEC|KELURAHAN|KEL|DESA|BULAN|PERIODE"
    rf"|{STAGE_WORD})|PER(?: TANGGAL| TGL)? \d+)\b.*)"
)
_HEADING = re.compile(rf"{_LIST_WORD}*(?: \|)+(?:{_LIST_WORD}|{_WHERE_AND_WHEN})* ")
_LIST_LABEL = r"(?i)\W*(?:DAFTAR|REKAP|LIST|DATA|LAPORAN|NOMINATIF|DANOM|BNBA)"
# Beginnings of a heading of a part of a list: B. BELUM DIBAYAR, KPM TERBAYAR.
_PART_LABEL = rf"{_LIST_LABEL}|\s*(?:[A-Z]|[IVX]{{1,4}}|[0-9]{{1,2}})\s*[.)]|\W*(?:KPM|KELUARGA|PENERIMA)\b"
# Signatories and remarks.
_ASIDE = (
    r"^ (?:A N |AN )?(?:KOORDINATOR|KORDINATOR|KOORD|KORKAB|KORCAM|PENDAMPING|FASILITATOR|OPERATOR|PETUGAS|PELAKSANA"
    r"|KEPALA|KETUA|SEKRETARIS|BENDAHARA|MANAJER|MANAGER|SUPERVISOR|PENANGGUNG|PEJABAT|TKSK|TIM|CAMAT|LURAH|MENGETAHUI"
    r"|MENYETUJUI|DISETUJUI|DIBUAT|DIPERIKSA)\b|\b(?:TERMASUK|MENYUSUL|LIHAT|TERSENDIRI|TERPISAH)\b"
)
# KANTOR POS JEMBER 68100, KODE KPRK: 68100; not a number of a telephone, an account or families.
_OFFICE_OF_LIST = (
    r"\b(?:KCU|KC|KPRK|NOPEND?|KANTOR POS|KANTOR CABANG(?: UTAMA)?|KODE KANTOR)\b([^0-9/]{0,40})\b([0-9]{5})\b"
    r"([^/A-Z]*[A-Z]*)"
)
_OTHER_NUMBER = (
    r"\b(?:TELP|TELEPON|TLP|FAX|HP|WA|KODE POS|JL|JALAN|NO|NOMOR|REK|REKENING|DANOM|BATCH|JUMLAH|JML|TOTAL|KPM|PENERIMA"
    r"|TAHUN|TAHAP|TANGGAL|TGL|RP|PAGU|NOMINAL)\b"
)
# TANGGAL BAYAR : 14 SEPTEMBER 2022; a line with several days does not date its rows.
_DAY_OF_LIST = (
    r"^\W*(?:TANGGAL|TGL)\.? (?:PEM)?(?:BAYAR(?:AN)?|PENYALURAN|SALUR)\s*[:=]?\s*((?:[A-Z']+,\s*)?"
    rf"[0-9]{{1,2}}(?:[ ./-]+(?:{MONTH}[A-Z]*|[0-9]{{1,2}})[ ./-]+)20[0-9]{{2}})\s*/?$"
)
_COUNTED = r"^ [0-9]|^[^A-Z]*(?:KPM|ORANG|JIWA|KK|KELUARGA|PENERIMA|LEMBAR|DANOM)$"


@dataclass(frozen=True)
class _Line:
    """The facts in a line of a title.

    `heading`: the line names just one programme and nothing else; `aside`: it is a signature or remark. `tahap` is in
    words, such as TAHAP 2 or BULAN APRIL S.D. JUNI. `tahun_surat`, the year of a decree, counts if no other year is
    stated. `has_status` and `has_day`: the line states the status, or the payment day, of all orders of its list.
    """

    number: int
    text: str
    program: str | None
    heading: bool
    aside: bool
    tahun: str | None
    tahun_surat: str | None
    tahap: str | None
    has_day: bool
    has_status: bool


@dataclass
class _CurrentFacts:
    """The facts in force from the titles so far; `texts`: their lines, `statuses`: their lines with a status."""

    program: str | None
    tahun: str | None
    tahap: str | None
    texts: list[str]
    statuses: list[str]

    @classmethod
    def of(cls, lines: list[_Line]) -> _CurrentFacts:
        """The facts of the first title."""
        program = next((line.program for line in lines if line.program), None)
        tahap = next((line.tahap for line in lines if line.tahap and not line.program), None)
        return cls(
            program, _year(lines), tahap, _without_statuses(lines), [line.text for line in lines if line.has_status]
        )

    def below(self, lines: list[_Line]) -> tuple[str, list[int]] | None:
        """Text of the next title with the facts it inherits, and its line numbers; None if the lines are no title."""
        of_stage = [line for line in lines if line.tahap]
        headings = [line for line in lines if line.heading]
        own = [line for line in lines if line.has_status or line.has_day]
        if not of_stage and self._is_unchanged_by(headings):
            return self._part_title(own) if own else None
        naming = [line for line in (*of_stage, *headings) if line.program]
        if of_stage:
            naming = naming or [line for line in lines if line.program and not line.aside]
            counting = [line for line in lines if line.tahap or not line.program or line in naming]
        else:
            counting = headings
        inherited = self._inherit(naming, counting, own_stage=bool(of_stage))
        self.texts = [*_without_statuses(counting), *inherited]
        self.statuses = [line.text for line in own if line.has_status]
        apart = [line for line in own if line not in counting]
        text = " / ".join([*(line.text for line in (*apart, *counting)), *inherited])
        return text, [line.number for line in (*of_stage, *headings, *apart)]

    def _is_unchanged_by(self, headings: list[_Line]) -> bool:
        """Whether headings without a stage change nothing: they name several programmes, or the facts in force."""
        several = len({line.program for line in headings}) > 1
        return several or all(line.program == self.program and line.tahun in {None, self.tahun} for line in headings)

    def _part_title(self, own: list[_Line]) -> tuple[str, list[int]]:
        """The title of another part of the list, with a status or day of its own."""
        self.statuses = [line.text for line in own if line.has_status] or self.statuses
        days = [line.text for line in own if line.has_day]
        rest = [text for text in self.texts if not (days and _states_day(text))]
        return " / ".join([*self.statuses, *days, *rest]), [line.number for line in own]

    def _inherit(self, naming: list[_Line], counting: list[_Line], *, own_stage: bool) -> list[str]:
        """The programme, year and stage that the next list inherits; its own programme and year come into force."""
        year = _year(counting)
        inherited = [None if naming else self.program, None if year else self.tahun, None if own_stage else self.tahap]
        self.program, self.tahun = naming[0].program if naming else self.program, year or self.tahun
        self.tahap = None if own_stage else self.tahap
        return [fact for fact in inherited if fact]


def titles_below(above: str | None, titles: list[tuple[int, dict[int, str]]]) -> list[tuple[int, str, list[int]]]:
    """Find the titles that state a stage, another programme or year, a status or a day; other facts are inherited.

    A title inherits programme and year from the title above, but the stage only if the first title states it in a line
    without a programme. A status or day alone begins another part of the list above.

    Args:
        above: the title above the first of them.
        titles: position of each possible title and its lines by number, from top to bottom.

    Returns:
        For each title its position, its text with inherited facts, and the numbers of the lines that it consists of.
    """
    if not titles:
        return []
    known, *others = _parse_titles([dict(enumerate((above or "").split(" / "))), *(lines for _, lines in titles)])
    current = _CurrentFacts.of(known)
    found = (current.below(_without_receipts(lines)) for lines in others)
    return [(position, *title) for (position, _), title in zip(titles, found, strict=True) if title]


def _without_receipts(lines: list[_Line]) -> list[_Line]:
    """The lines without confirmations by a signatory of the list above (Sudah diterima, above a name).

    A status belongs to the list below if it begins a part, follows other lines of a title, or is next to the table.
    """
    begun = [line.heading or line.tahap or (line.program and not line.aside) for line in lines]
    return [
        line
        for index, line in enumerate(lines)
        if not line.has_status or any(begun[: index + 1]) or line is lines[-1] or re.match(_PART_LABEL, line.text)
    ]


def _without_statuses(lines: list[_Line]) -> list[str]:
    """The texts of the lines, with status lines reduced to programme, year and stage: each part has its own status."""
    facts = ((line.program, line.tahun, line.tahap) for line in lines)
    texts = (
        line.text if not line.has_status else " ".join(filter(None, of)) for line, of in zip(lines, facts, strict=True)
    )
    return [text for text in texts if text]


def _year(lines: list[_Line]) -> str | None:
    return next(filter(None, (*(line.tahun for line in lines), *(line.tahun_surat for line in lines))), None)


def _parse_titles(titles: list[dict[int, str]]) -> list[list[_Line]]:
    texts = pl.Series("teks", [text for lines in titles for text in lines.values()], pl.String)
    words = texts.to_frame().select("teks", kata=strip_document_numbers(pl.col("teks")))
    tahap = pl.coalesce(pl.format("TAHAP {}", stage_in_words(pl.col("teks"))), _months(pl.col("teks")))
    # A number that contains the stage belongs to the list, so its programme counts: DANOM NO 12/PKH/TAHAP 1.
    named = pl.coalesce(
        program_in_words(pl.col("kata")), pl.when(tahap.is_not_null()).then(program_in_words(pl.col("teks")))
    )
    facts = words.select("teks", "kata", program=named, tahap=tahap).iter_rows()
    parsed = ([_parse_line(number, *next(facts)) for number in lines] for lines in titles)
    return [
        [*lines[:1], *(_demote_below_signatory(upper, line) for upper, line in pairwise(lines))] for lines in parsed
    ]


@once_per_value(pl.String)
def _months(line: pl.Expr) -> pl.Expr:
    return pl.format("BULAN {}", line.map_elements(months_in_title, return_dtype=pl.String))


def _demote_below_signatory(upper: _Line, line: _Line) -> _Line:
    """The line; below a signatory's office a programme is no heading, unless the line calls itself a list."""
    is_doubtful = line.heading and upper.aside and not re.match(_LIST_LABEL, line.text)
    return replace(line, heading=False, aside=True) if is_doubtful else line


def _parse_line(number: int, text: str, title: str, program: str | None, tahap: str | None) -> _Line:
    words = f" {re.sub('[^A-Z0-9]+', ' ', title.upper()).strip()} "
    programs = {programs_by_words()[f" {alias} "] for alias in re.findall(rf" ({program_pattern()})(?= )", words)}
    rest = re.sub(rf" {program_pattern()}(?= )", " |", words)
    aside = bool(re.search(_ASIDE, words))
    heading = len(programs) == 1 and bool(_HEADING.fullmatch(rest)) and not aside
    undated = re.sub(DATED_DAY, r"\1 ", title)
    of_paper = re.search(YEAR, undated) or (tahap and re.search(YEAR, title)) or None
    year = re.search(YEAR, re.sub(DECREE, " ", undated))
    return _Line(
        number, text, program, heading, aside, year[0] if year else None, of_paper[0] if of_paper else None, tahap,
        _states_day(text), states_payment_status(text),
    )  # fmt: skip


def _states_day(line: str) -> bool:
    """Whether a line states the day on which a list was paid."""
    return re.search(_DAY_OF_LIST, line.upper()) is not None


@once_per_value(pl.String)
def office_in_title(title: pl.Expr) -> pl.Expr:
    """The five-digit code of the office in a title; null if there is none."""
    words = title.str.to_uppercase()
    between, code, behind = (words.str.extract(_OFFICE_OF_LIST, group) for group in (1, 2, 3))
    return pl.when(~between.str.contains(_OTHER_NUMBER), ~behind.str.contains(_COUNTED)).then(code)


@once_per_value(pl.Date)
def day_in_title(title: pl.Expr) -> pl.Expr:
    """The payment day in a title; null if there is none, or several."""
    by_line = title.str.to_uppercase().str.split(" / ").list.eval(pl.element().str.extract(_DAY_OF_LIST))
    days = by_line.list.drop_nulls().list.unique()
    return to_date(pl.when(days.list.len() == 1).then(days.list.first()))
