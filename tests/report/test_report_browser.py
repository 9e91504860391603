"""The report in a real browser: silent, whole, readable on a phone, in the dark, on paper, by keyboard, and by axe-core's rules."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from report_cases import Made
from webdriver import Browser

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
WIDTHS = {"phone": (390, 844), "desktop": (1280, 900)}
LOOKS = ["light", "dark"]
SHOWN = ["clusters", "noise", "all noise", "one cluster", "many", "bare", "protected", "auto", "auto finds none"]
TAB, ENTER = "\ue004", "\ue007"

views = pytest.mark.parametrize("width", WIDTHS)
pages = pytest.mark.parametrize("case", SHOWN)


@pytest.fixture(scope="module")
def browser(start: Callable[..., Browser]) -> Browser:
    return start()


@pytest.fixture
def show(browser: Browser, made: Callable[[str], Made]) -> Iterator[Callable[..., Browser]]:
    """Open the report of a case as on that device."""

    def open_page(case: str, width: str = "desktop", look: str = "light", media: str = "") -> Browser:
        browser.emulate(prefers_color_scheme=look, media=media)
        browser.resize(*WIDTHS[width])
        browser.open((made(case).folder / "report.html").as_uri())
        return browser

    yield open_page
    browser.emulate(prefers_color_scheme="light")


@pages
@views
def test_the_console_says_nothing_and_nothing_is_asked_of_a_network(show: Callable[..., Browser], case: str, width: str) -> None:
    browser = show(case, width)
    assert browser.log("browser") == []
    asked = browser.requests()
    assert asked
    assert [address for address in asked if not address.startswith(("file:", "data:"))] == []


@pages
@views
def test_nothing_is_wider_than_the_screen(show: Callable[..., Browser], case: str, width: str) -> None:
    browser = show(case, width)
    assert browser.run("return document.documentElement.scrollWidth") <= WIDTHS[width][0]


@pages
def test_every_card_and_picture_is_there(show: Callable[..., Browser], made: Callable[[str], Made], case: str) -> None:
    browser = show(case)
    k = made(case).document.clustering_results.model_info.n_clusters
    cards = browser.run("return [...document.querySelectorAll('.card')].map(card => card.getBoundingClientRect().height)")
    counts = made(case).document.metadata.data_statistics
    assert len(cards) == min(k, 30) + bool(counts.n_noise + counts.n_excluded)
    assert all(height > 80 for height in cards)
    drawn = browser.run("return [...document.images].map(image => image.complete && image.naturalWidth)")
    assert all(width == 1200 for width in drawn)
    plots = made(case).folder / "plots"
    assert len(drawn) == (len(list(plots.iterdir())) if plots.is_dir() else 0)


def test_cluster_colours_are_those_of_the_pictures(show: Callable[..., Browser]) -> None:
    browser = show("clusters")
    colours = browser.run("return [...document.querySelectorAll('.card .number')].map(n => getComputedStyle(n).backgroundColor)")
    assert len(set(colours)) == len(colours)
    assert colours[0] == "rgb(0, 114, 178)"  # the pictures' first colour, Okabe and Ito's blue


@pages
@views
@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_to_complain_of(show: Callable[..., Browser], case: str, width: str, look: str) -> None:
    if not AXE.is_file():
        reason = f"no axe-core (npm install --no-save --no-package-lock axe-core, in {AXE.parents[2].name}/)"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    browser = show(case, width, look)
    browser.run("for (const more of document.querySelectorAll('details')) more.open = true")
    browser.run(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = browser.run("return axe.run(document, {resultTypes: ['violations', 'incomplete']})")
    assert [(rule["id"], [node["html"][:200] for node in rule["nodes"]]) for rule in found["violations"]] == []
    unsure = [node for rule in found["incomplete"] if rule["id"] == "color-contrast" for node in rule["nodes"]]
    # A text of one character may be an ornament to axe, which measures those of two that look the same; a cell half out of a table
    # that scrolls is measured at the other width.
    allowed = {"shortTextContent", "elmPartiallyObscured"} if width == "phone" else {"shortTextContent"}
    assert {check["data"]["messageKey"] for node in unsure for check in node["any"]} <= allowed
    assert "color-contrast" in {rule["id"] for rule in found["passes"]}


def test_the_first_key_leads_past_the_head_of_the_page(show: Callable[..., Browser]) -> None:
    browser = show("clusters")
    browser.press(TAB)
    assert browser.run("return document.activeElement.className") == "skip"
    assert browser.run("return document.activeElement.getBoundingClientRect().left") >= 0
    browser.press(ENTER)
    assert browser.run("return location.hash") == "#main"


def test_every_link_fold_and_scrolling_table_is_reached_by_keyboard_and_seen_to_be(show: Callable[..., Browser]) -> None:
    browser = show("clusters", "phone")
    wanted = browser.run("return document.querySelectorAll('a, summary, .scroll:not(details *), pre:not(details *)').length")
    reached = set()
    for _ in range(wanted):
        browser.press(TAB)
        reached.add(browser.run("const e = document.activeElement; return [...document.querySelectorAll('*')].indexOf(e)"))
        assert browser.run("return getComputedStyle(document.activeElement).outlineStyle") != "none"
    assert len(reached) == wanted


def test_every_part_that_is_named_at_the_top_is_there(show: Callable[..., Browser]) -> None:
    browser = show("clusters")
    missing = browser.run("return [...document.querySelectorAll('nav a')].filter(a => !document.querySelector(a.hash)).map(a => a.hash)")
    assert missing == []


def test_on_paper_folded_parts_are_open_and_the_page_is_white(show: Callable[..., Browser]) -> None:
    browser = show("clusters", look="dark", media="print")
    folded = browser.run("return [...document.querySelectorAll('details > :not(summary)')].map(e => e.getBoundingClientRect().height)")
    assert folded
    assert all(height > 20 for height in folded)
    assert browser.run("return getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    assert browser.run("return getComputedStyle(document.querySelector('nav')).display") == "none"
    assert browser.run("return getComputedStyle(document.body).color") == "rgb(31, 35, 40)"
