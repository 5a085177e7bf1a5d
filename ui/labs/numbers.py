"""Numbers as people write them, read and written."""

from __future__ import annotations

import math

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number_text(value: float, digits: int = 3) -> str:
    """Return a number as short as it can be written: −0.25, 3, 0.111, 2·10⁻⁶; nothing for what is not known."""
    if math.isnan(value):
        return ""
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    text = f"{value:.0f}" if 1000 <= abs(value) < 1e6 else f"{value:.{digits}g}"
    if float(text) == 0:
        return "0"
    mantissa, _, exponent = text.partition("e")
    if exponent:
        mantissa += f"·10{str(int(exponent)).translate(_RAISED)}"
    return mantissa.replace("-", "−")


def near_text(value: float, most: int = 9) -> str:
    """Return a number; one that is nearly, but not, whole with as many digits as show it, ``most`` at most: 0.99995."""
    whole = round(value) if math.isfinite(value) else value
    fits = (digits for digits in range(3, most + 1) if float(f"{value:.{digits}g}") != whole)
    return number_text(value, 3 if value == whole else next(fits, 3))


def number_of(text: str) -> float:
    """Return what was typed: 0.5, −2, 1/9.

    Raises
    ------
    ValueError
        If it is no number, or not a finite one.
    """
    above, _, below = text.replace("−", "-").replace(",", ".").partition("/")
    try:
        value = float(above) / (float(below) if below else 1.0)
    except (ValueError, ZeroDivisionError):
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(f"“{text}” is no number" if text.strip() else "A number is missing")
    return value
