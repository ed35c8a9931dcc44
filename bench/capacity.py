"""How far a cloud side reaches: `python -m bench.capacity [--kiosks N] ...` does the arithmetic of docs/scaling.md.

What was measured elsewhere is given by options, so that it can be put in anew for other machines.
"""

import argparse
from collections.abc import Callable, Iterator

import msgspec

_DAY_S = 86_400
_YEAR_DAYS = 365
_MONTH_DAYS = 30


class Demand(msgspec.Struct, frozen=True):
    """What there is to do. The defaults are assumptions or measurements on a small machine (docs/scaling.md)."""

    kiosks: int = 100_000
    sessions_a_day: float = 60
    """Of one kiosk."""
    peak: float = 4.5
    """The busiest hour beside the mean one."""
    message_bytes: float = 7_600
    """A camera session with 24 single reps, as JSON; `python -m bench drain --keep` says it."""
    stored_bytes: float = 4_800
    """What a session takes in PostgreSQL with indexes, log and plain row."""
    worker_session_s: float = 0.000_4
    """Processor time of a worker for a session."""
    worker_request_s: float = 0.003_7
    """And for a kiosk's request for changes when there are none."""
    database_session_s: float = 0.000_3
    """Processor time of PostgreSQL for a session."""
    database_request_s: float = 0.001_1
    database_s: float = 1_500
    """Sessions a second that one database server writes at most."""
    broker_s: float = 20_000
    """Messages in or out a second of one broker."""
    requests_a_minute: float = 1
    """A kiosk's, for the changes of its gym."""
    handshake_s: float = 0.001_26
    """Processor time of a connection with certificates on both sides."""
    shard_bytes: float = 2e12
    """What one shard should hold, so that it can be copied in a night."""
    headroom: float = 0.5
    """How much of a machine may be used at the peak."""


class Supply(msgspec.Struct, frozen=True):
    """What it takes."""

    mean_s: float
    peak_s: float
    broker_messages_s: float
    network_mbit_s: float
    year_bytes: float
    month_bytes: float
    brokers: float
    workers: float
    databases: float
    of_it_requests: float
    """Their part in the processor time of workers and database."""
    shards_a_year: float
    reconnect_s: float
    outage_hour_s: float
    """How long the queue of an hour's outage in the peak takes to drain beside what goes on."""


def supply(demand: Demand) -> Supply:
    """Return what the demand takes."""
    mean_s = demand.kiosks * demand.sessions_a_day / _DAY_S
    peak_s = mean_s * demand.peak
    polls_s = demand.kiosks * demand.requests_a_minute / 60
    # A session and its receipt each go into the broker and out of it; so do a request and its page.
    broker_s = 4 * (peak_s + polls_s)
    day = demand.kiosks * demand.sessions_a_day * demand.stored_bytes
    worker_s = peak_s * demand.worker_session_s, polls_s * demand.worker_request_s
    database_s = peak_s * demand.database_session_s, polls_s * demand.database_request_s
    return Supply(
        mean_s=mean_s,
        peak_s=peak_s,
        broker_messages_s=broker_s,
        network_mbit_s=2 * peak_s * demand.message_bytes * 8 / 1e6,
        year_bytes=day * _YEAR_DAYS,
        month_bytes=day * _MONTH_DAYS,
        brokers=broker_s / (demand.broker_s * demand.headroom),
        workers=sum(worker_s) / demand.headroom,
        databases=sum(database_s) / demand.headroom,
        of_it_requests=(worker_s[1] + database_s[1]) / (sum(worker_s) + sum(database_s)),
        shards_a_year=day * _YEAR_DAYS / demand.shard_bytes,
        reconnect_s=demand.kiosks * demand.handshake_s,
        outage_hour_s=peak_s * 3600 / (demand.database_s - peak_s),
    )


def report(demands: list[Demand]) -> Iterator[str]:
    """Yield a table in Markdown, a column for each demand."""
    each = [supply(demand) for demand in demands]
    yield f"| kiosks | {' | '.join(f'{one.kiosks:,}' for one in demands)} |"
    yield f"|---|{'--:|' * len(demands)}"
    for name, figure in _LINES.items():
        yield f"| {name} | {' | '.join(figure(one) for one in each)} |"


_LINES: dict[str, Callable[[Supply], str]] = {
    "sessions/s, mean": lambda one: f"{one.mean_s:,.1f}",
    "sessions/s in the busiest hour": lambda one: f"{one.peak_s:,.1f}",
    "broker, messages in and out/s": lambda one: f"{one.broker_messages_s:,.0f}",
    "network at the broker": lambda one: f"{one.network_mbit_s:,.1f} Mbit/s",
    "stored a month": lambda one: _bytes(one.month_bytes),
    "stored a year": lambda one: _bytes(one.year_bytes),
    "broker cores": lambda one: f"{one.brokers:,.2f}",
    "worker cores": lambda one: f"{one.workers:,.2f}",
    "database cores": lambda one: f"{one.databases:,.2f}",
    "of both, for requests for changes": lambda one: f"{one.of_it_requests:.0%}",
    "shards for a year": lambda one: f"{one.shards_a_year:,.2f}",
    "all reconnect: processor time": lambda one: f"{one.reconnect_s:,.0f} s",
    "an hour's outage in the peak drains in, one database": lambda one: f"{one.outage_hour_s / 60:,.0f} min",
}


def _bytes(count: float) -> str:
    return f"{count / 1e12:,.1f} TB" if count >= 1e12 else f"{count / 1e9:,.1f} GB"


def main() -> None:
    """Print the table for a hundredth, a tenth and all of the kiosks."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    for field in msgspec.structs.fields(Demand):
        name = f"--{field.name.replace('_', '-')}"
        parser.add_argument(name, type=field.type, default=field.default, help=f"default: {field.default:g}")
    demand = Demand(**vars(parser.parse_args()))
    parts = [msgspec.structs.replace(demand, kiosks=max(1, demand.kiosks // part)) for part in (100, 10, 1)]
    print("\n".join(report(parts)))


if __name__ == "__main__":
    main()
