"""Importing Markdown into the entity store, on moto."""

from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tests.contract.storage.tables import create_table, table_definitions
from tools.content import relative_files
from tools.import_content import import_files
from tools.show_entity import find_entity


@dataclass
class Stack:
    """What stands for a running stack."""

    dynamodb: Any
    name: str
    project_id: str = "demo"

    def client(self, service):
        assert service == "dynamodb"
        return self.dynamodb

    def table(self, name):
        assert name == "entities"
        return self.name


@pytest.fixture
def stack():
    with mock_aws():
        dynamodb = boto3.client("dynamodb")
        yield Stack(dynamodb, create_table(dynamodb, *table_definitions("EntitiesTable")))


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "a.md").write_text("---\ntitle: A\n---\nText of A\n")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b.md").write_text("---\ntitle: B\n---\nText of B\n")
    return tmp_path


def run_import(stack, folder):
    return import_files(stack, "article", relative_files(folder))


def test_every_file_becomes_an_entity(stack, folder):
    assert run_import(stack, folder).counts == {"created": 2}
    shown = find_entity(stack, "article/sub/b.md")
    assert (shown["entityTypeId"], shown["fields"]) == ("article", {"title": "B", "body": "Text of B\n"})
    assert shown["createdAt"] == shown["updatedAt"]


def test_importing_again_changes_nothing(stack, folder):
    run_import(stack, folder)
    before = stack.dynamodb.scan(TableName=stack.name)["Items"]
    assert run_import(stack, folder).counts == {"unchanged": 2}
    assert stack.dynamodb.scan(TableName=stack.name)["Items"] == before


def test_only_a_changed_file_is_written_and_its_time_moves_on(stack, folder):
    run_import(stack, folder)
    before = {each: find_entity(stack, each) for each in ("article/a.md", "article/sub/b.md")}
    (folder / "a.md").write_text("---\ntitle: A\n---\nOther text\n")
    assert run_import(stack, folder).counts == {"updated": 1, "unchanged": 1}
    changed = find_entity(stack, "article/a.md")
    assert changed["fields"]["body"] == "Other text\n"
    assert changed["updatedAt"] > before["article/a.md"]["updatedAt"]
    assert changed["createdAt"] == before["article/a.md"]["createdAt"]
    assert find_entity(stack, "article/sub/b.md") == before["article/sub/b.md"]


def test_a_file_too_large_is_named_and_the_others_go_on(stack, folder):
    (folder / "large.md").write_text("x" * 351 * 1024)
    report = run_import(stack, folder)
    assert report.counts == {"created": 2}
    [(name, reason)] = report.refused
    assert str(name) == "large.md"
    assert "358400" in reason
    assert find_entity(stack, "article/large.md") is None


def test_an_unreadable_file_is_named_and_the_others_go_on(stack, folder):
    (folder / "broken.md").write_text("---\ntitle: [\n---\n")
    report = run_import(stack, folder)
    assert report.counts == {"created": 2}
    assert [str(name) for name, _ in report.refused] == ["broken.md"]
    assert str(report) == "2 created, 0 updated, 0 unchanged, 1 refused"


def test_an_unknown_id_shows_nothing(stack, folder):
    run_import(stack, folder)
    assert find_entity(stack, "article/nothing.md") is None
