"""The raw extracts: the columns of each source, the headers officers write for them, and the known layouts.

A new column of an extract is a line in its model; a new vintage of a file is one more layout in the module of its
source. All columns are text here; types come with `schemas.staged`. Reading files belongs to `pipeline.extracts`.
"""

from schemas.extracts.companions import Pendamping
from schemas.extracts.dtks import Dtks
from schemas.extracts.dukcapil import FAMILY_LABELS, NO_RESIDENT, PAGE_LABELS, SERVICE_ERROR, Dukcapil
from schemas.extracts.extract import Extract, Layout, file_of_origin, header, list_of, place_of
from schemas.extracts.headers import (
    Delivered,
    columns_in,
    fold_header,
    folded_headers,
    headers_of,
    known_headers,
    money_in,
    money_of_other_units,
    unexplained_header,
    unit_of_money,
    unread_headers,
)
from schemas.extracts.joined import JOINED
from schemas.extracts.kinds import (
    EXTRACTS,
    KINDS,
    LAYOUTS,
    REQUIRED,
    WITHOUT_OWN_NUMBER,
    folder_of,
    left_in_extract,
    shapes_of,
)
from schemas.extracts.payments import Alokasi, Pos
from schemas.extracts.recognition import (
    header_words,
    lacks_its_number,
    missing_columns,
    nearest_layout,
    recognise,
    recognise_in,
)
