"""Secrets: from the environment or the secrets folder, never from the settings."""

import os
import tempfile
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
        found = self.find(name)
        if not found:
            or_write = f"write it to {self._folder / name}" if self._folder else "name a folder with SVARSVAKT_SECRETS"
            raise BadInput(f'The secret "{name}" is missing: set {variable_of(name)}, or {or_write}.')
        return found

    def find(self, name: str) -> str:
        """Return the secret; empty when there is none. Raises BadInput when its file cannot be read."""
        return self._environ.get(variable_of(name)) or (self._from_file(self._folder, name) if self._folder else "")

    def keep(self, name: str, secret: str) -> None:
        """Write a secret that was renewed to its file, in one go, readable by us alone.

        Raises:
            BadInput: it stands in the environment, or its folder cannot be written; the sentence says what to change.
        """
        folder = self._place_of(name)
        try:
            _replace(folder / name, secret)
        except OSError as error:
            wrong = f'The secret "{name}" was renewed and cannot be written to {folder} ({error.strerror})'
            raise BadInput(f"{wrong}: let our user write there.") from None

    def ask_to_keep(self, name: str) -> None:
        """Ask whether a secret could be kept, and write nothing. Raises BadInput as `keep`."""
        folder = self._place_of(name)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise BadInput(
                f'The secret "{name}" could not be written to {folder} when it is renewed: let our user write there.'
            )

    def _place_of(self, name: str) -> Path:
        """Return the folder that a secret may be written to. Raises BadInput when there is none."""
        variable = variable_of(name)
        if self._folder is None or self._environ.get(variable):
            place = f"write it to {self._folder / name}" if self._folder else "name a folder with SVARSVAKT_SECRETS"
            raise BadInput(f'The secret "{name}" is renewed now and then: take {variable} away, and {place}.')
        if (self._folder / name).parent != self._folder:
            raise BadInput(f'"{name}" is not the name of a secret: it must not leave {self._folder}.')
        return self._folder

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


def _replace(path: Path, text: str) -> None:
    """Replace a file by one of mode 0600: whoever reads meets the old one or the new one, whole."""
    # mkstemp makes it 0600 from the start.
    descriptor, new = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, path)
    except BaseException:
        os.unlink(new)
        raise


def variable_of(name: str) -> str:
    """Return the environment variable of a secret.

    >>> variable_of("mail-bygg")
    'SVARSVAKT_SECRET_MAIL_BYGG'
    """
    return PREFIX + name.upper().replace("-", "_")
