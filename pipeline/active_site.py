"""The active configuration, loaded by its hash, so that many processes agree."""

from collections.abc import Callable

from domain.errors import BadInput
from domain.ids import Digest
from domain.site import Site
from domain.viewer import MACHINE
from store.database import Database
from store.sites import find_active_digest, get_site


class ActiveSite:
    """Gives the active configuration; parses it anew only when another one became active."""

    def __init__(self, database: Database, parse: Callable[[str], Site]) -> None:
        """Keep where it lies and how its canonical JSON is read."""
        self._database = database
        self._parse = parse
        self._loaded: tuple[Digest, Site] | None = None

    def __call__(self) -> Site:
        """Return the active configuration. Raises BadInput when none was ever activated."""
        return self.with_digest()[1]

    def with_digest(self) -> tuple[Digest, Site]:
        """Return the active configuration and its content hash."""
        with self._database.read() as connection:
            digest = find_active_digest(connection, MACHINE)
            if digest is None:
                raise BadInput("no configuration is active: run svarsvakt activate DIR")
            if self._loaded is None or self._loaded[0] != digest:
                self._loaded = (digest, self._parse(get_site(connection, MACHINE, digest).content))
        return self._loaded
