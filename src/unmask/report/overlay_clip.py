"""The overlay video of a whole file's report: the frames that were analysed, each at its own time.

No frame in between is shown, because nobody looked at it: the video is a slide show of a few
frames, labelled with their times, and stands still where the analysis did not look.
"""

from __future__ import annotations

import secrets
from pathlib import Path

from unmask.errors import ErrorKind, UsageError
from unmask.media.clip_writer import ClipWriter
from unmask.media.text import clean_name
from unmask.report.overlay import Mark, draw_overlay, overlay_words
from unmask.report.writer import base_name
from unmask.types import MediaKind, Report

HOLD_S = 2.0  # for so long the last frame stands
FPS, CRF = 25, 23


def write_overlay(report: Report, out_dir: Path, language: str) -> Path | None:
    """Write `NAME.overlay.mp4` beside the reports; None for a picture, which has no moments.

    UsageError of kind "disk" where it cannot be written; no half of a video stays behind.
    """
    if report.media.kind is not MediaKind.VIDEO or not report.observation.frames:
        return None
    path = out_dir / f"{base_name(report.path_shown, report.media.sha256)}.overlay.mp4"
    temporary = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        _encode(report, temporary, language)
        temporary.replace(path)
    except OSError as error:
        raise UsageError(
            f"cannot write {clean_name(path.name)}: {error.strerror or error}",
            "make room, or choose another folder with --out",
            ErrorKind.DISK,
        ) from error
    finally:
        temporary.unlink(missing_ok=True)
    return path


def _encode(report: Report, path: Path, language: str) -> None:
    foot = overlay_words("frame", language)
    frames = report.observation.frames
    last = frames[-1]
    with ClipWriter(path, fps=FPS, crf=CRF, preset="veryfast", live=True) as writer:
        moments = [(frame, frame.time_s) for frame in frames]
        for frame, shown_s in [*moments, (last, last.time_s + HOLD_S)]:
            picture = draw_overlay(
                frame.image_rgb,
                _marks(report, frame.index),
                time_s=frame.time_s,
                foot=foot,
                language=language,
            )
            writer.add_at(picture, shown_s)


def _marks(report: Report, frame_index: int) -> list[Mark]:
    """Everybody who is in the frame, with the verdict on the whole file."""
    verdicts = {verdict.subject: verdict for verdict in report.verdicts}
    return [
        Mark(
            track.id,
            face.box_xyxy,
            verdicts[track.id].outcome,
            verdicts[track.id].fake_probability,
            verdicts[track.id].reasons,
        )
        for track in report.observation.tracks
        for face in track.faces
        if face.frame_index == frame_index
    ]
