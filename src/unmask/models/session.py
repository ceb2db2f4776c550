"""The one place that opens an ONNX Runtime session.

Two sessions in one process fight over threads when their pools spin, so spinning is off; models
with external data are refused because only bytes that were hashed may be run.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

import onnxruntime as ort


def default_threads(wanted: int = 0) -> int:
    """Threads for one session: `wanted`, or one per usable core and at most 4."""
    return wanted if wanted > 0 else min(4, len(os.sched_getaffinity(0)))


def open_session(
    model: bytes,
    threads: int = 0,
    *,
    fixed: Mapping[str, int] | None = None,
    many_sizes: bool = False,
) -> ort.InferenceSession:
    """A session over the bytes of an ONNX file; `threads` 0 means `default_threads()`.

    `fixed` gives named dimensions of the model a size, and nothing else fits them afterwards.
    With `many_sizes` no layout of memory is kept for each size of input: right for whole pictures.
    """
    options = ort.SessionOptions()
    options.intra_op_num_threads = default_threads(threads)
    options.inter_op_num_threads = 1
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = 3
    options.enable_mem_pattern = not many_sizes
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    for name, size in (fixed or {}).items():
        options.add_free_dimension_override_by_name(name, size)
    return ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def giving_memory_back() -> ort.RunOptions:
    """For a run after which the session keeps nothing of what it took: large inputs, seldom met.

    The next run has its pages cleared anew by the kernel, which can take longer than computing.
    """
    options = ort.RunOptions()
    options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
    return options
