"""The main job and its daily schedule."""

import dagster as dg

from assets.partitions import PERIODE
from pipeline.extracts.arrival import choose_periode
from pipeline.places import Places

MAIN_JOB = "padan"

WHOLE_RUN = {"padan/proses_utama": "ya"}
"""Tag of runs that refresh everything, so that no automatic refresh follows them."""

main_job = dg.define_asset_job(
    MAIN_JOB,
    tags=WHOLE_RUN,
    selection=dg.AssetSelection.all(),
    description="Proses utama: dari berkas di raw/ sampai gudang data, rilis SEPAKAT, dan laporan untuk satu periode.",
)


RESULT_TAG = "padan/hasil"
"""Tag of finished runs: published or withheld, both of which Dagster calls a success."""
PERIODE_TAG = "padan/periode_dari"
"""Tag of runs without a stated periode: why this one was chosen, in Indonesian."""


def daily_schedule(places: Places) -> dg.ScheduleDefinition:
    """The nightly run over the files in `raw/` of a data directory."""

    @dg.schedule(
        name="padan_harian",
        job=main_job,
        cron_schedule="0 2 * * *",
        execution_timezone="Asia/Jakarta",
        # Active wherever `padan ui` runs; officers can switch it off there.
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Setiap pukul 02.00 WIB: proses utama untuk data DTKS terbaru. Bila berkasnya tidak menyebut "
        "bulan: periode yang sudah terbit bila isinya yang dapat dibaca, selain perbaikan, sama; bulan berjalan bila "
        "isinya baru. Bila ada berkas bayar atau berkas lain dari bulan sesudahnya, periodenya bulan itu.",
    )
    def nightly(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        newest = choose_periode(places, f"{context.scheduled_execution_time:%Y-%m}")
        if newest is None:
            return dg.SkipReason("Belum ada berkas di raw/dtks.")
        periode, why = newest
        if not PERIODE.has_partition_key(periode):
            return dg.SkipReason(f"Periode di luar rentang yang dapat diproses: {periode}.")
        context.log.info(f"Periode {periode}: {why}.")
        key = f"{context.scheduled_execution_time:%Y-%m-%d}"
        return dg.RunRequest(run_key=key, partition_key=periode, tags={PERIODE_TAG: why})

    return nightly
