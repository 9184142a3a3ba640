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


#: Of a file that is not here, why not.
FILE_STATES = {
    FileState.waiting: mark("hämtas"),
    FileState.too_large: mark("för stor: finns hos leverantören"),
    FileState.gone: mark("finns inte längre hos leverantören"),
}


def say_file(media_type: str, state: FileState, words: Words) -> str:
    """Return what a file is, and why it is not here where it is not."""
    return words.gettext(FILE_STATES[state]) if state in FILE_STATES else media_type


def say_kind(kind: str, media_type: str, words: Words) -> str:
    """Return what it is: in words where that says more than its type."""
    return words.gettext(KINDS[AttachmentKind(kind)]) if kind in KINDS else media_type
