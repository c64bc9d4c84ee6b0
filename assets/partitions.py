"""The only partitioning: a run is for one periode (month)."""

import dagster as dg

# DTKS goes back to the 2015 registration; the current month is available from its first day.
PERIODE = dg.MonthlyPartitionsDefinition(start_date="2015-01", fmt="%Y-%m", end_offset=1, timezone="Asia/Jakarta")
