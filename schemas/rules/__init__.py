"""The catalogue of rules: every rejection, finding and repair with its stable code, sentence and cure.

A new rule is one entry in the module of its source. Its expression `breaks` is evaluated over the model named in `on`
(true: the row breaks the rule); code, sentence and cure then appear in quarantine, findings and report. Rules without
`breaks` are raised by the reader, which sees lines, not columns.
Does not belong here: cleaning values (`pipeline.normalise`), or dividing rows by the rules (`schemas.table.split`).
"""

from schemas.rules import companions, dtks, dtks_numbers, dtsen, dukcapil, payments, reading, targets
from schemas.rules.companions import COUNTED
from schemas.rules.reading import (
    ABOVE_HEADER,
    BELOW_OTHER_HEADER,
    CORRECTIONS,
    CUT_SHORT,
    DAMAGED_FILE,
    DATED_FOLDER,
    HIDDEN_SHEET,
    IN_DATED_FOLDER,
    IN_HIDDEN_SHEET,
    OUTDATED,
    OVERWRITTEN,
    UNDATED_CORRECTION,
)
from schemas.rules.rule import NO_DATE, WOMEN_DAY, YEAR_ONLY, Rule, Severity, is_filler
from schemas.rules.targets import PER_FAMILY

ALL_RULES = (
    *reading.RULES,
    *dtks.RULES,
    *dtks_numbers.RULES,
    *dtsen.RULES,
    *dukcapil.RULES,
    *targets.RULES,
    *payments.RULES,
    *companions.RULES,
)
RULES: dict[tuple[str, str], Rule] = {(rule.on, rule.code): rule for rule in ALL_RULES}

# Rejections of rows that repeat an accepted row; such a row is to be deleted, not corrected.
REPETITIONS = ("ID_GANDA", "DIGANTI_PERBAIKAN", "NIK_GANDA")

# What to do about one that differs from the accepted row: it may be a correction, which has no effect where it is.
DIFFERS_FROM_ACCEPTED = (
    "Isinya berbeda dari baris yang diterima dan tidak dipakai. Bila baris ini perbaikannya, simpan di folder "
    "perbaikan, bila orangnya lain, betulkan nomornya, dan selain itu hapus baris ini."
)

# Rejections of rows of correction forms whose identifier is that of another row, which stays.
FORM_ID_IN_USE = ("ID_ISIAN_TERPAKAI", "NIK_ISIAN_TERPAKAI", "DANOM_ISIAN_TERPAKAI")

# Rejections of lines that need no correction, as they hold no data of this month, or none yet → kind of line.
NO_DATA = {
    "BARIS_CATATAN": "catatan atau jumlah",
    "ISIAN_KOSONG": "baris isian belum diisi",
    OUTDATED: "perbaikan bulan lain",
}

# Rejections of rows whose cells cannot be assigned to columns, so that even the ID is unknown.
CUT_OFF = (ABOVE_HEADER, CUT_SHORT, "KOLOM_KURANG", "KOLOM_LEBIH", "KOLOM_GESER")


def rules_on(model: str, *severities: Severity) -> list[Rule]:
    """Rules on one model with the given severities, in catalogue order."""
    return [rule for rule in RULES.values() if rule.on == model and rule.severity in severities]
