"""Everything that is known of one row of a run, with the meaning of each column."""

from __future__ import annotations

from typing import Annotated, NamedTuple

import msgspec

from rnnbench.analysis.learning.learnt import Learning
from rnnbench.analysis.published_figures import Standing
from rnnbench.measure.estimates import Estimate
from rnnbench.measure.scores import ScoreVerdict
from rnnbench.measure.verdicts import Verdict
from rnnbench.schema.comparison import in_words
from rnnbench.schema.row import Row
from rnnbench.schema.status import Status


class Meaning(NamedTuple):
    """What a column holds.

    Attributes:
        text: its meaning, in Markdown.
        unit: of its figures, empty where they have none.
    """

    text: str
    unit: str = ""


class RowResult(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """One row of the table of a run; what is not known is None.

    The columns of ``show --json`` are these fields in this order, see
    :mod:`rnnbench.analysis.row_objects`: an estimate has three, a row those of its names.
    """

    comparison: Annotated[
        str,
        Meaning(
            "key of the comparison, the same for the rows of one block and for the same block in "
            "other runs"
        ),
    ]
    task: Annotated[str, Meaning("name of the task")]
    network: Annotated[str, Meaning("name of the network")]
    cell: Annotated[str, Meaning("name of the cell, empty where the network has none")]
    sizes: Annotated[
        str, Meaning("the sizes for people: sequence, batch, widths from input to output")
    ]
    length: Annotated[int | None, Meaning("time steps of a batch")]
    batch: Annotated[int, Meaning("examples per step")]
    hidden: Annotated[int, Meaning("units per layer")]
    layers: Annotated[int, Meaning("recurrent layers")]
    row: Annotated[
        Row, Meaning("where the backend is, `null` for the environment of rnnbench itself")
    ]
    device: Annotated[str, Meaning("`cpu` or `gpu:N`, of several as `2 × gpu`")]
    devices: Annotated[int, Meaning("over how many devices each batch is split")] = 1
    dtype: Annotated[str, Meaning("`float32` or `float64`")]
    threads: Annotated[int, Meaning("CPU threads of each worker")]
    node: Annotated[
        str | None,
        Meaning("the machine, by its name, in a run that was gathered from parts"),
    ]
    status: Annotated[
        Status,
        Meaning(
            "`ok`, `unsteady` (timed, but its time per step still drifts), `failed`, `timeout`, "
            "`oom`, `crashed`, `mismatch`, `unsupported`, `skipped`"
        ),
    ]
    reason: Annotated[str | None, Meaning("one line, unless `ok` and finished")]
    steps: Annotated[
        int, Meaning("how many training steps were planned; with 0 a row is only timed")
    ]
    training: Annotated[
        str,
        Meaning(
            "how it is trained, in words: steps, optimizer, rate, and what is not usual, as "
            "`350 steps of adam, lr 0.01, clip 1`"
        ),
    ]
    seeds: Annotated[
        int,
        Meaning(
            "how many trainings were finished; score and loss are given when all planned ones were"
        ),
    ]
    params: Annotated[int | None, Meaning("parameters of the model, in its canonical form")]
    train_step_ms: Annotated[
        Estimate | None,
        Meaning(
            "a steady training step: median over the undisturbed rounds, mean over processes",
            "ms",
        ),
    ] = None
    train_step_ms_p10: Annotated[
        float | None,
        Meaning("the low quantile: a tenth of all blocks, disturbed or not, took less", "ms"),
    ] = None
    forward_ms: Annotated[Estimate | None, Meaning("the same for a forward pass", "ms")] = None
    ratio: Annotated[
        Estimate | None,
        Meaning(
            "training step over that of the fastest row (or `--baseline`), from the ratios within "
            "rounds"
        ),
    ] = None
    unranked: Annotated[
        str | None,
        Meaning(
            "why there is no ratio, where the row was timed: too few undisturbed blocks for an "
            "interval, of its own or in the rounds of the base"
        ),
    ] = None
    verdict: Annotated[
        Verdict | None,
        Meaning(
            "on that ratio: `faster`, `slower`, `same`, `undecided`; `null` for fewer than three "
            "processes and for the row that it is held against"
        ),
    ] = None
    precision: Annotated[
        float | None, Meaning("half the relative width of the interval of the ratio")
    ] = None
    precision_asked: Annotated[
        float | None, Meaning("at which `precision` timing would have stopped")
    ] = None
    processes: Annotated[
        int | None,
        Meaning(
            "fresh processes that the row was timed in; with fewer than three, intervals are those "
            "within these processes"
        ),
    ] = None
    rounds: Annotated[int | None, Meaning("blocks of training steps over all processes")] = None
    clean: Annotated[int | None, Meaning("how many of these blocks nobody disturbed")] = None
    compile_s: Annotated[float | None, Meaning("the first step less a steady one", "s")] = None
    first_step_s: Annotated[
        float | None, Meaning("the first training step, compilation included", "s")
    ] = None
    first_forward_s: Annotated[
        float | None, Meaning("the first forward pass, compilation included", "s")
    ] = None
    steps_per_s: Annotated[
        float | None, Meaning("training steps per second, from `train_step_ms`", "1/s")
    ] = None
    examples_per_s: Annotated[float | None, Meaning("examples per second of training", "1/s")] = (
        None
    )
    tokens_per_s: Annotated[
        float | None, Meaning("tokens per second of training, where inputs are tokens", "1/s")
    ] = None
    flops: Annotated[
        int | None,
        Meaning(
            "floating-point operations of a training step: of the matrix products of the model, "
            "see `Flops`"
        ),
    ]
    gflops: Annotated[float | None, Meaning("these operations per second", "10⁹/s")] = None
    of_peak: Annotated[
        Estimate | None,
        Meaning("`gflops` over `peak_gflops`; a row above 1 contradicts it, and stands in a note"),
    ] = None
    peak_gflops: Annotated[
        Estimate | None,
        Meaning(
            "the best rate of a matrix product of any backend in the run, by the undisturbed "
            "samples of several moments; `null` where these are too few or too far apart",
            "10⁹/s",
        ),
    ] = None
    of_step_limit: Annotated[
        Estimate | None,
        Meaning(
            "the shortest time that a training step can take over the time that it takes: the "
            "products of the state with weights wait for each other and run at `step_gflops`, all "
            "others at `peak_gflops`; of nets with such products, on a CPU"
        ),
    ] = None
    step_gflops: Annotated[
        Estimate | None,
        Meaning(
            "the best rate of any backend at products of the shape that one step of the row takes",
            "10⁹/s",
        ),
    ] = None
    peak_memory_mib: Annotated[
        float | None,
        Meaning(
            "peak resident memory of the process on a CPU while the row was timed, the framework "
            "and what it still holds of earlier rows included; of the allocator on a GPU",
            "MiB",
        ),
    ] = None
    memory_base_mib: Annotated[
        float | None,
        Meaning(
            "what the process needs before any model: its resident memory once the framework was "
            "imported and set up",
            "MiB",
        ),
    ] = None
    memory_added_mib: Annotated[
        float | None,
        Meaning(
            "what this row adds, its compilation included: on a CPU `peak_memory_mib` less the "
            "resident memory just before the row was built, after garbage and freed pages were "
            "given back; on a GPU the peak of the allocator less what it held then. What earlier "
            "rows have left does not count, nor what was set up when the row was proved",
            "MiB",
        ),
    ] = None
    page_faults_per_step: Annotated[
        float | None,
        Meaning(
            "pages of memory (mostly of 4 KiB) that a training step asks the system for, as the C "
            "library gave them back after the step before: `--allocator kept` saves them"
        ),
    ] = None
    traces: Annotated[
        int | None,
        Meaning(
            "how often the framework compiled while the row was timed; `null` if it can't tell"
        ),
    ] = None
    parity_error: Annotated[
        float | None,
        Meaning(
            r"the largest max\|a−b\| / max(1, max\|b\|) against the float64 oracle over outputs, "
            "state, gradients and trained parameters (the latter where the update is "
            "well-conditioned), and over what timed blocks have left behind, see "
            "[how it works](how-it-works.md)"
        ),
    ]
    check_error: Annotated[
        float | None, Meaning("the largest of these in the check before the row was timed")
    ]
    audit_error: Annotated[
        float | None,
        Meaning("the largest of these in the rounds that were audited; `null` if there were none"),
    ]
    audit_followed: Annotated[
        bool | None,
        Meaning(
            "whether training could be judged there; `false` where neither the oracle nor two "
            "other backends tell what rounding becomes, `null` if that is not known"
        ),
    ]
    kernel: Annotated[
        str | None, Meaning("what really ran: `nn.LSTM (oneDNN)`, `keras LSTM (while loop)` …")
    ]
    own: Annotated[
        str | None,
        Meaning("the file and the name of a net of the user's, which no oracle knows; else `null`"),
    ] = None
    threads_used: Annotated[int | None, Meaning("compute threads as read back from the framework")]
    matmul: Annotated[
        str | None,
        Meaning(
            "in which precision the framework computes products of float32 matrices, in its own "
            "word: `highest` and `float32` are in full"
        ),
    ]
    denormals_flushed: Annotated[
        bool | None,
        Meaning(
            "whether denormal numbers are flushed to zero in this process, as read back from the "
            "framework"
        ),
    ]
    load: Annotated[
        float | None,
        Meaning("the highest one-minute load average during the timing, our own workers included"),
    ]
    others_cpus: Annotated[
        float | None,
        Meaning(
            "how many CPUs others used in the second before the run began; `null` if not known"
        ),
    ] = None
    others: Annotated[
        str | None,
        Meaning("the busiest of them that could be seen, each with the CPUs that it used"),
    ] = None
    gpu_strangers: Annotated[
        int | None, Meaning("on a GPU, how many processes of others were seen there")
    ]
    loss: Annotated[float | None, Meaning("the last training loss, mean over seeds")]
    kept_steps: Annotated[
        str | None,
        Meaning(
            "with early stopping, the step whose weights were scored and how many were taken, as "
            "`90 of 120`, for each seed; `null` without"
        ),
    ] = None
    score: Annotated[
        Estimate | None,
        Meaning("on held-out data: mean over seeds, its interval Student's t; one seed has none"),
    ]
    score_difference: Annotated[
        Estimate | None,
        Meaning(
            "the score less that of the row that ratios are taken to, the first of its comparison "
            "where there are none: mean over seeds, those with the same number in pairs; `null` "
            "for fewer than three seeds and for that row itself"
        ),
    ] = None
    score_verdict: Annotated[
        ScoreVerdict | None,
        Meaning(
            "on that difference: `better`, `worse`, `same`, `undecided`; `null` likewise, see "
            "[measuring](measuring.md#scores)"
        ),
    ] = None
    target_score: Annotated[
        float | None,
        Meaning(
            "the score that training is to reach, of the task or by `--target`; `null` where there "
            "is none"
        ),
    ] = None
    target_reached: Annotated[
        str | None,
        Meaning("how many of the finished trainings have reached it, as `2 of 3`"),
    ] = None
    target_steps: Annotated[
        Estimate | None,
        Meaning(
            "training steps to it: mean over seeds of the first look at the score that has found "
            "it reached; `null` unless it was with every seed, see [measuring]"
            "(measuring.md#time-to-target)"
        ),
    ] = None
    target_s: Annotated[
        Estimate | None,
        Meaning("these steps times `train_step_ms`, without any compilation", "s"),
    ] = None
    target_compiled_s: Annotated[
        Estimate | None, Meaning("the same and `compile_s`, which comes once", "s")
    ] = None
    score_name: Annotated[str, Meaning("what the score is")]
    score_higher_is_better: Annotated[bool, Meaning("the direction of the score")]
    naive_score: Annotated[float, Meaning("what a predictor scores that has learnt nothing")]
    naive_loss: Annotated[float, Meaning("the training loss of that predictor")]
    learning: Annotated[
        Learning | None,
        Meaning(
            "what became of training: `learned`; `diverged` (a loss that ended above that of the "
            "first step and above twice the naive one, with any seed); `not better than naive` "
            "(the score, mean over seeds); `nothing to learn` (the naive predictor makes no "
            "mistake); `null` where none was finished"
        ),
    ]
    printed: Annotated[
        float | None,
        Meaning("what others have printed of such a row, by a `reference` of the suite"),
    ] = None
    printed_metric: Annotated[
        str | None,
        Meaning("which figure it stands beside: `score`, `loss`, `train_step_ms`, `forward_ms`"),
    ] = None
    printed_unit: Annotated[str | None, Meaning("its unit, which is that of ours")] = None
    printed_source: Annotated[str | None, Meaning("the paper and the table it is from")] = None
    printed_departs: Annotated[
        str | None,
        Meaning(
            "in what this comparison is not the one that it is of: sizes that were scaled or given "
            "on the command line; `null` if in nothing"
        ),
    ] = None
    printed_standing: Annotated[
        Standing | None,
        Meaning(
            "where ours stands: `within` where the printed figure lies in its interval, else "
            "`above` or `below`; of one seed or a loss, which have none, by the figure alone; "
            "`null` where `printed_departs` or there is none"
        ),
    ] = None
    data_hash: Annotated[
        str | None, Meaning("SHA-256 of the task's data, `null` where the task draws its own")
    ]
    split: Annotated[
        str | None, Meaning("which part of the data is trained on and which is scored")
    ]
    plugin: Annotated[
        str | None,
        Meaning(
            "distribution, version and hash of the source of the plugin that the backend comes from"
        ),
    ]
    cell_plugin: Annotated[str, Meaning("the same of the cell")]
    task_plugin: Annotated[str, Meaning("the same of the task")]
    network_plugin: Annotated[
        str | None, Meaning("the same of the network, `null` in runs before there was a choice")
    ] = None
    complete: Annotated[
        bool, Meaning("false where a comparison was interrupted while it was timed")
    ]
    reused: Annotated[
        str | None,
        Meaning("the earlier run that its figures are from, `null` if they are of this one"),
    ]

    @property
    def model(self) -> str:
        """Network and cell in words."""
        return in_words(self.network, self.cell)
