"""What is noted as owed when it is decided: by then somebody may have handled it, and the inbox may have any name."""

import pytest

from domain.evidence import Evidence, EvidenceKind
from domain.ids import AccountId, MessageId, OrganisationId
from pipeline.handled import _as_handled
from store.handlings import Owed
from tests.builders import TUESDAY

OWED = Owed(organisation=OrganisationId("exempelby"), account=AccountId("a"), arrived_at=TUESDAY, message=MessageId(1))


@pytest.mark.parametrize(("inbox", "waits"), [("Inkorg", True), ("INBOX", False)])
def test_what_was_put_back_into_an_inbox_of_another_name_waits(inbox: str, waits: bool) -> None:
    back = Evidence(
        kind=EvidenceKind.moved, account=OWED.account, message=OWED.message, at=TUESDAY, noted_at=TUESDAY,
        details={"from": "Arkiv", "to": "Inkorg"},
    )  # fmt: skip

    assert (_as_handled(OWED, {MessageId(1): [back]}, {}, inbox).handled_at is None) is waits
