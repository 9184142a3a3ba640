"""The site folder: which files it holds, each read and validated."""

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from domain.errors import BadInput
from settings.accounts_file import AccountsFile
from settings.answers_file import AnswersFile
from settings.categories_file import CategoriesFile
from settings.faults import Fault
from settings.fields import Table
from settings.hours_file import HoursFile
from settings.parsed import Model, Parsed, parse, parse_tree
from settings.people_file import PeopleFile, PersonTable
from settings.rules_file import RulesFile
from settings.service_levels_file import ServiceLevelsFile
from settings.site_file import SiteFile
from settings.units_file import UnitsFile

#: Every settings file with its model, in the order in which one reads them.
FILES: dict[str, type[Table]] = {
    "site.toml": SiteFile,
    "units.toml": UnitsFile,
    "people.toml": PeopleFile,
    "hours.toml": HoursFile,
    "service_levels.toml": ServiceLevelsFile,
    "accounts.toml": AccountsFile,
    "categories.toml": CategoriesFile,
    "rules.toml": RulesFile,
    "answers.toml": AnswersFile,
}


@dataclass(frozen=True, kw_only=True)
class Folder:
    """The settings files of a site, as far as they could be read."""

    site: Parsed[SiteFile]
    units: Parsed[UnitsFile]
    people: Parsed[PeopleFile]
    hours: Parsed[HoursFile]
    service_levels: Parsed[ServiceLevelsFile]
    accounts: Parsed[AccountsFile]
    categories: Parsed[CategoriesFile]
    rules: Parsed[RulesFile]
    answers: Parsed[AnswersFile]

    @property
    def files(self) -> tuple[Parsed[Table], ...]:
        """The files in the order of `FILES`."""
        return (
            self.site,
            self.units,
            self.people,
            self.hours,
            self.service_levels,
            self.accounts,
            self.categories,
            self.rules,
            self.answers,
        )

    @property
    def everybody(self) -> dict[str, PersonTable]:
        """The people by id: where both files name one, people.toml goes before units.toml."""
        known = self.units.value.people if self.units.value else {}
        return known | (self.people.value.people if self.people.value else {})


def read_folder(folder: Path) -> Folder:
    """Read every settings file of the folder.

    Raises:
        BadInput: there is no such folder.
    """
    if not folder.is_dir():
        what = "is a file, not a folder" if folder.exists() else "does not exist"
        raise BadInput(f"The site folder {folder} {what}: `svarsvakt init {folder}` writes an example to edit.")
    return Folder(
        site=parse(folder / "site.toml", SiteFile),
        units=parse(folder / "units.toml", UnitsFile),
        people=_read_if_there(folder / "people.toml", PeopleFile),
        hours=parse(folder / "hours.toml", HoursFile),
        service_levels=parse(folder / "service_levels.toml", ServiceLevelsFile),
        accounts=parse(folder / "accounts.toml", AccountsFile),
        categories=parse(folder / "categories.toml", CategoriesFile),
        rules=parse(folder / "rules.toml", RulesFile),
        answers=_read_if_there(folder / "answers.toml", AnswersFile),
    )


def _read_if_there(path: Path, model: type[Model]) -> Parsed[Model]:
    """Read a file that may be missing: the people may all stand in units.toml, and not everybody has phrases."""
    return parse(path, model) if path.exists() else parse_tree(path.name, {}, model)


def strangers(folder: Path) -> list[Fault]:
    """Return a fault for every TOML file that is none of ours: it would be passed over in silence."""
    names = sorted(path.name for path in folder.glob("*.toml") if path.name not in FILES)
    return [Fault(name, "", "", f"is not a settings file{_meant(name)}") for name in names]


def _meant(name: str) -> str:
    close = get_close_matches(name, FILES, n=1, cutoff=0.7)
    return f'; did you mean "{close[0]}"?' if close else f"; move it elsewhere (there is {', '.join(FILES)})"
