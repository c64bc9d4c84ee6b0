"""Damages values as happens on their way into a register: numbers, names, other facts, and copied numbers.

Does not belong here: error rates (`pipeline.synthetic.rates`), notation that loses nothing
(`pipeline.synthetic.files.notation`).
"""
