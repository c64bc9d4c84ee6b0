"""Maps words to codes: sex, family relation, status of residents, payments and companions' families, programme."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

import polars as pl
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from pipeline import reference
from pipeline.normalise.values.distinct import apply_expression, once_per_value
from pipeline.normalise.values.text import plain

# In shorter words a different letter may make another word.
_LONG_WORD = 8
_SEX = {
    "L": "L", "LK": "L", "LAKI-LAKI": "L", "LAKI LAKI": "L", "LAKILAKI": "L", "LAKI": "L", "LAKI2": "L", "LELAKI": "L",
    "PRIA": "L", "1": "L", "M": "L", "MALE": "L", "P": "P", "PR": "P", "PRP": "P", "PEREMPUAN": "P", "WANITA": "P",
    "2": "P", "F": "P", "FEMALE": "P", "W": "P",
}  # fmt: skip
_DONE, _NOT_YET = ("SUDAH", "SDH", "TELAH"), ("BELUM", "BLM")
_RESIDENT = {
    "HIDUP": "HIDUP", "AKTIF": "HIDUP", "TETAP": "HIDUP", "1": "HIDUP", "MATI": "MATI", "MENINGGAL": "MATI",
    "MENINGGAL DUNIA": "MATI", "WAFAT": "MATI", "ALM": "MATI", "ALMH": "MATI", "ALMARHUM": "MATI",
    "ALMARHUMAH": "MATI", "2": "MATI",
    **{f"{done} {word}": "MATI" for done in _DONE for word in ("MENINGGAL", "MENINGGAL DUNIA", "WAFAT", "MATI")},
    "TIDAK VALID": "TIDAK_VALID", "TIDAK-VALID": "TIDAK_VALID", "TDK VALID": "TIDAK_VALID", "9": "TIDAK_VALID",
    "PINDAH": "PINDAH", "3": "PINDAH",
}  # fmt: skip
_MOVED = rf"^(?:(?:{'|'.join(_DONE)}) )?PINDAH"
_PAID = (
    "DIBAYAR", "BAYAR", "TERBAYAR", "SALUR", "TERSALUR", "LUNAS", "DIBAYARKAN", "DI BAYAR", "TERBAYARKAN",
    "DISALURKAN", "DIAMBIL", "AMBIL", "CAIR", "DICAIRKAN", "DITERIMA", "TERIMA", "DISERAHKAN", "BERHASIL", "SUKSES",
    "TERSALURKAN", "PAID",
)  # fmt: skip
# TIDAK DIBAYAR will not be paid, unlike BELUM DIBAYAR; TIDAK LUNAS may be paid in part, so it is not a failure.
_FAILED = (
    "GAGAL", "GAGAL SALUR", "GAGAL TRANSAKSI", "GAGAL BAYAR", "GAGAL SERAH", "FAILED",
    *(f"{never} {word}" for never in ("TIDAK", "TDK") for word in _PAID if word != "LUNAS"),
)  # fmt: skip
_TREASURY = ("KAS NEGARA", "KAS DAERAH", "RKUN", "RKUD")
_RETURNED = (
    "RETUR", "RETURN", "DIRETUR", "DIKEMBALIKAN", "PENGEMBALIAN", "SETOR KEMBALI", "DISETOR KEMBALI",
    *(f"{word} KE {where}" for word in ("RETUR", "DIKEMBALIKAN", "SETOR", "DISETOR") for where in _TREASURY),
)  # fmt: skip
_PAYMENT = {
    **dict.fromkeys(_PAID, "DIBAYAR"), **dict.fromkeys(_FAILED, "GAGAL"), **dict.fromkeys(_RETURNED, "RETUR"),
    **{f"{done} {word}": "DIBAYAR" for done in _DONE for word in _PAID},
    **{f"{done} {word}": "RETUR" for done in _DONE for word in _RETURNED},
    **{f"{well} {word}": "DIBAYAR" for well in ("BERHASIL", "SUKSES") for word in _PAID},
    **{f"{not_yet} {word}": "BELUM" for not_yet in _NOT_YET for word in (*_PAID, "TRANSAKSI")},
    # The bank has its standing instruction (SI): nobody is paid yet.
    **{f"{done} SI": "BELUM" for done in _DONE}, **{f"{done} TRANSAKSI": "DIBAYAR" for done in _DONE},
    "SUDAH": "DIBAYAR", "SDH": "DIBAYAR", "BELUM": "BELUM", "BLM": "BELUM", "UNPAID": "BELUM", "DITUNDA": "BELUM",
    "PROSES": "BELUM", "DALAM PROSES": "BELUM", "PENDING": "BELUM", "TERTUNDA": "BELUM",
    # An order that failed before; DIBAYAR ULANG alone is ambiguous between "paid again" and "to be paid again".
    **{f"{to_be} ULANG": "BELUM" for to_be in ("BAYAR", "PROSES BAYAR", "AKAN DIBAYAR", "DIJADWALKAN")},
    **{f"{done} {paid} ULANG": "DIBAYAR" for done in (*_DONE, "SUKSES", "BERHASIL") for paid in ("BAYAR", "DIBAYAR")},
}  # fmt: skip
# Why the rest of an allotment comes back, as payers report it.
_REASONS = (
    "MENINGGAL", "MENINGGAL DUNIA", "MENINGGAL KK TUNGGAL", "WAFAT", "PINDAH", "PINDAH ALAMAT", "PINDAH DOMISILI",
    "LUAR KOTA", "DI LUAR KOTA", "TIDAK DITEMUKAN", "ALAMAT TIDAK DITEMUKAN", "TIDAK DIKENAL", "TIDAK DIAMBIL",
    "TIDAK HADIR", "MENOLAK", "MENGUNDURKAN DIRI", "MAMPU", "ASN", "PNS", "TNI", "POLRI", "PENSIUNAN",
    "DATA TIDAK SESUAI", "NAMA TIDAK SESUAI", "NAMA BERBEDA", "NIK TIDAK SESUAI", "NIK TIDAK PADAN", "TIDAK PADAN",
    "REKENING TIDAK AKTIF", "REKENING TIDAK DITEMUKAN", "REKENING DITUTUP", "MENERIMA BANTUAN LAIN",
)  # fmt: skip
_REASON = rf"(?:KPM )?(?:(?:{'|'.join(_DONE)}) )?(?:{'|'.join(_REASONS)})"
# Failure and reason in one cell: GAGAL - MENINGGAL, RETUR (PINDAH); any other words after it may negate it.
_WITH_REASON = rf"^({'|'.join((*_FAILED, *_RETURNED))})(?:[-/:( ]+| KARENA )({_REASON}(?:[-/]{_REASON})*)\)?$"
# A status that also is a reason.
_NOT_FETCHED = r"^(?:TIDAK|TDK) (?:DI)?AMBIL$"
# Payment and its channel or recipient in one cell: DIBAYAR (LOKET), SUDAH DIAMBIL AHLI WARIS. Received by or handed
# over to a post office is not paid yet.
_BY_POS = "DITERIMA", "TERIMA", "DISERAHKAN"
_CHANNELS = tuple(
    rf"^(?:(?:{'|'.join(_DONE)}) )?(?:{'|'.join(paid)})(?:[-/:( ]+)(?:(?:{by}) )?(?:{how})\)?$"
    for paid, by, how in (
        (
            _PAID,
            "DI|VIA|MELALUI|LEWAT|KE|KEPADA|OLEH|DENGAN",
            "RUMAH|TUNAI|AHLI WARIS|PENGGANTI|KUASA|SURAT KUASA|DIWAKILKAN",
        ),
        (_PAID, "DI|VIA|MELALUI|LEWAT", "LOKET|KOMUNITAS|ANTAR|ANTAR LANGSUNG|ANTAR KE RUMAH"),
        ([word for word in _PAID if word not in _BY_POS], "DI|VIA|MELALUI|LEWAT|OLEH", "KANTOR POS|POS"),
    )
)
_FAMILY = {
    "AKTIF": "AKTIF", "NAIK GRADE": "NAIK_GRADE", "NAIKGRADE": "NAIK_GRADE", "GRADUASI": "GRADUASI",
    "NONAKTIF": "NONAKTIF", "NON AKTIF": "NONAKTIF", "TIDAK AKTIF": "NONAKTIF", "MASIH AKTIF": "AKTIF",
    "KPM AKTIF": "AKTIF",
    **dict.fromkeys(("KPM GRADUASI", "GRADUASI MANDIRI", "GRADUASI ALAMIAH", "GRADUASI SEJAHTERA MANDIRI"), "GRADUASI"),
}  # fmt: skip
# A word and a synonym in parentheses: L (LAKI-LAKI), KEPALA KELUARGA (KK).
_IN_BRACKETS = r"^([^()]*[^() ]) ?\(([^()]+)\)$"
# A word and a synonym with a sign between them: L/LAKI-LAKI, ISTERI/ISTRI, P. PEREMPUAN.
_TWICE = (r"^([^-/]+)[-/](.+)$", r"^(.+)[-/]([^-/]+)$", r"^([A-Z])[ =:]+(.+)$")
# Families of these programmes are also paid by others: BLT BBM to KPM PKH.
_OF_FAMILIES = ("PKH", "SEMBAKO")
# Words before a programme that only describes the recipients (KPM PKH), and before one they are not in (NON PKH).
_OF_WHOM, _NOT_OF = "(?:KPM|PESERTA)", "(?:EKS|NON|BUKAN)(?: KPM| PESERTA| PENERIMA)?"
# A code number and its word in one cell: 1 - KEPALA KELUARGA, 2. PEREMPUAN, [1] LAKI-LAKI.
_NUMBERED = r"^\[?([0-9]+)[ \-:=)\]]+([A-Z].*)$"


def _word(value: pl.Expr) -> pl.Expr:
    spaced = plain(value).str.to_uppercase().str.replace_all(r"[\s_.,]+", " ").str.strip_chars(" \"'`;:*")
    bare = (
        spaced.str.replace_all(r"\p{Pd}", "-")
        .str.replace_all(" ATAU ", "/", literal=True)
        .str.replace_all(r" ?([-/]) ?", "${1}")
        .str.replace(r"^(\d+) 0+$", "${1}")
    )
    return bare.str.replace(r"^\(([^()]+)\)", "${1}").str.replace(r"^0+([1-9])", "${1}")


def _to_code(
    value: pl.Expr, codes: Mapping[str, str | int], dtype: pl.DataType | type[pl.DataType] = pl.String
) -> pl.Expr:
    """The code of a known word, also with a wrong letter, or of two words for the same code (`1. LAKI-LAKI`)."""

    def known_code(text: pl.Expr) -> pl.Expr:
        return text.replace_strict(codes, default=None, return_dtype=dtype)

    def code(word: pl.Expr) -> pl.Expr:
        patterns = (_NUMBERED, _IN_BRACKETS, *_TWICE)
        pairs = ([known_code(word.str.extract(pattern, part)) for part in (1, 2)] for pattern in patterns)
        return pl.coalesce(known_code(word), *(pl.when(one == other).then(one) for one, other in pairs))

    # In two steps: a single expression would compute the word two dozen times.
    def to_codes(words: pl.Series) -> pl.Series:
        coded = apply_expression(words, code)
        slips = _correct_slips(words.filter(coded.is_null()), codes)
        return coded.scatter(coded.is_null().arg_true(), apply_expression(slips, known_code))

    return _word(value).map_batches(to_codes, return_dtype=dtype)


def _correct_slips(words: pl.Series, codes: Mapping[str, str | int]) -> pl.Series:
    """The known word one letter away from a long word, if all such words have the same code; else null."""
    long = [known for known in codes if len(known) >= _LONG_WORD]

    def correct(word: str | None) -> str | None:
        # DITERIMA? is a question.
        if word is None or len(word) < _LONG_WORD or "?" in word:
            return None
        hits = process.extract(word, long, scorer=Levenshtein.distance, score_cutoff=1, limit=None)
        near = [known for known, *_ in hits]
        return near[0] if len({codes[known] for known in near}) == 1 else None

    return pl.Series(words.name, map(correct, words), dtype=pl.String)


@once_per_value(pl.String)
def to_sex(value: pl.Expr) -> pl.Expr:
    """L or P from any notation; else null."""
    return _to_code(value, _SEX)


@once_per_value(pl.String)
def to_resident_status(value: pl.Expr) -> pl.Expr:
    """HIDUP, MATI, PINDAH, TIDAK_VALID or LAINNYA; blank is HIDUP, as a register without a status lists the living."""
    word = _word(value)
    coded = _to_code(value, _RESIDENT)
    # PINDAH DALAM NEGERI, PINDAH DATANG; also after a number, unless it is the number of another status.
    number, label = (word.str.extract(_NUMBERED, part) for part in (1, 2))
    number_agrees = number.replace_strict(_RESIDENT, default="PINDAH", return_dtype=pl.String) == "PINDAH"
    says_moved = word.str.contains(_MOVED) | (label.str.contains(_MOVED) & number_agrees)
    moved = pl.when(says_moved).then(pl.lit("PINDAH"))
    return pl.when(word.is_null()).then(pl.lit("HIDUP")).otherwise(pl.coalesce(coded, moved, pl.lit("LAINNYA")))


@once_per_value(pl.String)
def to_payment_status(value: pl.Expr) -> pl.Expr:
    """DIBAYAR, GAGAL, RETUR or BELUM; blank is BELUM, an unknown word is null."""
    word = _word(value)
    with_reason = word.str.extract(_WITH_REASON, 1).replace_strict(_PAYMENT, default=None, return_dtype=pl.String)
    paid_somehow = pl.when(pl.any_horizontal(word.str.contains(how) for how in _CHANNELS)).then(pl.lit("DIBAYAR"))
    coded = pl.coalesce(_to_code(value, _PAYMENT), with_reason, paid_somehow)
    return pl.when(word.is_null()).then(pl.lit("BELUM")).otherwise(coded)


@once_per_value(pl.String)
def to_failure_reason(value: pl.Expr) -> pl.Expr:
    """The reason of a failed payment if its status cell also states it; else null."""
    word = _word(value)
    return pl.coalesce(word.str.extract(_WITH_REASON, 2), pl.when(word.str.contains(_NOT_FETCHED)).then(word))


@once_per_value(pl.String)
def to_family_status(value: pl.Expr) -> pl.Expr:
    """AKTIF, NAIK_GRADE, GRADUASI or NONAKTIF; an unknown word stays as it is, in capitals."""
    word = _word(value).str.replace_all("-", " ")
    return pl.coalesce(word.replace_strict(_FAMILY, default=None, return_dtype=pl.String), word)


@cache
def _relations() -> tuple[dict[str, int], dict[str, int]]:
    table = reference.family_relations()
    words: dict[str, int] = {}
    for code, label, aliases in table.select("kode_dtks", "label", "alias").iter_rows():
        for word in (label, *(aliases or ())):
            if word.strip():
                words.setdefault(word.strip().upper(), int(code))
    eleven = {str(shdk): int(dtks) for shdk, dtks in table.select("kode_shdk", "kode_dtks").drop_nulls().iter_rows()}
    return words, eleven


@once_per_value(pl.Int8)
def to_relation(value: pl.Expr, *, eleven_codes: bool) -> pl.Expr:
    """Family relation as DTKS's code 1–8 (Int8) from words or from numbers of either codebook.

    Args:
        eleven_codes: numbers are Dukcapil's SHDK codes 1–11 (else DTKS's own 1–8).
    """
    words, eleven = _relations()
    # ANAK KE-2 is an ANAK.
    value = value.str.replace(r"(?i)\s*\bKE[\s-]*[0-9]+\s*$", "")
    numbers = eleven if eleven_codes else {str(code): code for code in range(1, 9)}
    return _to_code(value, {**words, **numbers}, pl.Int8)


def _fold_program(value: pl.Expr) -> pl.Expr:
    """A programme's name reduced to letters and digits for comparison."""
    return plain(value).str.to_uppercase().str.replace_all(r"[^A-Z0-9]", "")


