"""Indonesian sentences for errors in how or where the command was called.

Belongs here: translations of the command-line library's and the file system's English messages. Does not: what a
subcommand itself refuses (`pipeline.command.preconditions`).
"""

from __future__ import annotations

import errno
import re

# Pattern of the library's message, the Indonesian sentence, and what follows it if the message has a suggestion.
_SENTENCES = (
    (
        r"No such option: (\S+?)\.?(?: (?:Did you mean|\(Possible options:) (.+?)[?)])?",
        "Tidak ada opsi {0}.",
        " Barangkali maksudnya {1}.",
    ),
    (r"No such command '(.+?)'\.(?: Did you mean (.+?)\?)?", "Tidak ada perintah {0}.", " Barangkali maksudnya {1}."),
    (r"Missing option '(.+?)'\.", "Opsi {0} wajib disebut.", ""),
    (r"Missing argument '(.+?)'\.", "{0} wajib disebut.", ""),
    (r"Missing command\.", "Sebut perintahnya.", ""),
    (r"Option '(.+?)' requires (?:an|\d+) arguments?\.", "Opsi {0} harus diikuti nilainya.", ""),
    (r"Option '(.+?)' does not take a value\.", "Opsi {0} tidak diikuti nilai.", ""),
    (r"Got unexpected extra arguments?(?:\(s\))? \((.+)\)", "Ada yang tidak dikenal di belakang perintah: {0}.", ""),
    (
        r"Invalid value for '(.+?)': .*greater than or equal to (\S+?)\.?",
        "Nilai opsi {0} paling sedikit {1}.",
        "",
    ),
    (r"Invalid value for '(.+?)': .*less than or equal to (\S+?)\.?", "Nilai opsi {0} paling banyak {1}.", ""),
    (r"Invalid value for '(.+?)': .*valid integer.*", "Nilai opsi {0} harus bilangan bulat.", ""),
    (r"Invalid value for '(.+?)': .*valid number.*", "Nilai opsi {0} harus bilangan.", ""),
    (r"Invalid value for '(.+?)': .*", "Nilai opsi {0} tidak dapat dipakai.", ""),
)

_NOT_ALLOWED = "tidak diizinkan; minta izin kepada pemilik folder, atau pakai folder lain"
_REASONS = {
    errno.ENOENT: "tidak ada; periksa tulisannya",
    errno.EACCES: _NOT_ALLOWED,
    errno.EPERM: _NOT_ALLOWED,
    errno.EROFS: "hanya dapat dibaca; pakai folder lain",
    errno.EISDIR: "ini folder, bukan berkas",
    errno.ENOTDIR: "ini berkas, bukan folder",
    errno.ENOSPC: "ruang penyimpanan penuh; hapus yang tidak perlu, lalu ulangi",
    errno.EDQUOT: "jatah ruang penyimpanan habis; hapus yang tidak perlu, lalu ulangi",
}


def describe_file_error(error: Exception) -> str:
    """Sentence on what the file system refused and why; the workbook library wraps such errors in its own."""
    os_error = next((argument for argument in error.args if isinstance(argument, OSError)), error)
    path = getattr(os_error, "filename", None) or "berkas"
    reason = _reason(os_error)
    return f"Tidak dapat membaca atau menulis {path}{f': {reason}' if reason else ''}."


def describe_damage(error: Exception) -> str | None:
    """Sentence for damage of padan's own files or their disk; None for any other error."""
    # Imported only on errors, because it imports Dagster.
    from assets.failures import history_sentence, is_damaged_file, is_disk_full, is_history_file_error

    if is_disk_full(str(error)):
        return f"Tidak dapat menulis berkas: {_REASONS[errno.ENOSPC]}."
    if is_damaged_file(str(error)):
        return (
            "Sebuah berkas Parquet buatan padan rusak, mungkin karena gangguan penyimpanan. Jalankan padan run, yang "
            "menyebut berkasnya, atau pulihkan folder data dari cadangan."
        )
    if is_history_file_error(error):
        return history_sentence(error, "home/")
    return None


def _reason(error: Exception) -> str | None:
    """The reason in Indonesian, or in the error's own words if unknown; None if it has none."""
    code = getattr(error, "errno", None)
    return _REASONS.get(code or 0) or getattr(error, "strerror", None)


def translate(message: str) -> str:
    """The Indonesian sentence for a message of the library; the message itself if it is unknown."""
    for pattern, sentence, hint in _SENTENCES:
        found = re.fullmatch(pattern, " ".join(message.split()))
        if found:
            values = [(value or "").replace("'", "") for value in found.groups()]
            return (sentence + (hint if values[-1:] and values[-1] else "")).format(*values)
    return message
