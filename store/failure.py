"""Failure: what a database raises that is away, locked for too long or full."""

import sqlalchemy as sa

#: For the composition roots, which put it into a sentence for a person.
DatabaseFailed = sa.exc.OperationalError
