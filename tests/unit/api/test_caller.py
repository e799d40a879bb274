import pytest

from integrations.api.caller import Caller, caller_of, project_asked_for, require_level
from integrations.domain.errors import InsufficientPermission, ProjectNotFound, ProjectRequired, Unauthorized

CONTEXT = {"keyId": "ab" * 32, "level": "write", "projects": "one,two", "plan": "pro"}


def test_the_authorizers_context_is_the_caller():
    assert caller_of(CONTEXT) == Caller("ab" * 32, "write", ("one", "two"), "pro")


@pytest.mark.parametrize("context", [None, {}, {"level": "admin", "projects": "one"}, {"keyId": ""}])
def test_where_no_authorizer_spoke_nobody_is_let_in(context):
    with pytest.raises(Unauthorized, match="Bearer ds_"):
        caller_of(context)


@pytest.mark.parametrize("header", [None, "", "  ", "one", " one "])
def test_a_key_of_one_project_needs_no_header(header):
    assert project_asked_for(Caller("k", "read", ("one",), "free"), header) == "one"


def test_a_key_of_several_projects_has_to_say_which():
    caller = caller_of(CONTEXT)
    assert project_asked_for(caller, "two") == "two"
    with pytest.raises(ProjectRequired, match="2 projects"):
        project_asked_for(caller, None)


@pytest.mark.parametrize("header", ["three", "One", "one,two", "one two"])
def test_a_project_that_the_key_does_not_serve_is_not_found(header):
    with pytest.raises(ProjectNotFound):
        project_asked_for(caller_of(CONTEXT), header)


def test_a_key_without_a_project_serves_none():
    caller = caller_of({**CONTEXT, "projects": ""})
    with pytest.raises(ProjectRequired):
        project_asked_for(caller, None)
    with pytest.raises(ProjectNotFound):
        project_asked_for(caller, "one")


@pytest.mark.parametrize(
    ("held", "suffices_for"),
    [
        ("read", {"read"}),
        ("write", {"read", "write"}),
        ("admin", {"read", "write", "admin"}),
        ("root", set()),
        ("", set()),
    ],
)
def test_each_level_includes_those_below_it(held, suffices_for):
    for needed in ("read", "write", "admin"):
        if needed in suffices_for:
            require_level(Caller("k", held, (), "free"), needed)
        else:
            with pytest.raises(InsufficientPermission, match=needed):
                require_level(Caller("k", held, (), "free"), needed)
