"""Parallel processing of pieces and streams gives the same results as sequential processing."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import polars as pl
import pytest

from pipeline.parallel import WORKERS, chain_in_parallel, map_on_all_cores, prefetch


def test_pieces_are_drawn_as_they_are_wanted_and_done_in_order() -> None:
    done: set[int] = set()

    def pieces() -> Iterator[int]:
        for piece in range(40):
            # All but those that may be at work are done.
            assert {*range(piece - pl.thread_pool_size())} <= done
            yield piece

    def work(piece: int) -> int:
        done.add(piece)
        return -piece

    assert map_on_all_cores(work, pieces()) == [-piece for piece in range(40)]
    assert map_on_all_cores(work, []) == []


def test_an_error_of_a_piece_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        map_on_all_cores(lambda piece: 1 // piece, [2, 1, 0])


def test_results_come_in_the_order_of_the_streams_whatever_their_length() -> None:
    lengths = [3, 0, 1, 40, 0, 2, 1]
    streams = ([(number, step) for step in range(length)] for number, length in enumerate(lengths))
    expected = [(number, step) for number, length in enumerate(lengths) for step in range(length)]
    assert list(chain_in_parallel(map(iter, streams))) == expected


def test_no_streams_give_nothing() -> None:
    assert list(chain_in_parallel([])) == []


def test_no_more_is_begun_than_may_wait() -> None:
    begun: list[int] = []

    def stream(number: int) -> Iterator[int]:
        begun.append(number)
        yield number

    results = chain_in_parallel(stream(number) for number in range(50))
    for taken, _ in zip(range(1, 11), results, strict=False):
        assert len(begun) <= taken + WORKERS
    results.close()  # type: ignore[attr-defined]
    assert len(begun) < 50


def test_an_error_comes_where_its_result_would_have_come() -> None:
    def stream(number: int) -> Iterator[int]:
        yield number
        if number == 1:
            message = "kedua"
            raise ValueError(message)

    before = set(threading.enumerate())
    results = chain_in_parallel(stream(number) for number in range(5))
    assert [next(results), next(results)] == [0, 1]
    with pytest.raises(ValueError, match="kedua"):
        next(results)
    assert set(threading.enumerate()) <= before


def test_the_next_result_is_worked_on_while_the_last_is_used() -> None:
    begun = threading.Event()

    def stream() -> Iterator[int]:
        yield 1
        begun.set()
        yield 2

    results = prefetch(stream())
    assert next(results) == 1
    # Nobody has asked for the second one.
    assert begun.wait(timeout=30)
    assert list(results) == [2]


def test_nothing_is_at_work_on_a_stream_that_was_left() -> None:
    free = threading.Event()
    done: list[int] = []

    def stream() -> Iterator[int]:
        yield 1
        free.wait(timeout=30)
        done.append(2)
        yield 2

    results = prefetch(stream())
    assert next(results) == 1
    threading.Timer(0.05, free.set).start()
    results.close()
    assert done == [2]


def test_an_error_ahead_comes_where_its_result_would_have_come() -> None:
    results = prefetch(1 // number for number in (1, 0))
    assert next(results) == 1
    with pytest.raises(ZeroDivisionError):
        next(results)
