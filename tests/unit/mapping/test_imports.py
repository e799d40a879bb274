import os
import subprocess
import sys

import pytest

HEAVY = ("pyromark", "nh3", "slugify", "pydantic")


@pytest.mark.parametrize("module", ["paths", "rules"])
def test_what_api_functions_import_loads_no_markdown(module):
    script = f"import sys; import integrations.mapping.{module}; print([n for n in {HEAVY} if n in sys.modules])"
    environment = {"PYTHONPATH": os.pathsep.join(sys.path)}
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment)
    assert ran.stdout == "[]\n"
