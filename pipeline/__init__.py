"""How the work is done: `definitions`, `cli` and `command` at the top, pure functions from frame to frame below them.

Only these three may know Dagster; every other module here must run without it.
"""

from pipeline.memory import share_one_heap

# Here, because it counts only before the first thread is started, which NumPy does when it is imported.
share_one_heap()
