"""Real databases on loopback, each on a free port with a folder of its own, that a test may kill and start again."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import pymongo
import pytest
import sqlalchemy as sa
from pymongo.errors import PyMongoError

from tests.ports import free_port

REAL_MONGO = "EDGE_TEST_MONGO_URI"
DATABASES = ("sqlite", "postgresql", "mariadb", "secantus", *(("mongodb",) if os.environ.get(REAL_MONGO) else ()))
PASSWORD = "s3cret"

_START_S = 90.0
_SYSTEM = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin"
# Database servers refuse to run as root.
_AS: dict[str, Any] = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.getuid() == 0 else {}


class Server(Protocol):
    """A database server. What it is asked for lasts until it is killed."""

    @property
    def pid(self) -> int:
        """Its process; 0 where there is none, or none of ours."""
        ...

    def url(self, database: str) -> str: ...

    def create(self, database: str) -> None: ...

    def kill(self) -> None: ...

    def start(self) -> None: ...


class _Process:
    """A server process in its own process group, and its folder."""

    durable = False
    """Whether it is to survive a power cut as it does by default. Nobody cuts the power in tests."""

    def __init__(self, name: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix=f"edge-{name}-"))
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        if _AS:
            shutil.chown(self.folder, _AS["user"], _AS["group"])

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    def install(self) -> None: ...

    def run(self, command: Sequence[str]) -> None:
        subprocess.run(command, check=True, cwd=self.folder, capture_output=True, timeout=_START_S, **_AS)

    def spawn(self, command: Sequence[str], **options: Any) -> None:
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=self.folder, stdout=log, stderr=log, start_new_session=True, **options
            )

    def kill(self) -> None:
        if self._process:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(30)
            self._process = None

    def remove(self) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


class _SqlServer(_Process):
    driver = ""
    admin_database = ""

    def url(self, database: str) -> str:
        return f"{self.driver.partition('+')[0]}://gym:{PASSWORD}@127.0.0.1:{self.port}/{database}"

    def create(self, database: str) -> None:
        self._ask(f"create database {database}")

    def _ask(self, statement: str) -> None:
        url = sa.make_url(self.url(self.admin_database)).set(drivername=self.driver)
        engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)

    def wait(self) -> None:
        _wait(lambda: self._ask("select 1"), sa.exc.DBAPIError, self.folder / "log")


class PostgreSQL(_SqlServer):
    driver = "postgresql+psycopg"
    admin_database = "postgres"

    def __init__(self) -> None:
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda one: float(one.parent.name))
        initdb = shutil.which("initdb", path=":".join([*map(str, found[-1:]), _SYSTEM]))
        if initdb is None:
            pytest.skip("needs PostgreSQL")
        super().__init__("postgresql")
        self._programs = Path(initdb).parent

    def install(self) -> None:
        (self.folder / "password").write_text(PASSWORD)
        settings = ["-U", "gym", "-A", "scram-sha-256", "--pwfile", "password", "-E", "UTF8", "--locale", "C.UTF-8"]
        self.run([str(self._programs / "initdb"), "-D", "data", "--no-sync", *settings])

    def start(self) -> None:
        settings = [f"port={self.port}", "listen_addresses=127.0.0.1", "unix_socket_directories="]
        settings += [] if self.durable else ["fsync=off"]  # what a killed server has written is there all the same
        self.spawn(
            [str(self._programs / "postgres"), "-D", "data", *(part for one in settings for part in ("-c", one))], **_AS
        )
        self.wait()


_SMALL = "--innodb-log-file-size=8M"
_NORMAL = "--auth-root-authentication-method=normal"


class MariaDB(_SqlServer):
    driver = "mariadb+pymysql"
    admin_database = "mysql"

    def __init__(self) -> None:
        install, server = (shutil.which(name, path=_SYSTEM) for name in ("mariadb-install-db", "mariadbd"))
        if install is None or server is None:
            pytest.skip("needs MariaDB")
        super().__init__("mariadb")
        self._install, self._server = install, server

    def install(self) -> None:
        (self.folder / "users.sql").write_text(
            f"create or replace user gym@'127.0.0.1' identified by '{PASSWORD}';\n"
            "grant all on *.* to gym@'127.0.0.1';\n"
        )
        self.run([self._install, "--no-defaults", f"--datadir={self.folder}/data", "--skip-test-db", _NORMAL, _SMALL])

    def start(self) -> None:
        folder = self.folder
        places = [f"--datadir={folder}/data", f"--socket={folder}/socket", f"--pid-file={folder}/pid"]
        network = ["--bind-address=127.0.0.1", f"--port={self.port}"]
        settings = [f"--init-file={folder}/users.sql"]
        settings += [] if self.durable else ["--innodb-flush-log-at-trx-commit=2", _SMALL]
        self.spawn([self._server, "--no-defaults", *places, *network, *settings], **_AS)
        self.wait()


class Secantus(_Process):
    """Speaks MongoDB's protocol; a standalone server, so without transactions."""

    def __init__(self) -> None:
        if find_spec("secantus") is None:
            pytest.skip("needs secantusdb")
        super().__init__("secantus")

    def url(self, database: str) -> str:
        return f"mongodb://127.0.0.1:{self.port}/{database}"

    def create(self, database: str) -> None: ...

    def start(self) -> None:
        where = ["--host", "127.0.0.1", "--port", str(self.port), "--storage-path", str(self.folder / "data")]
        command = [sys.executable, "-m", "secantus", *where, "--standalone", "--cache-size", "256M"]
        self.spawn(command, env={**os.environ, "HOME": str(self.folder)})
        _wait(self._ping, PyMongoError, self.folder / "log")

    def _ping(self) -> None:
        with pymongo.MongoClient[dict[str, Any]](self.url(""), serverSelectionTimeoutMS=500) as client:
            client.admin.command("ping")


