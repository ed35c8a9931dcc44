"""What handlers are given by name; `app.create_app` provides it."""

from typing import TypeAlias

from litestar.di import NamedDependency
from litestar.params import SkipValidation

from edge_agent.interface import KioskAgent
from web.live import Streams

Agent: TypeAlias = NamedDependency[SkipValidation[KioskAgent]]
OpenStreams: TypeAlias = NamedDependency[SkipValidation[Streams]]
