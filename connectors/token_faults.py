"""What a token server's no means, and what to do about it, in plain words; its own words are never repeated.

Sources: RFC 6749 section 5.2; Microsoft's list of AADSTS error codes; Google's list of OAuth errors.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from domain.account import OAuth, OAuthKind
from domain.errors import Unreachable

#: By the number of Microsoft's error. `{secret}`, `{client}` and `{host}` are filled in.
MICROSOFT = {
    7000222: "The client secret has ended: make a new one under the application's Certificates & secrets in Entra, "
    'and write its value to the secret "{secret}"',
    7000215: 'The client secret is wrong: write the secret\'s value, not its id, to the secret "{secret}"',
    7000112: "The application {client} is switched off: have it switched on in Entra under Enterprise applications",
    700016: "The application {client} is not known in this tenant: check client_id, and the tenant in token_url",
    90002: "The tenant is not known: check the tenant in token_url",
    900023: "The tenant is not known: check the tenant in token_url",
    700027: "The certificate is not one of the application's: register it under Certificates & secrets in Entra",
    700024: "The certificate's claim is not valid at this time: check this machine's clock",
    70011: "The scope is not right: for Exchange Online write https://outlook.office365.com/.default",
    1002012: "The scope is not right: for Exchange Online write https://outlook.office365.com/.default",
    65001: "Nobody has consented to what the application asks for: have an administrator grant it in Entra",
    501051: "The application is assigned to nobody here: have it assigned in Entra under Enterprise applications",
    53003: "A policy for conditional access stops the application: have it let through in Entra",
    50173: "The refresh token was revoked, as by a new password: sign in once more to get a new one, "
    'and write it to the secret "{secret}"',
    700082: "The refresh token was not used for too long and has ended: sign in once more to get a new one, "
    'and write it to the secret "{secret}"',
    70008: 'The refresh token has ended: sign in once more to get a new one, and write it to the secret "{secret}"',
}

#: By the error of RFC 6749, and those that Google adds.
STANDARD = {
    "invalid_grant": "The refresh token has ended or was revoked: sign in once more to get a new one, "
    'and write it to the secret "{secret}"',
    "invalid_client": "The application is not known or its proof is wrong: check client_id, "
    'and the secret "{secret}", which may have ended',
    "deleted_client": "The application {client} was deleted: make a new one, and change client_id",
    "unauthorized_client": "The application {client} may not get tokens this way: have it allowed where it is "
    "registered, and check that the refresh token was made for it",
    "invalid_scope": "The scope is not right: check scope",
    "invalid_request": "The token server does not understand the question: check token_url, kind and scope",
    "unsupported_grant_type": "The token server knows no tokens of this kind: check token_url and kind",
    "access_denied": "The token server refuses: have the application's rights checked where it is registered",
    "admin_policy_enforced": "An administrator's policy stops the application: have it allowed in the admin console",
    "temporarily_unavailable": "The token server {host} has no time now: if it lasts, look at its status page",
    "server_error": "The token server {host} has a fault of its own: if it lasts, look at its status page",
}

#: What an invalid grant means where no refresh token is shown.
GRANT_WITHOUT_REFRESH = "The proof of the application is not taken: check the secret {secret}, and this machine's clock"

_NUMBER = re.compile(r"AADSTS(\d{4,8})")


def refusal(oauth: OAuth, code: int, said: Mapping[str, Any]) -> Unreachable:
    """Return what a no means.

    Args:
        oauth: the way that was tried.
        code: the answer's HTTP status.
        said: its JSON, as far as it could be read.
    """
    number, error = _number(said), said.get("error")
    if number in MICROSOFT:
        words, shown = MICROSOFT[number], f"AADSTS{number}"
    elif isinstance(error, str) and error in STANDARD:
        words, shown = STANDARD[error], f"AADSTS{number}" if number else error
        if error == "invalid_grant" and oauth.kind is not OAuthKind.refresh_token:
            words = GRANT_WITHOUT_REFRESH
    elif code == 429 or code >= 500:
        words, shown = STANDARD["temporarily_unavailable"], str(code)
    else:
        words, shown = "{host} refuses and does not say why: check token_url and client_id", str(code)
    return Unreachable("token", words.format_map(_names(oauth)) + f" ({shown})")


def _names(oauth: OAuth) -> dict[str, str]:
    proofs = {
        OAuthKind.client_secret: oauth.client_secret,
        OAuthKind.client_certificate: oauth.certificate,
        OAuthKind.refresh_token: oauth.refresh_token,
    }
    host = urlsplit(oauth.token_url).hostname or ""
    return {"secret": proofs[oauth.kind], "client": oauth.client_id, "host": host}


def _number(said: Mapping[str, Any]) -> int:
    """Return the number of Microsoft's error; 0: none."""
    codes = said.get("error_codes")
    if isinstance(codes, list) and codes and isinstance(codes[0], int):
        return codes[0]
    found = _NUMBER.search(str(said.get("error_description", "")))
    return int(found[1]) if found else 0
