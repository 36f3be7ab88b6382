"""Runs to draw: a scaling run made by hand, and texts that a stranger could have written."""

from msgspec.structs import replace
from specimens import FAST, PLAN, PLANNED, RECORDS, RUN, SLOW, process

from rnnbench.schema.records.timing import Round, RowTiming, Timing
from rnnbench.schema.records.training import Training

SIZES = (8, 16, 32, 64, 128)
#: What would become markup, a script, an expression of Vega or a link, were it taken for one.
HOSTILE = (
    "</script><script>window.ran=1</script>",
    '<img src=x onerror="window.ran=1">',
    "javascript:window.ran=1",
    "datum.row; {'signal': 'alert(1)'} \"'`${window.ran=1}",
    'a\\"+toString(6*7)+\\"b\nsecond line',
    "{{ 7 * 7 }} {% raw %} [a](javascript:alert(1)) &lt;b&gt;",
)


def scaling():
    """Return the records of a scaling run over hidden: one row is linear, one quadratic."""
    planned = [
        replace(PLANNED, comparison=replace(PLANNED.comparison, hidden=size, steps=0))
        for size in SIZES
    ]
    plan = replace(PLAN, comparisons=planned, rows=[FAST, SLOW], scale="hidden")
    yield replace(RUN, plan=plan)
    for one in planned:
        size = one.comparison.hidden / max(SIZES)
        yield Timing(
            finished="2026-01-02T03:05:00+00:00",
            comparison=one.comparison,
            key=one.comparison.key,
            length=3,
            seconds=0.3,
            rows=[timed(FAST, 0.1 + size), timed(SLOW, 3 * size**2 + 0.02)],
            rounds=[Round(0.5)] * 8,
        )


def timed(row, step_ms):
    """Return a row whose steps scatter by 2 %."""
    times = [step_ms * (1 + place / 200) for place in range(-4, 4)]
    return RowTiming(
        row=row, status="ok", flops=1000, processes=[replace(process(times), added_memory=2**20)]
    )


def grouped(records, by="length"):
    """Return records whose trainings tell the score of groups of examples, by that name."""
    scores = [(16, 0.5), (8, 0.9)]
    return [
        replace(one, groups=scores, grouped_by=by) if isinstance(one, Training) else one
        for one in records
    ]


def aimed(records, target=0.45):
    """Return records with a target, of whose trainings scores were taken on the way."""
    run, *others = records
    planned = [replace(one, target=target) for one in run.plan.comparisons]
    seen = [(5, 0.5)]
    return [
        replace(run, plan=replace(run.plan, comparisons=planned)),
        *(replace(one, scores=seen) if isinstance(one, Training) else one for one in others),
    ]


def hostile(text):
    """Return the records of a run of which a stranger's text is wherever a text can be."""
    run, *others = RECORDS
    planned = [
        replace(
            one,
            sizes=text,
            score_name=text,
            target=0.45,
            comparison=replace(one.comparison, task=text, cell=text, device=text),
        )
        for one in run.plan.comparisons
    ]
    rows = {
        row: replace(row, backend=text, variant=f"{number}{text}")
        for number, row in enumerate(run.plan.rows)
    }
    keys = {
        old.comparison.key: new.comparison
        for old, new in zip(run.plan.comparisons, planned, strict=True)
    }
    machine = replace(run.machine, cpu=text, system=text, python=text)
    plan = replace(run.plan, comparisons=planned, rows=list(rows.values()), suite=text)
    yield replace(
        run, plan=plan, name=text, rnnbench=text, git=text, machine=machine, command=[text]
    )
    for one in others:
        yield replaced(one, rows, keys, text)


def replaced(record, rows, keys, text):
    """Return a record with the texts of a stranger."""
    fields = {}
    if key := getattr(record, "key", None):
        fields["key"] = keys[key].key
    if hasattr(record, "comparison"):
        fields["comparison"] = keys[record.key]
        fields["rows"] = [
            replace(one, row=rows[one.row], kernel=text, reason=one.reason and text)
            for one in record.rows
        ]
    if hasattr(record, "row"):
        fields["row"] = rows[record.row]
    if hasattr(record, "reason") and record.reason:
        fields["reason"] = text
    if hasattr(record, "backend"):
        fields |= {"backend": text, "device": text}
    if hasattr(record, "groups"):
        fields |= {"groups": [(8, 0.9), (16, 0.5)], "grouped_by": text, "scores": [(5, 0.5)]}
    if hasattr(record, "opened"):
        fields["opened"] = replace(record.opened, versions={text: text}, plugin=text)
    return replace(record, **fields)
