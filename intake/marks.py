"""Marks: what reading HTML knows of quotations, handed on in the text to whoever parts it.

HTML names its quotations whatever their language (Gmail's `gmail_attr`, Outlook's `divRplyFwdMsg`); text does not.
Each mark is a character of private use at the beginning of a line; `quoting.separate` takes them out again.
"""

#: The line introduces a quotation: "… wrote:".
INTRODUCES = "\ue002"
#: From this line on the rest is an earlier mail.
EARLIER = "\ue003"

_NONE = str.maketrans("", "", INTRODUCES + EARLIER)


def without_marks(text: str) -> str:
    """Return the text without marks."""
    return text.translate(_NONE) if INTRODUCES in text or EARLIER in text else text
