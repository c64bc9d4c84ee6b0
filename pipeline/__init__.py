"""How the work is done: two composers at the top (`definitions`, `cli`), pure functions from frame to frame below them.

Only `definitions` and `cli` may know Dagster; every other module here must run without it.
"""
