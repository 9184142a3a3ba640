"""The way to a number at Twilio, tried step by step."""

import ssl
from socket import create_connection
from urllib.parse import urlsplit

from connectors.reach import connect_tcp, line_fault, protection, resolve, walk
from connectors.twilio_client import TwilioClient
from domain.account import TwilioConnection
from domain.errors import Unreachable
from domain.finding import Health


class TwilioProbe:
    """Tries every step of the way to a number: name, tcp, tls, sign_in (also as owner of the number), permission.

    Sends nothing.
    """

    def __init__(self, connection: TwilioConnection, number: str, client: TwilioClient) -> None:
        """Remember the way; nothing is opened yet."""
        self._connection = connection
        self._number = number
        self._client = client
        where = urlsplit(connection.base_url)
        self._is_protected = where.scheme == "https"
        self._host, self._port = where.hostname or "", where.port or (443 if self._is_protected else 80)

    def probe(self) -> Health:
        """Try the steps in order, up to the first that fails; nothing at Twilio changes."""
        try:
            return walk(
                (
                    ("name", lambda: resolve(self._host, self._port)),
                    ("tcp", lambda: connect_tcp(self._host, self._port, self._connection.timeout_seconds)),
                    ("tls", self._protect),
                    ("sign_in", self._sign_in),
                    ("sign_in", self._find_number),
                    ("permission", self._read),
                )
            )
        finally:
            self._client.close()

    def _protect(self) -> str:
        if not self._is_protected:
            return "Not protected: only for this machine itself"
        try:
            with (
                create_connection((self._host, self._port), self._connection.timeout_seconds) as plain,
                ssl.create_default_context().wrap_socket(plain, server_hostname=self._host) as line,
            ):
                return protection(line)
        except OSError as error:
            raise line_fault(error, self._host, self._port) from None

    def _sign_in(self) -> str:
        account = self._client.get(".json")
        if account.get("status") != "active":
            raise Unreachable("sign_in", f"The account at Twilio is {account.get('status')}: see Twilio's console")
        return f"Twilio knows the account {account.get('friendly_name', '')}".rstrip()

    def _find_number(self) -> str:
        found = self._client.get("/IncomingPhoneNumbers.json", {"PhoneNumber": self._number, "PageSize": 1})
        if not found.get("incoming_phone_numbers"):
            raise Unreachable(
                "sign_in", f"The account at Twilio has no number {self._number}: check address and account_sid"
            )
        return f"The number {self._number} is the account's"

    def _read(self) -> str:
        self._client.get("/Messages.json", {"To": self._number, "PageSize": 1})
        return "Messages may be read"
