"""Recorded values of real libraries, and how `pywarmup.compat` is compared with them."""
