"""What an attachment is, in words for whoever must open it."""

from domain.message import AttachmentKind
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


def say_kind(kind: str, media_type: str, words: Words) -> str:
    """Return what it is: in words where that says more than its type."""
    return words.gettext(KINDS[AttachmentKind(kind)]) if kind in KINDS else media_type
