"""The catalogue of rules: every rejection, finding and repair with its stable code, sentence and cure.

A new rule is one entry in the module of its source: where `breaks` is given, the expression itself is evaluated over
the model named in `on` (a row breaks the rule where it is true), and code, sentence and cure appear in quarantine,
findings and report by themselves. Rules without `breaks` are raised by the reader, which sees lines and not columns.
Does not belong here: how values are cleaned (`pipeline.normalise`) or what becomes of a row (`schemas.table.split`).
"""

from schemas.rules import companions, dtks, dtks_numbers, dtsen, dukcapil, payments, reading, targets
from schemas.rules.companions import COUNTED
from schemas.rules.reading import (
    ABOVE_HEADER,
    BELOW_OTHER_HEADER,
    CORRECTIONS,
    CUT_SHORT,
    DAMAGED_FILE,
    HIDDEN_SHEET,
    IN_DATED_FOLDER,
    IN_HIDDEN_SHEET,
    OUTDATED,
    OVERWRITTEN,
    UNDATED_CORRECTION,
)
from schemas.rules.rule import NO_DATE, WOMEN_DAY, YEAR_ONLY, Rule, Severity, is_filler
from schemas.rules.targets import PER_FAMILY

__all__ = [
    "ABOVE_HEADER",
    "BELOW_OTHER_HEADER",
    "CORRECTIONS",
    "COUNTED",
    "CUT_OFF",
    "CUT_SHORT",
    "DAMAGED_FILE",
    "DECLARED",
    "HIDDEN_SHEET",
    "IN_DATED_FOLDER",
    "IN_HIDDEN_SHEET",
    "NO_DATA",
    "NO_DATE",
    "OUTDATED",
    "OVERWRITTEN",
    "PER_FAMILY",
    "REPETITIONS",
    "RULES",
    "UNDATED_CORRECTION",
    "WOMEN_DAY",
    "YEAR_ONLY",
    "Rule",
    "Severity",
    "is_filler",
    "rules_on",
]

DECLARED = (
    *reading.RULES,
    *dtks.RULES,
    *dtks_numbers.RULES,
    *dtsen.RULES,
    *dukcapil.RULES,
    *targets.RULES,
    *payments.RULES,
    *companions.RULES,
)
RULES: dict[tuple[str, str], Rule] = {(rule.on, rule.code): rule for rule in DECLARED}

# Rejections of rows that say again what an accepted row says; such a row is to be deleted, not corrected.
REPETITIONS = ("ID_GANDA", "DIGANTI_PERBAIKAN", "NIK_GANDA")

# Rejections of lines in which nothing is to be corrected, and what such a line is: it holds no data of this month, or
# none yet.
NO_DATA = {
    "BARIS_CATATAN": "catatan atau jumlah",
    "ISIAN_KOSONG": "baris isian belum diisi",
    OUTDATED: "perbaikan bulan lain",
}

# Rejections of lines that are rows but for their separators: which cell is which is unknown, the ID too.
CUT_OFF = (ABOVE_HEADER, CUT_SHORT, "KOLOM_KURANG", "KOLOM_LEBIH", "KOLOM_GESER")


def rules_on(model: str, *severities: Severity) -> list[Rule]:
    """Rules over one model, of the severities named, in catalogue order."""
    return [rule for rule in RULES.values() if rule.on == model and rule.severity in severities]
