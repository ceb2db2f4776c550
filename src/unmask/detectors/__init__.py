"""What speaks for or against a face being genuine, and the rule that turns it into a verdict.

A detector takes an `Observation` and gives one `Evidence` per subject, or abstains with a reason;
`fusion.py` is the only place where outcomes are decided. No words here (`explain/`).
"""
