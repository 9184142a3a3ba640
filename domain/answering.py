"""Answers by people: what they may carry, and how they are headed and signed. Pure functions."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import PurePath

from domain.outgoing import AttachedFile

#: What stands in `outgoing.template` of a text that came from no template.
WRITTEN = "written"

#: What mail programs put before a subject, in Swedish, Finnish, English and German.
_PREFIXES = re.compile(r"^(\s*(re|sv|vs|aw|fw|fwd|vb|vl)\s*(\[\d+\])?\s*:\s*)+", re.IGNORECASE)

#: Characters of the citizen's subject that are kept.
LONGEST_SUBJECT = 150

#: How a person ends a letter, by language.
REGARDS = {"sv": "Vänliga hälsningar", "fi": "Ystävällisin terveisin", "en": "Kind regards"}

#: How Windows programs begin, whatever their name is.
_PROGRAM = b"MZ"

#: What mail servers refuse, and what citizens should not be taught to open.
FORBIDDEN_SUFFIXES = (
    ".exe", ".com", ".bat", ".cmd", ".scr", ".pif", ".js", ".jse", ".vbs", ".vbe", ".wsf", ".hta", ".ps1", ".msi",
    ".jar", ".lnk", ".iso", ".img", ".reg", ".docm", ".xlsm", ".pptm",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSettings:
    """What a person's answer may carry."""

    most_files: int = 5
    #: Of one file.
    largest_file_bytes: int = 5_000_000
    #: Of all files together; on the wire they take a third more, and many mail servers stop at 20 MB.
    largest_together_bytes: int = 12_000_000
    #: How the names of files end that may not be sent, in lower case.
    forbidden_suffixes: tuple[str, ...] = FORBIDDEN_SUFFIXES
    longest_text: int = 20_000
    #: An answer waits for so long before it goes: until then whoever wrote it can take it back.
    undo: timedelta = timedelta(seconds=10)
    #: Whoever a ticket was forwarded to has so many working days to answer; then it is to be looked at.
    forward_days: int = 3


class FileFault(StrEnum):
    """Why a file may not go with an answer."""

    too_many = "too_many"
    too_large = "too_large"
    too_large_together = "too_large_together"
    forbidden = "forbidden"
    empty = "empty"


def file_faults(settings: AnswerSettings, files: Sequence[AttachedFile]) -> tuple[tuple[FileFault, str], ...]:
    """Return what is wrong with the files, each with the file's name; the name is empty where it is about all."""
    faults = [(fault, file.name) for file in files if (fault := _fault(settings, file)) is not None]
    if len(files) > settings.most_files:
        faults.append((FileFault.too_many, ""))
    if sum(len(file.content) for file in files) > settings.largest_together_bytes:
        faults.append((FileFault.too_large_together, ""))
    return tuple(faults)


def subject_of(asked: str, number: str, *, sensitive: bool) -> str:
    """Return the subject of an answer: the citizen's own with the number; of a sensitive matter the number alone.

    >>> subject_of("SV: Re: Hål i vägen", "26-00001", sensitive=False)
    'Re: Hål i vägen [26-00001]'
    >>> subject_of("Om min sons diagnos", "26-00002", sensitive=True)
    'Re: [26-00002]'
    """
    words = "" if sensitive else " ".join(_PREFIXES.sub("", asked).split())[:LONGEST_SUBJECT].strip()
    if f"[{number}]" in words:
        return f"Re: {words}"
    return f"Re: {words} [{number}]" if words else f"Re: [{number}]"


def signature(name: str, unit: str, organisation: str, contact: str, language: str) -> str:
    """Return how an answer ends: who wrote it, for which unit, and how to reach them (domain.md 1.12 R131).

    >>> print(signature("Bo Karlsson", "Gata och park", "Exempelby kommun", "016-710 00 00", "sv"))
    Vänliga hälsningar
    Bo Karlsson
    Gata och park, Exempelby kommun
    016-710 00 00
    """
    place = organisation if unit == organisation else f"{unit}, {organisation}"
    lines = (REGARDS.get(language, REGARDS["sv"]), name, place, contact)
    return "\n".join(line for line in lines if line)


def _fault(settings: AnswerSettings, file: AttachedFile) -> FileFault | None:
    if not file.content:
        return FileFault.empty
    # Of "bild.jpg.exe " the end decides, as it does where it is opened.
    suffix = PurePath(file.name.rstrip(" .").lower()).suffix
    if suffix in settings.forbidden_suffixes or file.content.startswith(_PROGRAM):
        return FileFault.forbidden
    return FileFault.too_large if len(file.content) > settings.largest_file_bytes else None
