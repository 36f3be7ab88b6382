"""Several devices: one process each, which meet in the all-reduce of DistributedDataParallel.

The first rank lives in the worker; the others follow its calls (:mod:`.rank`). What need not be
copied within a step is not: each other rank's share of the batch and of the state goes to it by a
socket, through the memory of the host, since the worker alone has batches. Its part of the new
state, and in a forward pass that of the outputs, comes back likewise, as whoever calls wants all of
it. Gradients leave a device in the all-reduce alone, and the loss of the whole batch rides along
there (:class:`.share.Cost`).
"""
