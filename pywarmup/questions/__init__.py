"""Questions about a whole schedule: its peak, where it falls below a value, its area, its stages, its seams.

None looks at every step. A question walks the composition and asks the shapes at places where the answer must lie.
"""

from pywarmup.questions.area import integral
from pywarmup.questions.seam import breaks
from pywarmup.questions.search import Peak, first_below, peak
from pywarmup.questions.stage import Stage, stages

__all__ = ["Peak", "Stage", "breaks", "first_below", "integral", "peak", "stages"]
