"""The active configuration, loaded by its hash, so that many processes agree; over it what people changed in the pages.

Reads: which configuration is active, its content, the changes of accounts.
Writes: nothing.
"""

from collections.abc import Callable

from domain.account_change import lay_over
from domain.errors import BadInput
from domain.ids import Digest
from domain.site import Site
from domain.viewer import MACHINE
from store.account_changes import list_account_changes
from store.database import Connection, Database
from store.sites import ActiveVersion, find_active_version, get_site


class ActiveSite:
    """Gives the active configuration; reads it anew only when another became active, or somebody changed an account."""

    def __init__(self, database: Database, parse: Callable[[str], Site]) -> None:
        """Keep where it lies and how its canonical JSON is read."""
        self._database = database
        self._parse = parse
        self._settled: tuple[Digest, Site] | None = None
        self._changed: tuple[ActiveVersion, Site] | None = None

    def __call__(self) -> Site:
        """Return the active configuration, with what people changed. Raises BadInput when none was ever activated."""
        return self.with_digest()[1]

    def with_digest(self) -> tuple[Digest, Site]:
        """Return the active configuration, with what people changed, and the content hash of its settings."""
        with self._database.read() as connection:
            version = _version(connection)
            changed = self._changed
            if changed is None or changed[0] != version:
                changes = list_account_changes(connection, MACHINE)
                changed = self._changed = (version, lay_over(self._load(connection, version.digest), changes))
        return changed[0].digest, changed[1]

    def read(self, content: str) -> Site:
        """Return the configuration of a canonical JSON. Raises BadInput when it is none."""
        return self._parse(content)

    def as_settled(self) -> Site:
        """Return the active configuration as its settings have it, without what people changed in the pages."""
        with self._database.read() as connection:
            return self._load(connection, _version(connection).digest)

    def _load(self, connection: Connection, digest: Digest) -> Site:
        settled = self._settled
        if settled is None or settled[0] != digest:
            settled = self._settled = (digest, self._parse(get_site(connection, MACHINE, digest).content))
        return settled[1]


def _version(connection: Connection) -> ActiveVersion:
    version = find_active_version(connection, MACHINE)
    if version is None:
        raise BadInput("no configuration is active: run svarsvakt activate DIR")
    return version
