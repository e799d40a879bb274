"""The team's contacts, custom properties and mailing lists (PROVIDERS 4.2)."""

import hashlib
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from tests.simulators.loops.changes import ContactChange
from tests.simulators.loops.errors import refused
from tests.simulators.loops.properties import ContactProperty
from tests.simulators.loops.switches import LoopsSwitches

Contact = dict[str, Any]
Announce = Callable[[str, Contact, Mapping[str, Any]], None]
"""Takes a webhook's event name, the contact, and what the payload has beyond it."""


class Audience:
    """Contacts by id, by address in any case, and by user id. Hold `lock` around what must happen together."""

    def __init__(self, announce: Announce) -> None:
        self.lock = threading.RLock()
        self.properties: dict[str, ContactProperty] = {}
        self.lists: dict[str, dict[str, Any]] = {}
        self._announce = announce
        self._contacts: dict[str, Contact] = {}
        self._by_email: dict[str, str] = {}
        self._by_user_id: dict[str, str] = {}
        self.issued = 0

    def find(self, email: str | None = None, user_id: str | None = None) -> Contact | None:
        """The contact of an address, else that of a user id."""
        with self.lock:
            found = self._by_email.get(email.lower()) if email else None
            if found is None and user_id:
                found = self._by_user_id.get(user_id)
            return self._contacts[found] if found else None

    def contacts(self) -> list[Contact]:
        """Every contact, by id."""
        with self.lock:
            return [dict(self._contacts[each]) for each in sorted(self._contacts)]

    def get(self, contact_id: str) -> Contact | None:
        """The contact of an id."""
        return self._contacts.get(contact_id)

    def create(self, change: ContactChange) -> Contact:
        """A new contact. Raises `Refused` with 409 if there is one of the address or the user id."""
        with self.lock:
            if self.find(change.email, change.user_id):
                raise refused(409, "Email or userId is already on list.")
            return self._make(change)

    def update(self, change: ContactChange, switches: LoopsSwitches) -> Contact:
        """Changes the contact of the address or the user id, or makes it. Raises `Refused`."""
        with self.lock:
            present = self._match(change, switches)
            if present:
                return self.change(present, change)
            if change.email is None and switches.user_id_alone_status != 200:
                raise refused(switches.user_id_alone_status, "An email is required to create a contact.")
            return self._make(change)

    def delete(self, contact: Contact) -> None:
        """Forgets a contact; made anew it is subscribed again."""
        with self.lock:
            self._unindex(self._contacts.pop(contact["id"]))
        self._announce("contact.unsubscribed", contact, {})
        self._announce("contact.deleted", contact, {})

    def load(self, contacts: Iterable[Mapping[str, Any]]) -> int:
        """Stores contacts as they are, in place of those of the same id; returns how many. Nothing is announced."""
        given_contacts = list(contacts)
        with self.lock:
            for given in given_contacts:
                contact = {**self._blank(given.get("id") or self._next_id()), **given}
                contact["mailingLists"] = dict(contact["mailingLists"])
                self._check_free(contact)
                if contact["id"] in self._contacts:
                    self._unindex(self._contacts[contact["id"]])
                self._contacts[contact["id"]] = contact
                self._index(contact)
        return len(given_contacts)

    def clear(self) -> None:
        """Forgets every contact; ids start again."""
        with self.lock:
            self._contacts.clear()
            self._by_email.clear()
            self._by_user_id.clear()
            self.issued = 0

    def _match(self, change: ContactChange, switches: LoopsSwitches) -> Contact | None:
        by_email = self.find(change.email)
        by_user_id = self.find(user_id=change.user_id)
        if by_email and by_user_id and by_email is not by_user_id:
            raise refused(switches.identity_conflict_status, "Email and userId belong to different contacts.")
        return by_email or by_user_id

    def _make(self, change: ContactChange) -> Contact:
        contact = self._blank(self._next_id())
        self._contacts[contact["id"]] = contact
        self._write(contact, change)
        self._announce("contact.created", contact, {"contact": dict(contact)})
        return contact

    def change(self, contact: Contact, change: ContactChange) -> Contact:
        """Changes a contact. Raises `ValueError` if the address or the user id is another's."""
        self._check_free({**contact, "email": change.email, "userId": change.user_id})
        was_subscribed, lists = contact["subscribed"], set(contact["mailingLists"])
        self._write(contact, change)
        if was_subscribed and not contact["subscribed"]:
            self._announce("contact.unsubscribed", contact, {})
        for list_id in sorted(lists ^ set(contact["mailingLists"])):
            name = "unsubscribed" if list_id in lists else "subscribed"
            self._announce(f"contact.mailingList.{name}", contact, {"mailingList": self.lists.get(list_id, {})})
        return contact

    def _write(self, contact: Contact, change: ContactChange) -> None:
        self._unindex(contact)
        self.properties |= {each.key: each for each in change.new_properties}
        contact["email"] = change.email or contact["email"]
        contact["userId"] = None if change.clears_user_id else change.user_id or contact["userId"]
        if change.subscribed is not None:
            contact["subscribed"] = change.subscribed
        contact |= change.fields
        contact["source"] = contact["source"] or "API"
        contact["userGroup"] = contact["userGroup"] or ""
        wanted = {**contact["mailingLists"], **change.lists}
        contact["mailingLists"] = {key: True for key, is_member in wanted.items() if is_member}
        self._index(contact)

    def _blank(self, contact_id: str) -> Contact:
        return {
            "id": contact_id,
            "email": None,
            "firstName": None,
            "lastName": None,
            "source": "API",
            "subscribed": True,
            "userGroup": "",
            "userId": None,
            "mailingLists": {},
            "optInStatus": None,
        }

    def _next_id(self) -> str:
        self.issued += 1
        return "cl" + hashlib.sha256(f"contact-{self.issued}".encode()).hexdigest()[:22]

    def _check_free(self, contact: Contact) -> None:
        holders = (self.find(contact["email"]), self.find(user_id=contact["userId"]))
        if any(holder and holder["id"] != contact["id"] for holder in holders):
            message = f"email {contact['email']!r} or userId {contact['userId']!r} belongs to another contact"
            raise ValueError(message)

    def _index(self, contact: Contact) -> None:
        if contact["email"]:
            self._by_email[contact["email"].lower()] = contact["id"]
        if contact["userId"]:
            self._by_user_id[contact["userId"]] = contact["id"]

    def _unindex(self, contact: Contact) -> None:
        if contact["email"]:
            self._by_email.pop(contact["email"].lower(), None)
        if contact["userId"]:
            self._by_user_id.pop(contact["userId"], None)
