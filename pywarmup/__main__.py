"""`python -m pywarmup`, the same as `pywarmup`."""

import sys

from pywarmup.cli import main

if __name__ == "__main__":
    sys.exit(main())
