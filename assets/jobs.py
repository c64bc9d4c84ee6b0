"""The main job and its daily schedule."""

import dagster as dg

MAIN_JOB = "padan"

WHOLE_RUN = {"padan/proses_utama": "ya"}
"""Tag of runs that refresh everything, so that nothing has to follow them."""

main_job = dg.define_asset_job(
    MAIN_JOB,
    tags=WHOLE_RUN,
    selection=dg.AssetSelection.all(),
    description="Proses utama: dari berkas di raw/ sampai gudang data, rilis SEPAKAT, dan laporan untuk satu periode.",
)


@dg.schedule(
    name="padan_harian",
    job=main_job,
    cron_schedule="0 2 * * *",
    execution_timezone="Asia/Jakarta",
    # Alive wherever `padan ui` runs; the officer can switch it off there.
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Setiap pukul 02.00 WIB: proses utama untuk bulan berjalan.",
)
def daily_schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    periode = context.scheduled_execution_time.strftime("%Y-%m")
    return dg.RunRequest(run_key=f"{context.scheduled_execution_time:%Y-%m-%d}", partition_key=periode)
