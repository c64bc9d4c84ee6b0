"""Dagster's run history as a run of ours writes it: some eight hundred events, over one connection per file.

Belongs here: how the history is stored while `run_main_job` runs. Does not: what is in it, or where it lies.
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
    """Dagster's own storage, which opens and closes a file for every event: each closing writes SQLite's log back.

    A quarter of the processor time of a small run went there.
    """

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: dict[str, Engine] = {}
        self._tables: set[str] = set()
        self._one_at_a_time = Lock()
        super().__init__(base_dir, inst_data)

    @classmethod
    def config_type(cls) -> UserConfigSchema:
        """The one setting: the folder of the files."""
        return {"base_dir": StringSource}

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> "OneConnectionPerFile":
        """As Dagster makes it from its settings."""
        return cls(inst_data=inst_data, **config_value)

    def run_connection(self, run_id: str | None = None) -> AbstractContextManager[Connection]:
        """To the file of one run."""
        return self._kept(run_id or INDEX_SHARD_NAME)

    def index_connection(self) -> AbstractContextManager[Connection]:
        """To the file of what all runs have in common."""
        return self._kept(INDEX_SHARD_NAME)

    def has_table(self, table_name: str) -> bool:
        """Whether a table was made; Dagster asks of one with every other event, over a new connection each time."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    @contextmanager
    def _kept(self, shard: str) -> Iterator[Connection]:
        with self._one_at_a_time:
            if shard not in self._engines:
                # Dagster makes the file, with its tables.
                with super().run_connection(shard):
                    pass
                timeout = {"timeout": SQLITE_BUSY_TIMEOUT_SECONDS}
                engine = create_engine(self.conn_string_for_shard(shard), connect_args=timeout)
                event.listen(engine, "connect", _write_without_waiting)
                self._engines[shard] = engine
            with self._engines[shard].begin() as connection:
                yield connection

    def dispose(self) -> None:
        """Close the files; SQLite then writes its log back, once."""
        super().dispose()
        for engine in self._engines.values():
            engine.dispose()


def _write_without_waiting(connection: DBAPIConnection, _: object) -> None:
    """Let the disk take an event when it will: a run would wait for it a thousand times.

    A killed run loses none of its events so; of a machine without power the last may be missing, none is torn.
    """
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.close()


def refuse_unreadable_settings(home: Path) -> None:
    """Dagster ends with a trace, of its own or of others, over settings that are cut off or wrong.

    Raises:
        SettingsError: they are; the message is an Indonesian sentence.
    """
    try:
        dagster_instance_config(str(home))
    except Exception as error:
        message = (
            f"Pengaturan Dagster di {home / 'dagster.yaml'} rusak atau keliru. Pindahkan berkas itu ke tempat lain: "
            "yang baru dibuat sendiri."
        )
        raise SettingsError(message) from error


def history_of(home: str) -> dg.DagsterInstance:
    """The instance of Dagster's home, as `DagsterInstance.get` would give it but for the connections and output.

    A run by command writes to the terminal itself: Dagster would let processes of its own copy that, which Ctrl+C at
    the terminal ends with a traceback. Whose settings name a storage, or where output is kept, keep that.
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
