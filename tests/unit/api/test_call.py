import json
from base64 import b64encode

import pytest
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent

from integrations.api.call import BODY_MAXIMUM_BYTES, ApiCall
from integrations.api.caller import Caller
from integrations.api.requests import JobsQuery, SyncHeaders, SyncRequest
from integrations.domain.errors import BodyTooLarge, MalformedJson, UnsupportedMediaType, ValidationFailed


def call(body=None, headers=None, query=None, multi=None, base64=False) -> ApiCall:
    event = {
        "headers": headers,
        "queryStringParameters": query,
        "multiValueQueryStringParameters": multi or (query and {name: [value] for name, value in query.items()}),
        "body": body,
        "isBase64Encoded": base64,
    }
    return ApiCall(APIGatewayProxyEvent(event), Caller("k", "admin", ("demo",), "pro"), "demo")


def details(body) -> dict[str, str]:
    with pytest.raises(ValidationFailed) as refused:
        call(body if isinstance(body, str) else json.dumps(body)).body(SyncRequest)
    return dict(refused.value.details)


@pytest.mark.parametrize("body", [None, "", "\n", "{}", " {} "])
def test_an_empty_body_says_nothing(body):
    read = call(body).body(SyncRequest)
    assert read.model_dump(exclude_unset=True) == {}
    assert (read.direction, read.mode, read.entity_ids) == (None, None, None)


def test_a_body_is_read_in_base64_too():
    assert call(b64encode(b'{"direction":"pull"}').decode(), base64=True).body(SyncRequest).direction == "pull"


def test_ids_keep_their_order_and_count_once():
    assert call('{"entityIds":["b","a","b","c","a"]}').body(SyncRequest).entity_ids == ["b", "a", "c"]


def test_a_thousand_different_ids_are_the_most():
    thousand = [f"e{number}" for number in range(1000)]
    assert call(json.dumps({"entityIds": thousand * 2})).body(SyncRequest).entity_ids == thousand
    assert "1001 different ids given; at most 1000" in details({"entityIds": [*thousand, "more"]})["entityIds"]


@pytest.mark.parametrize("id", ["x", "x" * 128, "\N{GRINNING FACE}" * 128, " ", "a/b#c"])
def test_an_id_is_any_text_of_1_to_128_characters(id):
    assert call(json.dumps({"entityIds": [id]})).body(SyncRequest).entity_ids == [id]


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ({"direction": "up"}, "direction", "'up' given; should be 'push' or 'pull'"),
        ({"direction": None}, "direction", "'push' or 'pull'"),
        ({"entityIds": []}, "entityIds", "at least 1"),
        ({"entityIds": ["a", ""]}, "entityIds[1]", "at least 1 character"),
        ({"entityIds": ["a" * 129]}, "entityIds[0]", "at most 128 characters"),
        ({"entityIds": [1]}, "entityIds[0]", "valid string"),
        ({"ids": ["a"]}, "ids", "not a known key; allowed here: direction, entityIds, mode"),
        ([], "body", "must be a JSON object"),
        (None, "body", "must be a JSON object"),
    ],
)
def test_each_wrong_field_is_named_with_what_is_allowed(body, field, words):
    found = details(body)
    assert list(found) == [field]
    assert words in found[field]


def test_what_was_sent_is_repeated_only_where_it_can_be_no_secret():
    assert "planted" not in str(details({"entityIds": "planted", "token": "planted"}))


def test_a_thousand_mistakes_are_a_hundred_details_and_their_number():
    with pytest.raises(ValidationFailed, match="1000 values") as refused:
        call(json.dumps({"entityIds": [""] * 1000})).body(SyncRequest)
    assert len(refused.value.details) == 100


def test_a_key_without_end_is_cut_in_the_answer():
    (field,) = details({"k" * 100_000: 1})
    assert field == "k" * 64


@pytest.mark.parametrize(
    "body", ["{", "push", "{'direction':'push'}", '{"a":1}}', '{"entityIds":["\\ud800"]}', "\ud800", "[" * 100_000]
)
def test_what_is_not_json_is_malformed(body):
    with pytest.raises(MalformedJson, match="body is not JSON"):
        call(body).body(SyncRequest)


def test_bytes_that_are_no_text_are_malformed():
    with pytest.raises(MalformedJson):
        call(b64encode(b'{"direction":"\xff"}').decode(), base64=True).body(SyncRequest)


@pytest.mark.parametrize(
    "type", ["application/json", "APPLICATION/JSON;charset=utf-8", "application/vnd.a+json", "", None]
)
def test_json_goes_by_several_names(type):
    assert call("{}", {"cOnTent-typE": type} if type is not None else None).body(SyncRequest)


@pytest.mark.parametrize("type", ["text/json", "text/plain", "application/x-www-form-urlencoded", "json", "*/*"])
def test_a_body_that_says_it_is_not_json_is_not_read(type):
    with pytest.raises(UnsupportedMediaType, match="application/json"):
        call('{"direction":', {"Content-Type": type}).body(SyncRequest)


def test_a_body_over_the_limit_is_not_read():
    with pytest.raises(BodyTooLarge, match=str(BODY_MAXIMUM_BYTES)):
        call("{" + " " * BODY_MAXIMUM_BYTES).body(SyncRequest)
    assert call("{" + " " * (BODY_MAXIMUM_BYTES - 2) + "}").body(SyncRequest)


def test_the_limit_is_above_the_largest_legal_body():
    largest = json.dumps(
        {"entityIds": [f"{n:03}" + "\N{GRINNING FACE}" * 125 for n in range(1000)], "direction": "push"}
    )
    assert len(largest) < BODY_MAXIMUM_BYTES


@pytest.mark.parametrize("query", [None, {}, {"colour": "red"}])
def test_without_a_query_a_page_is_twenty_of_all_jobs(query):
    read = call(query=query).query(JobsQuery)
    assert (read.limit, read.status, read.category, read.cursor) == (20, None, None, None)


@pytest.mark.parametrize("limit", ["1", "20", "100", "007"])
def test_a_limit_is_a_whole_number_to_a_hundred(limit):
    assert call(query={"limit": limit}).query(JobsQuery).limit == int(limit)


@pytest.mark.parametrize("limit", ["0", "101", "-1", "+1", "1.0", "1e1", " 1", "1_0", "", "\u0661", "9" * 5000])
def test_any_other_limit_is_named(limit):
    with pytest.raises(ValidationFailed) as refused:
        call(query={"limit": limit}).query(JobsQuery)
    assert [field for field, _ in refused.value.details] == ["limit"]
    assert len(str(refused.value.details)) < 200


def test_a_parameter_given_twice_is_named():
    with pytest.raises(ValidationFailed, match="limit is given 2 times"):
        call(query={"limit": "2"}, multi={"limit": ["1", "2"], "colour": ["a", "b"]}).query(JobsQuery)


@pytest.mark.parametrize("name", ["Idempotency-Key", "idempotency-key", "IDEMPOTENCY-KEY"])
def test_headers_are_found_in_any_case(name):
    assert call(headers={name: "k"}).headers(SyncHeaders).idempotency_key == "k"


@pytest.mark.parametrize("key", ["", "k" * 129])
def test_an_idempotency_key_has_1_to_128_characters(key):
    with pytest.raises(ValidationFailed) as refused:
        call(headers={"idempotency-key": key}).headers(SyncHeaders)
    assert [field for field, _ in refused.value.details] == ["Idempotency-Key"]


def test_without_the_header_there_is_no_key():
    assert call().headers(SyncHeaders).idempotency_key is None
