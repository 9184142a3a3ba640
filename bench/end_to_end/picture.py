"""Picture: the figures as bars, in SVG that any browser shows."""

from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bench.end_to_end.figures import Drained, Figures, Waited

TEMPLATE = "picture.svg.j2"

#: The drawing, in its own units: the height of a line, where bars begin, and how long the longest is.
LINE, LEFT, LONGEST = 22, 330, 400


@dataclass(frozen=True)
class Bar:
    """One line."""

    name: str
    #: What stands at its end.
    says: str
    length: float
    y: int


@dataclass(frozen=True)
class Chart:
    """Lines under one title."""

    title: str
    bars: tuple[Bar, ...]
    y: int


def write_picture(path: Path, figures: Figures) -> None:
    """Draw what was measured."""
    charts = charts_of(figures)
    shelf = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    height = max((chart.y + LINE * (len(chart.bars) + 2) for chart in charts), default=LINE)
    drawn = shelf.get_template(TEMPLATE).render(charts=charts, height=height, left=LEFT, machine=figures.machine)
    path.write_text(drawn + "\n", encoding="utf-8")


def charts_of(figures: Figures) -> tuple[Chart, ...]:
    """Return what is drawn, one chart below the other; a chart of nothing is left out."""
    lines = (
        ("Mails a second, out of a full mailbox", [_speed(each) for each in figures.drained]),
        ("Seconds to the accepted reply, 99 of 100", [_wait(each) for each in figures.waited]),
        ("Milliseconds of CPU a mail, by how many are stored", [_cost(each) for each in figures.grown]),
    )
    charts: list[Chart] = []
    y = 2 * LINE
    for title, values in lines:
        if values:
            charts.append(_chart(title, values, y))
            y += LINE * (len(values) + 2)
    return tuple(charts)


def _speed(each: Drained) -> tuple[str, float, str]:
    return each.name, each.each_second, f"{each.each_second:.0f}"


def _wait(each: Waited) -> tuple[str, float, str]:
    return f"{each.name}, {each.each_second:g}/s, {each.channel}", each.p99, f"{each.p99:.1f}"


def _cost(each: Drained) -> tuple[str, float, str]:
    return f"{each.name}, {each.stored:,} stored", each.cpu_ms, f"{each.cpu_ms:.1f}"


def _chart(title: str, values: list[tuple[str, float, str]], y: int) -> Chart:
    most = max(value for _, value, _ in values) or 1.0
    bars = (
        Bar(name, says, round(LONGEST * value / most, 1), y + LINE * (place + 1))
        for place, (name, value, says) in enumerate(values)
    )
    return Chart(title, tuple(bars), y)
