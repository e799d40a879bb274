"""Tests of the PostHog simulator."""
