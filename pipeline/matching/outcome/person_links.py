"""What matching finds out: numbers of every row, put into words so many rows at a time.

Belongs here: whom each row is taken for, and what is told of that. Does not: finding it (`pipeline.matching.link`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from pipeline.matching.candidates.registers import Listed, Register
from pipeline.matching.judging.training import plausible
from pipeline.matching.model.linkage import LinkageModel
from pipeline.matching.outcome.corrections import ASKED, propose
from pipeline.matching.outcome.results import FOR_CORRECTIONS, TOLD
from pipeline.matching.outcome.review import RIVALS
from pipeline.matching.records import identifiers_near as near
from pipeline.matching.records.arrays import Flags, Levels, Rows
from schemas.link import DECIDED

# So many links are put into words at a time.
_TOLD_AT_A_TIME = 65_536
# What is read of rows to correct them.
_CORRECTED = ("id_dtks", "nik", "nik_asal", "no_kk", "no_kk_asal", "kode_kab")


@dataclass(frozen=True)
class PersonLinks:
    """Whom each row is taken for, before anything is made of it.

    Most rows are settled and have the same to say, which is held once and fetched by its number.

    Attributes:
        listed: DTKS rows, in the order of id_dtks.
        register: residents.
        model: the model as trained.
        places: position of each link's row, ascending.
        entries: position of each link's resident.
        said: number of what there is to say of each link.
        sayings: what there is to say (`results.TOLD`).
        weights: the same for the weights of facts; none for the last, of rows that officers placed.
        rivals: row, entry, bobot of who else a link's row may be (`results.Weighed.rivals`).
        candidates: row, entry, probabilitas of everybody an open row may be (`results.candidates`).
        compared: levels of each candidate × comparisons.
        refused: row, entry of pairs that officers refused.
        plan: one row per pass: aturan, biaya, pasangan, kunci_besar, ditinggal. With truth also recall: the share of
            the true pairs of rows not settled at once that it found; a last row SEMUA for all passes together.
        calls: similarities calculated, per column.
    """

    listed: Listed
    register: Register
    model: LinkageModel
    places: Rows
    entries: Rows
    said: Rows
    sayings: pl.DataFrame
    weights: pl.DataFrame
    rivals: pl.DataFrame
    candidates: pl.DataFrame
    compared: Levels
    refused: pl.DataFrame
    plan: pl.DataFrame
    calls: Mapping[str, int]

    @property
    def decided(self) -> Flags:
        """Whether each link counts without a human."""
        return self.sayings["keputusan"].is_in(DECIDED).to_numpy()[self.said]

    @property
    def plausible(self) -> bool:
        """Whether the model's figures make sense; where not, DTKS and Dukcapil have hardly anybody in common.

        Without a registry nobody can be found, which says nothing of it.
        """
        linked = int(np.count_nonzero((self.sayings["keputusan"] == "OTOMATIS").to_numpy()[self.said]))
        return not self.register.table.height or plausible(self.model, self.listed.table.height, linked)

    def links(self) -> Iterator[pl.DataFrame]:
        """`link.anggota_dukcapil` without periode, in parts, in the order of id_dtks."""
        told = self._sayings([name for name in TOLD if name not in FOR_CORRECTIONS])
        return (self._links(some, told) for some in _in_parts(np.arange(len(self.said))))

    def facts(self) -> Iterator[pl.DataFrame]:
        """id_dtks and the weights of facts of links, in parts; nothing was weighed where an officer decided."""
        weights = self.weights.rechunk()
        for some in _in_parts(np.flatnonzero(self.said < weights.height)):
            named = self.listed.table.take(self.places[some], ["id_dtks"])
            yield named.hstack(weights[self.said[some]])

    def corrections(self) -> Iterator[pl.DataFrame]:
        """`cleansed.koreksi` without periode, in parts: numbers of rows that are not their resident's."""
        listed, numbers = self.listed, _family_numbers(self.register, self.entries)
        other = np.flatnonzero(
            (listed.number[self.places] != self.register.number[self.entries])
            | (listed.table.packed("no_kk")[self.places] != numbers)
        )
        told = self._sayings(ASKED)
        for some in _in_parts(other):
            links = self._links(some, told).with_columns(no_kk_dukcapil=near.unpack(numbers[some]))
            yield propose(listed.table.take(self.places[some], _CORRECTED), links.drop("id_dtks"))

    def rivals_by_name(self) -> pl.DataFrame:
        """Whom links leave open besides their resident (`RIVALS`)."""
        others = self.rivals
        named = self.listed.table.take(others["row"].to_numpy(), ["id_dtks"]).with_columns(
            others["bobot"], nik_dukcapil=near.unpack(self.register.number[others["entry"].to_numpy()])
        )
        ordered = named.sort("id_dtks", "bobot", "nik_dukcapil", descending=[False, True, False])
        return ordered.select(RIVALS.names())

    def _sayings(self, columns: Sequence[str]) -> pl.DataFrame:
        """Some columns of what there is to say, in one piece: out of several, rows are fetched far more slowly."""
        return self.sayings.select(columns).rechunk()

    def _links(self, which: Rows, told: pl.DataFrame) -> pl.DataFrame:
        """Some of the links: id_dtks, nik_dukcapil and what is told of them, of all sayings."""
        named = self.listed.table.take(self.places[which], ["id_dtks"])
        number = near.unpack(self.register.number[self.entries[which]])
        return named.with_columns(nik_dukcapil=number).hstack(told[self.said[which]])


@dataclass(frozen=True)
class Linkage:
    """Everything matching finds out.

    Attributes:
        persons: whom each row is taken for; it tells links, facts and corrections in parts, which here are whole.
        rivals: who else a row may be where several fit it about as well (`review.RIVALS`), the strongest first.
        households: `link.keluarga_dukcapil` without periode and members (`pipeline.matching.outcome.membership`).
        household_status: id_keluarga, status_keluarga.
        duplicates: `link.ganda` without periode.
        survivors: id_dtks, ganda_dari.
    """

    persons: PersonLinks
    rivals: pl.DataFrame
    households: pl.DataFrame
    household_status: pl.DataFrame
    duplicates: pl.DataFrame
    survivors: pl.DataFrame

    @cached_property
    def links(self) -> pl.DataFrame:
        """`link.anggota_dukcapil` without periode."""
        return pl.concat(self.persons.links())

    @cached_property
    def facts(self) -> pl.DataFrame:
        """Per link id_dtks and, per comparison, its level and its bits (`bobot_<comparison>`)."""
        return pl.concat(self.persons.facts())

    @cached_property
    def corrections(self) -> pl.DataFrame:
        """`cleansed.koreksi` without periode."""
        return pl.concat(self.persons.corrections())


def _family_numbers(register: Register, entries: Rows) -> near.Packed:
    """Packed KK of some residents, 0 for none."""
    family = register.family[entries]
    return np.where(family == -1, 0, family).view(np.uint64)


def _in_parts(links: Rows) -> Iterator[Rows]:
    """So many at a time; once nothing where there are none."""
    starts = range(0, max(len(links), 1), _TOLD_AT_A_TIME)
    return (links[start : start + _TOLD_AT_A_TIME] for start in starts)
