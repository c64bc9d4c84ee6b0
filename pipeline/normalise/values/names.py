"""Names of persons: tidied for display, and folded into one spelling for comparison.

Belongs here: the parts of a written name (titles, degrees, second names, a father's or husband's name) and which
spellings are the same name. Folding loses information on purpose; the name as written stays beside it.
Does not: the similarity of two names (`pipeline.matching.names.likeness`).

Words and sounds are replaced in one Aho-Corasick pass each. Words are separated by two blanks meanwhile, so that
adjacent patterns never share a blank.
"""

from __future__ import annotations

from functools import cache
from string import ascii_uppercase

import polars as pl

from pipeline.normalise.values.distinct import normalise_distinct, normalise_unclean, once_per_value
from pipeline.normalise.values.text import NOTHING, null_if, plain


def _whole_word(words: str) -> str:
    """A regular expression for any of the given words as a whole word (ASCII boundaries: Unicode ones are slower)."""
    return rf"(?-u:\b)(?:{words.replace(' ', '|')})(?-u:\b)"


# Marks of the dead, often mistyped; outside parentheses only words that are no name.
_LATE = (
    r"[(\[{]\s*(?:A[LI]?\.?\s?[LM]{1,2}[A-Z]{0,7}|LM|AL|AML|WAFAT|MENINGGAL(?: DUNIA)?)[\s.]*(?:[)\]}]|$)"
    rf"|{_whole_word('ALM ALMH ALMR ALMRH ALMHM ALMARHUM ALMARHUMAH')}[.)\]]?"
)
_WIFE_BEHIND = r"[(\[]\s?IST(?:E?RI(?:NYA)?)?\.?\s?[)\]]"
_WIFE_BEFORE = r"^\W*(?:NY|NYONYA|BU|IBU|ISTRI|ISTERI)[.\s]+[A-Z]"
_NO_NAME_PART = rf"{_LATE}|{_WIFE_BEHIND}|(?-u:\b)[0-9]+(?-u:\b)"
# Another name of the same person follows these; the father's follows BIN or BINTI.
_SECOND_NAME = rf"\s*(?:[/@(\[{{]|{_whole_word('ALIAS ALS AKA')})[\s.]*(.*)$"
_FATHER = r"^(.*?[A-Z].*?)[\s.,]+(?:(?:BINTI|BINTE|BINTY|BIN|BTE|BT)[\s.]|B\.)\s*(.*[A-Z].*)$"
_DEGREE = (
    r"S\.\s?(?:PDI?|PSI|HI|HUT|HUM|H|EI|E|AG|SOS|SI|SY|SN|ST|KOM|TP|TR|T|PT|PI|P|KEP|KEB|KED|KES|KM|FARM|IP|IKOM|AP|AK)"
    r"|M\.\s?(?:PDI?|PSI|HI|HUM|H|EI|E|AG|SI|SC|SN|KOM|KES|KEP|KEB|KN|T|P|M|AP|AK|IP|A)|A\.\s?(?:MD|MA|MK)"
    r"|SPDI?|SPSI|SAG|SSOS|SKOM|SKEP|SKM|SHI|SHUM|SE|SH|SST|AMD|AMK|AMKEB|AMDKEB|MPDI?|MSI|MKES|MM|NERS"
)
# Degrees only after a comma; elsewhere they are parts of names.
_DEGREE_BEHIND_COMMA = "ST|SP|SI|SIP|SEI|MH|MA|MT|BA|BSC|MSC|MAG|MHUM|AK|NS|APT|LC|MBA"
_DEGREES = (
    rf"(?:(?:\s*,\s*|\s+)(?:{_DEGREE})\.?(?:\s?(?:PD|I|SD|KEB|KEP|KOM|PUST|ST|TR|AUD)(?-u:\b)\.?)*"
    rf"|\s*,\s*(?:{_DEGREE_BEHIND_COMMA})\.?)+[\s.,]*$"
)
_TITLES = (
    "H|HI|HJ|K  H|KH|KI|KIAI|KYAI|DRS|DRA|DR|DRG|DRH|IR|PROF|UST|USTAD|USTADZ|USTAZ|USTADZAH|PDT|TN|TUAN|NY"
    "|NYONYA|BPK|BAPAK|BP|PAK|BU|IBU|SDR|SDRI|SDRA|MBAH|MBAK|ISTRI|ISTERI|HAJI|HAJJAH|HAJAH"
)
_TITLES_BEFORE = rf"^(?:(?:{_TITLES})  )+([A-Z])"
# Letters typed with blanks between: the whole name, or four in a row, as three may be initials.
_SPACED = "^[A-Z](?: [A-Z]){2,}$|(?:^| )[A-Z] [A-Z] [A-Z] [A-Z](?: |$)"
_PLACEHOLDER = (
    r"^[^A-Z]*$|^(?:N\W?N|X+|AA+|ZZ+|NO\W?NAME|ANONIM|NAMA|TEST?|KOSONG)\W*$"
    r"|^(?:TIDAK|TDK|TAK|BELUM|BLM|BLUM|TANPA|TNP)\W+(?:TAHU|TH|TAU|KETAHUI|DIKETAHUI|ADA|JELAS|DIKENAL|BERNAMA|DIISI"
    r"|TERISI|TERBACA|DIBERI|PUNYA|NAMA)(?:\W+NAMA(?:NYA)?)?\W*$"
    r"|^(?:ANAK|ADIK)\W+(?:KE\W*)?(?:[0-9]+|SATU|DUA|TIGA|EMPAT|LIMA|PERTAMA|KEDUA|KETIGA|KEEMPAT)\W*$"
    r"|^(?:ANAK|AN)\W+(?:NY|NYONYA|IBU|BU|DARI)(?:\W|$)|^(?:BY|BAYI|JABANG BAYI|ORANG TIDAK DIKENAL)(?:\W|$)"
)

