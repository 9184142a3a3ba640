"""Write the example's settings into a new folder, to be edited."""

import re
from pathlib import Path

from domain.errors import BadInput

#: The fictional Exempelby kommun.
EXAMPLE = Path(__file__).parent / "example"

_AUTO_REPLY = re.compile(r'^(?P<key>\s*auto_reply\s*=\s*)"[a-z]+"', re.MULTILINE)


def write_example(folder: Path) -> tuple[Path, ...]:
    """Write the example site into an empty or new folder, comments and all, and return the files.

    Every account gets `auto_reply = "shadow"`: it decides and shows, and sends nothing (P14).

    Raises:
        BadInput: something lies in the folder already, or it cannot be written.
    """
    try:
        _refuse_what_is_there(folder)
        folder.mkdir(parents=True, exist_ok=True)
        return tuple(_write(folder / source.name, source) for source in sorted(EXAMPLE.glob("*.toml")))
    except OSError as error:
        raise BadInput(f"{folder} cannot be written ({error.strerror}): choose another folder.") from error


def _refuse_what_is_there(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise BadInput(f"{folder} is a file: name a new or empty folder.")
    if folder.is_dir() and any(folder.iterdir()):
        raise BadInput(f"{folder} is not empty: name a new or empty folder, so that nothing is overwritten.")


def _write(target: Path, source: Path) -> Path:
    text = _AUTO_REPLY.sub(r'\g<key>"shadow"', source.read_text(encoding="utf-8"))
    target.write_text(text, encoding="utf-8")
    return target
