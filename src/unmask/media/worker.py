"""The process that decodes: started by path, alone, with as little as possible.

It is executed as a script under `python -I -S`, takes its import path from the parent, and puts
an empty package in the place of `unmask`, so that neither the models' run time nor anything else
of ours is loaded: what is not there cannot be attacked, and the start costs little.
One message on the socket is one file (see `wire.py`). An exception that is not ours ends the
process: the parent then reports `decoder_crash` and starts another.
"""

from __future__ import annotations

import fcntl
import json
import os
import resource
import select
import signal
import socket
import sys
import types
from typing import Any

_CPU_TOTAL_S = 3600  # hard limit over the worker's life; each job has a soft one of its own
_RETIRE_CPU_S = 1200  # after so much work the worker asks to be replaced
_ALARM_SLACK_S = 5  # the parent's clock comes first; this one is for a worker without a parent
_IDLE_CHECK_S = 30
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000


def confine(memory_bytes: int, open_files: int) -> None:
    """Resource limits for the rest of this process's life, and no network where allowed."""
    _leave_network()
    for name, value in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, open_files),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, _CPU_TOTAL_S),
    ):
        hard = resource.getrlimit(name)[1]
        lower = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(name, (lower, lower))


def _leave_network() -> None:
    """Move into an empty network namespace; a kernel that forbids it leaves us where we are."""
    flags = _CLONE_NEWNET if os.geteuid() == 0 else _CLONE_NEWNET | _CLONE_NEWUSER
    if sys.version_info >= (3, 12):
        try:
            os.unshare(flags)
        except OSError:
            return
    else:
        import ctypes

        ctypes.CDLL(None).unshare(flags)


def die_with_parent(life_fd: int) -> None:
    """End this process as soon as the pipe's other end closes, even in the middle of decoding.

    The kernel sends SIGIO then, whose default action is to end the process. PR_SET_PDEATHSIG
    would do so when the *thread* that started us ends: a server's threads come and go.
    """
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(life_fd, fcntl.F_SETOWN, os.getpid())
    flags = fcntl.fcntl(life_fd, fcntl.F_GETFL)
    fcntl.fcntl(life_fd, fcntl.F_SETFL, flags | os.O_ASYNC | os.O_NONBLOCK)
    try:
        os.read(life_fd, 1)  # nothing is ever written: data or an end means that we are too late
    except BlockingIOError:
        return
    os._exit(0)


def serve(channel: socket.socket, ring_fd: int, token_fd: int) -> None:
    """Answer one message after the other until the parent closes the socket."""
    from unmask.media.pixels import PixelWriter
    from unmask.media.ring import RingWriter
    from unmask.media.wire import MESSAGE_BYTES_MAX, STREAM, Job, pack, unpack

    def announce(message: dict[str, Any]) -> None:
        channel.send(pack(message))
        if job.task == STREAM:  # whoever watches takes his time: the clock is that of one frame
            _set_clock(job.clock_s)

    sink = RingWriter(ring_fd, token_fd)
    os.close(ring_fd)
    while True:
        if not select.select([channel], [], [], _IDLE_CHECK_S)[0]:
            continue
        data, fds, _, _ = socket.recv_fds(channel, MESSAGE_BYTES_MAX, 1)
        if not data:
            return
        try:
            job = Job(**unpack(data))
            _set_clock(job.clock_s)
            writer = PixelWriter(sink, job.frame_bytes_max, announce)
            answer = _answer(job, writer, *fds)
        finally:
            for fd in fds:
                os.close(fd)
        signal.setitimer(signal.ITIMER_REAL, 0)
        answer["retire"] = _cpu_s() > _RETIRE_CPU_S
        announce(answer)


def _answer(job: Any, writer: Any, source_fd: int) -> dict[str, Any]:
    from unmask.errors import LimitError, UnmaskError

    try:
        if job.task == "provenance":
            from unmask.media.traces import read_traces

            return read_traces(source_fd, job)
        if job.task == "stream":
            from unmask.media.videos import stream_video

            return stream_video(source_fd, job, writer)
        if job.kind == "image":
            from unmask.media.images import decode_image as decode
        else:
            from unmask.media.videos import decode_video as decode
        return decode(source_fd, job, writer)
    except UnmaskError as error:
        name = "limit" if isinstance(error, LimitError) else "refused"
        return {"error": {"class": name, **error.as_dict()}}


def _set_clock(clock_s: float) -> None:
    """A soft CPU limit and an alarm for the job that begins; both end the process."""
    cores = len(os.sched_getaffinity(0))
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    soft = int(_cpu_s() + (clock_s + _ALARM_SLACK_S) * min(4, cores)) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (min(soft, hard), hard))
    signal.setitimer(signal.ITIMER_REAL, clock_s + _ALARM_SLACK_S)


def _cpu_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main(options: dict[str, Any]) -> None:
    """Run with the parent's options: descriptors, import path, limits."""
    die_with_parent(options["life_fd"])
    confine(options["memory_bytes"], options["open_files"])
    sys.path[:] = options["sys_path"]
    package = types.ModuleType("unmask")
    package.__path__ = [options["package"]]
    sys.modules["unmask"] = package
    channel = socket.socket(fileno=options["socket_fd"])
    serve(channel, options["ring_fd"], options["token_fd"])


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
