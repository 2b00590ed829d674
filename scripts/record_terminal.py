"""Writes docs/terminal.md: commands, and what they print.

python scripts/record_terminal.py          writes the page
python scripts/record_terminal.py --check  exits with 1 if the page is not what it would write
"""

import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "terminal.md"
COSINE = "warmup_cosine(3e-4, warmup_steps=2000, total_steps=100_000)"
HEAD = """\
# The command line

`pywarmup` shows, compares, checks and writes schedules; `python -m pywarmup` is the same. `pywarmup --help` and
`pywarmup COMMAND --help` explain the options.

A schedule is an expression, a file that ends in `.json`, `.toml` or `.yaml`, or `-` for standard input. An expression
is read with Python's own parser and a list of what is allowed: the shapes, combinators and recipes, their methods,
`+ - * /`, numbers, lists and strings. It is never evaluated. A JSON file holds what `to_json` gives; TOML and YAML hold
the same, or an expression as `schedule`, perhaps among other settings.

The exit code is 0 if all is fine, 1 for findings of `lint` and differences of `diff`, 2 for wrong usage and bad input,
and 130 after Ctrl-C.

This page is written by `python scripts/record_terminal.py`, which runs each of these commands.
"""
SECTIONS = {
    "See": [f'pywarmup show "{COSINE}"', 'pywarmup plot --scale log "noam(d_model=512, warmup_steps=4000)"'],
    "Values": [
        f'pywarmup at "{COSINE}" 0 500 1999.5 50_000:100_000:10_000',
        f'pywarmup table "{COSINE}" --step 20_000',
        f'pywarmup table "{COSINE}" --dtype float32 -o rates.npy',
        f'pywarmup show --json "{COSINE}" > rates.json',
        "pywarmup at --quiet rates.json 1000",
    ],
    "Compare": [
        f'pywarmup diff rates.json "{COSINE.replace("2000", "1000")}"',
        'pywarmup diff rates.json "join(Linear(0, 3e-4, steps=2000), Cosine(3e-4, 0, steps=98_000))"',
    ],
    "Check": [
        'pywarmup lint "join(Linear(0, 3e-4, steps=30_000), Cosine(6e-4, 0, steps=70_000))"',
        "pywarmup lint rates.json",
    ],
    "Configurations": [
        "cat train.yaml",
        "pywarmup lint --steps-per-epoch 391 train.yaml",
    ],
    "Counting": [
        "pywarmup steps --epochs 3 --samples 50_000 --batch-size 32 --world-size 8 --accumulation 4 --warmup 0.05",
        "pywarmup steps --value 0.1 --base-batch-size 256 --batch-size 32 --world-size 8 --accumulation 4",
    ],
    "What there is": ["pywarmup list one_cycle"],
    "Mistakes": [
        f'pywarmup show "{COSINE.replace("warmup_cosine", "warmup_cosin")}"',
        f'pywarmup show "{COSINE.replace("total_steps", "steps")}"',
        'pywarmup show "warmup_cosine(3e-4, warmup_steps=2000, total_steps=2000)"',
        "pywarmup show \"__import__('os').system('ls')\"",
        "pywarmup lint missing.json",
    ],
}
FILES = {"train.yaml": 'batch_size: 128\nschedule: "one_cycle(0.4, total_steps=30 * 391 + 10)"\n'}


def main() -> int:
    """Write the page, or compare it."""
    page = record()
    if "--check" in sys.argv[1:]:
        return int(page != PAGE.read_text(encoding="utf-8"))
    PAGE.write_text(page, encoding="utf-8", newline="\n")
    return 0


def record() -> str:
    """Return the page."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in FILES.items():
            Path(folder, name).write_text(content)
        parts = [HEAD]
        for title, commands in SECTIONS.items():
            shown = "\n".join([recorded(command, folder) for command in commands])
            parts.append(f"## {title}\n\n```console\n{shown}```\n")
    return "\n".join(parts)


def recorded(command: str, folder: str) -> str:
    """Return a command as it is typed, what it prints, and its exit code if that is not 0."""
    changes = {"COLUMNS": "90", "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1"}
    run = command.replace("pywarmup", f"{shlex.quote(sys.executable)} -m pywarmup", 1)
    done = subprocess.run(run, shell=True, capture_output=True, check=False, cwd=folder, env=os.environ | changes)
    printed = (done.stdout + done.stderr).decode()
    return f"$ {command}\n{printed}" + (f"$ echo $?\n{done.returncode}\n" if done.returncode else "")


if __name__ == "__main__":
    sys.exit(main())
