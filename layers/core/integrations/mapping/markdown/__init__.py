"""HTML to Markdown: the inverse of `markdown_to_html`."""

from integrations.mapping.markdown.inversion import html_to_markdown

__all__ = ["html_to_markdown"]
