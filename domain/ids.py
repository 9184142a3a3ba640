"""The kinds of identity, kept apart by type so that a ticket's number never stands where a message's should."""

from typing import NewType

#: Short ASCII names chosen by the municipality in its settings.
OrganisationId = NewType("OrganisationId", str)
UnitId = NewType("UnitId", str)
AccountId = NewType("AccountId", str)
PersonId = NewType("PersonId", str)
ScheduleId = NewType("ScheduleId", str)
CategoryId = NewType("CategoryId", str)
RuleId = NewType("RuleId", str)
PhraseId = NewType("PhraseId", str)

#: Row numbers given by the database.
MessageId = NewType("MessageId", int)
TicketId = NewType("TicketId", int)
OutgoingId = NewType("OutgoingId", int)
FileId = NewType("FileId", int)
FindingId = NewType("FindingId", int)
EventId = NewType("EventId", int)
SavedViewId = NewType("SavedViewId", int)
RuleTrialId = NewType("RuleTrialId", int)
UserId = NewType("UserId", int)

#: SHA-256 in lower-case hex: of an original's bytes, or of a configuration's canonical JSON.
Digest = NewType("Digest", str)
