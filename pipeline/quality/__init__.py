"""What was refused, what was found, that nothing is lost, and whether a run may be published.

The rules themselves are `schemas.rules`; here they are applied to frames.
"""
