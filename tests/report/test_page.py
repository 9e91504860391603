"""report.html: whole, silent, and saying what results.json says."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from report_cases import CASES, Made

from clusterctl.plots.registry import PLOTS

VOID = {"meta", "img", "br", "hr", "link", "input"}
cases = pytest.mark.parametrize("case", CASES)


class Reader(HTMLParser):
    """What is on the page: elements with their attributes, text by element id, and whether tags are balanced."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.balanced = True
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.balanced = self.balanced and bool(self.open) and self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] != "style":
            self.text.append(data)

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def words(self) -> str:
        return " ".join(" ".join(self.text).split())


@cases
def test_every_element_is_closed_in_its_place(made: Callable[[str], Made], case: str) -> None:
    reader = Reader(made(case).page)
    assert reader.balanced
    assert reader.open == []


@cases
def test_nothing_on_it_can_run_or_be_fetched(made: Callable[[str], Made], case: str) -> None:
    reader = Reader(made(case).page)
    names = {tag for tag, _ in reader.elements}
    assert names.isdisjoint({"script", "iframe", "object", "embed", "link", "base", "form", "input"})
    for _, attributes in reader.elements:
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        assert all((attributes.get(name) or "#").startswith(("#", "data:image/png;base64,")) for name in ("href", "src"))


@cases
def test_the_policy_allows_its_own_style_sheet_by_hash_and_no_script(made: Callable[[str], Made], case: str) -> None:
    import base64
    import hashlib

    page = made(case).page
    policy = next(entry["content"] for entry in Reader(page).of("meta") if entry.get("http-equiv") == "Content-Security-Policy")
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"


@cases
def test_no_value_that_does_not_exist_is_shown_as_one(made: Callable[[str], Made], case: str) -> None:
    words = Reader(made(case).page).words.split("The whole config")[0]
    assert not re.search(r"\b(None|nan|NaN|inf|undefined)\b", words)


@cases
def test_the_answer_has_three_sentences(made: Callable[[str], Made], case: str) -> None:
    answer = re.search(r'<section class="answer.*?</section>', made(case).page, re.DOTALL)
    assert answer is not None
    sentences = re.findall(r"<p>(.*?)</p>", answer[0], re.DOTALL)
    assert len(sentences) == 3
    assert all(sentence[0].isupper() and sentence.endswith(".") for sentence in sentences)


@cases
def test_there_is_a_card_for_each_of_the_30_largest_clusters_and_a_line_for_the_others(made: Callable[[str], Made], case: str) -> None:
    run = made(case)
    sizes = {center.cluster_id: center.cluster_size for center in run.document.clustering_results.clusters.cluster_centers}
    largest = sorted(sizes, key=lambda number: (-sizes[number], number))[:30]
    shown = {int(number): int(size.replace(",", "")) for number, size in re.findall(r"cluster (\d+): ([\d,]+) rows?", run.page)}
    assert shown == {number: sizes[number] for number in largest}
    if len(sizes) > 30:
        assert "Smaller clusters" in run.page


@cases
def test_every_picture_of_the_run_is_there_with_words_for_those_who_cannot_see_it(made: Callable[[str], Made], case: str) -> None:
    import base64

    run = made(case)
    plots = run.folder / "plots"
    drawn = {path.stem: path.read_bytes() for path in plots.iterdir()} if plots.is_dir() else {}
    images = Reader(run.page).of("img")
    embedded = [base64.b64decode((image["src"] or "").split(",", 1)[1]) for image in images]
    assert embedded == [drawn[name] for name in PLOTS if name in drawn]
    assert [image["alt"] for image in images] == [f"{PLOTS[name].title}: {PLOTS[name].about}" for name in PLOTS if name in drawn]
    assert bool(images) != ("No pictures were drawn" in run.page)


def test_rows_that_stand_for_a_cluster_are_shown_with_their_own_values(made: Callable[[str], Made], table: Path) -> None:
    import pandas as pd

    run = made("clusters")
    frame = pd.read_csv(table).set_index("name")
    profile = run.document.clustering_results.cluster_analysis.cluster_profiles[0]
    card = run.page.split('aria-labelledby="cluster-0"')[1].split("</article>")[0]
    heads = re.findall(r'<th scope="col"[^>]*>(.*?)</th>', card)
    rows = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', card)
    assert [sample_id for sample_id, _ in rows] == profile.representative_samples
    for sample_id, cells in rows:
        values = dict(zip(heads[1:], re.findall(r"<td[^>]*>(.*?)</td>", cells), strict=True))
        assert values["kind"] == frame.loc[sample_id, "kind"]
        assert float(values["x"]) == pytest.approx(frame.loc[sample_id, "x"], rel=0.01)


def test_the_most_unusual_rows_outside_are_those_of_the_highest_scores(made: Callable[[str], Made]) -> None:
    run = made("noise")
    outliers = run.document.clustering_results.cluster_analysis.outlier_analysis
    scored = sorted(zip(outliers.outlier_scores, outliers.outliers, strict=True), key=lambda entry: -(entry[0] or 0))
    card = run.page.split('aria-labelledby="outside"')[1].split("</article>")[0]
    assert re.findall(r'<th scope="row">(.*?)</th>', card) == [sample_id for _, sample_id in scored[:5]]


@cases
def test_every_warning_of_the_run_is_on_the_page(made: Callable[[str], Made], case: str) -> None:
    run = made(case)
    words = Reader(run.page).words
    for warning in run.document.metadata.warnings:
        assert " ".join(warning.message.split()) in words


@cases
def test_how_it_was_made_names_hashes_seed_and_versions(made: Callable[[str], Made], case: str) -> None:
    run = made(case)
    metadata = run.document.metadata
    for part in (metadata.data_sha256, metadata.config_sha256, f"numpy {metadata.libraries['numpy']}", f"clusterctl {metadata.version}"):
        assert part in run.page
    assert f"<dt>Seed</dt><dd>{metadata.random_state}</dd>" in run.page


def test_the_same_run_gives_the_same_page_but_for_its_time_stamp(made: Callable[[str], Made], table: Path, tmp_path: Path) -> None:
    import clusterctl

    first = made("clusters")
    clusterctl.run(str(first.folder / "config.yaml"), overrides=[f"output.directory={tmp_path / 'again'}"])
    again = (tmp_path / "again" / "report.html").read_text(encoding="utf-8")
    stamp = re.compile(r"<dt>Made</dt><dd>.*?</dd>")
    assert stamp.search(first.page)
    assert stamp.sub("", again) == stamp.sub("", first.page)
