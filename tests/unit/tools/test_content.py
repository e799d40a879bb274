"""Markdown files as entities: front matter, body, ids."""

from pathlib import Path, PurePosixPath

import pytest

from tools.content import UnreadableFile, entity_id, read_fields, relative_files


@pytest.fixture
def page(tmp_path):
    def write(text: str | bytes) -> Path:
        path = tmp_path / "page.md"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def test_front_matter_becomes_fields_and_the_rest_the_body(page):
    path = page("---\ntitle: A title\ntags: [one, two]\nseo: {noindex: true}\n---\n\n# Heading\n\nText\n")
    assert read_fields(path) == {
        "title": "A title",
        "tags": ["one", "two"],
        "seo": {"noindex": True},
        "body": "# Heading\n\nText\n",
    }


def test_dates_and_times_become_iso_text(page):
    path = page("---\ndate: 2024-02-29\nat: 2024-02-29 10:20:30\nzoned: 2024-02-29T10:20:30+02:00\n---\n")
    assert read_fields(path) == {
        "date": "2024-02-29",
        "at": "2024-02-29T10:20:30",
        "zoned": "2024-02-29T10:20:30+02:00",
        "body": "",
    }


@pytest.mark.parametrize("text", ["No front matter\n", "", "--- not one\nText", "Text\n---\ntitle: x\n---\n"])
def test_a_file_without_front_matter_is_all_body(page, text):
    assert read_fields(page(text)) == {"body": text}


def test_empty_front_matter_leaves_only_the_body(page):
    assert read_fields(page("---\n---\nText\n")) == {"body": "Text\n"}


def test_windows_line_ends_and_a_byte_order_mark_are_understood(page):
    assert read_fields(page(b"\xef\xbb\xbf---\r\ntitle: T\r\n---\r\nText\r\n")) == {"title": "T", "body": "Text\n"}


def test_a_rule_inside_the_body_ends_nothing(page):
    assert read_fields(page("---\ntitle: T\n---\nOne\n\n---\n\nTwo\n"))["body"] == "One\n\n---\n\nTwo\n"


def test_the_text_wins_over_a_key_called_body(page):
    assert read_fields(page("---\nbody: key\n---\ntext"))["body"] == "text"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("---\ntitle: [unclosed\n---\n", "isn't YAML"),
        ("---\n- a list\n---\n", "is a list"),
        ("---\nratio: .nan\n---\n", "JSON hasn't"),
        ("---\nblob: !!binary aGk=\n---\n", "JSON hasn't"),
        ("---\nrun: !!python/object/apply:os.getcwd []\n---\n", "isn't YAML"),
        (b"caf\xe9", "not UTF-8 at byte 3"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(page, content, reason):
    with pytest.raises(UnreadableFile, match=reason):
        read_fields(page(content))


def test_ids_are_stable_per_path_and_differ_by_type():
    path = PurePosixPath("guides/setup.md")
    assert entity_id("article", path) == "article/guides/setup.md"
    assert entity_id("page", path) != entity_id("article", path)


def test_long_paths_have_ids_within_the_limit_that_stay_apart():
    first, second = (entity_id("article", PurePosixPath("d" * 200 + f"/{name}.md")) for name in "ab")
    assert len(first) == len(second) == 128
    assert first != second


def test_markdown_below_the_folder_is_found_in_order_and_hidden_files_are_not(tmp_path):
    for name in ("b.md", "a/c.markdown", "a/text.txt", ".git/x.md", "a/.y.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert [str(relative) for relative, _ in relative_files(tmp_path)] == ["a/c.markdown", "b.md"]
