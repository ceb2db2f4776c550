"""Limits and options, each with its unit and source; `UNMASK_...` variables change them."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Frozen settings of one process. Limits follow docs/SAFETY.md."""

    model_config = SettingsConfigDict(env_prefix="UNMASK_", frozen=True, extra="ignore")

    # --- intake ---------------------------------------------------------------------------------
    image_bytes_max: int = Field(64 * 2**20, gt=0)  # bytes
    image_pixels_max: int = Field(50_000_000, gt=0)  # pixels
    side_min_px: int = Field(32, gt=0)
    side_max_px: int = Field(16_384, gt=0)
    video_bytes_max: int = Field(512 * 2**20, gt=0)  # bytes
    video_width_max_px: int = Field(8192, gt=0)
    video_height_max_px: int = Field(4320, gt=0)
    video_streams_max: int = Field(32, gt=0)
    animation_frames_max: int = Field(16, gt=0)
    animation_seconds_max: float = Field(3.0, gt=0)  # decoding time
    batch_files_max: int = Field(10_000, gt=0)

    # --- sandbox --------------------------------------------------------------------------------
    image_clock_s: float = Field(20.0, gt=0)
    video_clock_s: float = Field(60.0, gt=0)
    worker_memory_bytes: int = Field(3 * 2**30, gt=0)
    worker_open_files: int = Field(32, gt=0)

    # --- analysis -------------------------------------------------------------------------------
    frames: int = Field(32, ge=1, le=512)  # frames sampled from a clip
    burst_frames: int = Field(4, ge=1)  # adjacent frames in a burst: motion needs them
    face_width_min_px: float = Field(30.0, gt=0)  # smaller ones are reported as too small
    faces_max: int = Field(64, ge=1)  # faces read per frame, the largest first
    threads: int = Field(0, ge=0)  # of the networks; 0 = one per physical core, at most 4

    # --- models ---------------------------------------------------------------------------------
    bundle: str = "default"
    bundles_dir: Path | None = None  # further bundles beside those that ship
