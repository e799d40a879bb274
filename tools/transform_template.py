"""The template as CloudFormation gets it, on standard output: with the roles, permissions and rules that SAM adds.

Run by the SAM CLI's own interpreter, which has the translator: `.local/venvs/sam/bin/python tools/transform_template.py
template.yaml`. Nothing is built or looked up; code is where it would be after `sam package`.
"""

import json
import logging
import sys
from pathlib import Path

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

PACKAGED = "s3://bucket/key"


class _NoManagedPolicies:
    """The translator asks for AWS's policies, which only short names of them need."""

    def load(self) -> dict[str, str]:
        return {}


def main() -> None:
    """Prints it as JSON."""
    template = yaml_parse(Path(sys.argv[1]).read_text())
    for resource in template["Resources"].values():
        for name in {"CodeUri", "ContentUri"} & set(resource.get("Properties", {})):
            resource["Properties"][name] = PACKAGED
    logging.disable(logging.WARNING)
    print(json.dumps(transform(template, {}, _NoManagedPolicies()), default=str))


if __name__ == "__main__":
    main()
