"""What an attachment is, in words for whoever must open it."""

from domain.message import AttachmentKind, FileState
from web.words import Words, mark

KINDS = {
    AttachmentKind.message: mark("vidarebefordrat brev"),
    AttachmentKind.calendar: mark("kalenderpost"),
    AttachmentKind.invitation: mark("mötesinbjudan"),
    AttachmentKind.invitation_answer: mark("svar på mötesinbjudan"),
    AttachmentKind.cancellation: mark("inställt möte"),
    AttachmentKind.signature: mark("elektronisk signatur, inget att läsa"),
    AttachmentKind.encrypted: mark("krypterat eller förseglat: öppna originalet i ett e-postprogram"),
    AttachmentKind.winmail: mark("winmail.dat från Outlook: öppna originalet i Outlook"),
    AttachmentKind.report: mark("leveransrapport"),
}

#: What the common types of files are called; the rest stand as their sender names them.
FAMILIES = {"image": mark("bild"), "audio": mark("ljud"), "video": mark("film")}
TYPES = {
    "application/pdf": mark("pdf"),
    "application/zip": mark("zip-arkiv"),
    "text/plain": mark("text"),
    "application/msword": mark("Word-dokument"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": mark("Word-dokument"),
    "application/vnd.ms-excel": mark("Excel-blad"),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": mark("Excel-blad"),
}

#: Of a file that is not here, why not.
FILE_STATES = {
    FileState.waiting: mark("hämtas"),
    FileState.too_large: mark("för stor: finns hos leverantören"),
    FileState.gone: mark("finns inte längre hos leverantören"),
}


def say_file(media_type: str, state: FileState, words: Words) -> str:
    """Return what a file is, and why it is not here where it is not."""
    return words.gettext(FILE_STATES[state]) if state in FILE_STATES else say_type(media_type, words)


def say_kind(kind: str, media_type: str, words: Words) -> str:
    """Return what it is: in words where that says more than its type."""
    return words.gettext(KINDS[AttachmentKind(kind)]) if kind in KINDS else say_type(media_type, words)


def say_type(media_type: str, words: Words) -> str:
    """Return what a type of file is called.

    >>> from web.words import words_of
    >>> [say_type(each, words_of("sv")) for each in ("image/jpeg", "application/pdf", "application/x-msdownload")]
    ['bild (jpeg)', 'pdf', 'application/x-msdownload']
    """
    if media_type in TYPES:
        return words.gettext(TYPES[media_type])
    family, _, kind = media_type.partition("/")
    return f"{words.gettext(FAMILIES[family])} ({kind})" if family in FAMILIES else media_type
