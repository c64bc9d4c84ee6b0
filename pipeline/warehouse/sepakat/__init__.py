"""The release for SEPAKAT: its indicators, the small counts emptied, its versions and their manifests.

Does not belong here: when one is made (`pipeline.warehouse.publication`).
"""
