"""Both sides of a linkage as numbers: packed identifiers, hashes and dates, and words fetched when they are wanted.

Belongs here: holding, fetching and looking up. Does not: what any of it says about a person.
"""
