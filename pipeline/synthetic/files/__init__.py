"""Generated rows written as the files that officers receive, layout by layout.

Does not belong here: who and what stands in them.
"""
