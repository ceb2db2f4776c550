"""Intake and sandboxed decoding: from a stranger's file to upright RGB frames.

`open_source` looks at a file without trusting it; `Decoder` turns it into `Decoded` in a worker
process that holds none of our models. Nothing here knows of faces, detectors or reports, and
`images`, `videos`, `sampling`, `pixels`, `wire`, `worker` import neither numpy nor pydantic at the
top: they run in the worker, whose start must cost little.
"""
