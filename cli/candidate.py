"""Candidate: what somebody tries from the pages, checked against the rest of the active configuration."""

from collections.abc import Mapping

from domain.site import Site
from pipeline.rule_trial import Candidate
from settings import canonical
from settings.candidate import candidate_of


def read_candidate(site: Site, given: Mapping[str, bytes]) -> Candidate:
    """Return the configuration with these files, by name, in place of its own; without any, as it is.

    Raises:
        SettingsFaults: everything that is wrong in them, one sentence each.
    """
    tried = candidate_of(site, given) if given else site
    return Candidate(content=canonical.to_json(tried), rules=canonical.rules_digest(tried))
