"""Armour: the lines that PGP puts around a text that it signed. Source: RFC 9580 6.2 and 7."""

import re

_BEGINS = "-----BEGIN PGP SIGNED MESSAGE-----"
_SIGNATURE = re.compile(r"^-----BEGIN PGP SIGNATURE-----\r?$", re.MULTILINE)
_ENDS = "-----END PGP SIGNATURE-----"
_HASH = re.compile(r"(?:\r?\n[A-Za-z-]{1,20}: [^\r\n]{0,200}){0,10}+\r?\n\r?\n")
_DASH = re.compile(r"^- (?=-|From )", re.MULTILINE)


def without_armour(text: str) -> str:
    """Return the text as its author wrote it, if PGP signed it in place; else as it is."""
    start = text.find(_BEGINS)
    if start < 0:
        return text
    hash = _HASH.match(text, start + len(_BEGINS))
    signature = _SIGNATURE.search(text, hash.end()) if hash else None
    if not hash or not signature:
        return text
    end = text.find(_ENDS, signature.end())
    below = text[end + len(_ENDS) :] if end >= 0 else ""
    return text[:start] + _DASH.sub("", text[hash.end() : signature.start()]) + below
