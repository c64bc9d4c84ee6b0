"""The one partitioning: a run is about one periode (month)."""

import dagster as dg

# DTKS as it is known goes back to the 2015 registration; the current month is open from its first day.
PERIODE = dg.MonthlyPartitionsDefinition(start_date="2015-01", fmt="%Y-%m", end_offset=1, timezone="Asia/Jakarta")
