"""See motion: dense optical flow by gradient descent, as a library, a command and a window."""

from typing import Any

__version__ = "0.1.0"
__all__ = ["estimate_flow"]


def __getattr__(name: str) -> Any:
    if name == "estimate_flow":  # imported on first use: the command line must start without Numba
        from motionapp.estimator import estimate_flow

        return estimate_flow
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
