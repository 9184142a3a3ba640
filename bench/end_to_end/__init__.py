"""End to end: in mailbox → ticket stored and automatic reply accepted by SMTP, by Svarsvakt's real processes."""

from bench.end_to_end.whole import run

__all__ = ["run"]
