"""Networks and what is known of them: bundles with their cards, the face networks, the sessions.

Here lives how a model file becomes a session and pixels become its input. No face is cut out here
(`faces/`), no number is judged (`detectors/`), nothing imports torch (`train/`).
"""
