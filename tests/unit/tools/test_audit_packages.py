import pytest

from tools.audit_packages import report

CLEAN = {"name": "httpx", "version": "1.0", "vulns": []}
SKIPPED = {"name": "nh3", "skip_reason": "Dependency not found on PyPI and could not be audited: nh3 (0.3)"}
VULNERABLE = {"name": "markdown", "version": "3.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3.1"]}]}


def test_a_vulnerable_package_fails_the_audit(capsys: pytest.CaptureFixture[str]):
    assert report([CLEAN, VULNERABLE]) == 1
    assert "markdown 3.0: PYSEC-1, fixed in 3.1" in capsys.readouterr().out


@pytest.mark.parametrize("packages", [None, [SKIPPED], [CLEAN, SKIPPED]])
def test_what_could_not_be_looked_up_is_said_and_no_finding(packages, capsys: pytest.CaptureFixture[str]):
    assert report(packages) == 0
    assert "NOT AUDITED" in capsys.readouterr().out


def test_an_audit_of_everything_says_only_that(capsys: pytest.CaptureFixture[str]):
    assert report([CLEAN]) == 0
    assert capsys.readouterr().out == "pip-audit: 1 of 1 shipped packages audited, 0 vulnerable.\n"
