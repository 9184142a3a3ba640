"""LDIF, as directories export it. Source: RFC 2849, content records only. Pure."""

import base64
import binascii

from domain.errors import BadInput


def read_ldif(text: str) -> tuple[dict[str, str], ...]:
    r"""Return the entries, attributes in lower case without their options; of several values the first.

    >>> read_ldif("dn: cn=Maj\nmail: maj@exempelby.example\nphone;work: 1\n 2")
    ({'dn': 'cn=Maj', 'mail': 'maj@exempelby.example', 'phone': '12'},)

    Raises:
        BadInput: a line is no attribute, or its base64 is broken.
    """
    entries: list[dict[str, str]] = []
    entry: dict[str, str] = {}
    for number, line in _unfolded(text):
        if not line:
            entries += [entry] if entry else []
            entry = {}
        elif not line.startswith("#"):
            name, value = _attribute(number, line)
            entry.setdefault(name, value)
    entries += [entry] if entry else []
    return tuple(each for each in entries if "dn" in each)


def _unfolded(text: str) -> list[tuple[int, str]]:
    """Return the lines with their numbers; one that begins with a space goes on from the one before."""
    lines: list[tuple[int, str]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith(" ") and lines:
            first, before = lines[-1]
            lines[-1] = (first, before + line[1:])
        else:
            lines.append((number, line.rstrip()))
    return lines


def _attribute(number: int, line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon:
        raise BadInput(f"Line {number} of the LDIF has no attribute: write name: value.")
    key = name.partition(";")[0].strip().lower()
    if not value.startswith(":"):
        return key, value.strip()
    try:
        return key, base64.b64decode(value[1:].strip(), validate=True).decode("utf-8", "replace")
    except binascii.Error:
        raise BadInput(f"Line {number} of the LDIF says that {name} is base64, and it is not.") from None
