"""service_levels.toml: how soon a citizen must have a notice, and an answer by a person."""

from datetime import date

from pydantic import Field

from domain.account import Channel, Tier
from domain.holding import HoldingSettings
from domain.ids import CategoryId, PersonId
from domain.service_level import HandlingTime, ServiceLevel
from settings.fields import Duration, Id, Table, TargetText

_HOLDING = HoldingSettings()


class LevelTable(Table):
    """The two targets of one channel and tier."""

    notice: TargetText
    answer: TargetText


class TiersTable(Table):
    """The targets of one channel."""

    contact_center: LevelTable | None = None
    unit: LevelTable | None = None
    employee: LevelTable | None = None


class HandlingTimeTable(Table):
    """A category's own answer target, dated and owned."""

    answer: TargetText
    owner: Id
    review_by: date

    def to_domain(self, id: str) -> HandlingTime:
        """Return the handling time."""
        return HandlingTime(
            category=CategoryId(id), answer=self.answer, owner=PersonId(self.owner), review_by=self.review_by
        )


class FormsTable(Table):
    """What a form of our own brings."""

    notice: TargetText


class HoldingTable(Table):
    """When a citizen is told that the answer takes longer, and what is promised then."""

    send: bool = _HOLDING.send
    before: Duration = _HOLDING.before
    target: TargetText | None = _HOLDING.target
    sensitive: bool = _HOLDING.sensitive

    def to_domain(self) -> HoldingSettings:
        """Return the settings."""
        return HoldingSettings(**dict(self))


class ServiceLevelsFile(Table):
    """The whole of service_levels.toml."""

    email: TiersTable = TiersTable()
    sms: TiersTable = TiersTable()
    facebook: TiersTable = TiersTable()
    forms: FormsTable | None = None
    holding: HoldingTable = HoldingTable()
    handling_times: dict[Id, HandlingTimeTable] = Field(default_factory=dict)

    def to_levels(self) -> tuple[ServiceLevel, ...]:
        """Return the service levels that are set, by channel and tier."""
        return tuple(
            ServiceLevel(channel=channel, tier=tier, notice=level.notice, answer=level.answer)
            for channel in Channel
            for tier in Tier
            if (level := self.level(channel, tier)) is not None
        )

    def level(self, channel: Channel, tier: Tier) -> LevelTable | None:
        """Return the targets of a channel and tier; None when there are none."""
        level: LevelTable | None = getattr(getattr(self, channel), tier)
        return level