def spaced_program(value: pl.Expr) -> pl.Expr:
    """Words of a title or programme in capitals, with one blank before, between and after: ` BLT BBM TAHAP 1 `."""
    words = plain(value).str.to_uppercase().str.replace_all(r"[^A-Z0-9]+", " ").str.strip_chars(" ")
    return pl.concat_str(pl.lit(" "), words, pl.lit(" "))


@cache
def programs_by_words() -> dict[str, str]:
    """Spaced name or alias → programme, longest first (so that BLT BBM is not read as BLT)."""
    return _aliases(spaced_program)


@cache
def program_pattern() -> str:
    """A regular expression for names and aliases of programmes in spaced words; it prefers the longer of two."""
    return _pattern(set(programs_by_words().values()))


def _pattern(programs: set[str]) -> str:
    return f"(?:{'|'.join(alias.strip() for alias, program in programs_by_words().items() if program in programs)})"


def named_program(words: pl.Expr) -> pl.Expr:
    """The programme that spaced words are about: BLT BBM of PKH DAN BLT BBM, SEMBAKO of KPM PKH PENERIMA SEMBAKO.

    PKH of KPM NON PKH, but SEMBAKO of KPM SEMBAKO NON PKH.
    """
    any_of, others = program_pattern(), _pattern(set(programs_by_words().values()) - set(_OF_FAMILIES))
    had = words.str.replace_all(rf"\b{_NOT_OF} {any_of}\b", "|")
    paid = had.str.replace_all(rf"\b{_OF_WHOM} {any_of}\b", "|")
    named = ((had, others), (paid, any_of), (had, any_of), (words, any_of))
    alias = pl.coalesce(text.str.extract(f"( {pattern} )") for text, pattern in named)
    return alias.replace_strict(programs_by_words(), default=None, return_dtype=pl.String)


