"""Files to text frames: finding, sniffing, header aliases, the file ledger.

Nothing here interprets a value: what a cell means is the business of `pipeline.normalise`.
"""
