"""Flowed text: lines that a mail program broke for transport, joined again. Source: RFC 3676."""

#: Begins a signature; never joined, although it ends in a space.
_SIGNATURE = "-- "


def unflowed(text: str, *, delete_space: bool) -> str:
    """Return the text with its soft line breaks undone.

    Args:
        text: as sent with `format=flowed`, lines ended by newlines.
        delete_space: `delsp=yes`: the space before a soft break is no space of the text.
    """
    joined: list[str] = []
    pieces: list[str] = []
    open_depth = -1
    for line in text.split("\n"):
        depth, content = _unquoted(line.rstrip("\r"))
        flows = content.endswith(" ") and content != _SIGNATURE
        if depth != open_depth or content == _SIGNATURE:
            _close(joined, pieces, open_depth)
        pieces.append(content[:-1] if flows and delete_space else content)
        open_depth = depth
        if not flows:
            _close(joined, pieces, depth)
            open_depth = -1
    _close(joined, pieces, open_depth)
    return "\n".join(joined)


def _unquoted(line: str) -> tuple[int, str]:
    """Return how often a line is quoted, and its content without the space that protects its beginning."""
    content = line.lstrip(">")
    return len(line) - len(content), content.removeprefix(" ")


def _close(joined: list[str], pieces: list[str], depth: int) -> None:
    if pieces:
        quoting = ">" * depth + " " if depth > 0 else ""
        joined.append(quoting + "".join(pieces))
        pieces.clear()
