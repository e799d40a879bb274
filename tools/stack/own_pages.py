"""The project's own pages, which the demo has for content."""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tests.simulators.local import SITE
from tools.content import relative_files
from tools.stack import places


@dataclass(frozen=True, slots=True)
class OwnPage:
    """A Markdown file, with its path below the project's root."""

    name: PurePosixPath
    file: Path

    @property
    def path(self) -> str:
        """Where it is published on the demo's site: `/docs/architecture`."""
        return f"/{self.name.with_suffix('')}"

    @property
    def address(self) -> str:
        """The same as a URL."""
        return f"{SITE}{self.path}"


def own_pages() -> list[OwnPage]:
    """The README, if there is one, and what stands in docs."""
    readme = OwnPage(PurePosixPath("README.md"), places.ROOT / "README.md")
    pages = [OwnPage(PurePosixPath("docs") / name, file) for name, file in relative_files(places.ROOT / "docs")]
    return [readme, *pages] if readme.file.exists() else pages
