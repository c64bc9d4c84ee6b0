"""The result of matching: held as numbers, and turned into tables part by part.

Belongs here: the link of each row and the tables made of the links. Does not: making the links
(`pipeline.matching.link`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from pipeline.matching.candidates.registers import Listing, Register
from pipeline.matching.judging.training import is_plausible
from pipeline.matching.model.linkage import LinkageModel
from pipeline.matching.outcome.corrections import LINK_COLUMNS, propose_corrections
from pipeline.matching.outcome.review import RIVALS
from pipeline.matching.outcome.verdicts import CORRECTION_COLUMNS, VERDICT_COLUMNS
from pipeline.matching.records import bcd
from pipeline.matching.records.arrays import Flags, Levels, Rows
from schemas.link import DECIDED

# Links per part.
_LINKS_PER_PART = 65_536
# Columns of rows that corrections need.
_CORRECTED = ("id_dtks", "nik", "nik_asal", "no_kk", "no_kk_asal", "kode_kab")


@dataclass(frozen=True)
class PersonLinks:
    """The links of all rows.

    Most rows are settled and share the same decision and explanation, which is stored once and referred to by number.

    Attributes:
        listed: DTKS rows, in the order of id_dtks.
        register: residents.
        model: the trained model.
        row_positions: position of each link's row, ascending.
        entry_positions: position of each link's resident.
        verdict_of_link: per link, the row of `verdicts` that holds for it.
        verdicts: distinct decisions and explanations (`verdicts.VERDICT_COLUMNS`).
        weights: per row of `verdicts`, the weights of facts; without the last one, which is for officers' decisions.
        rivals: row, entry, bobot of other candidates of doubtful links (`results.WeighedLinks.rivals`).
        candidates: row, entry, probabilitas of all candidates of open rows (`results.likely_candidates`).
        candidate_levels: levels of each candidate × comparisons.
        refused: row, entry of pairs that officers refused.
        plan: one row per pass: aturan, biaya, pasangan, kunci_besar, ditinggal. With truth also recall, the share of
            the true pairs of open rows that it found, and a last row SEMUA for all passes together.
        calls: similarities calculated, per column.
    """

    listed: Listing
    register: Register
    model: LinkageModel
    row_positions: Rows
    entry_positions: Rows
    verdict_of_link: Rows
    verdicts: pl.DataFrame
    weights: pl.DataFrame
    rivals: pl.DataFrame
    candidates: pl.DataFrame
    candidate_levels: Levels
    refused: pl.DataFrame
    plan: pl.DataFrame
    calls: Mapping[str, int]

    @property
    def is_decided(self) -> Flags:
        """Whether each link counts without a human."""
        return self.verdicts["keputusan"].is_in(DECIDED).to_numpy()[self.verdict_of_link]

    @property
    def plausible(self) -> bool:
        """Whether the trained model makes sense; if not, DTKS and Dukcapil have hardly anybody in common.

        True without a registry.
        """
        linked = int(np.count_nonzero((self.verdicts["keputusan"] == "OTOMATIS").to_numpy()[self.verdict_of_link]))
        return not self.register.table.height or is_plausible(self.model, self.listed.table.height, linked)

    def links(self) -> Iterator[pl.DataFrame]:
        """`link.anggota_dukcapil` without periode, in parts, in the order of id_dtks."""
        columns = self._verdict_columns([name for name in VERDICT_COLUMNS if name not in CORRECTION_COLUMNS])
        return (self._links(batch, columns) for batch in _batches(np.arange(len(self.verdict_of_link))))

    def facts(self) -> Iterator[pl.DataFrame]:
        """id_dtks and the weights of facts, in parts; without links that an officer decided, which are not weighed."""
        weights = self.weights.rechunk()
        for batch in _batches(np.flatnonzero(self.verdict_of_link < weights.height)):
            ids = self.listed.table.take(self.row_positions[batch], ["id_dtks"])
            yield ids.hstack(weights[self.verdict_of_link[batch]])

    def corrections(self) -> Iterator[pl.DataFrame]:
        """`cleansed.koreksi` without periode, in parts: numbers of rows that differ from their resident's."""
        listed, numbers = self.listed, _family_numbers(self.register, self.entry_positions)
        differing = np.flatnonzero(
            (listed.number[self.row_positions] != self.register.number[self.entry_positions])
            | (listed.table.packed("no_kk")[self.row_positions] != numbers)
        )
        columns = self._verdict_columns(LINK_COLUMNS)
        for batch in _batches(differing):
            links = self._links(batch, columns).with_columns(no_kk_dukcapil=bcd.unpack(numbers[batch]))
            yield propose_corrections(listed.table.take(self.row_positions[batch], _CORRECTED), links.drop("id_dtks"))

    def rivals_by_name(self) -> pl.DataFrame:
        """Other candidates of doubtful links (`RIVALS`)."""
        others = self.rivals
        named = self.listed.table.take(others["row"].to_numpy(), ["id_dtks"]).with_columns(
            others["bobot"], nik_dukcapil=bcd.unpack(self.register.number[others["entry"].to_numpy()])
        )
        ordered = named.sort("id_dtks", "bobot", "nik_dukcapil", descending=[False, True, False])
        return ordered.select(RIVALS.names())

    def _verdict_columns(self, columns: Sequence[str]) -> pl.DataFrame:
        """Some columns of `verdicts` in one chunk: gathering rows from several chunks is far slower."""
        return self.verdicts.select(columns).rechunk()

    def _links(self, batch: Rows, columns: pl.DataFrame) -> pl.DataFrame:
        """Some of the links: id_dtks, nik_dukcapil and their row of `columns`."""
        ids = self.listed.table.take(self.row_positions[batch], ["id_dtks"])
        number = bcd.unpack(self.register.number[self.entry_positions[batch]])
        return ids.with_columns(nik_dukcapil=number).hstack(columns[self.verdict_of_link[batch]])


@dataclass(frozen=True)
class Linkage:
    """All results of matching.

    Attributes:
        persons: the links; gives links, facts and corrections in parts, which the properties here concatenate.
        rivals: other candidates of rows that several fit about equally well (`review.RIVALS`), the strongest first.
        households: `link.keluarga_dukcapil` without periode and members (`pipeline.matching.outcome.membership`).
        duplicates: `link.ganda` without periode.
        survivors: id_dtks, ganda_dari.
    """

    persons: PersonLinks
    rivals: pl.DataFrame
    households: pl.DataFrame
    duplicates: pl.DataFrame
    survivors: pl.DataFrame

    @cached_property
    def links(self) -> pl.DataFrame:
        """`link.anggota_dukcapil` without periode."""
        return pl.concat(self.persons.links())

    @cached_property
    def facts(self) -> pl.DataFrame:
        """Per link, id_dtks and the level and bits (`bobot_<comparison>`) of each comparison."""
        return pl.concat(self.persons.facts())

    @cached_property
    def corrections(self) -> pl.DataFrame:
        """`cleansed.koreksi` without periode."""
        return pl.concat(self.persons.corrections())


def _family_numbers(register: Register, entries: Rows) -> bcd.Packed:
    """Packed KK of some residents, 0 for none."""
    family = register.family[entries]
    return np.where(family == -1, 0, family).view(np.uint64)


def _batches(links: Rows) -> Iterator[Rows]:
    """The links part by part; one empty part if there are none."""
    starts = range(0, max(len(links), 1), _LINKS_PER_PART)
    return (links[start : start + _LINKS_PER_PART] for start in starts)
