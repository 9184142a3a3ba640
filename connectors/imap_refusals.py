"""What a server's no means, where it says so itself: response codes of RFC 5530, as a step and what to do about it."""

from domain.account import ImapConnection

#: The server's words, the step, and the sentence. Codes that say no more than the command's own sentence are left out.
REFUSALS = (
    ("[NOPERM]", "permission", "{user} may not do this on {where}: have it given rights to the mailbox"),
    # Exchange, of a mailbox that is not shared with the user.
    (
        "authenticated but not connected",
        "permission",
        "{user} may not do this on {where}: have it given rights to the mailbox",
    ),
    ("[OVERQUOTA]", "quota", "The mailbox of {user} on {where} is over its quota: have it emptied or enlarged"),
    (
        "[UNAVAILABLE]",
        "protocol",
        "{where} has a fault behind it and asks us to come back: if it lasts, ask its operator",
    ),
    ("[INUSE]", "protocol", "The mailbox of {user} on {where} is locked by another: if it lasts, ask its operator"),
    ("[LIMIT]", "protocol", "{where} allows no more of this now: if it lasts, ask its operator for a higher limit"),
    ("[EXPIRED]", "sign_in", "The password of {user} on {where} has expired: have a new one set, and give it to us"),
    ("[PRIVACYREQUIRED]", "tls", "{where} takes no password unprotected: set security to tls or starttls"),
    ("[CONTACTADMIN]", "sign_in", "{where} asks that its operator be told about {user}: write to them"),
)


def told(error: Exception, connection: ImapConnection) -> tuple[str, str] | None:
    """Return the step and sentence for a no whose reason the server gives; None: it gives none that we know.

    The server's own words are never repeated: they may hold a sender or a subject.
    """
    words = str(error)
    where = f"{connection.host}:{connection.port}"
    for said, step, sentence in REFUSALS:
        if said in words:
            return step, sentence.format(user=connection.user, where=where)
    return None
