"""Work that nobody waits for lets through what must be in time."""

from __future__ import annotations

import os
import sys
import threading

#: Niceness of such work, 0 (as the rest) to 19: beside others it gets a tenth of a processor, and all of an idle one.
NICE = 10


def give_way() -> None:
    """Let other threads go before the calling one from now on, where the system can do that for a thread (Linux)."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
