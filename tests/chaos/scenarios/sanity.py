"""Articles that are written here, and documents that an editor makes and changes in Sanity."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from tests.chaos.scenarios.scenario import Place, Scenario, differences
from tests.e2e.simulators import SERVICE_FIELDS

ARTICLES, ARTICLES_MAXIMUM = 12, 20
OTHERS, OTHERS_MAXIMUM = 5, 9
OVERLAP_SECONDS = 61


class SanityDocuments(Scenario):
    """Title and body are written here, the note in Sanity; documents made there are changed there alone."""

    service: ClassVar[str] = "sanity"

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self._articles: dict[str, dict[str, str]] = {}
        self._others: dict[str, dict[str, str]] = {}
        self._pushed: set[str] = set()
        self._ids_by_title: dict[object, str] = {}

    @property
    def _type(self) -> str:
        return f"doc_{self.place.tag.replace('-', '_')}"

    def definition(self) -> dict[str, Any]:
        """Four targets, with every transform that a pull can turn back or has to leave alone."""
        access = self.simulator.access
        where = {"projectId": access["projectId"], "dataset": access["dataset"], "apiHost": access["url"]}
        mappings = {"title": "title", "body": "body", "note": "seo.note"}
        made = self.integration(
            {**where, "entityTypes": {self.entity_type: self._type}}, mappings, token=access["token"]
        )
        made["fieldMappings"][1]["transform"] = "markdown_to_html"
        slug = {"source": "fields.title", "target": "slug.current", "transform": "slugify"}
        return {**made, "fieldMappings": [*made["fieldMappings"], slug]}

    def begin(self) -> None:
        """Some on each side."""
        for _ in range(ARTICLES):
            self._write_new()
        for _ in range(OTHERS):
            self._make_document()

    def edit(self) -> None:
        """A few on each side, now and then a new one."""
        random = self.place.random
        for name in random.sample(sorted(self._articles), 3):
            title, words = self.new_value("Title"), self.new_number()
            self.write(name, title=title, body=f"Body *{words}*")
            self._articles[name] |= {"title": title, "words": str(words)}
        for name in random.sample(sorted(self._pushed), min(2, len(self._pushed))):
            self._change_note(name)
        for name in random.sample(sorted(self._others), 2):
            self._change_document(name)
        if random.random() < 0.5 and len(self._articles) < ARTICLES_MAXIMUM:
            self._write_new()
        if random.random() < 0.5 and len(self._others) < OTHERS_MAXIMUM:
            self._make_document()

    def exchanged(self, direction: str) -> None:
        """What was pushed may be edited there from now on."""
        if direction == "push":
            self._pushed |= self._articles.keys()

    def violations(self) -> Iterable[str]:
        """Compares by titles, which are never the same."""
        expected = {**self._expected_articles(), **self._expected_others()}
        found, doubled = self.fields_by("title")
        tidied = {key: {**fields, "body": str(fields.get("body")).strip()} for key, fields in found.items()}
        yield from differences("entities", {key: here for key, (here, _) in expected.items()}, tidied, doubled)
        documents = list(self._documents().values())
        titles = [str(document.get("title", document["_id"])) for document in documents]
        shown = {
            title: {key: value for key, value in document.items() if key not in SERVICE_FIELDS}
            for title, document in zip(titles, documents, strict=True)
        }
        twice = {title for title in titles if titles.count(title) > 1}
        yield from differences("documents", {key: there for key, (_, there) in expected.items()}, shown, twice)

    def remote_id(self, entity_id: str, fields: Mapping[str, Any]) -> str | None:
        """The document with the title."""
        return self._ids_by_title.get(fields.get("title"))

    def remember(self) -> None:
        """Asks the simulator once for all."""
        self._ids_by_title = {each.get("title"): key for key, each in self._documents().items()}

    def counts(self) -> Mapping[str, int]:
        """A pull reads again what was changed from a minute and a second before the watermark on: times are whole
        seconds here, and compared as text."""
        times = [datetime.fromisoformat(each["_updatedAt"]) for each in self._documents().values()]
        since = max(times) - timedelta(seconds=OVERLAP_SECONDS)
        return {"push": self.entity_count(), "pull": sum(time >= since for time in times)}

    def pulled_through(self) -> str:
        """The newest change."""
        return str(max(each["_updatedAt"] for each in self._documents().values()))

    def service_state(self) -> object:
        """The documents with their revisions."""
        return self._documents()

    def _documents(self) -> dict[str, dict[str, Any]]:
        found = self.simulator.admin("GET", "dump", type=self._type)["documents"]
        return {document["_id"]: document for document in found}

    def _write_new(self) -> None:
        name = f"{self.place.tag}-a{len(self._articles):02d}"
        title, words, note = self.new_value("Title"), self.new_number(), self.new_value("Note")
        self.write(name, title=title, body=f"Body *{words}*", note=note)
        self._articles[name] = {"title": title, "words": str(words), "note": note}

    def _make_document(self) -> None:
        name = f"{self.place.tag}-o{len(self._others)}"
        self._others[name] = {
            "title": self.new_value("Other"),
            "words": str(self.new_number()),
            "note": "by the editor",
        }
        document = {"_id": name, "_type": self._type, **_document(self._others[name])}
        self.simulator.admin("POST", "seed", {"documents": [document]})

    def _change_document(self, name: str) -> None:
        self._others[name] |= {"title": self.new_value("Other"), "words": str(self.new_number())}
        changed = _document(self._others[name])
        self.simulator.admin("POST", "edit", {"id": name, "set": {key: changed[key] for key in ("title", "body")}})

    def _change_note(self, name: str) -> None:
        """Its document is known by the note: the id is the product's affair."""
        article, note = self._articles[name], self.new_value("Note")
        known = [key for key, each in self._documents().items() if each.get("seo", {}).get("note") == article["note"]]
        for document_id in known:
            self.simulator.admin("POST", "edit", {"id": document_id, "set": {"seo.note": note}})
        article["note"] = note

    def _expected_articles(self) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
        return {
            article["title"]: (_fields(article), {**_document(article), "slug": _slug(article["title"])})
            for article in self._articles.values()
        }

    def _expected_others(self) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
        return {other["title"]: (_fields(other), _document(other)) for other in self._others.values()}


def _fields(record: dict[str, str]) -> dict[str, Any]:
    return {"title": record["title"], "body": f"Body *{record['words']}*", "note": record["note"]}


def _document(record: dict[str, str]) -> dict[str, Any]:
    body = f"<p>Body <em>{record['words']}</em></p>\n"
    return {"title": record["title"], "body": body, "seo": {"note": record["note"]}}


def _slug(title: str) -> dict[str, str]:
    return {"_type": "slug", "current": title.lower().replace(" ", "-")}
