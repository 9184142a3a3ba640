"""Reading web pages politely, against a real HTTP server."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from connectors.web_page import PageReader
from domain.errors import Unreachable
from domain.publishing import CrawlSettings
from tests.services.web_site import WebSite

SETTINGS = CrawlSettings(delay=timedelta(seconds=2), most_bytes=1_000, timeout_seconds=5)


class Seconds:
    """A clock that only waiting moves."""

    def __init__(self) -> None:
        self.at = 0.0
        self.waited: list[float] = []

    def __call__(self) -> float:
        return self.at

    def wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.at += seconds


@pytest.fixture
def web() -> Iterator[WebSite]:
    site = WebSite()
    yield site
    site.stop()


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def reader(seconds: Seconds) -> Iterator[PageReader]:
    reading = PageReader(SETTINGS, "webb@exempelby.example", wait=seconds.wait, clock=seconds)
    yield reading
    reading.close()


def test_a_page_is_read_and_we_say_who_we_are(web: WebSite, reader: PageReader) -> None:
    url = web.put("/kontakt", "<p>gata@exempelby.example</p>", headers={"ETag": '"1"'})

    content = reader.read(url)

    assert (content.html, content.etag) == ("<p>gata@exempelby.example</p>", '"1"')
    agent = web.asked[-1][1]["user-agent"]
    assert agent.startswith("Svarsvakt/")
    assert "(+mailto:webb@exempelby.example)" in agent


def test_robots_txt_is_read_once_and_kept_to(web: WebSite, reader: PageReader) -> None:
    web.put("/robots.txt", "User-agent: *\nDisallow: /internt\n", kind="text/plain")
    open_page, closed = web.put("/kontakt", "x"), web.put("/internt/kontakt", "x")

    reader.read(open_page)
    with pytest.raises(Unreachable, match=r"robots\.txt .* asks us not to read"):
        reader.read(closed)

    assert web.paths() == ["/robots.txt", "/kontakt"]


def test_a_rule_for_us_by_name_holds(web: WebSite, reader: PageReader) -> None:
    web.put("/robots.txt", "User-agent: Svarsvakt\nDisallow: /\n\nUser-agent: *\nAllow: /\n")

    with pytest.raises(Unreachable):
        reader.read(web.put("/kontakt", "x"))


def test_a_host_whose_robots_txt_fails_is_left_alone(web: WebSite, reader: PageReader) -> None:
    web.put("/robots.txt", status=503)

    with pytest.raises(Unreachable, match="left alone"):
        reader.read(web.put("/kontakt", "x"))

    assert web.paths() == ["/robots.txt"]


def test_one_waits_between_two_pages_of_a_host(web: WebSite, reader: PageReader, seconds: Seconds) -> None:
    for path in ("/a", "/b"):
        reader.read(web.put(path, "x"))

    assert seconds.waited == [2.0, 2.0]


def test_a_longer_wait_that_robots_txt_asks_for_holds(web: WebSite, reader: PageReader, seconds: Seconds) -> None:
    web.put("/robots.txt", "User-agent: *\nCrawl-delay: 7\n")

    reader.read(web.put("/a", "x"))

    assert seconds.waited == [7.0]


def test_a_host_that_wants_to_be_asked_once_an_hour_is_left_alone(web: WebSite, reader: PageReader) -> None:
    web.put("/robots.txt", "User-agent: *\nCrawl-delay: 3600\n")

    with pytest.raises(Unreachable, match="3600 s between pages"):
        reader.read(web.put("/a", "x"))


def test_what_has_not_changed_is_not_sent_again(web: WebSite, reader: PageReader) -> None:
    url = web.put("/kontakt", "x", headers={"ETag": '"1"'})

    content = reader.read(url, etag='"1"')

    assert (content.html, content.etag) == (None, '"1"')


def test_a_page_that_moved_on_its_host_is_followed_and_away_from_it_is_not(web: WebSite, reader: PageReader) -> None:
    web.put("/ny", "här")
    moved = web.put("/gammal", status=301, headers={"Location": "/ny"})
    away = web.put("/bort", status=302, headers={"Location": "http://elsewhere.example/"})

    assert reader.read(moved).html == "här"
    with pytest.raises(Unreachable, match="leads away"):
        reader.read(away)


def test_a_circle_of_moves_ends(web: WebSite, reader: PageReader) -> None:
    with pytest.raises(Unreachable, match="leads on and on"):
        reader.read(web.put("/rund", status=302, headers={"Location": "/rund"}))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"status": 404}, "answers 404"),
        ({"status": 500}, "answers 500"),
        ({"kind": "application/pdf"}, "is application/pdf, not a page"),
        ({"text": "x" * 1_001}, "longer than 1000 bytes"),
    ],
)
def test_what_is_no_page_is_said_in_a_sentence(
    web: WebSite, reader: PageReader, changes: dict[str, object], sentence: str
) -> None:
    url = web.put("/kontakt", **changes)  # type: ignore[arg-type]

    with pytest.raises(Unreachable, match=sentence):
        reader.read(url)


def test_a_page_in_windows_letters_is_read(web: WebSite, reader: PageReader) -> None:
    web.put("/a")
    web.pages["/a"].body = "Gatukontoret är öppet".encode("cp1252")
    web.pages["/a"].kind = "text/html"

    assert reader.read(f"{web.address}/a").html == "Gatukontoret är öppet"


def test_a_server_that_is_not_there_is_said_in_a_sentence(reader: PageReader) -> None:
    with pytest.raises(Unreachable, match="cannot be read"):
        reader.read("http://127.0.0.1:9/kontakt")
