"""Human cues for scenes with people: does each face fit its scene, the others, and its body?

Observation -> [one file per cue] -> one Measurement of family "cue" per track, with a unit, or an
abstention with a reason code. Four cues after HICOM (ICCV 2025), each re-implemented from physics:
scene_motion, appearance, gaze, face_body. They are pure functions of the observation and change no
verdict; `features.py` makes of them what a fitted fusion learns from. Nothing here is random.
"""
