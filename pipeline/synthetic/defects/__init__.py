"""How values get wrong on their way into a register: numbers, names, facts, and numbers of somebody else.

Does not belong here: how often (`pipeline.synthetic.rates`), notation that loses nothing
(`pipeline.synthetic.files.notation`).
"""
