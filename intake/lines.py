"""Lines: text written line by line, with quote marks, blank lines between paragraphs, and a limit."""


class Lines:
    """Text that grows at its end, up to a limit."""

    def __init__(self, limit: int) -> None:
        """Begin with nothing; `limit` is the greatest number of characters."""
        #: How many quotations deep the next line stands.
        self.depth = 0
        #: Stands before every line until it is taken away.
        self.mark = ""
        self._lines: list[str] = []
        self._pieces: list[str] = []
        self._start = ""
        #: How deep a blank line that must come first stands; None: there is none.
        self._blank: int | None = None
        self._room = limit

    @property
    def full(self) -> bool:
        """True: the limit is passed, and nothing more is kept."""
        return self._room < 0

    def say(self, text: str) -> None:
        """Add text to the line that is being written."""
        if text and not self.full:
            self._room -= len(text)
            self._pieces.append(text if self._room >= 0 else text[: self._room])

    def say_flowing(self, text: str) -> None:
        """Add text whose spaces have been evened out: none at the beginning of a line, and never two."""
        if text[:1] == " " and (not self._pieces or self._pieces[-1][-1] == " "):
            text = text[1:]
        self.say(text)

    def begin(self, start: str) -> None:
        """Let the next line begin with this, if it has any text."""
        self._start = start

    def leave_blank(self) -> None:
        """Leave a blank line before the next text, outside the quotation that begins or ends here."""
        self._blank = self.depth if self._blank is None else min(self.depth, self._blank)

    def end(self, even_empty: bool = False) -> None:
        """End the line; one without text leaves nothing behind, unless `even_empty`."""
        text = "".join(self._pieces).rstrip(" ")
        self._pieces.clear()
        if not text and (self.full or not even_empty):
            return
        if self._blank is not None and self._lines:
            self._add(("> " * min(self.depth, self._blank)).rstrip())
        self._blank = None
        quoting = "> " * self.depth
        if text:
            self._add(quoting + self.mark + self._start + text)
            self._start = ""
        else:
            self._add(quoting.rstrip())

    def _add(self, line: str) -> None:
        self._room -= 1 + 2 * self.depth
        self._lines.append(line)

    def text(self) -> str:
        """Return what has been written."""
        return "\n".join(self._lines)
