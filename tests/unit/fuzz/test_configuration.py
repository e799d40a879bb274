"""Fuzzing looks at everything: no check is off, and what is expected beyond schemathesis' own has its reason."""

import tomllib

from tests.fuzz import __main__ as fuzz
from tools.stack.places import ROOT

TEXT = (ROOT / "tests/fuzz/schemathesis.toml").read_text()
SCHEMATHESIS_OWN = {
    "positive_data_acceptance": {"2xx", "3xx", "401", "403", "404", "409", "429", "5xx"},
    "missing_required_header": {"400", "401", "403", "406", "415", "422"},
}
EXPECTED_BESIDES = {"positive_data_acceptance": {"412", "413", "422"}, "missing_required_header": {"428"}}


def test_no_check_is_off_and_few_statuses_are_expected_besides():
    checks = tomllib.loads(TEXT)["checks"]
    assert {name: set(check) for name, check in checks.items()} == {name: {"expected-statuses"} for name in checks}
    besides = {name: set(check["expected-statuses"]) - SCHEMATHESIS_OWN[name] for name, check in checks.items()}
    assert besides == EXPECTED_BESIDES


def test_what_is_expected_besides_has_its_reason_beside_it():
    lines = TEXT.splitlines()
    tables = [number for number, line in enumerate(lines) if line.startswith("[checks.")]
    assert len(tables) == len(EXPECTED_BESIDES)
    assert all(lines[number + 1].startswith("# ") for number in tables)


def test_every_level_of_key_is_tried_with_everything_and_a_wrong_one_with_each_operation():
    assert [run.key for run in fuzz.RUNS if not run.options] == ["read", "write", "admin"]
    assert "wrong" in {run.key for run in fuzz.RUNS}
