"""What files made of a source are called."""

from pathlib import Path


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
