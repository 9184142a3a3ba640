"""Original files: .eml files and providers' .json, read as an account would have received them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from domain.account import Channel
from domain.message import Arrival, Message
from domain.site import MailSettings
from intake.channel import channel_of as guess_channel
from intake.mail import read_headers
from intake.parse import parse
from intake.received import header_time

#: Later than any message: a provider's own time is then the earliest, and so the arrival.
_LATEST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class OriginalFile:
    """One file with its bytes, or the sentence that says why it could not be opened."""

    path: Path
    original: bytes = b""
    fault: str = ""


def open_files(paths: Iterable[Path]) -> list[OriginalFile]:
    """Return one entry a file, in the order given; a folder stands for the files in it, by name.

    Only what cannot be opened is read already; the others are read when their turn comes.
    """
    found: list[OriginalFile] = []
    for path in paths:
        found += _in_folder(path) if path.is_dir() else [OriginalFile(path)]
    return found


def read_file(file: OriginalFile) -> OriginalFile:
    """Return the file with its bytes, or with a sentence that says why it cannot be read."""
    if file.fault:
        return file
    try:
        return replace(file, original=file.path.read_bytes())
    except OSError as error:
        return replace(file, fault=f"{file.path}: {error.strerror}: name a file that can be read")


def channel_of(file: OriginalFile, said: Channel | None) -> Channel | None:
    """Return what an original is; None: a .json whose content does not tell, when nothing was said either.

    Args:
        file: with its bytes.
        said: what a .json is whose content does not tell.
    """
    return guess_channel(file.original, file.path.name) or said


def parse_file(file: OriginalFile, channel: Channel, mail: MailSettings, otherwise: datetime) -> Message:
    """Return the message in a file; never raises, as `parse`.

    Args:
        file: with its bytes.
        channel: what it is.
        mail: names the border servers whose stamps are believed.
        otherwise: when it arrived, should it not say so itself.

    Source: design.md section 9, `arrived_at` of a file.
    """
    stamped = header_time(read_headers(file.original), mail) if channel is Channel.email else None
    says = stamped[0] if stamped else None
    arrival = Arrival(
        identity=str(file.path),
        original=file.original,
        media_type="message/rfc822" if channel is Channel.email else "application/json",
        provider_at=says or (otherwise if channel is Channel.email else _LATEST),
    )
    message = parse(arrival, channel=channel, mail=mail)
    return replace(message, arrived_at=otherwise) if message.arrived_at == _LATEST else message


def _in_folder(folder: Path) -> list[OriginalFile]:
    try:
        files = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    except OSError as error:
        return [OriginalFile(folder, fault=f"{folder}: {error.strerror}: name a folder that can be read")]
    if not files:
        return [OriginalFile(folder, fault=f"{folder}: there is no file in this folder: name one with originals")]
    return [OriginalFile(path) for path in files]
