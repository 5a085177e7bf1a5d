"""``python -m motionapp`` is the command ``motionapp``."""

import sys

from motionapp.cli import main

if __name__ == "__main__":
    sys.exit(main())
