from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
from scipy.io import wavfile

from rnnbench import UsageError
from rnnbench_tasks.sequences.spoken_digits.features import filters, mel, mfcc
from rnnbench_tasks.sequences.spoken_digits.recordings import synthesized
from rnnbench_tasks.sequences.spoken_digits.task import SpokenDigits


def tone(frequency: float, seconds: float = 0.2, rate: int = 8000) -> np.ndarray:
    """Return a tone at 16 bits."""
    time = np.arange(int(seconds * rate)) / rate
    return (20_000 * np.sin(2 * np.pi * frequency * time)).astype(np.int16)


def folder_of(place: Path, count: int = 5) -> Path:
    """Write recordings of two words."""
    for digit, frequency in (("3", 300), ("7", 900)):
        for k in range(count):
            wavfile.write(place / f"{digit}_a_{k}.wav", 8000, tone(frequency + k))
    return place


def test_frames_and_coefficients() -> None:
    assert mfcc(tone(500) / 32768, 8000).shape == (18, 13)
    assert mfcc(np.zeros(10), 8000).shape == (1, 13)
    assert np.isfinite(mfcc(np.zeros(500), 16000)).all()


def test_a_tone_is_in_the_triangle_at_its_pitch() -> None:
    bank = filters(200, 8000)
    assert bank.shape == (26, 101)
    centres = np.fft.rfftfreq(200, 1 / 8000)[bank.argmax(axis=1)]
    assert (np.diff(centres) >= 0).all()
    spacing = np.diff([mel(c) for c in centres[10:]])
    assert np.abs(spacing - spacing.mean()).max() < 60
    assert bank.max() <= 1


def test_loudness_is_in_the_first_coefficient_alone() -> None:
    wave = tone(700) / 32768
    quiet, loud = mfcc(wave / 4, 8000), mfcc(wave, 8000)
    assert np.abs(loud - quiet)[:, 1:].max() < 0.5 < np.abs(loud - quiet)[:, 0].min()


def test_synthesized_words_are_the_same_every_time() -> None:
    one, other = synthesized()[:30], synthesized()[:30]
    assert [a.label for a in one] == [str(k % 10) for k in range(30)]
    assert all(np.array_equal(a.wave, b.wave) for a, b in zip(one, other, strict=True))
    assert all(np.abs(a.wave).max() == pytest.approx(0.5) for a in one)


def test_folders(tmp_path: Path) -> None:
    task = SpokenDigits(path=str(folder_of(tmp_path)), length=10)
    task.check(2)
    assert task.labels == ("3", "7")
    assert (task.train.count, task.valid.count) == (8, 2)
    (told,) = task.remarks
    assert told.startswith("10 of 10 recordings are longer than 10 frames of 10 ms")
    for name in ("three", "seven"):
        (tmp_path / "words" / name).mkdir(parents=True)
        for k in range(5):
            wavfile.write(tmp_path / "words" / name / f"{k}.wav", 8000, tone(300 + k))
    assert SpokenDigits(path=str(tmp_path / "words")).labels == ("seven", "three")


def test_lengths_are_those_of_the_recordings(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    wavfile.write(folder / "3_a_0.wav", 8000, tone(300, 0.1))
    lengths = SpokenDigits(path=str(folder)).train.lengths
    assert lengths is not None
    assert sorted(set(lengths.tolist())) == [8, 18]


@pytest.mark.parametrize(
    ("name", "rate", "samples", "said"),
    [
        ("3_b_9.wav", 8000, np.zeros((900, 2), np.int16), "has 2 channels"),
        ("3_b_9.wav", 16000, tone(300), "has 16000 samples a second, .* has 8000"),
        ("3_b_9.wav", 8000, np.zeros(0, np.int16), "has 0 samples"),
        ("3_b_9.wav", 8000, np.full(900, np.nan, np.float32), "no finite numbers"),
        ("3_b_9.wav", 8000, np.full(900, 1e300), "holds samples beyond"),
        ("3_b_9.wav", 1, tone(300), "has 1 samples a second: 1000 to 1000000 can be read"),
        ("3_b_9.wav", 2 * 10**9, np.zeros(9, np.uint8), "2000000000 samples a second: 1000 to"),
        ("9_b_9.wav", 8000, tone(300), "of '9' there are but 1 recordings"),
        ("nine.wav", 8000, tone(300), "nine.wav has no label"),
    ],
)
def test_bad_recordings(
    tmp_path: Path, name: str, rate: int, samples: np.ndarray, said: str
) -> None:
    wavfile.write(folder_of(tmp_path) / name, rate, samples)
    with pytest.raises(UsageError, match=said):
        SpokenDigits(path=str(tmp_path)).check(1)


def test_bad_places(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no file or folder"):
        SpokenDigits(path=str(tmp_path / "none")).check(1)
    with pytest.raises(
        UsageError, match=r"there is no WAV file in .*: name them as 7_speaker_0.wav"
    ):
        SpokenDigits(path=str(tmp_path)).check(1)
    (folder_of(tmp_path) / "3_z_1.wav").write_bytes(b"RIFF")
    with pytest.raises(
        UsageError, match=r"can't be read as WAV: .*: give uncompressed PCM or float"
    ):
        SpokenDigits(path=str(tmp_path)).check(1)


def test_a_recording_that_was_cut_off(tmp_path: Path) -> None:
    file = folder_of(tmp_path) / "3_a_0.wav"
    file.write_bytes(file.read_bytes()[:-1000])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as SciPy but warns of it
        with pytest.raises(UsageError, match=r"3_a_0\.wav can't be read as WAV: Reached EOF"):
            SpokenDigits(path=str(tmp_path)).check(1)


def test_chunks_of_others_are_left_out_in_silence(tmp_path: Path) -> None:
    file = folder_of(tmp_path) / "3_a_0.wav"
    content = bytearray(file.read_bytes() + b"note" + (4).to_bytes(4, "little") + b"text")
    content[4:8] = (len(content) - 8).to_bytes(4, "little")
    file.write_bytes(content)
    SpokenDigits(path=str(tmp_path)).check(1)  # pytest makes errors of warnings
