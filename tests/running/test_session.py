"""The stages of one row, in a pool that answers from a script."""

from scripted import Pool
from specimens import BROKEN, CHECKED, FAST, PLANNED, SLOW

from rnnbench.running.session import Session, skip_after_failed_start
from rnnbench.running.workers.pool import Slot
from rnnbench.schema.messages.message import Failed
from rnnbench.schema.messages.timing import Check, Finish, Prepare, Turn
from rnnbench.schema.messages.training import Train, Trained


def proved(pool, *rows, processes=2):
    """Return a session in which rows were opened and proved."""
    session = Session(pool, processes)
    session.open(rows)
    session.prove(rows, [PLANNED], lambda share: None)
    return session


def requests(pool, slot):
    return [request for asked, request in pool.asked if asked == slot]


def test_each_process_goes_through_all_stages_and_the_first_is_trained():
    pool, begun = Pool(), []
    session = proved(pool, SLOW)
    processes = session.prepare(SLOW, PLANNED, lambda: begun.append(None))
    for process in processes:
        process.turns.append(process.take_turn(process.turn))
    assert session.finish(SLOW, processes, steady_from=0, ask=True).status == "ok"
    assert isinstance(session.train(SLOW, PLANNED, 0, lambda share: None), Trained)
    assert len(begun) == 2
    timed = [Check, "ready", Prepare, Turn, Finish]
    assert requests(pool, Slot(SLOW, 0)) == [*timed, Train]
    assert requests(pool, Slot(SLOW, 1)) == timed


def test_a_row_that_was_not_proved_is_not_prepared():
    pool = Pool()
    failure = proved(pool, BROKEN).prepare(BROKEN, PLANNED)
    assert failure == Failed("failed", "broken")
    assert requests(pool, Slot(BROKEN, 0)) == [Check]


def test_the_first_process_that_fails_speaks_for_its_row():
    failure = Failed("oom", "no memory")
    pool = Pool({(Slot(FAST, 1), Prepare): failure})
    assert proved(pool, FAST, processes=3).prepare(FAST, PLANNED) == failure
    assert Prepare not in requests(pool, Slot(FAST, 2))


def test_workers_that_are_not_asked_leave_their_memory_unknown():
    pool = Pool()
    session = proved(pool, FAST)
    processes = session.prepare(FAST, PLANNED)
    record = session.finish(FAST, processes, steady_from=0, ask=False)
    assert [process.peak_memory for process in record.processes] == [None, None]
    assert Finish not in requests(pool, Slot(FAST, 0))


def test_a_row_is_built_again_for_its_training_if_its_worker_has_ended():
    pool = Pool()
    session = proved(pool, FAST)
    session.prepare(FAST, PLANNED)
    pool.gone.add(Slot(FAST, 0))
    session.train(FAST, PLANNED, 0, lambda share: None)
    assert requests(pool, Slot(FAST, 0))[-3:] == ["ready", Prepare, Train]


def test_a_worker_that_does_not_start_fails_once_and_is_skipped_in_other_comparisons():
    unfit = Failed("crashed", "the worker ended by SIGSEGV")
    assert skip_after_failed_start([unfit, unfit]) == [
        unfit,
        Failed("skipped", "its worker does not start"),
    ]
    assert skip_after_failed_start([CHECKED, unfit]) == [CHECKED, unfit]
    unsupported = Failed("unsupported", "not here")
    assert skip_after_failed_start([unsupported] * 2) == [unsupported] * 2
    assert skip_after_failed_start([]) == []
