"""Work that nobody waits for lets through what must be in time."""

from __future__ import annotations

import os
import sys
import threading

#: How much nicer such work is than the rest: beside others it gets a tenth of a processor, and all of an idle one.
NICER = 10


def give_way() -> None:
    """Let other threads go before the calling one from now on, where the system can do that for a thread (Linux)."""
    if sys.platform == "linux":
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, min(19, os.getpriority(os.PRIO_PROCESS, thread) + NICER))
