"""Mel-frequency cepstral coefficients of a waveform.

Davis & Mermelstein, "Comparison of parametric representations for monosyllabic word recognition in
continuously spoken sentences", IEEE Transactions on Acoustics, Speech, and Signal Processing 28(4),
1980.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.fft import dct

#: Seconds of a frame, and from the beginning of one to that of the next.
WINDOW, HOP = 0.025, 0.010
#: Triangles of the filter bank, coefficients that are kept, and the lowest frequency in Hz.
FILTERS, COEFFICIENTS, LOWEST = 26, 13, 50.0
#: Added to the energies: silence has a logarithm too.
FLOOR = 1e-8


def mfcc(wave: np.ndarray, rate: int) -> np.ndarray:
    """Return the coefficients ``(T, 13)`` of a waveform ``(N,)`` in [-1, 1] at so many Hz.

    Frames of 25 ms each 10 ms under a Hamming window, after x_t - 0.97 x_{t-1}; the power spectrum
    through 26 triangles that are evenly spaced in mel up to half the rate; logarithms; a cosine
    transform. A waveform shorter than a frame is filled with silence.
    """
    size, hop = round(WINDOW * rate), round(HOP * rate)
    emphasized = np.append(wave[:1], wave[1:] - 0.97 * wave[:-1])
    emphasized = np.pad(emphasized, (0, max(0, size - len(emphasized))))
    starts = np.arange(0, len(emphasized) - size + 1, hop)
    frames = emphasized[starts[:, None] + np.arange(size)] * np.hamming(size)
    power = np.abs(np.fft.rfft(frames, axis=1)) ** 2 / size
    energies = np.log(power @ filters(size, rate).T + FLOOR)
    return dct(energies, axis=1, norm="ortho")[:, :COEFFICIENTS]  # type: ignore[no-any-return]


@cache
def filters(size: int, rate: int) -> np.ndarray:
    """Return the triangles ``(26, size // 2 + 1)`` over the frequencies of a frame."""
    edges = hertz(np.linspace(mel(LOWEST), mel(rate / 2), FILTERS + 2))
    frequencies = np.fft.rfftfreq(size, 1 / rate)
    low, middle, high = (edges[k : k + FILTERS, None] for k in range(3))
    rising, falling = (frequencies - low) / (middle - low), (high - frequencies) / (high - middle)
    return np.maximum(0, np.minimum(rising, falling))  # type: ignore[no-any-return]


def mel(frequency: float) -> float:
    """Return the pitch in mel of a frequency in Hz."""
    return float(2595 * np.log10(1 + frequency / 700))


def hertz(pitch: np.ndarray) -> np.ndarray:
    """Return the frequencies in Hz of pitches in mel."""
    return 700 * (10 ** (pitch / 2595) - 1)
