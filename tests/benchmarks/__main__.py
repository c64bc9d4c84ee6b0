"""`make bench`: every benchmark one after the other, with the machine and the versions first."""

from __future__ import annotations

import os
import platform

import duckdb
import polars as pl

from tests.benchmarks import front


def main() -> None:
    print(
        f"{os.cpu_count()} cores, {platform.platform()}, Python {platform.python_version()}, "
        f"polars {pl.__version__}, duckdb {duckdb.__version__}\n"
    )
    front.main()


if __name__ == "__main__":
    main()
