"""The interleavings of a service with revisions, and of one that is looked up by content and overwritten."""

from hypothesis.stateful import rule

from integrations.domain.field_mapping import FieldMapping
from tests.fakes.contacts import FakeContacts
from tests.unit.sync.crashes.interleaving import Interleaving, Troubled, numbers
from tests.unit.sync.world import INTEGRATION, PROJECT

SCOPE = (PROJECT, INTEGRATION)


class Documents(Troubled):
    """Titles are edited here, descriptions there, notes on both sides: a note is somebody's newest, or in conflict."""

    def set_up(self) -> None:
        mappings = {"title": "title", "description": "seo.description", "note": "note"}
        self.world.configure([FieldMapping(f"fields.{source}", target) for source, target in mappings.items()])
        self.born: set[str] = set()
        self.newest: dict[str, tuple[str, str]] = {}
        self.titles: dict[str, str] = {}
        self.descriptions: dict[str, str] = {}
        for number in range(5):
            self.write_title(number)

    @rule(number=numbers)
    def write_title(self, number: int) -> None:
        entity_id = f"e{number}"
        if entity_id not in self.titles:
            self.newest[entity_id] = ("here", self._value())
            self.world.write(entity_id, note=self.newest[entity_id][1])
        self.titles[entity_id] = self._value()
        self._write(entity_id, title=self.titles[entity_id])

    @rule(number=numbers)
    def write_note(self, number: int) -> None:
        entity_id = f"e{number % 5}"
        self.newest[entity_id] = ("here", self._value())
        self._write(entity_id, note=self.newest[entity_id][1])

    @rule(number=numbers)
    def edit_description(self, number: int) -> None:
        entity_id = f"e{number}"
        if entity_id in self.world.tables.links.get(SCOPE, {}):
            self.descriptions[entity_id] = self._value()
            self._edit(entity_id, seo={"description": self.descriptions[entity_id]})

    @rule(number=numbers)
    def edit_note(self, number: int) -> None:
        entity_id = f"e{number % 5}"
        if entity_id in self.world.tables.links.get(SCOPE, {}):
            self.newest[entity_id] = ("there", self._value())
            self._edit(entity_id, note=self.newest[entity_id][1])

    @rule(number=numbers)
    def bear_a_document(self, number: int) -> None:
        self.world.clock.advance(1)
        self.born.add(f"born-{number}")
        self.world.service.put(f"born-{number}", {"_type": "post", "title": self._value()})

    def _has_record(self, external_id: str) -> bool:
        return external_id in self.world.service.documents

    def _write(self, entity_id: str, **fields: object) -> None:
        self._edited(entity_id, self.world.external_id(entity_id))
        self.world.write(entity_id, **fields)

    def _edit(self, entity_id: str, **changes: object) -> None:
        self.world.clock.advance(1)
        self.world.service.edit(self.world.external_id(entity_id), **changes)

    def check_sides(self) -> None:
        entities = self.world.tables.entities[PROJECT, "article"]
        assert len(entities) == len(self.titles) + len(self.born)
        assert set(self.world.service.documents) == {self.world.external_id(e) for e in self.titles} | self.born
        for entity_id, title in self.titles.items():
            here, there = self.world.entity(entity_id).fields["title"], self.world.document(entity_id)["title"]
            assert here == there
            assert here == title or not self._is_certain(entity_id)
            self._check_description(entity_id)
            self._check_note(entity_id)
        for entity_id, entity in entities.items():
            if entity_id not in self.titles:
                version = self.world.service.now(self.world.tables.links[SCOPE][entity_id].external_id)
                assert version is not None and version.document["title"] == entity.fields["title"]

    def _check_description(self, entity_id: str) -> None:
        if entity_id in self.descriptions:
            expected = self.descriptions[entity_id]
            assert self.world.document(entity_id)["seo"]["description"] == expected
            assert self.world.entity(entity_id).fields["description"] == expected

    def _check_note(self, entity_id: str) -> None:
        here, there = self.world.entity(entity_id).fields.get("note"), self.world.document(entity_id).get("note")
        side, value = self.newest[entity_id]
        assert (here if side == "here" else there) == value or not self._is_certain(entity_id)
        conflicts = self.world.failures("push").keys() | self.world.failures("pull").keys()
        assert (here != there) == (entity_id in conflicts)


class Contacts(Interleaving):
    """Names are edited here, phone numbers there."""

    def set_up(self) -> None:
        self.contacts = FakeContacts()
        self.world.serve(self.contacts)
        mappings = [FieldMapping(f"fields.{name}", name) for name in ("email", "name", "phone")]
        self.world.configure(mappings, entityTypes={"article": "contact"})
        self.names: dict[str, str] = {}
        self.phones: dict[str, str] = {}
        for number in range(5):
            self.write_name(number)

    @rule(number=numbers)
    def write_name(self, number: int) -> None:
        entity_id = f"e{number}"
        self.names[entity_id] = self._value()
        self._edited(entity_id, f"{entity_id}@example.com")
        self.world.write(entity_id, email=f"{entity_id}@example.com", name=self.names[entity_id])

    @rule(number=numbers)
    def edit_phone(self, number: int) -> None:
        entity_id = f"e{number}"
        if entity_id in self.world.tables.links.get(SCOPE, {}):
            self.world.clock.advance(1)
            self.phones[entity_id] = self._value()
            self.contacts.contacts[f"{entity_id}@example.com"]["phone"] = self.phones[entity_id]

    def _has_record(self, external_id: str) -> bool:
        return external_id in self.contacts.contacts

    def check_sides(self) -> None:
        assert set(self.world.tables.entities[PROJECT, "article"]) == set(self.names)
        assert set(self.contacts.contacts) == {f"{entity_id}@example.com" for entity_id in self.names}
        assert not self.world.failures("push") and not self.world.failures("pull")
        for entity_id, name in self.names.items():
            contact, fields = self.contacts.contacts[f"{entity_id}@example.com"], self.world.entity(entity_id).fields
            assert contact["name"] == fields["name"]
            assert contact["name"] == name or not self._is_certain(entity_id)
            assert contact.get("phone") == fields.get("phone") == self.phones.get(entity_id)