# A name that is tidy as written, and a word of it that can be folded without its neighbours: not titles, degrees, BIN,
# ALIAS and words of placeholders.
_TIDY = "^[A-Z]+(?: [A-Z]+)*$"
_ORDINARY = "^[A-Z]{3,}$"
_WORDS_WITH_A_MEANING = (
    rf"^(?:{_TITLES}|{_DEGREE}|(?:{_DEGREE})(?:PD|I|SD|KEB|KEP|KOM|PUST|ST|TR|AUD)+|ALIAS|ALS|AKA|BIN|BINTI|BINTE|BINTY|BTE|GUSTI|GST|WAFAT|MENINGGAL|AL?MA?R?H?U?M?A?H?"
    r"|N\W?N|X+|AA+|ZZ+|NO\W?NAME|ANONIM|NAMA|TEST?|KOSONG|TIDAK|TDK|TAK|BELUM|BLM|BLUM|TANPA|TNP|ANAK|ADIK|BAYI"
    r"|JABANG|ORANG)$"
)

_ACCENTS = {
    "A": "ÀÁÂÃÄÅĀĂĄ", "AE": "Æ", "C": "ÇĆČ", "D": "ĎĐḌ", "E": "ÈÉÊËĒĖĘ", "G": "ĞĠ", "H": "ḤḪĦ", "I": "ÌÍÎÏĪĮİ",
    "L": "Ł", "N": "ÑŃŇ", "O": "ÒÓÔÕÖØŌŐ", "S": "ŚŞŠṢ", "SS": "ẞß", "T": "ŢŤṬ", "U": "ÙÚÛÜŪŮŰ", "Y": "ÝŸ", "Z": "ŹŻŽẒ",
}  # fmt: skip
# An apostrophe is a sound (MA'MUN); other marks separate words. Digits inside words become the letters they resemble.
_SILENT = "'’‘`\u00b4\u02bc\u0300\u0301\u0302\u0303\u0308\u0323"
_LETTERS = {
    **{accented: letter for letter, group in _ACCENTS.items() for accented in group},
    **dict.fromkeys(_SILENT, ""),
    **{"0": "O", "1": "I", "3": "E", "4": "A"},
}

