"""Say which goals are met, and write docs/benchmarks.md, its two pictures and the table in the README.

Usage: python benches/report.py
"""

from __future__ import annotations

import re
from pathlib import Path

import goals
import report_pictures
import report_tables
import results
from goals import Verdict
from results import Result

ROOT = Path(__file__).parents[1]
MARKED = re.compile(r"(<!-- benches -->\n).*?(<!-- /benches -->)", re.DOTALL)
WORDS = {"met": "yes", "missed": "**no**", "not measured": "not measured"}
PAGE = """# Benchmarks

Written by `make bench`; not edited by hand. `benches/` has the code: one file for each question, one for each peer.

{machine}

Every peer but the floors computes the same values, which is checked before it is timed. The peers of a column are
timed in one process, on one core, in turn, for many rounds. A cell has the minimum, how many times that of pywarmup it
is, and in brackets the same for the medians. Absolute times move from machine to machine, ratios less, and counts of
instructions hardly at all.

![Dot plot on a logarithmic scale: time for one step, an element of an array and the step of a trainer](benchmarks.png)

## Goals

{goals}

{tables}

## Growth

![Time per element against elements, stages and depth, on logarithmic scales](growth.png)
"""


def page(found: list[Result], verdicts: list[Verdict]) -> str:
    """Return docs/benchmarks.md."""
    machine = "\n".join(f"- {name}: {fact}" for name, fact in results.read_machine().items())
    return PAGE.format(machine=machine, goals=goals_table(verdicts), tables=report_tables.sections(found))


def goals_table(verdicts: list[Verdict]) -> str:
    """Return the goals as Markdown."""
    rows = [[verdict.goal.name, verdict.goal.wanted, number(verdict), WORDS[verdict.word]] for verdict in verdicts]
    return report_tables.markdown(["goal", "wanted", "measured", "met"], rows)


def number(verdict: Verdict) -> str:
    """Return what was measured, in short."""
    if verdict.measured is None:
        return "–"
    return f"{verdict.measured:,.0f}" if verdict.measured >= 1000 else f"{verdict.measured:.3g}"


def update_readme(found: list[Result], path: Path) -> None:
    """Replace what stands between the marks, if there are any."""
    text = path.read_text()
    path.write_text(MARKED.sub(lambda match: f"{match[1]}{report_tables.summary(found)}\n{match[2]}", text))


def main() -> None:
    """Write everything and print the goals."""
    found = results.read()
    verdicts = goals.verdicts(found)
    (ROOT / "docs" / "benchmarks.md").write_text(page(found, verdicts))
    update_readme(found, ROOT / "README.md")
    report_pictures.draw_peers(found, ROOT / "docs" / "benchmarks.png")
    report_pictures.draw_growth(found, ROOT / "docs" / "growth.png")
    for verdict in verdicts:
        print(f"{verdict.word:13} {number(verdict):>8}  wanted {verdict.goal.wanted:19} {verdict.goal.name}")
    print(f"{sum(verdict.word == 'met' for verdict in verdicts)} of {len(verdicts)} goals met")


if __name__ == "__main__":
    main()
