"""Bodies keep their HTML through inversion: `CONTENT=<folder>` measures a folder of Markdown and lists what doesn't."""

import os
from pathlib import Path

import pytest

from tests.unit.mapping.fidelity import bodies_in, first_difference, measure
from tests.unit.mapping.generated import document

ROOT = Path(__file__).parents[3]
KEPT_MINIMUM = 0.97


def test_generated_documents_keep_their_html():
    fidelity = measure({f"seed {seed}": document(seed) for seed in range(60)})
    assert (fidelity.failures, fidelity.html) == ({}, ())


def test_the_projects_own_documents_keep_their_html():
    bodies = bodies_in(ROOT / "docs")
    bodies |= {path.name: path.read_text(encoding="utf-8") for path in ROOT.glob("*.md")}
    assert bodies
    fidelity = measure(bodies)
    assert (fidelity.failures, fidelity.html) == ({}, ())


@pytest.mark.skipif(not os.environ.get("CONTENT"), reason="CONTENT names no folder of Markdown")
def test_the_given_content_keeps_its_html():
    fidelity = measure(bodies_in(Path(os.environ["CONTENT"])))
    print(f"\n{fidelity}")
    assert fidelity.total
    assert fidelity.share >= KEPT_MINIMUM, str(fidelity)


def test_a_difference_is_told_by_its_first_lines():
    assert first_difference("<p>a</p>\n<p>b</p>\n", "<p>a</p>\n<p>c</p>\n") == "-<p>b</p> → +<p>c</p>"


def test_front_matter_is_no_part_of_a_body(tmp_path):
    (tmp_path / "a.md").write_text("---\ntitle: x\n---\n\n# A\n\n---\n\nb\n", encoding="utf-8")
    (tmp_path / "b.md").write_text("No front matter\n---\n", encoding="utf-8")
    assert bodies_in(tmp_path) == {"a.md": "\n# A\n\n---\n\nb\n", "b.md": "No front matter\n---\n"}
