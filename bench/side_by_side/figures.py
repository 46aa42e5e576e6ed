# SPDX-License-Identifier: MIT OR Apache-2.0
"""From samples to what is reported: medians, and ratios with the interval that 95 % of resamplings of
the blocks fall into. The seed is fixed: the same samples give the same report."""
import random
import statistics

RESAMPLINGS = 2000


def median(values):
    return statistics.median(values) if values else None


def ratio(over, under):
    """The median of the blocks' ratios and its interval: (middle, low, high), or None."""
    pairs = [(a, b) for a, b in zip(over, under) if b]
    if not pairs:
        return None
    ratios = [a / b for a, b in pairs]
    draw = random.Random(1)
    middles = sorted(statistics.median(draw.choices(ratios, k=len(ratios)))
                     for _ in range(RESAMPLINGS))
    low, high = middles[int(RESAMPLINGS * 0.025)], middles[int(RESAMPLINGS * 0.975) - 1]
    return statistics.median(ratios), low, high
