"""A whole source at once, part by part: the facts that no row tells by itself, and which delivery counts.

Does not belong here: what a value says (`pipeline.normalise.values`).
"""
