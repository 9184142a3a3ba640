"""The small shape as a process: what `svarsvakt run` composes, with the site that lies in the database already.

`run` activates the site folder, and settings take only addresses of providers that begin with https: the stand-ins have
none. All else is the same: workers, scheduler, listener, crew and pages in one process.
"""

from cli.logs import start_logging
from cli.loops import small_shape, until_told_to_stop
from cli.serving import serve
from settings.environment import read_environment
from worker import make_broker, make_runtime


def main() -> None:
    """Run until told to stop."""
    environment = read_environment()
    start_logging(environment.log)
    broker = make_broker("")
    runtime = make_runtime(environment, broker)
    with until_told_to_stop(), small_shape(broker, runtime):
        serve(runtime, environment.web.host, environment.web.port)


if __name__ == "__main__":
    main()
