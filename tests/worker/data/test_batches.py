from rnnbench.oracle.audit.block import BATCHES
from rnnbench.worker.data.batches import Batches


def test_every_turn_goes_through_as_many_as_it_needs_from_the_first():
    made = []
    batches = Batches(iter(range(100)), lambda batch: made.append(batch) or batch)
    batches.begin(3)
    assert [next(batches) for _ in range(4)] == [0, 1, 2, 0]
    batches.begin(5)
    assert [next(batches) for _ in range(5)] == made == [0, 1, 2, 3, 4]


def test_there_are_no_more_than_memory_allows():
    batches = Batches(iter(range(10 * BATCHES)), lambda batch: batch)
    batches.begin(2 * BATCHES)
    found = [next(batches) for _ in range(BATCHES + 1)]
    assert found == [*range(BATCHES), 0]
