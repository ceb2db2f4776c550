"""From verdicts to words and pictures: regions, heat maps, findings, narrators.

Here live the measured reading of a heat map and the sentences that rest on it. No detector, no
threshold and no file access: everything comes from the observation, the verdicts and the card.
"""
