"""Runs a script, and leaves without the end of the interpreter: `leave.py SCRIPT ARGUMENTS`.

Gloo's threads may still be dropping the tensors of the last collective then. In torch 2.13 that takes the interpreter's
lock, and aborts the process ("terminate called without an active exception") if the interpreter is just ending.
"""

import os
import runpy
import sys

if __name__ == "__main__":
    del sys.argv[0]
    runpy.run_path(sys.argv[0], run_name="__main__")
    sys.stdout.flush()
    os._exit(0)
