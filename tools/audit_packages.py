"""Whether a shipped package has a known vulnerability, as far as the package index says. `make security` runs it.

Fails on findings. What couldn't be looked up, since the index can't be reached or tells nothing of vulnerabilities, is
no finding; it is said plainly.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from tools.stack.places import ROOT

PIP_AUDIT = ROOT / ".local/venvs/security/bin/pip-audit"
SHIPPED = ("layers/api/requirements.txt", "layers/worker/requirements.txt")
SHOWN_NAMES = 5


def audit(lock_files: Sequence[str]) -> list[Mapping[str, Any]] | None:
    """pip-audit's packages: `name`, and `version` with `vulns`, or `skip_reason`. None if it couldn't do anything."""
    files = [argument for name in lock_files for argument in ("--requirement", str(ROOT / name))]
    command = [str(PIP_AUDIT), *files, "--disable-pip", "--no-deps", "--format", "json", "--progress-spinner", "off"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # nosec B603 # arguments of ours
    try:
        found: list[Mapping[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        print(done.stderr.strip().splitlines()[-1:], file=sys.stderr)
        return None
    return found


def report(packages: Sequence[Mapping[str, Any]] | None) -> int:
    """Prints what was found, and what wasn't looked at; the exit status."""
    if packages is None:
        print("pip-audit: NOT AUDITED: the package index can't be reached. Run it again where it can.")
        return 0
    skipped = [package["name"] for package in packages if "skip_reason" in package]
    vulnerable = [package for package in packages if package.get("vulns")]
    for package in vulnerable:
        for each in package["vulns"]:
            fixed = ", ".join(each.get("fix_versions", ())) or "no version yet"
            print(f"pip-audit: {package['name']} {package['version']}: {each['id']}, fixed in {fixed}")
    audited = len(packages) - len(skipped)
    print(f"pip-audit: {audited} of {len(packages)} shipped packages audited, {len(vulnerable)} vulnerable.")
    if skipped:
        names = ", ".join(skipped[:SHOWN_NAMES]) + (", …" if len(skipped) > SHOWN_NAMES else "")
        print(f"pip-audit: NOT AUDITED: {len(skipped)} of which the index tells no vulnerabilities ({names}).")
    return 1 if vulnerable else 0


if __name__ == "__main__":
    sys.exit(report(audit(SHIPPED)))
