"""The Integrations API of WISEROWS: connects a project's content to the services its people use."""
