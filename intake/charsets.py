"""Charsets: bytes to text, whatever the sender said about them."""

import codecs
import re
from encodings.aliases import aliases

#: Names that mail uses and Python does not know, or knows too literally: what is sent as Latin-1 is Windows-1252, and
#: the old names of East Asia stand for what grew out of them. Source: WHATWG Encoding Standard, 4.2.
_MEANT = {
    "iso88591": "cp1252",
    "latin1": "cp1252",
    "l1": "cp1252",
    "iso88598i": "iso8859_8",
    "iso88598e": "iso8859_8",
    "xmacroman": "mac_roman",
    "xsjis": "shift_jis",
    "xgbk": "gbk",
    "utf8mb4": "utf_8",
    "windows31j": "cp932",
    "shiftjis": "cp932",
    "sjis": "cp932",
    "mskanji": "cp932",
    "gb2312": "gb18030",
    "gb231280": "gb18030",
    "gbk": "gb18030",
    "euckr": "cp949",
    "ksc56011987": "cp949",
    "ksc5601": "cp949",
    "big5": "big5hkscs",
    "iso88599": "cp1254",
    "latin5": "cp1254",
    "iso885911": "cp874",
    "tis620": "cp874",
    "macintosh": "mac_roman",
}
#: Python calls these encodings too; none of them is a charset, and some are slow or dangerous on hostile input.
_NOT_CHARSETS = frozenset({"base64", "bz2", "hex", "quopri", "rot_13", "uu", "zlib", "mbcs", "punycode", "idna"})
#: Names without an alias of their own in the standard library.
_ALSO = ("koi8_u", "koi8_t", "cp720", "cp737", "cp856", "cp874", "cp1006", "cp1125", "utf_8_sig")
#: Two or four bytes a character; any line of text in them has zeros.
_WIDE = ("utf16", "utf32", "ucs2", "ucs4")
#: How far HTML is searched for its own charset.
MOST_META_BYTES = 2_048
_META = re.compile(rb"<meta\s[^<>]{0,200}charset\s{0,5}=\s{0,5}[\"']?([\w.:-]{1,60})", re.IGNORECASE | re.ASCII)
#: Undeclared, or declared so loosely that it says nothing.
_UNDECLARED = frozenset({"", "ascii", "usascii", "unknown", "unknown8bit", "8bit", "7bit", "xunknown", "binary"})


def _folded(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


#: Only names known beforehand are looked up: the standard library remembers every unknown name for ever.
_CODECS = {
    **{_folded(name): name for name in (*aliases.values(), *_ALSO) if not name.endswith("_codec")},
    **{_folded(alias): name for alias, name in aliases.items() if not name.endswith("_codec")},
    **_MEANT,
}


def decode(octets: bytes, charset: str = "") -> tuple[str, str]:
    """Return the text, and a defect in words (empty when all was well).

    Undeclared: UTF-8, then Windows-1252. A declared charset is believed when it is known and the bytes fit it; bytes
    that are valid UTF-8 although an 8-bit charset is declared are read as UTF-8, because chance does not make them so.

    Args:
        octets: without transfer encoding.
        charset: as declared; empty when it is not.
    """
    if not charset:
        return (octets.decode("ascii") if octets.isascii() else _guess(octets)), ""
    folded = _folded(charset[:60])
    if octets.isascii() and not _is_stateful(folded):
        return octets.decode("ascii"), ""
    if folded.startswith(_WIDE) and b"\x00" not in octets:
        return _guess(octets), "the text is not in the declared charset"
    if folded in _UNDECLARED:
        return _guess(octets), ""
    codec = _CODECS.get(folded)
    if codec is None or codec in _NOT_CHARSETS:
        return _guess(octets), "the declared charset is not known"
    return _declared(octets, codec)


def _declared(octets: bytes, codec: str) -> tuple[str, str]:
    if codec == "cp1252":
        lying = _is_utf8(octets)
        return _guess(octets), "the text is UTF-8 although another charset is declared" if lying else ""
    try:
        return codecs.decode(octets, codec), ""
    except (UnicodeError, LookupError):
        return _guess(octets), "the text is not in the declared charset"


def _is_stateful(folded: str) -> bool:
    """Say whether ASCII bytes may mean something else (UTF-7, ISO-2022-JP, HZ, UTF-16)."""
    return folded.startswith((*_WIDE, "utf7", "iso2022", "hz", "unicode"))


def charset_in_markup(octets: bytes) -> str:
    """Return the charset that HTML declares within itself; empty when it declares none.

    Asked only where the headers say nothing. The UTF-16 that some pages declare there would not let us read the word.
    """
    found = _META.search(octets[:MOST_META_BYTES])
    charset = found[1].decode("ascii") if found else ""
    return "" if _folded(charset).startswith(_WIDE) else charset


def _is_utf8(octets: bytes) -> bool:
    try:
        octets.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _guess(octets: bytes) -> str:
    """Return UTF-8 when it is that, or that with few faults; else Windows-1252."""
    text = octets.decode("utf-8", errors="replace")
    faults = text.count("\ufffd")
    beyond_ascii = len(text) - len(text.encode("ascii", errors="ignore"))
    if faults == 0 or beyond_ascii > 5 * faults:
        return text
    return octets.decode("cp1252", errors="replace")
