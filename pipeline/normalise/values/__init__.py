"""A cell's text to what it says: words, names, numbers, dates, amounts, codes. One value at a time, by expressions.

Does not belong here: what a title, a file or a whole source adds to it (`pipeline.normalise.told`,
`pipeline.normalise.sources`).
"""
