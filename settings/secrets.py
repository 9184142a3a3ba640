"""Secrets: from the environment or the secrets folder, never from the settings."""

from collections.abc import Mapping
from pathlib import Path

from domain.errors import BadInput

#: What the name of every secret in the environment begins with.
PREFIX = "SVARSVAKT_SECRET_"


class Secrets:
    """Where secrets are looked up; what it shows of itself holds none."""

    def __init__(self, environ: Mapping[str, str], folder: Path | None) -> None:
        """Look in `environ` first, then in `folder`, if there is one, where a file's name is the secret's."""
        self._environ = environ
        self._folder = folder

    def __repr__(self) -> str:
        """Return where it looks, and nothing of what is there."""
        return f"Secrets(folder={str(self._folder) if self._folder else None!r})"

    def __reduce__(self) -> str:
        """Refuse to be pickled: secrets stay in this process."""
        raise TypeError("Secrets are not written anywhere: make them anew where they are needed")

    def get(self, name: str) -> str:
        """Return the secret, without the newline that editors leave at the end of a file.

        Raises:
            BadInput: it is in neither place, or empty, or its file cannot be read; the sentence names both places.
        """
        variable = variable_of(name)
        found = self._environ.get(variable) or (self._from_file(self._folder, name) if self._folder else "")
        if not found:
            or_write = f"write it to {self._folder / name}" if self._folder else "name a folder with SVARSVAKT_SECRETS"
            raise BadInput(f'The secret "{name}" is missing: set {variable}, or {or_write}.')
        return found

    def _from_file(self, folder: Path, name: str) -> str:
        path = folder / name
        if path.parent != folder:
            raise BadInput(f'"{name}" is not the name of a secret: it must not leave {folder}.')
        try:
            return path.read_text(encoding="utf-8").rstrip("\r\n")
        except (FileNotFoundError, NotADirectoryError):
            return ""
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            wrong = f'The secret "{name}" cannot be read from {path} ({why})'
            raise BadInput(f"{wrong}: mend the file, or set {variable_of(name)}.") from None


def variable_of(name: str) -> str:
    """Return the environment variable of a secret.

    >>> variable_of("mail-bygg")
    'SVARSVAKT_SECRET_MAIL_BYGG'
    """
    return PREFIX + name.upper().replace("-", "_")