_ONE_NAME = {
    "MUHAMAD": (
        "MUHAMMAD MUHAMAD MUHAMMED MUHAMED MUHAMMAT MUHAMAT MUHMAD MUHAMMD MUHAMD MUHAMMA MUHAMA MOHAMMAD MOHAMAD "
        "MOHAMMED MOHAMED MOHAMMAT MOHAMAT MUCHAMMAD MUCHAMAD MUCHAMAT MOCHAMMAD MOCHAMAD MOCHAMMED MOCHAMAT MUKHAMMAD "
        "MUKHAMAD MOKHAMMAD MOKHAMAD MOEHAMMAD MOEHAMAD MOECHAMAD MEHMED MEHMET MUH MOH MOCH MUCH MOEH MHD MUHD MOHD MD"
    ),
    "AHMAD": "ACHMAD AKHMAD AKMAD ACHMAT AHMAT AKHMAT AHMED AHMET ACHMED AHMMAD ACH AHM",
    "ABDUL": "ABD ABDOEL ABDU ABDUR ABDURR ABDUS ABDUN ABDUT ABDUD ABDUZ ABDEL",
    "ABDULA": "ABDULLAH ABDULAH ABDULLOH ABDULOH ABDULLA ABDALLAH ABDOELLAH",
    "SITI": "ST STI SITTI SITY SITIE SITHI",
    "TUBAGUS": "TB TBG", "RADEN": "RD", "GUSTI": "GST", "TENGKU": "TGK TEUNGKU", "DATUK": "DT DTK", "BAIQ": "BQ",
    "COKORDA": "TJOKORDA COKORDE TJOK COK",
    "": "HJ DRS DRA",
}  # fmt: skip
# Abbreviations of names of birth order, used after I or NI.
_BALINESE = {
    "MADE": "MD", "WAYAN": "WYN WY", "NYOMAN": "NYM NY", "KETUT": "KT KTT", "PUTU": "PT PTU", "GEDE": "GD GDE",
    "KADEK": "KD KDK", "KOMANG": "KM KMG", "NENGAH": "NGH NG", "LUH": "LH",
}  # fmt: skip
_WORDS = {
    **{f" {short} ": f" {name} " if name else "" for name, forms in _ONE_NAME.items() for short in forms.split()},
    **{
        f"^ {first}{gusti}  {short} ": f"^ {first}{'  GUSTI' if gusti else ''}  {name} "
        for first in ("I", "NI")
        for gusti in ("", "  GST", "  GUSTI")
        for name, forms in _BALINESE.items()
        for short in forms.split()
    },
    # Joined with the next word, ABDUL assimilates to its first letter.
    **{f" ABDU{joint}{letter}": f" ABDUL  {letter}" for letter in "RSNTDZ" for joint in ("", letter)},
    **{f" ABD{vowel}L{letter}": f" ABDUL  {letter}" for vowel in "UE" for letter in ascii_uppercase},
    " ABDULATIF ": " ABDUL  LATIF ",
    "^ M ": "^ MUHAMAD ",
    "^ AB ": "^ ABDUL ",
    "^ IB ": "^ IDA  BAGUS ",
    "^ IA ": "^ IDA  AYU ",
}
# Before 1972 J was written for Y. J stays unless the word has another spelling of that time.
_OLD_Y = (
    ("([ A-CE-RU-Z])J([A-Z]*(?:OE|TJ|DJ|SJ))", "${1}Y$2"),
    ("(OE|(?:OE|TJ|DJ|SJ)[A-Z]*[A-CE-RU-Z])J", "${1}Y"),
)
_SOUNDS = {
    "DJ": "J", "TJ": "C", " NJ": " NI", "SJ": "S", "SY": "S", "SH": "S", "CH": "H", "KH": "H", "DH": "D", "TH": "T",
    "GH": "G", "JH": "J", "PH": "F", "P": "F", "V": "F", "Q": "K", "X": "KS", "Z": "J", "DZ": "J", "DZ ": "D ",
    "Z ": "S ", "ZK": "SK", "ZQ": "SK", "CK": "K", "CT": "KT", "CL": "KL", "CR": "KR", "CC": "K", "C ": "K ",
    "CHR": "KR", " CHI": " CI", " CHE": " CE", "CHAND": "CAND", "MARCEL": "MARSEL", "LUCI": "LUSI", "VINCE": "FINSE",
    "FRANCI": "FRANSI", "CORN": "KORN", "CECIL": "SESIL", "RICO ": "RIKO ", "NICO ": "NIKO ", "ECO ": "EKO ",
    "OE": "U", "OU": "U", "KHOE": "HAI", "CHOE": "HAI", "IE": "I", "EE": "I", " EE": " E", "Y": "I",
    "UW": "U", "OEW": "U", "AE": "AI", "EI": "AI", "EY": "AI", "OH ": "A ", "AH ": "A ", "H ": " ",
    " C ": " C ", " H ": " H ", " Z ": " J ",
}  # fmt: skip
# Stems with varying vowels, in the spelling after `_SOUNDS`; then O becomes U everywhere.
_STEMS = {
    "ROHM": "RAHM", "ROHIM": "RAHIM", "ROSID": "RASID", "ROJAK": "RAJAK", "ROUF": "RAUF", "SOLEH": "SALEH",
    "SOLIH": "SALEH", "SALIH": "SALEH", "SOLE ": "SALE ", "SOLI ": "SALE ", "SALI ": "SALE ", "SOMAD": "SAMAD",
    "SOLAHU": "SALAHU", "SOBIR": "SABIR", "SODIK": "SADIK", "SIDIK": "SADIK", "SOFIA": "SAFIA", "SOFIIA": "SAFIA",
    "MUSTOFA": "MUSTAFA", "MOSTAFA": "MUSTAFA", "HOLI": "HALI", "HOIR": "HAIR", "HOTI": "HATI", "KOTIMA": "HATIMA",
    "HODIJ": "HADIJ", "GOFU": "GAFU", "GOJAL": "GAJAL", "FATO": "FATA", "KODIR": "KADIR", "KOMARI": "KAMARI",
    "KOMARU": "KAMARU", "TOIB": "TAIB", "TOIIB": "TAIB", "TOHIR": "TAHIR", "TOHA": "TAHA", "MUBAROK": "MUBARAK",
    "KAROM": "KARAM", "ISTIKOM": "ISTIKAM", "HUSIN": "HUSAIN", "HUSEN": "HUSAIN", "UTSMAN": "USMAN",
    " UTMAN ": " USMAN ", " OTMAN ": " USMAN ",
    "JUSUF": "IUSUF", "IUSEF": "IUSUF", "IUSSEF": "IUSUF", "IOSEF": "IUSUF", "JOSEF": "IUSUF", "IOSUF": "IUSUF",
    "IAKUF": "IAKUB", "JAKOB": "IAKUB", "JOHAN": "IUHAN", "JULI": "IULI", "MIHAIL": "MIKAIL", "HANDOJ": "HANDUI",
    "SURJ": "SURI", "MULJ": "MULI", "WAHJ": "WAHI", "CAHJ": "CAHI", "PRIJ": "FRI", "FRIJ": "FRI", "SETIJ": "SETI",
    "SUMIJ": "SUMI", "O": "U",
    # Separate these from the next word, except in names too short to contain another.
    " NUR": " NUR  ", " NURUL": " NURUL  ", " SITI": " SITI  ", " MUHAMAD": " MUHAMAD  ", " MUHAMMAD": " MUHAMAD  ",
    **{name: name for name in (" NUR ", " NURUL ", " NURI ", " NURIA ", " NURIN ", " SITI ", " MUHAMAD ")},
}  # fmt: skip
# Doubled letters become one, and so do the two blanks between words.
_DOUBLED = {letter * 2: letter for letter in f"{ascii_uppercase} "}
# Regional titles, which are parts of the name in their region, and the Balinese names of birth order.
_REGIONAL = (
    "R", "RR", "RA", "RM", "RADEN", "RATU", "TUBAGUS", "ENTOL", "MAS", "NYI", "LALU", "BAIQ", "ANDI", "DAENG", "DG",
    "CUT", "T", "TEUKU", "TENGKU", "SUTAN", "DATUK", "KEMAS", "MASAGUS", "MASAYU", "NYIMAS", "I", "NI", "IDA", "GUSTI",
    "GUSTI NGURAH", "GUSTI AYU", "IDA BAGUS", "IDA AYU", "ANAK AGUNG", "DEWA", "DESAK", "COKORDA", "NGAKAN", "SANG",
    *_BALINESE,
)  # fmt: skip


