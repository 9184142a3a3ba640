"""Signing in with a token. Source: XOAUTH2 of Google and Microsoft; OAUTHBEARER of RFC 7628."""

#: The mechanisms we speak, the better known first.
MECHANISMS = ("XOAUTH2", "OAUTHBEARER")


def first_words(mechanism: str, user: str, token: str) -> str:
    r"""Return what is said to begin with.

    >>> first_words("XOAUTH2", "bygg@exempelby.example", "t")
    'user=bygg@exempelby.example\x01auth=Bearer t\x01\x01'
    """
    if mechanism == "XOAUTH2":
        return f"user={user}\1auth=Bearer {token}\1\1"
    name = user.replace("=", "=3D").replace(",", "=2C")
    return f"n,a={name},\1auth=Bearer {token}\1\1"


def last_words(mechanism: str) -> str:
    """Return what is said to a server that has told why it refuses, before it says no."""
    return "" if mechanism == "XOAUTH2" else "\1"


def not_let_in(user: str) -> str:
    """Say of a token that is not taken what to check."""
    return (
        f"does not let {user} in with a token that is new: check that user is the address of the mailbox, "
        "that the application was given rights to this mailbox, and scope"
    )


class Conversation:
    """The client's side, for a library that calls it at each of the server's challenges; shows no token."""

    def __init__(self, mechanism: str, user: str, token: str) -> None:
        """Begin anew."""
        self._answers = [first_words(mechanism, user, token), last_words(mechanism)]

    def __call__(self, challenge: bytes) -> bytes:
        """Return the answer to a challenge."""
        return self._answers.pop(0).encode() if self._answers else b""
