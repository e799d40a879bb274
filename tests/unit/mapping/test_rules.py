import time
from itertools import permutations

import pytest

from integrations.domain.field_mapping import FieldMapping
from integrations.mapping.paths import parse_path, paths_collide
from integrations.mapping.rules import mapping_problems, pulled_mappings

TITLE = FieldMapping("fields.title", "title")
SLUG = FieldMapping("fields.title", "slug.current", "slugify")
BODY = FieldMapping("fields.body", "body", "markdown_to_html")


def problems(*mappings):
    return [(index, field) for index, field, _ in mapping_problems(mappings)]


def test_one_source_may_feed_several_targets():
    assert mapping_problems([TITLE, SLUG, BODY, FieldMapping("fields.description", "seo.description")]) == []


@pytest.mark.parametrize("source", ["id", "entityTypeId", "createdAt", "updatedAt", "fields.a", "fields.a[0].b"])
def test_every_source_of_an_entity_is_allowed(source):
    assert mapping_problems([FieldMapping(source, "x")]) == []


@pytest.mark.parametrize("source", ["fields", "fields[0]", "title", "id.x", "archivedAt", "field.title", "fieldsx.a"])
def test_other_sources_are_refused_with_those_allowed(source):
    [(index, field, message)] = mapping_problems([TITLE, FieldMapping(source, "x")])
    assert (index, field) == (1, "source")
    assert source in message
    assert "entityTypeId" in message


def test_bad_paths_are_told_for_either_side():
    assert problems(FieldMapping("fields..a", "x[1000]")) == [(0, "source"), (0, "target")]


def test_an_unknown_transform_is_refused_with_those_known():
    [(index, field, message)] = mapping_problems([FieldMapping("fields.a", "a", "rot13")])  # type: ignore[arg-type]
    assert (index, field) == (0, "transform")
    assert "'rot13'" in message
    assert "slugify" in message


@pytest.mark.parametrize(("first", "second"), [("a", "a"), ("a", "a.b"), ("a.b.c", "a.b"), ("a[0]", "a.b")])
def test_targets_that_collide_are_told_for_the_later_one(first, second):
    [(index, field, message)] = mapping_problems([FieldMapping("id", first), TITLE, FieldMapping("fields.x", second)])
    assert (index, field) == (2, "target")
    assert repr(second) in message
    assert repr(first) in message
    assert "mapping 0" in message


def test_sources_that_are_pulled_may_not_contain_each_other():
    mappings = FieldMapping("fields.a", "x"), FieldMapping("fields.a.b", "y")
    assert problems(*mappings) == [(1, "source")]


def test_sources_that_are_never_pulled_may_repeat():
    assert problems(FieldMapping("id", "x"), FieldMapping("id", "y"), FieldMapping("createdAt", "z")) == []


def test_all_collisions_are_found_that_comparing_all_paths_finds():
    texts = ["a", "a.b", "a.b.c", "a[0]", "a[0].b", "a[1]", "d", "d.e", "d[2][3]"]
    for first, second in permutations(texts, 2):
        collide = paths_collide(parse_path(first), parse_path(second))
        assert problems(FieldMapping("id", first), FieldMapping("id", second)) == ([(1, "target")] if collide else [])


def test_thousands_of_mappings_are_checked_at_once():
    started = time.perf_counter()
    assert mapping_problems([FieldMapping(f"fields.a{n}.b", f"x{n}.y[{n % 10}]") for n in range(5_000)]) == []
    assert time.perf_counter() - started < 2


def test_a_pull_follows_the_mapping_that_can_be_undone():
    assert pulled_mappings([SLUG, TITLE]) == (TITLE,)
    assert pulled_mappings([TITLE, SLUG, BODY]) == (TITLE, BODY)


def test_a_pull_follows_the_first_of_equals():
    html, plain = FieldMapping("fields.body", "html", "markdown_to_html"), FieldMapping("fields.body", "text")
    assert pulled_mappings([html, plain]) == (html,)
    assert pulled_mappings([plain, html]) == (plain,)


@pytest.mark.parametrize("transform", ["uppercase", "lowercase", "slugify"])
def test_what_loses_letters_is_pulled_only_when_nothing_else_feeds_the_source(transform):
    lossy = FieldMapping("fields.title", "shout", transform)
    assert pulled_mappings([lossy]) == (lossy,)
    assert pulled_mappings([lossy, SLUG]) == (lossy,)
    assert pulled_mappings([lossy, TITLE]) == (TITLE,)


def test_only_fields_are_pulled():
    assert pulled_mappings([FieldMapping("id", "externalId"), FieldMapping("updatedAt", "changed")]) == ()
