"""Storage of Dagster's run history with one connection per file; a run writes some eight hundred events.

Belongs here: how the history is stored while `run_main_job` runs. Does not: its content and place.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

import dagster as dg
from dagster._config import StringSource, UserConfigSchema
from dagster._core.instance.config import dagster_instance_config
from dagster._core.instance.ref import InstanceRef
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME
from dagster._core.storage.noop_compute_log_manager import NoOpComputeLogManager
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection

from schemas.limits_file import SettingsError


class OneConnectionPerFile(SqliteEventLogStorage):
    """Dagster's storage, but with files kept open.

    Dagster opens and closes a file for every event, and each closing makes SQLite write its log back: a quarter of the
    processor time of a small run.
    """

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: dict[str, Engine] = {}
        self._tables: set[str] = set()
        self._one_at_a_time = Lock()
        super().__init__(base_dir, inst_data)

    @classmethod
    def config_type(cls) -> UserConfigSchema:
        """The only setting: the folder of the files."""
        return {"base_dir": StringSource}

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> "OneConnectionPerFile":
        """Create the storage from Dagster's settings."""
        return cls(inst_data=inst_data, **config_value)

    def run_connection(self, run_id: str | None = None) -> AbstractContextManager[Connection]:
        """Connection to the file of one run."""
        return self._open_connection(run_id or INDEX_SHARD_NAME)

    def index_connection(self) -> AbstractContextManager[Connection]:
        """Connection to the file shared by all runs."""
        return self._open_connection(INDEX_SHARD_NAME)

    def has_table(self, table_name: str) -> bool:
        """Whether a table exists; cached, because Dagster asks at every other event, each time by a new connection."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    @contextmanager
    def _open_connection(self, shard: str) -> Iterator[Connection]:
        with self._one_at_a_time:
            if shard not in self._engines:
                # Dagster creates the file with its tables.
                with super().run_connection(shard):
                    pass
                timeout = {"timeout": SQLITE_BUSY_TIMEOUT_SECONDS}
                engine = create_engine(self.conn_string_for_shard(shard), connect_args=timeout)
                event.listen(engine, "connect", _relax_durability)
                self._engines[shard] = engine
            with self._engines[shard].begin() as connection:
                yield connection

    def dispose(self) -> None:
        """Close the files; SQLite then writes its log back once."""
        super().dispose()
        for engine in self._engines.values():
            engine.dispose()


def _relax_durability(connection: DBAPIConnection, _: object) -> None:
    """Do not wait for the disk at every event, which a run would do a thousand times.

    A killed run still loses no event; after a power failure the last ones may be missing, but none is corrupt.
    """
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.close()


def refuse_unreadable_settings(home: Path) -> None:
    """Check Dagster's settings, for which Dagster itself would end with a traceback.

    Raises:
        SettingsError: they are truncated or wrong; the message is an Indonesian sentence.
    """
    try:
        dagster_instance_config(str(home))
    except Exception as error:
        message = (
            f"Pengaturan Dagster di {home / 'dagster.yaml'} rusak atau keliru. Pindahkan berkas itu ke tempat lain: "
            "yang baru dibuat sendiri."
        )
        raise SettingsError(message) from error


def history_instance(home: str) -> dg.DagsterInstance:
    """The instance of Dagster's home, as from `DagsterInstance.get`, but with our event log and no output capture.

    Dagster would capture the run's output by processes of its own, which Ctrl+C at the terminal ends with a traceback.
    Settings that name a storage or a log manager are kept.
    """
    ours = {
        "event_log_storage": {
            "module": OneConnectionPerFile.__module__,
            "class": OneConnectionPerFile.__name__,
            "config": {"base_dir": f"{home}/history/runs"},
        },
        "compute_logs": {"module": NoOpComputeLogManager.__module__, "class": NoOpComputeLogManager.__name__},
    }
    settings, _ = dagster_instance_config(home)
    if "storage" in settings:
        del ours["event_log_storage"]
    overrides = {name: storage for name, storage in ours.items() if name not in settings}
    return dg.DagsterInstance.from_ref(InstanceRef.from_dir(home, overrides=overrides))
