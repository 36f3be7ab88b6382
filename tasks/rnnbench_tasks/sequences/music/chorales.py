"""Chorales made by a small grammar: four voices over cadences, in a key of its own each."""

from __future__ import annotations

import numpy as np

#: The keys of a piano; key 0 is the A at 27.5 Hz.
KEYS = 88
#: The degrees that may follow a degree (0 is the tonic), the usual ones of a cadence.
FOLLOWS = {0: (3, 4, 5, 1), 1: (4,), 3: (4, 0, 1), 4: (0, 5), 5: (3, 1)}
#: Half tones of a major scale above its tonic.
SCALE = (0, 2, 4, 5, 7, 9, 11)
#: The lowest tonic is the C at 65.4 Hz.
LOWEST = 15


def chorales(count: int, seed: int = 0) -> list[np.ndarray]:
    """Return pieces as piano rolls ``(T, 88)`` of 24 to 60 frames.

    A chord stays for two or four frames. Its bass is the root in the octave above the tonic; the
    three voices above it hold root, third and fifth, each at the place nearest to where it was. In
    every fourth chord the highest voice steps down by one tone of the scale in the middle.
    """
    rng = np.random.default_rng(seed)
    return [_chorale(rng) for _ in range(count)]


def _chorale(rng: np.random.Generator) -> np.ndarray:
    tonic = LOWEST + int(rng.integers(12))
    degree = 0
    frames: list[list[int]] = []
    voices = [tonic + 24, tonic + 28, tonic + 31]
    length = int(rng.integers(24, 61))
    chords = 0
    while len(frames) < length:
        tones = [(degree + step) % 7 for step in (0, 2, 4)]
        classes = [(tonic + SCALE[tone]) % 12 for tone in tones]
        voices = _nearest(voices, classes, tonic)
        bass = tonic + SCALE[degree]
        held = int(rng.choice([2, 4]))
        chords += 1
        for k in range(held):
            top = voices[-1] - (2 if chords % 4 == 0 and k >= held // 2 else 0)
            frames.append([bass, *voices[:-1], top])
        degree = int(rng.choice(FOLLOWS[degree]))
    roll = np.zeros((len(frames), KEYS))
    for t, keys in enumerate(frames):
        roll[t, keys] = 1
    return roll[:length]


def _nearest(voices: list[int], classes: list[int], tonic: int) -> list[int]:
    """Return the keys of these classes nearest to where the voices were, each class once."""
    left, found = list(classes), []
    for voice in voices:
        keys = {
            kind: min(
                (key for key in range(tonic + 17, tonic + 41) if key % 12 == kind),
                key=lambda key: (abs(key - voice), key),
            )
            for kind in left
        }
        kind = min(left, key=lambda kind: (abs(keys[kind] - voice), kind))
        left.remove(kind)
        found.append(keys[kind])
    return sorted(found)
