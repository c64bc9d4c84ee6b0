"""Suppression against an attacker who adds, subtracts, knows what did not change, and keeps every version."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl
import pytest

from pipeline.warehouse.sepakat.indicators import COUNTS
from pipeline.warehouse.sepakat.suppression import SMALLEST_SHOWN, suppress
from tests.unit.warehouse.releasing import build_release_of, by_region, members, realisasi_rows

KEY = ["tingkat", "kode_wilayah"]
LEVELS = {0: "NASIONAL", 2: "PROVINSI", 4: "KABUPATEN", 6: "KECAMATAN", 10: "DESA"}
PARENT = {2: 0, 4: 2, 6: 4, 10: 6}

# --- single rules


def test_counts_from_one_to_four_are_emptied_with_what_tells_them() -> None:
    rows = [*members("3604052001", 4), *members("3604052002", 4), *members("3604052003", 20)]
    table = build_release_of(rows).tables["wilayah"].filter(tingkat="DESA")
    assert by_region(table, "jumlah_anggota") == {"3604052001": None, "3604052002": None, "3604052003": 20}
    assert by_region(table, "jumlah_padan_orang") == {"3604052001": None, "3604052002": None, "3604052003": 20}
    assert by_region(table, "persen_padan") == {"3604052001": None, "3604052002": None, "3604052003": 100.0}


def test_noughts_are_shown_unless_their_row_is_emptied() -> None:
    rows = [*members("3604052001", 4), *members("3604052002", 4), *members("3604052003", 20)]
    table = build_release_of(rows).tables["wilayah"].filter(tingkat="DESA")
    assert by_region(table, "jumlah_perempuan") == {"3604052001": None, "3604052002": None, "3604052003": 0}


def test_a_single_suppressed_child_takes_its_next_smallest_sibling_along() -> None:
    rows = [*members("3604052001", 3), *members("3604052002", 30), *members("3604052003", 20)]
    counts = by_region(build_release_of(rows).tables["wilayah"], "jumlah_anggota")
    assert {code: counts[code] for code in ("3604052001", "3604052002", "3604052003")} == {
        "3604052001": None,
        "3604052002": 30,
        "3604052003": None,
    }
    assert all(counts[code] == 53 for code in ("", "36", "3604", "360405"))


def test_children_that_are_surely_one_each_take_a_third_along() -> None:
    rows = [*members("3604052001", 1), *members("3604052002", 1), *members("3604052003", 20)]
    rows += members("3604052004", 30)
    table = build_release_of(rows).tables["wilayah"].filter(tingkat="DESA")
    assert by_region(table, "jumlah_anggota") == {
        "3604052001": None,
        "3604052002": None,
        "3604052003": None,
        "3604052004": 30,
    }


def test_regions_below_do_not_add_up_to_one_that_is_emptied() -> None:
    # Three and two desa of one person each: that each is there at least is as much as their kecamatan hold.
    rows = [row for desa in range(1, 4) for row in members(f"360405200{desa}", 1)]
    rows += [row for desa in range(1, 3) for row in members(f"360406200{desa}", 1)]
    counts = by_region(build_release_of([*rows, *members("3604072001", 90)]).tables["wilayah"], "jumlah_anggota")
    assert (counts["360405"], counts["360406"], counts["360407"], counts["3604"]) == (None, None, None, 95)


def test_a_small_rest_to_all_members_empties_the_part() -> None:
    rows = [*members("3604052001", 20), *members("3604052001", 2, 20, status_padan="TIDAK_PADAN")]
    table = build_release_of(rows).tables["wilayah"].filter(tingkat="DESA")
    assert table.select("jumlah_anggota", "jumlah_padan_orang", "persen_padan").row(0) == (22, None, None)


def test_rupiah_and_shares_go_with_their_counts() -> None:
    table = realisasi_rows([("", 60, 44, 6, 10), ("36", 20, 4, 6, 10), ("51", 40, 40, 0, 0)])
    table = build_release_of([], table).tables["realisasi"]
    paid = ("kpm_salur", "nominal_salur", "kpm_persen", "nominal_persen")
    assert table.filter(kode_wilayah="36").select(*paid).row(0) == (None,) * 4
    assert table.filter(kode_wilayah="36").select("kpm_alokasi", "nominal_alokasi").row(0) == (20, 20_000)
    assert table.filter(kode_wilayah="").select(*paid).row(0) == (44, 44_000, 100 * 44 / 60, 100 * 44 / 60)


def test_paid_is_emptied_where_the_allotment_would_tell_how_few_are_not() -> None:
    table = realisasi_rows([("", 200, 180, 3, 17), ("36", 100, 97, 3, 0), ("51", 100, 83, 0, 17)])
    table = build_release_of([], table).tables["realisasi"]
    assert table.filter(kode_wilayah="36").select("kpm_alokasi", "kpm_salur", "kpm_gagal").row(0) == (100, None, None)
    # Paid in 36 is hidden, so paid in 51 is too, else the country's total less 51 would give it.
    assert table.filter(kode_wilayah="51").select("kpm_alokasi", "kpm_salur").row(0) == (100, None)


def test_an_unknown_allotment_is_no_emptied_one() -> None:
    table = build_release_of([], realisasi_rows([("", None, 44, 6, 10), ("36", None, 44, 6, 10)])).tables["realisasi"]
    assert table.select("kpm_alokasi", "kpm_salur", "disamarkan").rows() == [(None, 44, False)] * 2


def test_a_region_that_lost_its_people_stays_a_row_while_that_would_tell_the_others() -> None:
    first = build_release_of([*members("3604052001", 3), *members("3604052002", 20), *members("3604052003", 30)])
    later = [*members("3604052001", 3), *members("3604052003", 31)]
    table = build_release_of(later, history=first.history).tables["wilayah"].filter(tingkat="DESA")
    # With the second known to be empty, 23 of before less 20 and 34 of now less 31 would be the first.
    assert by_region(table, "jumlah_anggota") == {"3604052001": None, "3604052002": None, "3604052003": None}
    assert by_region(table, "nama_prov")["3604052002"] == "BANTEN"


# --- the attacker


@dataclass
class Attacker:
    """Has every version, and knows which cells did not change and where all rows have a deeper code.

    Each cell is a variable, which keeps its number from version to version while its value does not change.
    """

    value: list[int] = field(default_factory=list)
    known: list[bool] = field(default_factory=list)
    now: dict[tuple[str, str], int] = field(default_factory=dict)
    sums: list[tuple[int, list[int]]] = field(default_factory=list)
    at_most: list[tuple[list[int], int]] = field(default_factory=list)
    not_nought: set[int] = field(default_factory=set)

    def take(self, truth: pl.DataFrame, public: pl.DataFrame, names: list[str]) -> None:
        """Read one version; `truth` is only used for which cells changed and where all rows have a deeper code."""
        cells = {row["kode_wilayah"]: row for row in truth.to_dicts()}
        seen = {row["kode_wilayah"]: row for row in public.to_dicts()}
        self._number(cells, seen, names)
        for name in names:
            self._add_up(list(cells), name)
        total, *parts = names
        for code, row in cells.items():
            if row[total] is not None:
                self._bound(code, total, parts)
            if seen[code][total] is not None:
                # A nought is shown as long as its row is.
                self.not_nought |= {self.now[code, part] for part in parts if seen[code][part] is None and row[part]}

    def _number(self, cells: dict[str, Any], seen: dict[str, Any], names: list[str]) -> None:
        before, self.now = self.now, {}
        for code, name in ((code, name) for code, row in cells.items() for name in names if row[name] is not None):
            value, number = cells[code][name], before.get((code, name))
            if number is None or self.value[number] != value:
                number = len(self.value)
                self.value.append(value)
                self.known.append(False)
            self.now[code, name] = number
            self.known[number] |= seen[code][name] is not None

    def _add_up(self, codes: list[str], name: str) -> None:
        for code in (code for code in codes if (code, name) in self.now):
            parts = [each for each in codes if each and each[: PARENT[len(each)]] == code]
            numbers = [self.now[each, name] for each in parts if (each, name) in self.now]
            total = self.now[code, name]
            if numbers and sum(self.value[each] for each in numbers) == self.value[total]:
                self.sums.append((total, numbers))

    def _bound(self, code: str, total: str, parts: list[str]) -> None:
        apart = {"jumlah_anak", "jumlah_lansia"} if "jumlah_anak" in parts else set(parts)
        for group in [[part] for part in parts if part not in apart] + [sorted(apart)]:
            numbers = [self.now[code, part] for part in group]
            if sum(self.value[each] for each in numbers) <= self.value[self.now[code, total]]:
                self.at_most.append((numbers, self.now[code, total]))

    def solved(self) -> set[int]:
        """Cells that linear algebra determines, over all versions at once."""
        unknown = [number for number, known in enumerate(self.known) if not known]
        place = {number: column for column, number in enumerate(unknown)}
        system = np.zeros((len(self.sums), len(unknown)))
        for row, (total, parts) in enumerate(self.sums):
            for number, sign in [(total, -1), *((part, 1) for part in parts)]:
                if number in place:
                    system[row, place[number]] += sign
        if not unknown:
            return set()
        _, size, turned = np.linalg.svd(system)
        freedom = turned[(size > 1e-9).sum() :]
        return {number for number in unknown if np.abs(freedom[:, place[number]]).max(initial=0) < 1e-9}

    def bounds(self) -> tuple[list[int], list[int]]:
        """Bounds of every cell, tightened by sums and parts of totals until nothing changes."""
        low = [
            v if k else int(n in self.not_nought) for n, (v, k) in enumerate(zip(self.value, self.known, strict=True))
        ]
        high = [v if k else 10**6 for v, k in zip(self.value, self.known, strict=True)]
        moved = True
        while moved:
            before = (low.copy(), high.copy())
            for total, parts in self.sums:
                low[total] = max(low[total], sum(low[each] for each in parts))
                high[total] = min(high[total], sum(high[each] for each in parts))
                for part in parts:
                    others = [each for each in parts if each != part]
                    low[part] = max(low[part], low[total] - sum(high[each] for each in others))
                    high[part] = min(high[part], high[total] - sum(low[each] for each in others))
            for numbers, total in self.at_most:
                low[total] = max(low[total], sum(low[each] for each in numbers))
                for number in numbers:
                    high[number] = min(high[number], high[total] - sum(low[n] for n in numbers if n != number))
            moved = before != (low, high)
        return low, high


def draw_leaves(rng: np.random.Generator, table: str) -> pl.DataFrame:
    """Counts per desa (and of people with unknown desa), many of them small."""
    rows = []
    for number in range(40):
        code = f"{11 + number // 20}{number // 6 % 3 + 1:02}{number // 3 % 3 + 1:02}2{number % 3:03}"
        many = int(rng.choice([1, 2, 3, 5, 8, 20, 40, 90]))
        share = rng.uniform(0, 1, 6)
        if table == "wilayah":
            parts = [int(rng.binomial(many, each)) for each in share[:5]]
            young = int(rng.binomial(many, share[5] / 2))
            old = int(rng.binomial(many - young, 0.3))
            rows.append((code if number % 10 else code[:6], many, *parts, young, old))
        else:
            paid = int(rng.binomial(many, 0.8))
            rows.append((code if number % 10 else code[:6], many, paid, int(rng.binomial(many - paid, 0.5))))
    return pl.DataFrame(rows, schema=["kode_wilayah", *(count.name for count in COUNTS[table])], orient="row")


def with_sums(rows: pl.DataFrame, table: str) -> pl.DataFrame:
    """All levels; allotments are known down to kecamatan only."""
    levels = [
        rows.filter(pl.col("kode_wilayah").str.len_chars() >= length)
        .group_by(pl.col("kode_wilayah").str.head(length))
        .sum()
        .with_columns(tingkat=pl.lit(name))
        for length, name in LEVELS.items()
    ]
    whole = pl.concat(levels)
    if table == "realisasi":
        whole = whole.with_columns(pl.when(pl.col("tingkat") != "DESA").then("kpm_alokasi"))
    return whole.sort(KEY)


def draw_versions(seed: int, table: str, number: int = 4) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """Versions of one country with some desa changed in each: the truth and the published tables."""
    rng = np.random.default_rng(seed)
    now, history = draw_leaves(rng, table), None
    for _ in range(number):
        truth = with_sums(now, table)
        public, history = suppress(truth, KEY, COUNTS[table], {}, history)
        yield truth, public
        fresh = draw_leaves(rng, table)
        changes = pl.Series(rng.uniform(size=now.height) < rng.choice([0.05, 0.3, 0.8]))
        now = pl.DataFrame(
            {name: fresh[name].zip_with(changes, now[name]) for name in now.columns if name != "kode_wilayah"}
        ).insert_column(0, now["kode_wilayah"])


CASES = [(table, seed) for table in COUNTS for seed in range(3)]


@pytest.mark.parametrize(("table", "seed"), CASES)
def test_no_small_cell_can_be_solved_from_levels_indicators_and_versions(table: str, seed: int) -> None:
    names = [count.name for count in COUNTS[table]]
    attacker = Attacker()
    for truth, public in draw_versions(seed, table):
        attacker.take(truth, public, names)
    small = {n for n, v in enumerate(attacker.value) if 1 <= v < SMALLEST_SHOWN}
    assert len(small) > 30
    assert not [number for number in small if attacker.known[number]]
    assert not small & attacker.solved()
    low, high = attacker.bounds()
    assert all(low[n] <= v <= high[n] for n, v in enumerate(attacker.value))
    assert not [number for number in small if low[number] == high[number]]


@pytest.mark.parametrize(("table", "seed"), CASES)
def test_what_parts_fall_short_of_their_total_is_not_small_either(table: str, seed: int) -> None:
    for truth, public in draw_versions(seed, table, 2):
        for count in COUNTS[table][1:]:
            rest = (
                public.select(count.upper_bound - pl.col(count.name)).to_series()
                if count.upper_bound is not None
                else None
            )
            assert rest is not None
            assert rest.is_between(1, SMALLEST_SHOWN - 1).sum() == 0
        assert truth.height == public.height


def test_the_attacker_wins_where_versions_do_not_know_of_each_other() -> None:
    """The test above must be able to fail: without their history, versions give each other away."""
    names = [count.name for count in COUNTS["realisasi"]]
    attacker = Attacker()
    for truth, _ in draw_versions(0, "realisasi"):
        attacker.take(truth, suppress(truth, KEY, COUNTS["realisasi"], {})[0], names)
    assert {n for n in attacker.solved() if 1 <= attacker.value[n] < SMALLEST_SHOWN}


def test_hiding_is_not_hiding_everything() -> None:
    """In a country with few people much is hidden, but not all."""
    for table in COUNTS:
        for truth, public in draw_versions(1, table, 1):
            cells = [name for count in COUNTS[table] for name in [count.name]]
            share = sum(public[name].null_count() - truth[name].null_count() for name in cells) / (
                truth.height * len(cells)
            )
            assert share < 0.7


def test_the_order_of_rows_and_a_second_time_change_nothing() -> None:
    ((truth, public),) = draw_versions(3, "wilayah", 1)
    shuffled = truth.sample(fraction=1, shuffle=True, seed=5)
    again, history = suppress(shuffled, KEY, COUNTS["wilayah"], {})
    assert again.equals(public)
    assert suppress(shuffled, KEY, COUNTS["wilayah"], {}, history)[0].equals(public)
