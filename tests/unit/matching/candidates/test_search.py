"""Memory that a search must release."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from typing import Any

import pytest

from pipeline.matching import link as linking
from pipeline.matching.candidates.search import SearchResult
from tests.unit.matching.conftest import people_of, registry_of
from tests.unit.matching.test_link import cases, registry_rows


def test_what_was_compared_is_let_go_once_links_are_told(
    residents: list[dict[str, Any]], listed: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pairs of millions of rows stayed in memory beside duplicates until circles of references were looked for."""
    seen: list[weakref.ref[SearchResult]] = []
    combine_links = linking._combine_links

    def watched(*sides: Any, search: SearchResult, **found: Any) -> Any:
        seen.append(weakref.ref(search))
        assert search.common_words("nama") is search.common_words("nama")
        return combine_links(*sides, search=search, **found)

    monkeypatch.setattr(linking, "_combine_links", watched)
    gc.disable()
    try:
        rows = [listed(family, member) for family in range(20, 60) for member in range(4)]
        people = people_of([*rows, *cases(residents, listed).values()])
        links = linking.link_persons(people, registry_of(registry_rows(residents)))
        assert len(links.row_positions) > 0
        assert seen[0]() is None
    finally:
        gc.enable()
