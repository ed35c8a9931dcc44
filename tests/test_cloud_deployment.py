"""The settings in docs/cloud for broker, database and several workers, as far as they can be tried without docker."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from edge_agent.cli import _parser
from edge_agent.cloud.device_talk import online_devices
from edge_agent.config import SyncConfig
from edge_agent.sync.forwarder import Forwarder
from tests.brokers import Mosquitto
from tests.certificates import make_authority, openssl, sign
from tests.sync_parts import DEVICE, MemoryStore, make_change, rows, running, until

FOLDER = Path(__file__).resolve().parents[1] / "docs/cloud"
COMPOSE: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


def test_there_are_a_broker_a_database_and_two_workers() -> None:
    assert set(SERVICES) == {"broker", "database", "worker"}
    assert SERVICES["worker"]["deploy"]["replicas"] == 2


def test_the_workers_command_is_one_that_there_is() -> None:
    options = _parser().parse_args(SERVICES["worker"]["command"])
    assert (options.module, options.broker, options.cert_file) == (
        "ingest",
        "mqtts://broker",
        "/certificates/worker.pem",
    )


def test_the_worker_reaches_the_database_that_there_is() -> None:
    address = next(word for word in SERVICES["worker"]["command"] if word.startswith("--store="))
    made = SERVICES["database"]["environment"]
    assert address == f"--store=postgresql://{made['POSTGRES_USER']}@database/{made['POSTGRES_DB']}"
    assert SERVICES["worker"]["environment"]["PGPASSWORD"] == made["POSTGRES_PASSWORD"]


def test_no_password_stands_in_the_files() -> None:
    assert SERVICES["database"]["environment"]["POSTGRES_PASSWORD"].startswith("${DATABASE_PASSWORD:?")


@pytest.mark.parametrize("file", [".dockerignore", ".gitignore"])
def test_password_and_keys_get_into_no_image_and_no_commit(file: str) -> None:
    left_out = (FOLDER.parents[1] / file).read_text().split()
    assert {"docs/cloud/.env", "docs/cloud/certificates"} <= {one.rstrip("/") for one in left_out}


def test_each_mounted_file_is_there_and_each_mounted_volume_declared() -> None:
    sources = [volume.partition(":")[0] for service in SERVICES.values() for volume in service["volumes"]]
    files = {Path(one) for one in sources if one.startswith("./")} - {Path("certificates")}
    assert all((FOLDER / one).is_file() for one in files)
    assert {one for one in sources if not one.startswith("./")} == set(COMPOSE["volumes"])


# The certificates, made as docs/scaling.md says


@pytest.fixture(scope="module")
def documented(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("certificates")
    openssl(folder, "version")
    text = (FOLDER.parent / "scaling.md").read_text().partition("### Certificates")[2]
    commands = text.partition("```sh")[2].partition("```")[0]
    subprocess.run(["sh", "-ec", commands], check=True, cwd=folder, capture_output=True)
    return folder


@pytest.mark.parametrize("name", ["broker", "worker", "kiosk-1"])
def test_a_documented_certificate_is_trusted(documented: Path, name: str) -> None:
    openssl(documented, "verify", "-x509_strict", "-CAfile", "ca.pem", f"{name}.pem")


@pytest.mark.parametrize("name", ["broker", "worker", "kiosk-1"])
def test_nobody_can_sign_further_certificates_with_a_documented_one(documented: Path, name: str) -> None:
    """A kiosk could be a worker with that, and read what all others send."""
    sign(documented, name, "forged")
    with pytest.raises(subprocess.CalledProcessError):
        openssl(documented, "verify", "-CAfile", "ca.pem", "-untrusted", f"{name}.pem", "forged.pem")


# The broker's settings, with real workers


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_authority(tmp_path_factory.mktemp("ca"), "broker", DEVICE, "worker")


@pytest.fixture
def broker(tmp_path: Path, authority: Path) -> Iterator[Mosquitto]:
    """The shipped settings with this machine's folders and a port of loopback."""
    settings = (FOLDER / "mosquitto.conf").read_text().replace("listener 8883\n", "")
    settings = settings.replace("/mosquitto/certificates", str(authority)).replace("/mosquitto/config", str(tmp_path))
    (tmp_path / "access.rules").write_text((FOLDER / "access.rules").read_text())
    broker = Mosquitto(tmp_path, settings)
    broker.start()
    try:
        yield broker
    finally:
        broker.kill()


def login(broker: Mosquitto, authority: Path, name: str) -> SyncConfig:
    certificate, key = str(authority / f"{name}.pem"), str(authority / f"{name}.key")
    url = broker.url.replace("mqtt://", "mqtts://")
    return SyncConfig(broker=url, ca_file=str(authority / "ca.pem"), cert_file=certificate, key_file=key)


@contextmanager
def three_workers(login: SyncConfig, cloud: Path) -> Iterator[list[tuple[subprocess.Popen[bytes], Path]]]:
    """Each with its log."""
    command = [sys.executable, "-m", "edge_agent", "ingest", "--broker", login.broker, "--store", f"sqlite:///{cloud}"]
    command += ["--ca-file", login.ca_file, "--cert-file", login.cert_file, "--key-file", login.key_file]
    with ExitStack() as until_then:
        workers = []
        for number in range(3):
            log = cloud.with_name(f"worker-{number}.log")
            stderr = until_then.enter_context(log.open("wb"))
            worker = until_then.enter_context(subprocess.Popen(command, stderr=stderr))
            until_then.callback(worker.terminate)
            workers.append((worker, log))
        yield workers


@pytest.mark.process
def test_the_workers_may_see_which_kiosks_are_online(broker: Mosquitto, authority: Path) -> None:
    """`edge-agent cloud reconcile` asks those, and would find nobody and no difference."""
    kiosk = Forwarder(login(broker, authority, DEVICE), DEVICE, MemoryStore(), lambda: None)

    async def play() -> list[str]:
        async with running(kiosk.run()):
            await until(lambda: kiosk.connection.startswith("Connected"))
            return await online_devices(login(broker, authority, "worker"))

    assert asyncio.run(play()) == [DEVICE]


@pytest.mark.process
def test_of_three_workers_one_is_killed_and_nothing_is_lost(broker: Mosquitto, authority: Path, tmp_path: Path) -> None:
    cloud = tmp_path / "cloud.db"
    store = MemoryStore([make_change(number) for number in range(600)])

    async def play() -> None:
        with three_workers(login(broker, authority, "worker"), cloud) as workers:
            await until(lambda: all("waiting for workouts" in log.read_text() for _, log in workers), 60)
            kiosk = Forwarder(login(broker, authority, DEVICE), DEVICE, store, lambda: None)
            async with running(kiosk.run()):
                await until(lambda: store.confirmed, 60)
                workers[0][0].kill()
                assert store.waiting
                await until(lambda: not store.waiting, 60)

    asyncio.run(play())
    assert rows(cloud, "select count(*), count(distinct session_id) from workout_sessions") == [(600, 600)]
    assert not store.parked