class RealMongo:
    """Wherever the environment says one is; it is nobody's to kill. Tests side by side have databases of their own."""

    pid = 0

    def __init__(self) -> None:
        self._uri = os.environ[REAL_MONGO]
        self._worker = os.environ.get("PYTEST_XDIST_WORKER", "")
        self._made: list[str] = []

    def install(self) -> None: ...

    def url(self, database: str) -> str:
        before, _, after = self._uri.partition("://")
        address, _, options = after.partition("?")
        return f"{before}://{address.partition('/')[0]}/{database}{self._worker}" + (f"?{options}" if options else "")

    def create(self, database: str) -> None:
        self._made.append(database + self._worker)

    def start(self) -> None: ...

    def kill(self) -> None:
        pytest.skip("a real MongoDB is not ours to kill")

    def remove(self) -> None:
        with pymongo.MongoClient[dict[str, Any]](self._uri) as client:
            for name in self._made:
                client.drop_database(name)


class Sqlite:
    """A folder of files; there is no server to kill."""

    pid = 0

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="edge-sqlite-"))

    def install(self) -> None: ...

    def url(self, database: str) -> str:
        return f"sqlite:///{self._folder}/{database}.db"

    def create(self, database: str) -> None: ...

    def start(self) -> None: ...

    def kill(self) -> None:
        pytest.skip("SQLite has no server")

    def remove(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)


_KINDS = {
    "sqlite": Sqlite,
    "postgresql": PostgreSQL,
    "mariadb": MariaDB,
    "secantus": Secantus,
    "mongodb": RealMongo,
}


@contextmanager
def server_named(name: str, *, durable: bool = False) -> Iterator[Server]:
    """A running server; skips the test when it is not installed. A durable one has its own defaults."""
    server: Any = _KINDS[name]()
    server.durable = durable
    try:
        server.install()
        server.start()
        yield server
    finally:
        server.remove()


def _wait(probe: Any, refusal: type[Exception], log: Path) -> None:
    give_up_s = time.monotonic() + _START_S
    while True:
        try:
            return probe()  # type: ignore[no-any-return]
        except refusal:
            assert time.monotonic() < give_up_s, log.read_text(errors="replace")[-2000:]
            time.sleep(0.05)
