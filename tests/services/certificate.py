"""A self-made certificate for 127.0.0.1 and localhost."""

from pathlib import Path

from tests.services.programs import give_away, need, run


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """Write certificate and key into the folder and return their paths.

    A client trusts it when SSL_CERT_FILE names the certificate.
    """
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    names = "subjectAltName=IP:127.0.0.1,DNS:localhost"
    options = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", names]
    run([need("openssl"), "req", *options, "-keyout", str(key), "-out", str(certificate)])
    give_away(certificate, key)
    return certificate, key
