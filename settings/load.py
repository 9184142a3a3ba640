"""Load a site folder: TOML in, Site out, with every fault at once."""

from pathlib import Path

from domain.category import Category
from domain.errors import SettingsFaults
from domain.rule import Rule
from settings.categories_file import CategoriesFile
from settings.parsed import Model, parse
from settings.rules_file import RulesFile


def load_categories(path: Path) -> tuple[Category, ...]:
    """Load one categories.toml by itself, without asking whether its units exist.

    Raises:
        SettingsFaults: every fault of the file.
    """
    return _alone(path, CategoriesFile).to_domain()


def load_rules(path: Path) -> tuple[Rule, ...]:
    """Load one rules.toml by itself, without asking whether what it names exists.

    Raises:
        SettingsFaults: every fault of the file.
    """
    return _alone(path, RulesFile).to_domain()


def _alone(path: Path, model: type[Model]) -> Model:
    parsed = parse(path, model)
    if parsed.faults or parsed.value is None:
        raise SettingsFaults(tuple(str(fault) for fault in parsed.faults))
    return parsed.value
