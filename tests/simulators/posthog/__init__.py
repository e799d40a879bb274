"""A simulated PostHog: capture, and the private API that a personal API key opens."""
