"""SignedIn: one user's mailbox, and the commands that need no open folder."""

import re
from collections.abc import Sequence

from domain.protocols import Clock
from sandbox.imap_syntax import Token, bad, no, quoted, read_date, word
from sandbox.mail_store import Folder, MailStore


class SignedIn:
    """The folders of the user who has signed in."""

    def __init__(self, store: MailStore, clock: Clock, user: str) -> None:
        """Act for a user that the store knows."""
        self._store = store
        self._clock = clock
        self._user = user

    def folder(self, name: str) -> Folder:
        """Return a folder. Raises CommandRefused (NO) when there is none."""
        folder = self._store.folder(self._user, name)
        if folder is None:
            raise no("[NONEXISTENT] There is no such folder")
        return folder

    def listing(self, args: Sequence[Token], answer: str = "LIST") -> list[bytes]:
        """Answer LIST (and LSUB) with the folders that fit, and their SPECIAL-USE."""
        only_special = bool(args) and isinstance(args[0], list) and "SPECIAL-USE" in map(str.upper, map(word, args[0]))
        names = args[1:] if args and isinstance(args[0], list) else args
        if len(names) < 2:
            raise bad("LIST needs a reference and a pattern")
        if word(names[1]) == "":
            return [f'* {answer} (\\Noselect) "/" ""'.encode()]
        patterns = names[1] if isinstance(names[1], list) else [names[1]]
        fits = _pattern(word(names[0]), [word(pattern) for pattern in patterns])
        return [
            f'* {answer} ({" ".join(_attributes(folder))}) "/" {quoted(folder.name)}'.encode()
            for folder in self._store.folders(self._user)
            if fits.fullmatch(folder.name) and (folder.special_use or not only_special)
        ]

    def status(self, args: Sequence[Token]) -> list[bytes]:
        """Answer STATUS with the counts asked for."""
        if len(args) != 2 or not isinstance(args[1], list):
            raise bad("STATUS needs a folder and a list")
        folder = self.folder(word(args[0]))
        counts = _counts(folder)
        asked = [word(item).upper() for item in args[1]]
        unknown = [item for item in asked if item not in counts]
        if unknown:
            raise bad(f"{unknown[0]} is not known to STATUS")
        answer = " ".join(f"{item} {counts[item]}" for item in asked)
        return [f"* STATUS {quoted(folder.name)} ({answer})".encode()]

    def append(self, args: Sequence[Token]) -> str:
        """Put a mail in a folder and return the APPENDUID response code (RFC 4315)."""
        if len(args) < 2 or not isinstance(args[-1], bytes):
            raise bad("APPEND needs a folder and a literal")
        folder = self._store.folder(self._user, word(args[0]))
        if folder is None:
            raise no("[TRYCREATE] There is no such folder")
        flags = [word(flag) for token in args[1:-1] if isinstance(token, list) for flag in token]
        dates = [read_date(token) for token in args[1:-1] if isinstance(token, str)]
        uid = folder.add(args[-1], dates[0] if dates else self._clock.now(), flags)
        return f"[APPENDUID {folder.uid_validity} {uid}] "

    def create(self, args: Sequence[Token]) -> list[bytes]:
        """Make a folder; there is nothing to tell of it."""
        if len(args) < 1:
            raise bad("CREATE needs a name")
        if not self._store.create_folder(self._user, word(args[0])):
            raise no("[ALREADYEXISTS] There is such a folder")
        return []


def _attributes(folder: Folder) -> tuple[str, ...]:
    return ("\\HasNoChildren", folder.special_use) if folder.special_use else ("\\HasNoChildren",)


def _pattern(reference: str, patterns: Sequence[str]) -> re.Pattern[str]:
    wild = {"*": ".*", "%": "[^/]*"}
    either = ("".join(wild.get(each, re.escape(each)) for each in reference + pattern) for pattern in patterns)
    return re.compile("|".join(either), re.IGNORECASE)


def _counts(folder: Folder) -> dict[str, int]:
    mails = [folder.mail(uid) for uid in folder.uids()]
    return {
        "MESSAGES": len(mails),
        "RECENT": 0,
        "UIDNEXT": folder.uid_next,
        "UIDVALIDITY": folder.uid_validity,
        "UNSEEN": sum(1 for mail in mails if mail is not None and "\\Seen" not in mail.flags),
    }
