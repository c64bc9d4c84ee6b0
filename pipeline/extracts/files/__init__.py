"""The files officers dropped, and what they are packed and encoded in.

Does not belong here: what a file of any format holds.
"""
