"""The connector table of an account: a connector that another package brings."""

from pydantic import Field

from domain.account import InstalledConnection
from settings.fields import Id, SecretName, Table, Text


class ConnectorTable(Table):
    """How an account is read and sent by a connector that another package brings."""

    name: Id
    secret: SecretName | None = None
    options: dict[Id, Text] = Field(default_factory=dict)

    def to_domain(self) -> InstalledConnection:
        """Return the connection."""
        options = tuple(sorted(self.options.items()))
        return InstalledConnection(name=self.name, secret=self.secret or "", options=options)
