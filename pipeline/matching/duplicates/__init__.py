"""DTKS beside itself: rows that record one person, which of them survives and with what, and the person's ID.

Does not belong here: rows beside residents (`pipeline.matching.candidates` and what follows).
"""
