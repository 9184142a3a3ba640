"""The tables. Every row has an organisation, or belongs to the installation as a whole."""

from store.schema.alerting import acknowledgements, beats, calls, tellings
from store.schema.arrivals import accounts, contact_points, files, letters, messages, originals
from store.schema.canaries import canaries
from store.schema.changed import account_changes
from store.schema.installation import active_site, counters, leases, sites
from store.schema.ledger import evidence, ledger, reconciliations, sent_answers
from store.schema.metadata import metadata
from store.schema.moved import corrections, forwards, merges
from store.schema.noticed import events, findings, seal_head
from store.schema.outbox import (
    attached_files,
    automatic_replies,
    breaker,
    deliveries,
    outgoing,
    send_rates,
    suppressions,
)
from store.schema.pages import page_rounds, quick_answers
from store.schema.people import codes, saved_views, sessions, sign_ins, tries, users
from store.schema.published import read_pages, shown_addresses
from store.schema.scanned import scans
from store.schema.together import presences, unfinished_answers
from store.schema.tried import looked_over, rule_hits, rule_trials, trial_changes
from store.schema.watched import ends, handlings, rhythms, tendencies, traffic
from store.schema.work import notes, ticket_tags, tickets

__all__ = [
    "account_changes",
    "accounts",
    "acknowledgements",
    "active_site",
    "attached_files",
    "automatic_replies",
    "beats",
    "breaker",
    "calls",
    "canaries",
    "codes",
    "contact_points",
    "corrections",
    "counters",
    "deliveries",
    "ends",
    "events",
    "evidence",
    "files",
    "findings",
    "forwards",
    "handlings",
    "leases",
    "ledger",
    "letters",
    "looked_over",
    "merges",
    "messages",
    "metadata",
    "notes",
    "originals",
    "outgoing",
    "page_rounds",
    "presences",
    "quick_answers",
    "read_pages",
    "reconciliations",
    "rhythms",
    "rule_hits",
    "rule_trials",
    "saved_views",
    "scans",
    "seal_head",
    "send_rates",
    "sent_answers",
    "sessions",
    "shown_addresses",
    "sign_ins",
    "sites",
    "suppressions",
    "tellings",
    "tendencies",
    "ticket_tags",
    "tickets",
    "traffic",
    "trial_changes",
    "tries",
    "unfinished_answers",
    "users",
]
