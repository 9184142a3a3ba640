"""Canonical JSON of a Site: the form that is stored, and that its digest is taken of."""

import hashlib
import json

from pydantic import TypeAdapter, ValidationError

from domain.errors import BadInput
from domain.ids import Digest
from domain.site import Site
from settings.export import to_trees

_SITE = TypeAdapter(Site)


def to_json(site: Site) -> str:
    """Return the site as JSON with sorted keys: equal sites give equal text, on every machine."""
    return json.dumps(_SITE.dump_python(site, mode="json"), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def from_json(text: str) -> Site:
    """Return the site that `to_json` wrote.

    Raises:
        BadInput: the text is no site.
    """
    try:
        return _SITE.validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"])
        raise BadInput(
            f"The stored configuration cannot be read ({where}: {first['msg']}): activate it again."
        ) from error


def digest(site: Site) -> Digest:
    """Return the SHA-256 of the canonical JSON, in lower-case hex: the name of this configuration."""
    return Digest(hashlib.sha256(to_json(site).encode()).hexdigest())


def rules_digest(site: Site) -> Digest:
    """Return the SHA-256 of what the rules say: the version of the rule set.

    Of what stands at its default nothing counts, so that a release that knows more conditions changes no version.
    """
    rules = json.dumps(to_trees(site)["rules.toml"], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return Digest(hashlib.sha256(rules.encode()).hexdigest())
