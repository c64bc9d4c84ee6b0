"""How the work is done: two composers at the top (`definitions`, `cli`), pure functions from frame to frame below them.

Only `definitions` and `cli` may know Dagster; every other module here must run without it.
"""

from pipeline.memory import share_one_heap

# Here, because it counts only before the first thread is started, which NumPy does when it is imported.
share_one_heap()
