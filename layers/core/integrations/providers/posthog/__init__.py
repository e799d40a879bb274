"""PostHog: persons and events pushed; persons, events and page views pulled."""
