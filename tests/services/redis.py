"""A Redis server that keeps nothing."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import redis

from tests.services.programs import Server, folder_of, free_port, need


@dataclass
class Redis:
    """A running redis-server."""

    folder: Path
    port: int
    server: Server

    @classmethod
    def start(cls) -> "Redis":
        """Start one on a free port, without persistence."""
        program = need("redis-server")
        folder, port = folder_of("redis"), free_port()
        options = {"port": port, "bind": "127.0.0.1", "save": "", "appendonly": "no", "dir": folder}
        command = [program, *(word for key, value in options.items() for word in (f"--{key}", str(value)))]
        server = Server(command, [port], folder / "log")
        server.start()
        return cls(folder, port, server)

    @property
    def url(self) -> str:
        """Return the address of database 0."""
        return f"redis://127.0.0.1:{self.port}/0"

    def flush(self) -> None:
        """Empty it."""
        with redis.Redis.from_url(self.url) as client:
            client.flushall()

    def stop(self) -> None:
        """Stop it and take its folder away."""
        self.server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
