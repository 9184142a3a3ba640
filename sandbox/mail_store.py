"""MailStore: the sandbox's mailboxes, in memory, safe to use from several threads."""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

#: The folders every user has, with their SPECIAL-USE attribute (RFC 6154).
STANDARD_FOLDERS: Mapping[str, str] = MappingProxyType({"INBOX": "", "Junk": "\\Junk", "Sent": "\\Sent"})


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMail:
    """One mail in a folder."""

    uid: int
    original: bytes
    #: INTERNALDATE; aware UTC.
    at: datetime
    flags: frozenset[str] = frozenset()


class Folder:
    """One folder: mails by UID, oldest first."""

    def __init__(self, name: str, special_use: str, on_change: Callable[[], None]) -> None:
        """Make an empty folder; `on_change` is called, from any thread, when what it holds has changed."""
        self.name = name
        self.special_use = special_use
        self._on_change = on_change
        self._lock = threading.RLock()
        self._mails: dict[int, StoredMail] = {}
        self._uid_validity = 1
        self._uid_next = 1

    @property
    def uid_validity(self) -> int:
        """Return the number that changes when UIDs are given out anew (RFC 3501 2.3.1.1)."""
        return self._uid_validity

    @property
    def uid_next(self) -> int:
        """Return the UID that the next mail will get."""
        return self._uid_next

    def uids(self) -> tuple[int, ...]:
        """Return every UID, ascending."""
        with self._lock:
            return tuple(self._mails)

    def mail(self, uid: int) -> StoredMail | None:
        """Return a mail, or None when it is gone."""
        with self._lock:
            return self._mails.get(uid)

    def add(self, original: bytes, at: datetime, flags: Iterable[str] = ()) -> int:
        """Put a mail last and return its UID."""
        with self._lock:
            uid = self._uid_next
            self._uid_next += 1
            self._mails[uid] = StoredMail(uid=uid, original=original, at=at, flags=frozenset(flags))
        self._on_change()
        return uid

    def set_flags(self, uid: int, flags: Iterable[str]) -> None:
        """Replace a mail's flags; nothing happens when the mail is gone."""
        with self._lock:
            mail = self._mails.get(uid)
            if mail is not None:
                self._mails[uid] = replace(mail, flags=frozenset(flags))
        self._on_change()

    def remove(self, uid: int) -> StoredMail | None:
        """Take a mail out and return it, or None when it was gone."""
        with self._lock:
            mail = self._mails.pop(uid, None)
        self._on_change()
        return mail

    def renumber(self) -> None:
        """Give every mail a new UID under a new UIDVALIDITY, as a restored mailbox does."""
        with self._lock:
            mails = list(self._mails.values())
            self._uid_validity += 1
            self._mails = {uid: replace(mail, uid=uid) for uid, mail in enumerate(mails, start=1)}
            self._uid_next = len(mails) + 1
        self._on_change()


@dataclass(frozen=True, slots=True)
class _User:
    password: str
    folders: dict[str, Folder]


class MailStore:
    """Users with their passwords and folders."""

    def __init__(self) -> None:
        """Make a store without users."""
        self._lock = threading.RLock()
        self._users: dict[str, _User] = {}
        self._listeners: list[Callable[[], None]] = []

    def listen(self, listener: Callable[[], None]) -> None:
        """Call the listener, from any thread, whenever a folder has changed."""
        with self._lock:
            self._listeners.append(listener)

    def forget(self, listener: Callable[[], None]) -> None:
        """Stop calling a listener."""
        with self._lock:
            self._listeners.remove(listener)

    def add_user(self, user: str, password: str) -> None:
        """Open a mailbox with the standard folders; one that exists keeps its mails and gets the password."""
        with self._lock:
            known = self._users.get(user)
            folders = known.folders if known else {}
            self._users[user] = _User(password, folders)
            for name, special_use in STANDARD_FOLDERS.items():
                folders.setdefault(name, Folder(name, special_use, self._changed))

    def signs_in(self, user: str, password: str) -> bool:
        """Say whether the password is the user's."""
        with self._lock:
            known = self._users.get(user)
        return known is not None and known.password == password

    def folders(self, user: str) -> tuple[Folder, ...]:
        """Return the user's folders. Raises KeyError when there is no such user."""
        with self._lock:
            return tuple(self._users[user].folders.values())

    def folder(self, user: str, name: str) -> Folder | None:
        """Return one folder, or None; INBOX in any case. Raises KeyError when there is no such user."""
        with self._lock:
            return self._users[user].folders.get("INBOX" if name.upper() == "INBOX" else name)

    def create_folder(self, user: str, name: str) -> bool:
        """Make a folder; False when there was one. Raises KeyError when there is no such user."""
        with self._lock:
            if self.folder(user, name) is not None:
                return False
            self._users[user].folders[name] = Folder(name, "", self._changed)
            return True

    def _changed(self) -> None:
        with self._lock:
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener()
