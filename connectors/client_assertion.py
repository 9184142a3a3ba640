"""A signed claim to be a client, made with its certificate. Source: RFC 7523; Microsoft's certificate credentials."""

from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import Certificate, load_pem_x509_certificate

from domain.account import OAuth
from domain.errors import Unreachable

#: How long a claim holds: enough for clocks that differ.
HOLDS = timedelta(minutes=5)


def client_assertion(oauth: OAuth, pem: str, now: datetime) -> str:
    """Return the signed claim for the token server.

    Args:
        oauth: who claims, and to which server.
        pem: certificate and private key, in any order.
        now: when it is made.

    Raises:
        Unreachable: at step token: the certificate has ended or not begun, or it or its key cannot be read.
    """
    certificate, key = _read(oauth.certificate, pem)
    _check_dates(oauth.certificate, certificate, now)
    claims = {
        "iss": oauth.client_id,
        "sub": oauth.client_id,
        "aud": oauth.token_url,
        "jti": str(uuid4()),
        "iat": now,
        "nbf": now,
        "exp": now + HOLDS,
    }
    thumbprint = urlsafe_b64encode(certificate.fingerprint(SHA256())).rstrip(b"=").decode()
    return jwt.encode(claims, key, algorithm="PS256", headers={"x5t#S256": thumbprint})


def certificate_end(name: str, pem: str) -> datetime:
    """Return when the certificate in a secret of this name ends.

    Raises:
        Unreachable: at step token: it or its key cannot be read.
    """
    return _read(name, pem)[0].not_valid_after_utc


def _read(name: str, pem: str) -> tuple[Certificate, RSAPrivateKey]:
    try:
        certificate = load_pem_x509_certificate(pem.encode())
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError):
        sentence = f'The secret "{name}" must hold a certificate and its private key in PEM, without a passphrase'
        raise Unreachable("token", sentence) from None
    if not isinstance(key, RSAPrivateKey):
        raise Unreachable("token", f'The key in the secret "{name}" is not RSA: make one of RSA')
    if key.public_key() != certificate.public_key():
        raise Unreachable("token", f'The certificate and the key in the secret "{name}" do not belong together')
    return certificate, key


def _check_dates(name: str, certificate: Certificate, now: datetime) -> None:
    if now >= certificate.not_valid_after_utc:
        ended = f"ended on {certificate.not_valid_after_utc:%Y-%m-%d}"
        advice = "make a new one, register it with the application, and write it there"
        raise Unreachable("token", f'The certificate in the secret "{name}" {ended}: {advice}')
    if now < certificate.not_valid_before_utc:
        begins = f"holds only from {certificate.not_valid_before_utc:%Y-%m-%d}"
        raise Unreachable("token", f'The certificate in the secret "{name}" {begins}: check this machine\'s clock')
