"""What the template promises, read from the file itself."""

import json
import re
import tomllib

import pytest

from tools.stack.built_template import read_template
from tools.stack.places import ROOT

TEMPLATE = read_template(ROOT / "template.yaml")
RESOURCES = TEMPLATE["Resources"]
FUNCTIONS = {
    name: resource["Properties"]
    for name, resource in RESOURCES.items()
    if resource["Type"] == "AWS::Serverless::Function"
}
TABLES = [each["Properties"] for each in RESOURCES.values() if each["Type"] == "AWS::DynamoDB::Table"]
RESPONSES = RESOURCES["IntegrationsApi"]["Properties"]["GatewayResponses"]
SCHEDULES = {"Sub": "arn:${AWS::Partition}:scheduler:${AWS::Region}:${AWS::AccountId}:schedule/${ScheduleGroup}/*"}
"""Their names are made with them; the group is the stack's own."""
PURPOSES = (
    ("RunSyncFunction", "service"),
    ("TestConnectionFunction", "service"),
    ("PreviewSyncFunction", "service"),
    ("ListFieldsFunction", "service"),
    ("ReceiveWebhookFunction", "webhook"),
)
CODES = {
    400: {"malformed_json"},
    401: {"unauthorized"},
    403: {"insufficient_permission"},
    404: {"route_not_found"},
    413: {"payload_too_large"},
    415: {"unsupported_media_type"},
    429: {"rate_limited"},
    500: {"internal_error"},
    503: {"unavailable"},
}


def _statements(function):
    return [statement for policy in function.get("Policies", ()) for statement in policy["Statement"]]


def test_every_folder_of_functions_is_a_function_and_has_an_event_to_try_it_with():
    folders = {path.parent.name for path in (ROOT / "functions").glob("*/app.py")}
    assert {function["CodeUri"] for function in FUNCTIONS.values()} == {f"functions/{name}/" for name in folders}
    assert folders <= {path.stem for path in (ROOT / "events").glob("*.json")}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_has_a_log_group_of_its_own_that_forgets(name):
    group = RESOURCES[FUNCTIONS[name]["LoggingConfig"]["LogGroup"]["Ref"]]
    assert group["Properties"]["RetentionInDays"] == {"Ref": "LogRetentionDays"}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_may_do_named_things_to_named_resources_only(name):
    for statement in _statements(FUNCTIONS[name]):
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        assert not [action for action in actions if "*" in action]
        assert "*" not in json.dumps(statement["Resource"]) or statement["Resource"] == SCHEDULES


def test_nobody_scans_and_only_callers_of_services_open_credentials():
    allowed = {name: json.dumps(_statements(function)) for name, function in FUNCTIONS.items()}
    assert not [name for name, text in allowed.items() if "Scan" in text]
    decrypting = {name for name, text in allowed.items() if "kms:Decrypt" in text}
    assert decrypting == {
        "RunSyncFunction",
        "TestConnectionFunction",
        "PreviewSyncFunction",
        "ListFieldsFunction",
        "ReceiveWebhookFunction",
    }
    purposes = {
        name: allowed[name].count(f'"kms:EncryptionContext:purpose": "{purpose}"') for name, purpose in PURPOSES
    }
    assert set(purposes.values()) == {1}
    assert set(purposes) == decrypting
    assert {name for name, text in allowed.items() if '"kms:Encrypt"' in text} == {"PutCredentialsFunction"}


def test_schedules_may_start_their_function_and_nothing_else():
    role = RESOURCES["SchedulesRole"]["Properties"]
    policy = RESOURCES["SchedulesPolicy"]["Properties"]
    assert policy["Roles"] == [{"Ref": "SchedulesRole"}]
    assert "Policies" not in role
    [allowed] = policy["PolicyDocument"]["Statement"]
    assert allowed["Action"] == "lambda:InvokeFunction"
    assert allowed["Resource"] == {"GetAtt": "StartScheduledSyncFunction.Arn"}
    [trusted] = role["AssumeRolePolicyDocument"]["Statement"]
    assert trusted["Principal"] == {"Service": "scheduler.amazonaws.com"}
    assert trusted["Condition"]["StringEquals"]["aws:SourceArn"] == {"GetAtt": "ScheduleGroup.Arn"}


def test_the_gateway_remembers_a_key_for_a_minute_at_most():
    authorizer = RESOURCES["IntegrationsApi"]["Properties"]["Auth"]["Authorizers"]["ApiKeyAuthorizer"]
    assert authorizer["Identity"]["ReauthorizeEvery"] <= 60


def test_only_the_documentation_and_signed_webhooks_need_no_key():
    events = [(name, event) for name, each in FUNCTIONS.items() for event in each.get("Events", {}).values()]
    open_to_all = {name for name, event in events if event["Properties"].get("Auth", {}).get("Authorizer") == "NONE"}
    assert open_to_all == {"ServeDocsFunction", "ReceiveWebhookFunction"}
    assert not _statements(FUNCTIONS["ServeDocsFunction"])


@pytest.mark.parametrize("name", RESPONSES)
def test_the_gateways_own_answers_come_in_the_envelope(name):
    body = json.loads(RESPONSES[name]["ResponseTemplates"]["application/json"])
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message", "requestId"}
    assert body["error"]["code"] in CODES[RESPONSES[name]["StatusCode"]]
    assert body["error"]["requestId"] == "$context.requestId"


def test_whoever_is_told_to_come_back_is_told_when():
    for response in RESPONSES.values():
        if response["StatusCode"] in (429, 503):
            assert re.fullmatch(r"'\d+'", response["ResponseParameters"]["Headers"]["Retry-After"])


@pytest.mark.parametrize("table", TABLES)
def test_tables_are_protected_against_loss(table):
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["DeletionProtectionEnabled"] == {"If": ["IsLocal", False, True]}
    assert table["SSESpecification"] == {"SSEEnabled": True}


def test_the_access_log_is_json_and_holds_no_header_of_the_caller():
    line = json.loads(RESOURCES["IntegrationsApi"]["Properties"]["AccessLogSetting"]["Format"])
    assert line["requestId"] == "$context.requestId"
    assert not [value for value in line.values() if "authorization" in value.lower() or "header" in value.lower()]


def test_every_way_to_configure_the_times_leaves_room_for_a_slice_to_end():
    parameters = TEMPLATE["Parameters"].items()
    defaults = {name: parameter["Default"] for name, parameter in parameters if name.endswith("Seconds")}
    samconfig = tomllib.loads((ROOT / "samconfig.toml").read_text())
    overrides = dict(each.split("=") for each in samconfig["local"]["deploy"]["parameters"]["parameter_overrides"])
    local = defaults | {name: int(overrides[name]) for name in defaults}
    for times in (defaults, local):
        assert times["SliceSeconds"] < times["WorkerTimeoutSeconds"] < times["VisibilityTimeoutSeconds"]
        assert 2 * times["ServiceTimeoutSeconds"] < times["LeaseSeconds"]
    assert defaults["VisibilityTimeoutSeconds"] >= 6 * defaults["WorkerTimeoutSeconds"]
