"""Limits and options, each with its unit and source; `UNMASK_...` variables change them."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
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
    worker_memory_bytes: int = Field(3 * 2**30, ge=128 * 2**20)  # with less it reads no photo
    worker_open_files: int = Field(32, gt=0)
    trust_list: Path | None = None  # PEM file of C2PA trust anchors; none = trust is not judged

    # --- analysis -------------------------------------------------------------------------------
    frames: int = Field(32, ge=1, le=512)  # frames sampled from a clip
    burst_frames: int = Field(4, ge=1)  # adjacent frames in a burst: motion needs them
    h264_qp: bool = False  # ask how coarsely H.264 frames are coded: decodes in one thread
    face_width_min_px: float = Field(30.0, gt=0)  # smaller ones are reported as too small
    faces_max: int = Field(64, ge=1)  # faces read per frame, the largest first
    cues: str = "all"  # of people in a scene: all, none, or names with commas
    robustness: bool = False  # analyse eight changed copies of the file, too
    threads: int = Field(0, ge=0)  # of the networks; 0 = one per physical core, at most 4

    # --- models ---------------------------------------------------------------------------------
    bundle: str = "default"
    profile: Path | None = None  # a threshold of one's own, as `unmask calibrate` writes it
    bundles_dir: Path | None = None  # further bundles beside those that ship

    # --- words ----------------------------------------------------------------------------------
    # pydantic keeps the name `register` for itself
    text_register: Literal["plain", "expert"] = "plain"  # for whom the interpretation is written
    llm: str = "template"  # who writes it: template, openai:MODEL or ollama:MODEL
    # Address and key say nothing of the result and may be secret: they never stand in a report.
    llm_base_url: str = Field("", exclude=True)  # of an OpenAI-compatible or Ollama server
    llm_api_key: SecretStr = Field(SecretStr(""), exclude=True)
    llm_timeout_s: float = Field(60.0, gt=0)  # of each of at most two calls per language
