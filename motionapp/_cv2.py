"""The one place that imports OpenCV: ``from motionapp._cv2 import cv2`` everywhere else.

The wheel bundles its own Qt 5 and points QT_QPA_PLATFORM_PLUGIN_PATH and QT_QPA_FONTDIR at it, which breaks
PySide6; both go back to what the user had. One OpenCV thread, since the kernels own the cores. Only errors
are logged: what a user should know is said by the caller, with the file's or device's name. Images whose headers
claim more pixels than a source may have are refused before memory is taken.
"""

import os
import sys

from motionapp.sources import LARGEST_SIDE_PX

_QT_VARIABLES = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")
_own_values = {} if "cv2" in sys.modules else {name: os.environ[name] for name in _QT_VARIABLES if name in os.environ}

os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(LARGEST_SIDE_PX**2))

import cv2  # noqa: E402

__all__ = ["cv2"]

for _name in _QT_VARIABLES:
    os.environ.pop(_name, None)
os.environ.update(_own_values)

cv2.setNumThreads(1)
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)
