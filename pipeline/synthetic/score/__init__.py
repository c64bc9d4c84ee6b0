"""The scorer: what `padan evaluate` measures of a run against the truth beside the extracts.

Does not belong here: making that truth (`pipeline.synthetic.generate`).
"""
