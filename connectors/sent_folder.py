"""The folder of sent mail, asked for one Message-ID: providers such as Exchange file there what they take by SMTP."""

from connectors.imap_folder import examine, find_folders
from connectors.imap_session import answers, connect, hang_up
from connectors.oauth import Credential
from domain.account import ImapConnection
from domain.message import FolderRole
from domain.outgoing import Found


def find_in_sent(connection: ImapConnection, password: Credential, message_id: str) -> Found:
    """Say whether a mail with this Message-ID lies in the folder of sent mail; nothing in the mailbox changes (P4).

    Raises:
        Unreachable: the mailbox cannot be read now.
    """
    client = connect(connection, password)
    try:
        with answers(connection):
            folders = {role: name for name, role in find_folders(client, connection)}
            if FolderRole.sent not in folders:
                return Found.cannot_tell
            examine(client, folders[FolderRole.sent], FolderRole.sent)
            found = client.search(["HEADER", "Message-ID", message_id.strip("<>")])
    finally:
        hang_up(client)
    return Found.found if found else Found.not_found
