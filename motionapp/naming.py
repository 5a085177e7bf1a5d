"""What files made of a source are called, and what names people give to things."""

import unicodedata
from pathlib import Path

LONGEST_NAME = 60


def file_stem(name: str) -> str:
    """Return a file name without suffix made of a source's name: letters, digits, dash and underscore only."""
    stem = Path(name).stem if "." in name else name
    plain = "".join(sign if sign.isalnum() or sign in "-_" else "-" for sign in stem)
    return plain.strip("-")[:60] or "motion"


def free_path(path: Path) -> Path:
    """Return ``path``, or the first of ``name-2``, ``name-3`` … that does not exist."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return free


def given_name(text: str, kind: str, others: tuple[str, ...] = ()) -> str:
    """Return a name that someone gave to a ``kind`` of thing, as it is kept: no space around it, composed characters.

    Raises
    ------
    ValueError
        If it is blank, longer than 60 characters, or one of ``others`` without regard to case.
    """
    name = unicodedata.normalize("NFC", text).strip()
    if not name:
        raise ValueError(f"A {kind} needs a name.")
    if len(name) > LONGEST_NAME:
        raise ValueError(f"The name of a {kind} can have {LONGEST_NAME} characters; this one has {len(name)}.")
    if name.casefold() in {other.casefold() for other in others}:
        raise ValueError(f"There is a {kind} “{name}” already.")
    return name
