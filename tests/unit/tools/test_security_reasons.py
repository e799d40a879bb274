"""Whatever `make security` is told to overlook has its reason beside it."""

import re

import yaml

from tools.stack.built_template import resources_of
from tools.stack.places import ROOT

SOURCES = [path for folder in ("layers", "functions", "tools") for path in (ROOT / folder).rglob("*.py")]
NOSEC = re.compile(r"# nosec (?P<tests>B\d{3}( B\d{3})*) # (?P<reason>\w.{8,})$")


def test_no_check_of_all_resources_is_skipped_without_a_reason():
    lines = (ROOT / "checkov.yaml").read_text().splitlines()
    skips = [number for number, line in enumerate(lines) if re.match(r"\s+- CKV", line)]
    assert len(skips) == len(yaml.safe_load("\n".join(lines))["skip-check"])
    assert all(lines[number - 1].strip().startswith("# ") for number in skips)


def test_no_check_of_a_resource_is_skipped_without_a_reason():
    found = [resource.get("Metadata", {}).get("checkov") for resource in resources_of(ROOT / "template.yaml").values()]
    skips = [skip for each in found if each for skip in each["skip"]]
    assert skips
    assert all(len(skip["comment"]) > 20 for skip in skips)
    assert "checkov:skip" not in (ROOT / "template.yaml").read_text()


def test_bandit_overlooks_nothing_without_a_reason():
    marked = [line for path in SOURCES for line in path.read_text().splitlines() if "nosec" in line]
    assert marked
    assert [line for line in marked if not NOSEC.search(line)] == []
