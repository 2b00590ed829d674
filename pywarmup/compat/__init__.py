"""Schedules of other libraries, under their own names and arguments: `pywarmup.compat.<library>.<callable>(...)`.

Each module is named after a library and imports nothing of it. Its functions are named and parameterised as the
library's (what those read from an optimizer is `base_lr` here) and return compositions of pywarmup's shapes.
"""
