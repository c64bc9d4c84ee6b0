"""Resolves the region names or numbers in an extract to the Kemendagri codes in force.

Belongs here: the comparable form of a region's name, the search from province down to village, old codes and names.
Does not: the reference lists (data/reference, loaded by `pipeline.reference`), or what a payment does with its region.

Only distinct names are resolved and joined back, so the cost grows with the number of names, not of rows.
"""

from pipeline.normalise.regions.listed import SIAK_NUMBERS, name_by_numbers
from pipeline.normalise.regions.lists import LEVELS, REGION_RESULT, current_kab, known_region_codes
from pipeline.normalise.regions.named import attach_stated, resolve_names, resolve_stated, stated_tuples
from pipeline.normalise.regions.siak import SIAK_TUPLE, attach_siak, resolve_siak_tuples, siak_tuples

__all__ = [
    "LEVELS",
    "REGION_RESULT",
    "SIAK_NUMBERS",
    "SIAK_TUPLE",
    "attach_siak",
    "attach_stated",
    "current_kab",
    "known_region_codes",
    "name_by_numbers",
    "resolve_names",
    "resolve_siak_tuples",
    "resolve_stated",
    "siak_tuples",
    "stated_tuples",
]
