"""Long-lived objects are not scanned again by the garbage collector; later ones are."""

from __future__ import annotations

import gc

from pipeline.memory import exclude_from_garbage_collection


def test_cycles_are_looked_for_again_in_what_is_made_later_only() -> None:
    frozen = gc.get_freeze_count()
    try:
        with exclude_from_garbage_collection():
            stays = [object()]
            assert not gc.isenabled()
        assert gc.isenabled()
        assert gc.get_freeze_count() > frozen
        assert not any(each is stays for each in gc.get_objects())
    finally:
        gc.unfreeze()
