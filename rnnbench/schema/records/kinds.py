"""Every kind of record that a results file may hold."""

from __future__ import annotations

from rnnbench.schema.records.beginning import Interrupted, Resumed, Run, Worker
from rnnbench.schema.records.peak import Peak
from rnnbench.schema.records.streaming import Streaming
from rnnbench.schema.records.timing import Timing
from rnnbench.schema.records.training import Training

AnyRecord = Run | Resumed | Interrupted | Worker | Peak | Timing | Training | Streaming
