"""What the documentation quotes is what the files say, and what it links to is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
QUOTED = re.compile(r"^```python (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)")


def quotations():
    return [(page, name, code) for page in PAGES for name, code in QUOTED.findall(page.read_text())]


@pytest.mark.parametrize(("page", "name", "code"), quotations(), ids=lambda value: getattr(value, "name", None))
def test_quoted_code_stands_in_the_file_it_is_quoted_from(page, name, code):
    assert code in (ROOT / name).read_text(), f"{page.name} quotes what {name} doesn't say"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    assert [link for link in LINK.findall(page.read_text()) if not (page.parent / link).exists()] == []