def tidy_name(value: pl.Expr) -> pl.Expr:
    """A name for display: upper case, single blanks, no quotes at its ends; null for a blank cell."""
    return value.map_batches(_tidied, return_dtype=pl.String, is_elementwise=True)


@once_per_value(pl.String)
def tidy_word(value: pl.Expr) -> pl.Expr:
    """Like `tidy_name`, cached for columns whose values repeat: towns, occupations."""
    return _tidy(value)


def _tidied(names: pl.Series) -> pl.Series:
    return normalise_unclean(names, names.str.contains(_TIDY) & ~names.is_in(NOTHING), _tidy)


def _tidy(value: pl.Expr) -> pl.Expr:
    text = _unless_empty(plain(value).str.to_uppercase().str.strip_chars(" ,;'\"`“”"))
    # 0 also means blank here, as no number may stand in these columns.
    return null_if(text, r"^[0.,\s]+$")


def comparable_name(tidy: pl.Expr) -> pl.Expr:
    """A tidied name (`tidy_name`) in one spelling: no titles, degrees, second names or punctuation; sounds folded.

    NUR, SITI, MUHAMAD and ABDUL are separated from words they were joined to. Regional titles stay (`weaker_name`).
    Null only if `tidy` is: a name of nothing but titles stays as it was.
    """
    return tidy.map_batches(_comparable, return_dtype=pl.String, is_elementwise=True)


