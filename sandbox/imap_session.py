"""ImapSession: one client's conversation, from greeting to goodbye. Source: RFC 3501 sections 3 and 6."""

import asyncio
import base64
import binascii
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any, TypeAlias

from domain.protocols import Clock
from sandbox.imap_account import SignedIn
from sandbox.imap_folder import OpenFolder
from sandbox.imap_syntax import CommandRefused, Token, bad, no, tokens, word
from sandbox.imap_wire import ImapWire
from sandbox.mail_store import MailStore

CAPABILITIES = "IMAP4rev1 UIDPLUS SPECIAL-USE IDLE LITERAL+ MOVE UNSELECT NAMESPACE SASL-IR AUTH=PLAIN"

#: How often a hanging server looks whether it may go on; only while it hangs.
_LOOK_AGAIN_SECONDS = 0.02


class Fault(StrEnum):
    """What the server does wrong on demand."""

    none = "none"
    #: Sign-in fails as with a wrong password.
    refuse_sign_in = "refuse_sign_in"
    #: Connections are taken, and nothing is ever said.
    hang = "hang"
    #: The line is cut instead of an answer.
    hang_up = "hang_up"


#: Untagged lines, and the sentence after OK (beginning with a response code, if any).
Answer: TypeAlias = tuple[list[bytes], str]
Command: TypeAlias = Callable[[Sequence[Token]], Answer]


