"""The pipeline: `definitions`, `cli` and `command` at the top, pure functions from frame to frame below them.

Only these three may know Dagster; every other module here must run without it.
"""

from pipeline.memory import share_one_heap

# Here, because it only works before the first thread is started, which NumPy does on import.
share_one_heap()
