"""Both sides of a linkage as numbers: packed identifiers, hashes and dates; strings are read when needed.

Belongs here: storing, reading and looking up. Does not: any comparison or judgement.
"""