@cache
def programs_by_alias() -> dict[str, str]:
    """Folded name or alias → programme, longest first."""
    return _aliases(_fold_program)


def _aliases(fold: Callable[[pl.Expr], pl.Expr]) -> dict[str, str]:
    folded = (
        reference.programs()
        .select("program", alias=pl.concat_list("program", "nama", pl.col("alias").fill_null([])))
        .explode("alias")
        .with_columns(alias=fold(pl.col("alias")))
        .filter(pl.col("alias").str.strip_chars(" ") != "")
        .unique("alias", keep="first", maintain_order=True)
        .sort(pl.col("alias").str.len_chars(), "alias", descending=[True, False])
    )
    return dict(folded.select("alias", "program").iter_rows())


@once_per_value(pl.String)
def to_program(value: pl.Expr) -> pl.Expr:
    """The programme's name in `data/reference/program.csv`; an unknown programme keeps its own name in upper case."""

    def known_program(name: pl.Expr) -> pl.Expr:
        return _fold_program(name).replace_strict(programs_by_alias(), default=None, return_dtype=pl.String)

    name = plain(value).str.to_uppercase()
    # PROGRAM KELUARGA HARAPAN (PKH) names PKH twice; ATENSI (PKH) is another programme for recipients of PKH. A stage
    # or year after a name is kept: it may differ from the row's own.
    outside, inside = (known_program(name.str.extract(_IN_BRACKETS, part)) for part in (1, 2))
    return pl.coalesce(known_program(name), pl.when(outside == inside).then(outside), name)
