"""Fields that several settings files share, and the table that every model is."""

from datetime import time, timedelta
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, StringConstraints

from domain.hours import Span
from domain.service_level import Target
from settings.texts import duration_of, spans_of, target_of, time_of

Item = TypeVar("Item")


class Table(BaseModel):
    """A table of a settings file: frozen, and a key it does not know is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def _as_many(given: Any) -> Any:
    return given if isinstance(given, list | tuple) else [given]


def _lowered(given: Any) -> Any:
    return given.strip().lower() if isinstance(given, str) else given


_ID = r"^[a-z0-9][a-z0-9_-]{0,47}$"
_EMAIL = r"^[^@\s<>,]+@[a-z0-9åäöé-]+(\.[a-z0-9åäöé-]+)+$"
_DOMAIN = r"^[a-z0-9åäöé-]+(\.[a-z0-9åäöé-]+)*$"
_LANGUAGE = r"^[a-z]{2,3}$"
_PREFIX = r"^\+[1-9][0-9]{0,6}$"
_SUFFIX = r"^\.[a-z0-9]{1,10}$"
#: Without user, password or fragment.
PUBLIC = r"^https://[a-z0-9.-]+(:[0-9]{1,5})?$"
HTTPS = r"^https://[a-z0-9.-]+(:[0-9]{1,5})?(/[^\s#@]*)?$"
#: Short enough for an SMS, and of its alphabet.
_SMS_NAME = r"^[A-Za-z0-9ÅÄÖåäöÉéÜü .&-]{1,18}$"
SAFE_NAME = r"^[a-z0-9][a-z0-9-]{0,62}$"

#: What a text must be that does not fit its pattern.
FORMS = {
    _ID: "an id: use a to z, digits, - and _",
    _EMAIL: "an e-mail address",
    _DOMAIN: "a host name",
    _LANGUAGE: 'a language code: write "sv", "fi", "en"',
    _PREFIX: 'the beginning of a number: write "+46"',
    _SUFFIX: 'the end of a file name: write ".exe"',
    PUBLIC: "https:// and a host, with no slash at the end",
    HTTPS: "an address that begins with https://",
    _SMS_NAME: "a name for SMS: use at most 18 letters, digits, spaces, . & and -",
    SAFE_NAME: "the name of a secret: use a to z, digits and -, and never the secret itself",
}

#: One value, or a list of them.
OneOrMany = Annotated[tuple[Item, ...], BeforeValidator(_as_many)]
#: A short ASCII name that other tables refer to.
Id = Annotated[str, StringConstraints(pattern=_ID)]
#: Text that says something.
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
#: An e-mail address, in lower case.
Email = Annotated[str, BeforeValidator(_lowered), StringConstraints(pattern=_EMAIL)]
#: A host name or domain, in lower case.
Domain = Annotated[str, BeforeValidator(_lowered), StringConstraints(pattern=_DOMAIN)]
#: An ISO 639 code.
Language = Annotated[str, StringConstraints(pattern=_LANGUAGE)]
#: How numbers of a country, or of an operator, begin.
Prefix = Annotated[str, StringConstraints(pattern=_PREFIX)]
#: How a file's name ends, in lower case.
Suffix = Annotated[str, BeforeValidator(_lowered), StringConstraints(pattern=_SUFFIX)]
Duration = Annotated[timedelta, PlainValidator(duration_of)]
TargetText = Annotated[Target, PlainValidator(target_of)]
TimeOfDay = Annotated[time, PlainValidator(time_of)]
Spans = Annotated[tuple[Span, ...], PlainValidator(spans_of)]
#: A number that must be at least one.
Count = Annotated[int, Field(ge=1)]
#: An address on the web.
PublicAddress = Annotated[str, StringConstraints(pattern=PUBLIC)]
Https = Annotated[str, StringConstraints(pattern=HTTPS)]
#: A name that an SMS begins with.
SmsName = Annotated[str, StringConstraints(pattern=_SMS_NAME)]
#: The name of a secret; the secret itself never stands in the settings.
SecretName = Annotated[str, StringConstraints(pattern=SAFE_NAME)]
