"""Several pieces or streams of work at once, their results in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TypeVar

import polars as pl

S = TypeVar("S")
T = TypeVar("T")
# More streams at once than this bring nothing: Polars itself divides what it is asked for among all cores.
WORKERS = min(pl.thread_pool_size(), 4)
_END = object()
# A thread of its own for every stream takes a fifth of the time of reading a small file.
_AHEAD = ThreadPoolExecutor(WORKERS)


def on_all_cores(work: Callable[[S], T], pieces: Iterable[S]) -> list[T]:
    """What the work makes of each piece, in their order.

    No more pieces are drawn than there are cores and one, so that they may be made while others are at work.
    """
    done: list[T] = []
    cores = pl.thread_pool_size()
    with ThreadPoolExecutor(cores) as pool:
        waiting: deque[Future[T]] = deque()
        for piece in pieces:
            waiting.append(pool.submit(work, piece))
            if len(waiting) > cores:
                done.append(waiting.popleft().result())
        done.extend(future.result() for future in waiting)
    return done


def side_by_side(streams: Iterable[Iterator[T]]) -> Iterator[T]:
    """All of the first stream, then all of the second, and so on; the next ones are at work meanwhile.

    Of every stream at most one result is waiting, and of no more streams than there are workers and one: so much is
    held in memory. What a stream raises is raised where its result would have come.

    Args:
        streams: each works on its own results when it is asked for the next one, in one thread at a time.
    """
    with ThreadPoolExecutor(WORKERS) as pool:
        waiting: deque[tuple[Iterator[T], Future[T | object]]] = deque()
        for stream in streams:
            waiting.append((stream, pool.submit(next, stream, _END)))
            if len(waiting) > WORKERS:
                yield from _results(*waiting.popleft(), pool)
        while waiting:
            yield from _results(*waiting.popleft(), pool)


def ahead(stream: Iterator[T]) -> Generator[T, None, None]:
    """The same results, the next one at work while the last is used; to be closed by who may leave it before its end.

    Args:
        stream: as in `side_by_side`; asks for nothing ahead itself.
    """
    coming = _AHEAD.submit(next, stream, _END)
    try:
        while (result := coming.result()) is not _END:
            coming = _AHEAD.submit(next, stream, _END)
            yield result  # type: ignore[misc]
    finally:
        wait([coming])


def _results(stream: Iterator[T], coming: Future[T | object], pool: ThreadPoolExecutor) -> Iterator[T]:
    while (result := coming.result()) is not _END:
        coming = pool.submit(next, stream, _END)
        yield result  # type: ignore[misc]
