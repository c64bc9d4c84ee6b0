"""The release for SEPAKAT: its indicators, suppression of small counts, versions and manifests.

Does not belong here: when one is made (`pipeline.warehouse.publication`).
"""
