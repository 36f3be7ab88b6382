"""The protocol: every request of the parent and every reply of a worker.

The worker answers each request with the reply that stands below it in its module, or ``Failed``.
``Train`` and ``Generate`` are answered by several messages: any number of ``Progress``, then the
reply; ``Turn`` by one ``Progress`` when what precedes the timed part is done, then ``Turned``. See
:mod:`rnnbench.system.processes.channel` for the way they are sent.
"""

from __future__ import annotations

import msgspec

from rnnbench.schema.messages.inference import (
    AskStream,
    Generate,
    Generated,
    PrepareStream,
    StreamPrepared,
    StreamTaken,
    StreamTold,
    TakeStream,
)
from rnnbench.schema.messages.message import Failed, Progress
from rnnbench.schema.messages.opening import Open, Opened
from rnnbench.schema.messages.peak_rate import Gemm, Gemmed
from rnnbench.schema.messages.profiling import Profiled, TakeProfile
from rnnbench.schema.messages.timing import (
    Audit,
    Audited,
    Check,
    Checked,
    Finish,
    Finished,
    Prepare,
    Prepared,
    Turn,
    Turned,
)
from rnnbench.schema.messages.training import Save, Saved, Train, Trained

Request = (
    Open
    | Gemm
    | Check
    | Prepare
    | Turn
    | Audit
    | Finish
    | Train
    | Save
    | Generate
    | PrepareStream
    | TakeStream
    | AskStream
    | TakeProfile
)

Reply = (
    Opened
    | Gemmed
    | Checked
    | Prepared
    | Turned
    | Audited
    | Finished
    | Progress
    | Trained
    | Saved
    | Generated
    | StreamPrepared
    | StreamTaken
    | StreamTold
    | Profiled
    | Failed
)

encode = msgspec.json.Encoder().encode
decode_request = msgspec.json.Decoder(Request).decode
decode_reply = msgspec.json.Decoder(Reply).decode
