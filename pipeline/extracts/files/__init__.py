"""Finding the files officers dropped, unpacking archives and decoding text.

Does not belong here: the contents of any file format.
"""
