"""A small web site in this process, whose pages a test changes."""

import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Answer:
    """What the site answers at one address."""

    body: bytes = b""
    status: int = 200
    kind: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)


class WebSite:
    """Answers what a test puts at an address, and remembers who asked for what."""

    def __init__(self) -> None:
        """Serve on a free port of this machine."""
        self.pages: dict[str, Answer] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._answering())
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def put(self, path: str, text: str = "", **changes: object) -> str:
        """Put a page at a path; return its address."""
        self.pages[path] = Answer(text.encode(), **changes)  # type: ignore[arg-type]
        return f"{self.address}{path}"

    def paths(self) -> list[str]:
        """Return what was asked for, in order."""
        return [path for path, _ in self.asked]

    def stop(self) -> None:
        """End it."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _answering(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Answering(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                answer = site.pages.get(self.path, Answer(status=404))
                etag = answer.headers.get("ETag")
                same = etag is not None and self.headers.get("If-None-Match") == etag
                self.send_response(304 if same else answer.status)
                for name, value in {"Content-Type": answer.kind, **answer.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0" if same else str(len(answer.body)))
                self.end_headers()
                self.wfile.write(b"" if same else answer.body)

            def log_message(self, format: str, *args: object) -> None:
                del format, args

        return Answering
