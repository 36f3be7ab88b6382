"""Tasks and suites for rnnbench: in folders by kind; one TOML file per suite."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rnnbench import hookimpl

if TYPE_CHECKING:
    from rnnbench import Task


@hookimpl
def rnnbench_tasks() -> tuple[type[Task], ...]:
    """Return the tasks, imported only now: naming the suites needs none of them."""
    from rnnbench_tasks.sequences.forecasting.task import Forecasting
    from rnnbench_tasks.sequences.music.task import Music
    from rnnbench_tasks.sequences.sequential_digits import SequentialDigits
    from rnnbench_tasks.sequences.spoken_digits.task import SpokenDigits
    from rnnbench_tasks.synthetic.adding_problem import AddingProblem
    from rnnbench_tasks.synthetic.associative_recall import AssociativeRecall
    from rnnbench_tasks.synthetic.copy_memory import CopyMemory
    from rnnbench_tasks.synthetic.formal_language.task import FormalLanguage
    from rnnbench_tasks.synthetic.frames import Frames
    from rnnbench_tasks.synthetic.image_caption.task import ImageCaption
    from rnnbench_tasks.synthetic.selective_copy import SelectiveCopy
    from rnnbench_tasks.synthetic.temporal_order import TemporalOrder
    from rnnbench_tasks.text.language_modeling import LanguageModeling
    from rnnbench_tasks.text.sentiment.task import Sentiment
    from rnnbench_tasks.text.tagging.task import Tagging
    from rnnbench_tasks.text.translation.task import Translation

    return (
        AddingProblem,
        AssociativeRecall,
        CopyMemory,
        Forecasting,
        FormalLanguage,
        Frames,
        ImageCaption,
        LanguageModeling,
        Music,
        SelectiveCopy,
        Sentiment,
        SequentialDigits,
        SpokenDigits,
        Tagging,
        TemporalOrder,
        Translation,
    )


@hookimpl
def rnnbench_suites() -> list[Path]:
    """Return the suite files in this package."""
    return sorted((Path(__file__).parent / "suites").glob("*.toml"))
