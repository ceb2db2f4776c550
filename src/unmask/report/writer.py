"""What all report writers have in common, their registry, and how files reach the disk.

A format is a subclass of `ReportWriter` that sets `extension` and renders bytes, and one
registration line. A file appears under its name only when it is complete (a temporary file beside
it, fsync, rename), so two runs at once never show a reader half a report.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import ClassVar

from unmask.errors import ErrorKind, UsageError
from unmask.explain.format import check_language
from unmask.media.text import clean_name
from unmask.registry import Registry
from unmask.report.material import Material, gather
from unmask.types import Report

STEM_LENGTH_MAX = 60  # characters of the input's name that a report's name keeps
STEM_BYTES_MAX = 150  # most file systems allow 255 bytes with the rest of the name


class ReportWriter(ABC):
    """A report format: bytes of one language, or of all languages where `per_language` is False."""

    extension: ClassVar[str]
    per_language: ClassVar[bool] = True

    @abstractmethod
    def render(self, material: Material, language: str) -> bytes:
        """The whole file; the same material gives the same bytes."""

    def write(self, report: Report, file_path: Path, language: str = "ko") -> None:
        """Write one report; UsageError of kind "disk" where that is not possible."""
        write_file(file_path, self.render(gather(report), language))


WRITERS: Registry[type[ReportWriter]] = Registry("report format")


def write_reports(
    report: Report, out_dir: Path, formats: Sequence[str], languages: Sequence[str]
) -> list[Path]:
    """Write a report in every format and language into `out_dir` and return the files.

    Names are made of the input's name and the start of its SHA-256: `photo-1a2b3c4d.ko.pdf`,
    `photo-1a2b3c4d.json`. An older report of the same file is replaced. UsageError on an unknown
    format or language before anything is written, and of kind "disk" where the folder cannot be
    written.
    """
    writers = [WRITERS.get(name)() for name in dict.fromkeys(formats)]
    wanted = [check_language(language) for language in dict.fromkeys(languages)]
    if not wanted:
        raise UsageError("no language was asked for", "choose ko, en or both")
    material = gather(report)
    base = base_name(report.path_shown, report.media.sha256)
    files: list[Path] = []
    for writer in writers:
        for language in wanted if writer.per_language else wanted[:1]:
            middle = f".{language}" if writer.per_language else ""
            path = out_dir / f"{base}{middle}.{writer.extension}"
            write_file(path, writer.render(material, language))
            files.append(path)
    return files


def base_name(path_shown: str, sha256: str) -> str:
    """A name that is safe on every system, from the input's name and its SHA-256."""
    stem = PurePath(path_shown.replace("\\", "/")).stem
    letters = unicodedata.normalize("NFC", clean_name(stem))
    safe = re.sub(r"[^\w.-]+|\.{2,}", "_", letters).strip("._-")[:STEM_LENGTH_MAX]
    short = safe.encode("utf-8")[:STEM_BYTES_MAX].decode("utf-8", "ignore").strip("._-")
    return f"{short or 'file'}-{sha256[:8]}"


def write_file(path: Path, data: bytes) -> None:
    """Write `data` so that `path` shows all of it or nothing; UsageError of kind "disk" if not."""
    temporary = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with temporary.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
        _sync_folder(path.parent)
    except OSError as error:
        raise UsageError(
            f"cannot write {clean_name(path.name)}: {error.strerror or error}",
            _hint(error),
            ErrorKind.DISK,
        ) from error


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _hint(error: OSError) -> str:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return "make room on the disk, or write the reports to another folder with --out"
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return "choose a folder you may write to with --out"
    if error.errno in {errno.ENOTDIR, errno.EEXIST}:
        return "a file stands where the folder should be: choose another folder with --out"
    return "check the output folder, or choose another one with --out"
