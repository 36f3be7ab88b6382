"""Recordings: synthesized words, or a folder of WAV files."""

from __future__ import annotations

import hashlib
import re
import warnings
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from rnnbench import UsageError
from rnnbench_tasks.files import texts

#: What is synthesized: so many of each digit, at so many samples a second.
EACH, RATE = 100, 8000
#: Two resonances in Hz of each sound, about those of vowels and of hums.
SOUNDS = {
    "i": (280, 2250),
    "e": (400, 2000),
    "a": (700, 1200),
    "o": (450, 850),
    "u": (320, 800),
    "n": (250, 1500),
    "m": (220, 1100),
    "l": (360, 1300),
}
#: The sounds of each digit: no one sound tells which it is, and two words are others turned round.
WORDS = ("noe", "eon", "mai", "iam", "loun", "nuol", "ile", "eli", "amu", "uma")
#: How a file has a label, for errors.
NAMES = "name them as 7_speaker_0.wav, or put them into a folder that bears the label"
#: No WAV file is read that has more samples than this.
LONGEST = 1 << 22
#: Samples a second that can be read, and how large they may be: its square is a number, too.
RATES, LOUDEST = (1000, 1_000_000), 1e30


class Recording(NamedTuple):
    """A waveform and what is said.

    Attributes:
        label: as it is written.
        wave: ``(N,)`` in [-1, 1].
        rate: samples a second.
    """

    label: str
    wave: np.ndarray
    rate: int


@cache
def synthesized() -> tuple[Recording, ...]:
    """Return words in turn, spoken at various pitches, speeds and with noise.

    A sound is a sum of the harmonics of a pitch of 90 to 250 Hz, as loud as the sound's two
    resonances make them; resonances shift by up to 8 % from speaker to speaker, and glide from a
    sound to the next.
    """
    rng = np.random.default_rng(0)
    return tuple(_spoken(rng, k % len(WORDS)) for k in range(EACH * len(WORDS)))


def _spoken(rng: np.random.Generator, digit: int) -> Recording:
    word = WORDS[digit]
    lengths = (rng.uniform(0.06, 0.13, len(word)) * RATE).astype(int)
    total, centres = int(lengths.sum()), np.cumsum(lengths) - lengths / 2
    time = np.arange(total)
    shift, pitch = rng.uniform(0.92, 1.08), rng.uniform(90, 250)
    resonances = [
        shift * np.interp(time, centres, [SOUNDS[sound][k] for sound in word]) for k in range(2)
    ]
    glide = np.linspace(rng.uniform(0.95, 1.1), rng.uniform(0.9, 1.05), total)
    phase = 2 * np.pi * np.cumsum(pitch * glide) / RATE
    wave = np.zeros(total)
    for harmonic in range(1, int(RATE / 2 / (pitch * 1.1))):
        frequency = harmonic * pitch * glide
        loud = sum(1 / (1 + ((frequency - one) / 90) ** 2) for one in resonances)
        wave += loud * np.sin(harmonic * phase)
    wave = wave / np.abs(wave).max() + rng.uniform(0.002, 0.03) * rng.standard_normal(total)
    return Recording(str(digit), 0.5 * wave / np.abs(wave).max(), RATE)


def of_folder(path: str) -> tuple[tuple[Recording, ...], str]:
    """Return the recordings of a folder, and the SHA-256 of its files.

    The label of ``7_jackson_0.wav`` is what stands before the first ``_``; of a file in a folder of
    its own, ``seven/1.wav``, the name of that. All must be mono and of one rate.

    Raises:
        UsageError: naming the file and what is wrong with it.
    """
    files = _files(path)
    digest, found = hashlib.sha256(), []
    for file in files:
        recording = _read(file, _label(file, Path(path).expanduser()))
        digest.update(file.name.encode() + recording.wave.tobytes())
        found.append(recording)
    _check(path, found, files)
    return tuple(found), digest.hexdigest()


def _files(path: str) -> list[Path]:
    folder = texts.folder(path, "spoken-digits.path", "WAV files")
    try:
        files = sorted(file for file in folder.rglob("*") if file.suffix.lower() == ".wav")
    except OSError as error:
        raise UsageError(f"spoken-digits.path: can't read {folder}: {error.strerror}") from error
    if not files:
        raise UsageError(f"spoken-digits.path: there is no WAV file in {path!r}: {NAMES}")
    return files


def _label(file: Path, folder: Path) -> str:
    if file.parent != folder:
        return file.parent.name
    if not (match := re.match(r"([^_]+)_", file.name)):
        raise UsageError(f"spoken-digits.path: {file} has no label: {NAMES}")
    return match[1]


def _read(file: Path, label: str) -> Recording:
    if not file.is_file():
        raise UsageError(f"{file} is no regular file")
    try:
        rate, samples = _whole(file)
    except Exception as error:  # of a damaged file SciPy raises errors of many kinds
        raise UsageError(
            f"{file} can't be read as WAV: {str(error)[:100] or 'damaged'}: give uncompressed PCM "
            "or float, or leave it out"
        ) from error
    if samples.ndim != 1:
        raise UsageError(f"{file} has {samples.shape[1]} channels: give mono recordings")
    if not RATES[0] <= rate <= RATES[1]:
        told = f"{rate} samples a second: {RATES[0]} to {RATES[1]} can be read"
        raise UsageError(f"{file} has {told}")
    if not 0 < len(samples) <= LONGEST:
        raise UsageError(f"{file} has {len(samples)} samples: 1 to {LONGEST} can be read")
    whole = samples.dtype.kind in "iu"
    zero = 128 if samples.dtype == np.uint8 else 0
    full = np.iinfo(samples.dtype).max - zero if whole else 1.0
    wave = (samples.astype(np.float64) - zero) / full
    if not np.isfinite(wave).all():
        raise UsageError(f"{file} holds samples that are no finite numbers")
    if np.abs(wave).max() > LOUDEST:
        raise UsageError(f"{file} holds samples beyond {LOUDEST:.0e}; they should be within ±1")
    return Recording(label, wave, rate)


def _whole(file: Path) -> tuple[int, np.ndarray]:
    """Return the rate and the samples of a file that has as many as it says."""
    from scipy.io import wavfile

    with warnings.catch_warnings():
        warnings.simplefilter("error", wavfile.WavFileWarning)
        warnings.filterwarnings("ignore", "Chunk .* not understood", wavfile.WavFileWarning)
        rate, samples = wavfile.read(file)
    return int(rate), samples


def _check(path: str, found: Sequence[Recording], files: Sequence[Path]) -> None:
    """Refuse several rates, and labels that can't be learnt."""
    for recording, file in zip(found, files, strict=True):
        if recording.rate != found[0].rate:
            raise UsageError(
                f"{file} has {recording.rate} samples a second, {files[0]} has {found[0].rate}: "
                "all recordings must have one rate"
            )
    counts = Counter(one.label for one in found)
    if len(counts) < 2:
        raise UsageError(
            f"spoken-digits.path: all recordings of {path!r} bear one label: give recordings of "
            "another one, too"
        )
    if lonely := next((label for label, count in counts.items() if count < 5), None):
        raise UsageError(
            f"spoken-digits.path: of {lonely[:40]!r} there are but {counts[lonely]} recordings in "
            f"{path!r}: 5 are needed, as every fifth is scored"
        )
