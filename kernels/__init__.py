"""Numerical kernels: NumPy and Numba only. Arrays in, arrays out; no Qt, no OpenCV, no files.

Arrays follow one convention everywhere: images are ``(H, W)`` float32 in [0, 1], flow is ``(2, H, W)``
float32 with ``flow[0] = u`` px to the right and ``flow[1] = v`` px down. All are C-contiguous.
"""
