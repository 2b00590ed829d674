"""Formulas written out, of papers and of fastai."""

import pywarmup as pw
from conformance.case import Case
from pywarmup.compat import fastai


def schedule(case: Case) -> pw.Schedule:
    """Return what a formula is called here; the paper of the Transformer counts steps from 1."""
    if case.callable == "noam":
        return pw.noam(**case.kwargs)
    return fastai.combined_cos(**case.kwargs)
