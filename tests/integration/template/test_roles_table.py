"""docs/roles.md is what the template grants, no more and no less; and no role reaches beyond this stack."""

from fnmatch import fnmatchcase

from tests.integration.template.grants import MANAGED, Grant, documented, granted, of_type

BOUNDARY = "FunctionBoundary"
SHARED = frozenset({"xray:GetSamplingRules", "xray:GetSamplingStatisticSummaries", "xray:GetSamplingTargets"}) | {
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}
"""What AWS lets nobody narrow to a resource."""


def _as_rows(grants: set[Grant]) -> str:
    return "\n".join(str(grant) for grant in sorted(grants))


def test_every_grant_is_in_the_table():
    missing = granted() - documented()
    assert not missing, f"granted by template.yaml and not in docs/roles.md:\n{_as_rows(missing)}"


def test_the_table_has_nothing_that_is_not_granted():
    gone = documented() - granted()
    assert not gone, f"in docs/roles.md and not granted by template.yaml:\n{_as_rows(gone)}"


def test_every_function_has_a_role_of_its_own_within_the_boundary():
    functions = of_type("AWS::Lambda::Function")
    roles = of_type("AWS::IAM::Role")
    for name, given in functions.items():
        assert given["Role"] == {"Fn::GetAtt": [f"{name}Role", "Arn"]}
        role = roles[f"{name}Role"]
        assert role["PermissionsBoundary"] == {"Ref": BOUNDARY}
        [trust] = role["AssumeRolePolicyDocument"]["Statement"]
        assert trust["Principal"] == {"Service": ["lambda.amazonaws.com"]}


def test_no_grant_is_for_everything_but_those_that_the_boundary_cuts_down():
    for grant in granted():
        assert grant.action.startswith(MANAGED) or "*" not in grant.action or grant.role == BOUNDARY, grant
        if grant.resource == "*":
            assert grant.action.startswith(MANAGED) or grant.action in SHARED, grant


def test_what_a_function_is_granted_is_within_the_boundary():
    """AWS allows what both do; the emulator knows no boundaries, so only this says that none is too narrow."""
    boundary = [grant for grant in granted() if grant.role == BOUNDARY]
    own = [each for each in granted() if each.role.endswith("Function") and not each.action.startswith(MANAGED)]
    assert own
    for grant in own:
        assert any(_covers(each, grant) for each in boundary), grant


def _covers(wider: Grant, grant: Grant) -> bool:
    return fnmatchcase(grant.action, wider.action) and fnmatchcase(grant.resource, wider.resource)
