"""The raw extracts: the columns of each source, the headers officers write for them, and the known layouts.

A new column of an extract is a line in its model; a new vintage of a file is one more layout in the module of its
source. All columns are text here; types come with `schemas.staged`. Reading files belongs to `pipeline.extracts`.
"""

from schemas.extracts.companions import Pendamping
from schemas.extracts.dtks import Dtks
from schemas.extracts.dukcapil import FAMILY_LABELS, NO_RESIDENT, PAGE_LABELS, SERVICE_ERROR, Dukcapil
from schemas.extracts.extract import Extract, Layout, header, list_text, origin_file, place_text
from schemas.extracts.headers import (
    ColumnCells,
    bare_header,
    fold_header,
    folded_headers,
    headers_of,
    known_headers,
    map_columns,
    money_headers_in_larger_units,
    money_positions,
    money_unit,
    unread_headers,
)
from schemas.extracts.joined import JOINED
from schemas.extracts.kinds import (
    EXTRACTS,
    KINDS,
    LAYOUTS,
    REQUIRED,
    WITHOUT_OWN_NUMBER,
    cell_shapes,
    folder_of,
    unstaged_columns,
)
from schemas.extracts.payments import Alokasi, Pos
from schemas.extracts.recognition import (
    headers_by_column,
    lacks_identifier,
    missing_columns,
    nearest_layout,
    recognise,
    recognise_in_folder,
)