def _comparable(names: pl.Series) -> pl.Series:
    """Fold names of ordinary words word by word, each distinct word once; fold other names as a whole."""
    words = pl.col("nama").str.split(" ")
    joined = words.list.eval(_fold_ordinary_word(pl.element())).list.join(" ", ignore_nulls=False)
    together = names.to_frame("nama").select(joined).to_series()
    whole = (together.is_null() & names.is_not_null()).arg_true()
    if whole.is_empty():
        return together
    return together.scatter(whole, normalise_distinct(names.gather(whole), _comparable_name))


@once_per_value(pl.String)
def _fold_ordinary_word(word: pl.Expr) -> pl.Expr:
    is_ordinary = word.str.contains(_ORDINARY) & ~word.str.contains(_WORDS_WITH_A_MEANING)
    return pl.when(is_ordinary).then(_fold(word))


def _comparable_name(tidy: pl.Expr) -> pl.Expr:
    return pl.coalesce(_fold(tidy), tidy)


def _fold(tidy: pl.Expr) -> pl.Expr:
    letters = pl.when(tidy.str.contains(_SPACED)).then(tidy.str.replace_all(" ", "", literal=True)).otherwise(tidy)
    main = letters.str.replace_all(_NO_NAME_PART, " ").str.replace(_SECOND_NAME, "").str.replace(_FATHER, "$1")
    plain_words = _replace_patterns(main.str.replace(_DEGREES, ""), _LETTERS).str.replace_all("[^A-Z]+", "  ")
    untitled = plain_words.str.strip_chars(" ").str.replace(_TITLES_BEFORE, "$1")
    words = _replace_patterns(pl.concat_str(pl.lit("^ "), untitled, pl.lit(" ")), _WORDS)
    for old, modern in _OLD_Y:
        words = words.str.replace_all(old, modern)
    folded = _replace_patterns(_replace_patterns(_replace_patterns(words, _SOUNDS), _STEMS), _DOUBLED)
    return _unless_empty(folded.str.strip_chars("^ "))


def weaker_name(comparable: pl.Expr) -> pl.Expr:
    """A comparable name (`comparable_name`) without regional titles and Balinese birth order; a weaker key.

    I WAYAN SUDANA and SUDANA, TB. AHMAD and AHMAD have the same key. A name of nothing else stays as it was.
    """
    spread = pl.concat_str(pl.lit(" "), comparable.str.replace_all(" ", "  ", literal=True), pl.lit(" "))
    titles = {f" {words.replace(' ', '  ')} ": "" for words in regional_words()}
    bare = _replace_patterns(_replace_patterns(spread, titles), {"  ": " "}).str.strip_chars(" ")
    return pl.coalesce(_unless_empty(bare), comparable)


@cache
def regional_words() -> tuple[str, ...]:
    """The titles and birth-order names that `weaker_name` drops, in comparable spelling; some have two words."""
    return tuple(pl.select(comparable_name(pl.lit(pl.Series(_REGIONAL)))).to_series())


def second_name(tidy: pl.Expr) -> pl.Expr:
    """The other name after ALIAS, ALS, `@`, `/` or a bracket, tidied; null if there is none."""
    other = tidy.str.replace_all(_NO_NAME_PART, " ").str.extract(_SECOND_NAME).str.strip_chars(" ()[]{}.,/@")
    return pl.when(other.str.contains("[A-Z]")).then(other)


def name_with_father(tidy: pl.Expr) -> pl.Expr:
    """Name and father's name without the BIN or BINTI between them; null if there is none."""
    main = tidy.str.replace_all(_NO_NAME_PART, " ").str.replace(_SECOND_NAME, "")
    return pl.concat_str(main.str.extract(_FATHER, 1), pl.lit(" "), main.str.extract(_FATHER, 2))


def is_wife_of(tidy: pl.Expr) -> pl.Expr:
    """Whether the name may be that of a wife's husband: NY., BU or ISTRI before it, (ISTRI) after it."""
    return tidy.str.contains(_WIFE_BEFORE) | tidy.str.contains(_WIFE_BEHIND)


def is_placeholder_name(tidy: pl.Expr) -> pl.Expr:
    """Whether the text says that the name is unknown or not given yet: NN, TIDAK TAHU, ANAK KE-1, BY NY SITI."""
    return tidy.str.contains(_PLACEHOLDER)


def _replace_patterns(value: pl.Expr, patterns: dict[str, str]) -> pl.Expr:
    """Replace in one pass over the text; of patterns that begin at the same letter the longest wins."""
    longest_first = sorted(patterns, key=len, reverse=True)
    return value.str.replace_many(longest_first, [patterns[pattern] for pattern in longest_first], leftmost=True)


def _unless_empty(value: pl.Expr) -> pl.Expr:
    return value.str.extract("^(.+)$")
