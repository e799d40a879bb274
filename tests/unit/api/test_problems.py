import pytest

from integrations.api.envelopes import ErrorAnswer
from integrations.api.problems import STATUS_BY_ERROR, headers_of, problem_of, status_of
from integrations.domain import errors

CONTRACT = {
    400: {"malformed_json", "project_required"},
    401: {"unauthorized"},
    403: {"insufficient_permission"},
    404: {"route_not_found", "project_not_found", "integration_not_found", "job_not_found"},
    409: {"integration_inactive", "credentials_missing", "job_finished"},
    412: {"version_conflict"},
    413: {"payload_too_large"},
    415: {"unsupported_media_type"},
    422: {"validation_failed", "direction_not_supported", "entity_ids_not_supported", "idempotency_key_reused"},
    428: {"version_required"},
    429: {"rate_limited"},
    500: {"internal_error"},
    503: {"unavailable"},
}


def family(error_type: type) -> set[type]:
    return {error_type}.union(*(family(child) for child in error_type.__subclasses__()))


def test_every_refusal_has_the_status_that_the_contract_gives_its_code():
    named = {error for error in family(errors.RequestRefused) if "code" in vars(error)}
    assert named
    for error in named:
        assert error.code in CONTRACT[status_of(error)], error
    shown = {error.code for error in named} | {"unavailable", "internal_error"}
    assert shown >= set().union(*CONTRACT.values())


@pytest.mark.parametrize(
    "error",
    [
        errors.LeaseLost("fence 7 has followed 6"),
        errors.ReconnectRequired("the token sk-planted was refused"),
        errors.RetryLater("planted"),
        errors.RequestRefused("planted"),
        KeyError("planted"),
    ],
)
def test_what_is_not_meant_for_callers_tells_them_nothing(error):
    assert status_of(type(error)) == 500
    answer = problem_of(error, "r-1")
    assert answer["error"]["code"] == "internal_error"
    assert "planted" not in str(answer)
    assert "fence" not in str(answer)


def test_the_envelope_names_the_request():
    answer = problem_of(errors.JobNotFound("the project 'a' has no job 'b'; jobs are kept 90 days"), "r-1")
    assert answer == {
        "error": {
            "code": "job_not_found",
            "message": "The project 'a' has no job 'b'; jobs are kept 90 days.",
            "requestId": "r-1",
        }
    }
    ErrorAnswer.model_validate(answer)


def test_what_is_wrong_with_each_field_is_in_the_details():
    error = errors.ValidationFailed("2 values cannot be accepted", (("a", "is required"), ("b[3]", "is empty")))
    answer = problem_of(error, "r-1")
    assert answer["error"]["details"] == [
        {"field": "a", "message": "is required"},
        {"field": "b[3]", "message": "is empty"},
    ]
    ErrorAnswer.model_validate(answer)


def test_who_asked_too_often_is_told_when_to_come_back():
    assert headers_of(errors.TooManyRequests("wait", retry_after_seconds=7)) == {"Retry-After": "7"}
    assert headers_of(errors.Unavailable("wait")) == {}


def test_the_table_cannot_be_changed():
    with pytest.raises(TypeError):
        STATUS_BY_ERROR[KeyError] = 200
