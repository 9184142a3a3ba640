"""A RabbitMQ server that keeps nothing, with a port mapper of its own."""

import shutil
import signal
from dataclasses import dataclass
from pathlib import Path

from tests.services.programs import Server, folder_of, free_port, need, ordinary_user

#: Debian's own start script would change to the user of its service; what it calls can run as anybody.
DEBIAN = "/usr/lib/rabbitmq/bin"


@dataclass
class RabbitMq:
    """A running rabbitmq-server."""

    folder: Path
    port: int
    mapper: Server
    server: Server

    @classmethod
    def start(cls) -> "RabbitMq":
        """Start one on free ports; nothing of it outlives `stop`."""
        program = Path(need("rabbitmq-server", DEBIAN))
        if Path(DEBIAN, "rabbitmq-server").exists():
            program = Path(DEBIAN, "rabbitmq-server")
        folder, port, mapped, between = folder_of("rabbitmq"), free_port(), free_port(), free_port()
        # Left to itself it would start one that stays.
        mapper = Server([need("epmd"), "-port", str(mapped), "-address", "127.0.0.1"], [mapped], folder / "mapper.log")
        mapper.user = ordinary_user()
        mapper.start()
        none = folder / "none"
        environment = {
            "HOME": folder, "RABBITMQ_MNESIA_BASE": folder, "RABBITMQ_LOG_BASE": folder, "RABBITMQ_LOGS": "-",
            "RABBITMQ_PID_FILE": folder / "pid", "RABBITMQ_CONFIG_FILE": none, "RABBITMQ_ENABLED_PLUGINS_FILE": none,
            "RABBITMQ_NODENAME": f"test{port}@localhost", "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": port, "RABBITMQ_DIST_PORT": between, "ERL_EPMD_PORT": mapped,
            "ERL_CRASH_DUMP": "/dev/null",
        }  # fmt: skip
        words = [f"{name}={value}" for name, value in environment.items()]
        server = Server(
            ["/usr/bin/env", *words, str(program)], [port], folder / "log", ordinary_user(), signal.SIGKILL, 90
        )
        try:
            server.start()
        except BaseException:
            mapper.stop()
            raise
        return cls(folder, port, mapper, server)

    @property
    def url(self) -> str:
        """Return its address."""
        return f"amqp://guest:guest@127.0.0.1:{self.port}/%2F"

    def stop(self) -> None:
        """Stop it with its port mapper and take its folder away."""
        self.server.stop()
        self.mapper.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