class ImapSession:
    """One client: reads commands, answers each, until the client leaves or vanishes."""

    def __init__(self, wire: ImapWire, store: MailStore, clock: Clock, fault: Callable[[], Fault]) -> None:
        """Prepare the conversation; `fault` is asked before every answer."""
        self._wire = wire
        self._store = store
        self._clock = clock
        self._fault = fault
        self._user: SignedIn | None = None
        self._open: OpenFolder | None = None
        #: True: the client has said goodbye.
        self.left = False
        #: Set when a folder may have changed.
        self.changed = asyncio.Event()

    async def run(self) -> None:
        """Hold the conversation.

        Raises:
            ConnectionError: the client vanished, or a fault cut the line.
        """
        await self._misbehave()
        await self._wire.send(f"* OK [CAPABILITY {CAPABILITIES}] The sandbox is ready")
        while not self.left:
            tag, parts = await self._wire.read_command()
            await self._misbehave()
            await self._respond(tag, parts)

    async def _misbehave(self) -> None:
        while self._fault() is Fault.hang:
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)
        if self._fault() is Fault.hang_up:
            raise ConnectionAbortedError("The fault that was asked for")

    async def _respond(self, tag: str, parts: Sequence[bytes]) -> None:
        try:
            name, *args = tokens(parts) or [""]
            lines, sentence = await self._obey(word(name).upper(), args)
        except CommandRefused as refusal:
            # What the client sent may stand in the sentence, line breaks and all.
            sentence = " ".join(str(refusal).split())
            await self._wire.send(f"{tag} {refusal.status} {sentence}")
        else:
            await self._wire.send(*lines, f"{tag} OK {sentence}")

    async def _obey(self, name: str, args: Sequence[Token]) -> Answer:
        if name == "AUTHENTICATE":
            return await self._authenticate(args)
        if name == "IDLE":
            return await self._idle()
        by_uid = name == "UID"
        if by_uid:
            if not args:
                raise bad("UID needs a command")
            name, args = word(args[0]).upper(), args[1:]
        commands = self._either(by_uid=by_uid)
        if not by_uid:
            commands |= self._anytime() | self._signed_in() | self._in_folder()
        if name not in commands:
            raise bad(f"{name} is not known here")
        lines, sentence = commands[name](args)
        return lines + self._news(name, by_uid=by_uid), sentence

    def _news(self, name: str, *, by_uid: bool) -> list[bytes]:
        """Tell of changes after a command, except where message numbers must hold still (RFC 3501 7.4.1)."""
        if self._open is None or (name in {"FETCH", "STORE", "SEARCH"} and not by_uid):
            return []
        return self._open.news()

    def _anytime(self) -> dict[str, Command]:
        return {
            "CAPABILITY": lambda args: ([f"* CAPABILITY {CAPABILITIES}".encode()], "These are all"),
            "NOOP": lambda args: ([], "Nothing done"),
            "LOGOUT": self._log_out,
            "LOGIN": self._log_in,
        }

    def _signed_in(self) -> dict[str, Command]:
        user = self._signed_in_user
        return {
            "SELECT": lambda args: self._select(args, read_only=False),
            "EXAMINE": lambda args: self._select(args, read_only=True),
            "LIST": lambda args: (user().listing(args), "Listed"),
            "LSUB": lambda args: (user().listing(args, "LSUB"), "Listed"),
            "STATUS": lambda args: (user().status(args), "Counted"),
            "APPEND": lambda args: ([], f"{user().append(args)}Appended"),
            "CREATE": lambda args: (user().create(args), "Created"),
            "SUBSCRIBE": lambda args: ([], "Every folder is subscribed to"),
            "NAMESPACE": lambda args: ([b'* NAMESPACE (("" "/")) NIL NIL'], "One namespace"),
        }

    def _either(self, *, by_uid: bool) -> dict[str, Command]:
        """Return the commands that take message numbers, or UIDs after UID."""
        folder, user = self._open_folder, self._signed_in_user
        return {
            "SEARCH": lambda args: (folder().search(args, by_uid=by_uid), "Searched"),
            "FETCH": lambda args: (folder().fetch(args, by_uid=by_uid), "Fetched"),
            "STORE": lambda args: (folder().store(args, by_uid=by_uid), "Stored"),
            "EXPUNGE": lambda args: (folder().expunge(*args[: 1 if by_uid else 0]), "Expunged"),
            "COPY": lambda args: ([], folder().copy(args, user().folder, by_uid=by_uid, move=False) + "Copied"),
            "MOVE": lambda args: ([], folder().copy(args, user().folder, by_uid=by_uid, move=True) + "Moved"),
        }

    def _in_folder(self) -> dict[str, Command]:
        return {
            "CHECK": lambda args: (self._open_folder().news(), "Checked"),
            "CLOSE": lambda args: self._close(expunge=True),
            "UNSELECT": lambda args: self._close(expunge=False),
        }

    def _signed_in_user(self) -> SignedIn:
        if self._user is None:
            raise bad("Sign in first")
        return self._user

    def _open_folder(self) -> OpenFolder:
        if self._open is None:
            raise bad("Select a folder first")
        return self._open

    def _log_in(self, args: Sequence[Token]) -> Answer:
        if len(args) != 2:
            raise bad("LOGIN needs a user and a password")
        return self._sign_in(word(args[0]), word(args[1]))

    def _sign_in(self, user: str, password: str) -> Answer:
        if self._fault() is Fault.refuse_sign_in or not self._store.signs_in(user, password):
            raise no("[AUTHENTICATIONFAILED] User or password is wrong")
        self._user = SignedIn(self._store, self._clock, user)
        return [], f"[CAPABILITY {CAPABILITIES}] Signed in"

    async def _authenticate(self, args: Sequence[Token]) -> Answer:
        if not args or word(args[0]).upper() != "PLAIN":
            raise no("Only PLAIN is known here")
        if len(args) > 1:
            given = word(args[1]).encode()
        else:
            await self._wire.send("+ ")
            given = await self._wire.read_line()
        try:
            _, user, password = base64.b64decode(given, validate=True).decode().split("\0")
        except (binascii.Error, UnicodeDecodeError, ValueError) as error:
            raise bad("That is not what PLAIN looks like") from error
        return self._sign_in(user, password)

    def _log_out(self, args: Sequence[Token]) -> Answer:
        self.left, self._open = True, None
        return [b"* BYE Until next time"], "Signed out"

    def _select(self, args: Sequence[Token], *, read_only: bool) -> Answer:
        user = self._signed_in_user()
        self._open = None
        if not args:
            raise bad("Which folder?")
        self._open = OpenFolder(user.folder(word(args[0])), read_only=read_only)
        return self._open.greeting(), "[READ-ONLY] Opened" if read_only else "[READ-WRITE] Opened"

    def _close(self, *, expunge: bool) -> Answer:
        folder = self._open_folder()
        if expunge and not folder.read_only:
            folder.expunge()
        self._open = None
        return [], "Closed"

    async def _idle(self) -> Answer:
        """Tell of changes as they happen until the client says DONE (RFC 2177)."""
        folder = self._open_folder()
        await self._wire.send("+ Idling", *folder.news())
        done = asyncio.ensure_future(self._wire.read_line())
        try:
            while not done.done():
                await self._something(done)
                await self._misbehave()
                await self._wire.send(*folder.news())
        finally:
            done.cancel()
        if done.result().upper() != b"DONE":
            raise bad("IDLE ends with DONE")
        return [], "Idled"

    async def _something(self, done: "asyncio.Future[Any]") -> None:
        """Wait until the client says something or a folder may have changed."""
        changed: asyncio.Future[Any] = asyncio.ensure_future(self.changed.wait())
        try:
            await asyncio.wait((done, changed), return_when=asyncio.FIRST_COMPLETED)
        finally:
            changed.cancel()
            self.changed.clear()
