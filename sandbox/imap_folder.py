"""OpenFolder: one selected folder as one client sees it, and the commands that work in it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

from sandbox.imap_fetch import fetched, items_of, marks_seen
from sandbox.imap_search import SearchKeys
from sandbox.imap_syntax import Token, bad, in_set, no, numbers, word
from sandbox.mail_store import Folder, StoredMail

_FLAG_CHANGES: Mapping[str, Callable[[frozenset[str], frozenset[str]], frozenset[str]]] = MappingProxyType(
    {
        "FLAGS": lambda old, given: given,
        "+FLAGS": lambda old, given: old | given,
        "-FLAGS": lambda old, given: old - given,
    }
)


class OpenFolder:
    """A folder with the message numbers that its client has been told."""

    def __init__(self, folder: Folder, *, read_only: bool) -> None:
        """Open a folder; with `read_only` nothing in it is ever changed."""
        self.folder = folder
        self.read_only = read_only
        #: UIDs in the order of message sequence numbers, as the client knows them.
        self._view = list(folder.uids())
        self._uid_validity = folder.uid_validity

    def greeting(self) -> list[bytes]:
        """Return what SELECT and EXAMINE tell of the folder."""
        flags = "\\Answered \\Flagged \\Deleted \\Seen \\Draft"
        permanent = "" if self.read_only else flags + " \\*"
        lines = (
            f"* FLAGS ({flags})",
            f"* OK [PERMANENTFLAGS ({permanent})] Flags that stay",
            f"* {len(self._view)} EXISTS",
            "* 0 RECENT",
            f"* OK [UIDVALIDITY {self.folder.uid_validity}] UIDs hold",
            f"* OK [UIDNEXT {self.folder.uid_next}] Next UID",
        )
        return [line.encode() for line in lines]

    def news(self) -> list[bytes]:
        """Return what has changed since the client was last told, and count it as told.

        Raises:
            ConnectionError: the UIDs were given out anew, which no open connection can follow.
        """
        if self._uid_validity != self.folder.uid_validity:
            raise ConnectionAbortedError("The folder was renumbered")
        now = self.folder.uids()
        lines = self._forget(set(self._view) - set(now))
        if len(now) != len(self._view):
            self._view = list(now)
            lines.append(f"* {len(now)} EXISTS".encode())
        return lines

    def _forget(self, gone: set[int]) -> list[bytes]:
        """Take UIDs out of the view, last first, so that the numbers before them hold."""
        lines = []
        for place in range(len(self._view), 0, -1):
            if self._view[place - 1] in gone:
                del self._view[place - 1]
                lines.append(f"* {place} EXPUNGE".encode())
        return lines

    def search(self, keys: Sequence[Token], *, by_uid: bool) -> list[bytes]:
        """Answer SEARCH with UIDs or message numbers."""
        ask = SearchKeys(self._view, self._view).question(keys)
        hits = [(place, mail) for place, mail in self._mails(self._view) if ask(mail)]
        return [" ".join(["* SEARCH", *(str(mail.uid if by_uid else place) for place, mail in hits)]).encode()]

    def fetch(self, args: Sequence[Token], *, by_uid: bool) -> list[bytes]:
        """Answer FETCH, one line a mail."""
        spec, asked = _two(args, "FETCH")
        items = items_of(asked, by_uid=by_uid)
        lines = []
        for place, mail in self._mails(self.named(spec, by_uid=by_uid)):
            shown = self._seen(mail) if marks_seen(items) and not self.read_only else mail
            lines.append(f"* {place} FETCH ".encode() + fetched(shown, items))
        return lines

    def _seen(self, mail: StoredMail) -> StoredMail:
        self.folder.set_flags(mail.uid, mail.flags | {"\\Seen"})
        return self.folder.mail(mail.uid) or mail

    def store(self, args: Sequence[Token], *, by_uid: bool) -> list[bytes]:
        """Change flags, and say what they are now unless asked to be silent."""
        self._must_be_writable()
        if len(args) < 3:
            raise bad("STORE needs a set, a change and flags")
        name, _, silent = word(args[1]).upper().partition(".")
        change = _FLAG_CHANGES.get(name)
        if change is None:
            raise bad(f"{name} is no change of flags")
        flags = [word(flag) for each in args[2:] for flag in (each if isinstance(each, list) else [each])]
        lines = []
        for place, mail in self._mails(self.named(args[0], by_uid=by_uid)):
            self.folder.set_flags(mail.uid, change(mail.flags, frozenset(flags)))
            now = self.folder.mail(mail.uid)
            if now is not None and not silent:
                lines.append(f"* {place} FETCH ".encode() + fetched(now, ["UID", "FLAGS"] if by_uid else ["FLAGS"]))
        return lines

    def expunge(self, spec: Token | None = None) -> list[bytes]:
        """Take out what is marked as deleted, of the named UIDs or of all."""
        self._must_be_writable()
        uids = self._view if spec is None else self.named(spec, by_uid=True)
        for _, mail in list(self._mails(uids)):
            if "\\Deleted" in mail.flags:
                self.folder.remove(mail.uid)
        return self.news()

    def copy(self, args: Sequence[Token], to: Callable[[str], Folder], *, by_uid: bool, move: bool) -> str:
        """Copy or move mails, and return the COPYUID response code (RFC 4315)."""
        if move:
            self._must_be_writable()
        spec, name = _two(args, "COPY")
        target = to(word(name))
        mails = [mail for _, mail in self._mails(self.named(spec, by_uid=by_uid))]
        copies = [target.add(mail.original, mail.at, mail.flags) for mail in mails]
        if move:
            for mail in mails:
                self.folder.remove(mail.uid)
        if not mails:
            return ""
        return f"[COPYUID {target.uid_validity} {numbers(mail.uid for mail in mails)} {numbers(copies)}] "

    def named(self, spec: Token, *, by_uid: bool) -> list[int]:
        """Return the UIDs that a set names, among those the client knows."""
        if by_uid:
            return in_set(word(spec), self._view)
        return [self._view[place - 1] for place in in_set(word(spec), range(1, len(self._view) + 1))]

    def _mails(self, uids: Iterable[int]) -> list[tuple[int, StoredMail]]:
        places = {uid: place for place, uid in enumerate(self._view, start=1)}
        found = ((places[uid], self.folder.mail(uid)) for uid in uids)
        return [(place, mail) for place, mail in found if mail is not None]

    def _must_be_writable(self) -> None:
        if self.read_only:
            raise no("The folder is open for reading only")


def _two(args: Sequence[Token], command: str) -> tuple[Token, Token]:
    if len(args) != 2:
        raise bad(f"{command} needs two arguments")
    return args[0], args[1]
