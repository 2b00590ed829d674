"""The picture in a notebook: small, well-formed, readable on light and dark pages, and true to the curve."""

import re
import subprocess
import sys
from xml.etree import ElementTree

import numpy as np
import pytest
from registry import SAMPLES

import pywarmup as pw
from pywarmup.tools.svg import BOTTOM, LEFT, RIGHT, TOLERANCE, TOP, html, svg

NAMESPACE = "{http://www.w3.org/2000/svg}"
COSINE = pw.warmup_cosine(3e-4, warmup_steps=20_000, total_steps=100_000)
NOISE = pw.Table(np.random.default_rng(0).random(50_000).tolist())


def parsed(schedule: pw.Schedule) -> ElementTree.Element:
    return ElementTree.fromstring(svg(schedule))


def texts(schedule: pw.Schedule) -> list[str]:
    return [text.text or "" for text in parsed(schedule).iter(f"{NAMESPACE}text")]


def line(schedule: pw.Schedule) -> np.ndarray:
    (path,) = [path for path in parsed(schedule).iter(f"{NAMESPACE}path") if path.get("fill") == "none"]
    return np.array([list(map(float, pair.split())) for pair in re.split("[ML]", path.get("d", ""))[1:]])


@pytest.mark.parametrize("name", SAMPLES)
def test_every_schedule_shows_itself(name: str) -> None:
    page = ElementTree.fromstring(SAMPLES[name]._repr_html_())
    assert len(html(SAMPLES[name]).encode()) < 6_000
    assert page.findtext(f"{NAMESPACE}svg/{NAMESPACE}title")
    assert repr(SAMPLES[name]).startswith(page.findtext("figcaption/code", "").removesuffix("..."))
    places = line(SAMPLES[name])
    assert (places[0, 0], places[-1, 0]) == (LEFT, RIGHT)
    assert (np.diff(places[:, 0]) >= 0.0).all()
    assert places[:, 1].min() == pytest.approx(TOP, abs=2 * TOLERANCE) or SAMPLES[name](0) <= 0.0
    assert places[:, 1].max() <= BOTTOM


@pytest.mark.parametrize("schedule", [COSINE, pw.multi_step(0.1, milestones=[30, 60, 80]).until(100)])
def test_the_line_is_the_curve(schedule: pw.Schedule) -> None:
    places = line(schedule)
    total = float(schedule.total_steps or 0)
    steps = np.random.default_rng(0).random(1_000) * total
    x, y = (
        LEFT + steps / total * (RIGHT - LEFT),
        BOTTOM - schedule(steps) / schedule(np.arange(total)).max() * (BOTTOM - TOP),
    )
    near = np.interp([x - 0.3, x, x + 0.3], places[:, 0], places[:, 1])
    assert (near.min(axis=0) - 0.5 <= y).all()
    assert (y <= near.max(axis=0) + 0.5).all()


def test_the_worst_of_curves_is_small_too() -> None:
    assert len(html(NOISE).encode()) < 6_000
    assert len(html(pw.join(*[pw.Linear(1.0, 0.0, steps=10)] * 900)).encode()) < 6_000
    assert len(html(COSINE).encode()) < 2_000


def test_peak_and_total_are_labelled() -> None:
    assert {"peak 3e-4", "total 100k", "0", "linear warmup", "cosine decay"} <= set(texts(COSINE))
    assert not [text for text in texts(pw.Constant(0.1)) if "total" in text]
    assert "peak 0.1" in texts(pw.Constant(0.1))


def test_the_title_says_what_is_seen() -> None:
    (title,) = parsed(COSINE).iter(f"{NAMESPACE}title")
    assert title.text == (
        "Join: linear warmup from step 0, cosine decay from step 20k; peak 3e-4 at step 20k, 100k steps"
    )
    assert parsed(COSINE).get("role") == "img"


def test_all_but_the_line_takes_the_colour_of_the_page() -> None:
    colours = {element.get("stroke") for element in parsed(COSINE).iter()} - {None, "currentColor"}
    assert colours == {"#3b82f6"}
    assert parsed(COSINE).get("fill") == "currentColor"
    assert not [element for element in parsed(COSINE) if element.get("fill") not in (None, "none")]


def luminance(colour: str) -> float:
    parts = np.array([int(colour[index : index + 2], 16) for index in (1, 3, 5)]) / 255
    return float(np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("page", ["#ffffff", "#111111", "#1e1e1e"])
def test_the_line_stands_out_from_the_page(page: str) -> None:
    lighter, darker = sorted([luminance("#3b82f6"), luminance(page)], reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) > 3.0  # WCAG 2.1, criterion 1.4.11


def test_stages_are_shaded_in_turn() -> None:
    schedule = pw.wsd(1.0, warmup_steps=30, decay_steps=20, total_steps=100)
    shades = [
        (float(shade.get("x", "")), float(shade.get("width", "")))
        for shade in parsed(schedule).iter(f"{NAMESPACE}rect")
    ]
    width = RIGHT - LEFT
    assert shades == [(LEFT, 0.3 * width), (LEFT + 0.8 * width, pytest.approx(0.2 * width, abs=0.1))]


def test_text_is_escaped() -> None:
    class Sneaky(pw.Constant):
        __slots__ = ()

        def __repr__(self) -> str:
            return "<script>alert('&')</script>"

    Sneaky.__name__ = "<b>"
    shown = html(Sneaky(0.1))
    assert "<script>" not in shown
    assert "<b>" not in shown
    assert ElementTree.fromstring(shown).findtext("figcaption/code") == "<script>alert('&')</script>"


def test_a_long_definition_is_cut() -> None:
    text = ElementTree.fromstring(html(NOISE)).findtext("figcaption/code", "")
    assert len(text) == 403
    assert text.endswith("...")


def test_a_notebook_needs_no_matplotlib() -> None:
    code = "import sys, pywarmup as pw; pw.Constant(0.1)._repr_html_(); print('matplotlib' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd="/").stdout
        == "False\n"
    )
