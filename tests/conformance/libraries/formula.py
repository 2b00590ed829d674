"""Formulas written out, of papers and of fastai."""

import pywarmup as pw
from conformance.case import Case


def schedule(case: Case) -> pw.Schedule:
    """Return what a formula is called here."""
    if case.callable == "noam":
        return pw.noam(**case.kwargs)
    from pywarmup.compat import fastai

    return fastai.combined_cos(**case.kwargs)
