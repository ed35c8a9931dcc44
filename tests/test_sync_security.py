"""The way to the cloud through a Mosquitto that lets nobody in without proof, and what those outside are told."""

import asyncio
import logging
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from edge_agent.address import parse_address
from edge_agent.cloud.ingest import Ingest
from edge_agent.cloud.sql import SqlStore
from edge_agent.config import SyncConfig
from edge_agent.mqtt.words import gone, unreachable
from edge_agent.records import SyncStatus
from edge_agent.sync.forwarder import Forwarder
from tests.brokers import Mosquitto
from tests.certificates import make_authority
from tests.ports import free_port
from tests.sync_parts import DEVICE, MemoryStore, make_change, rows, running, until

pytestmark = pytest.mark.process

RULES = (Path(__file__).resolve().parents[1] / "docs/cloud/access.rules").read_text()
"""A device reaches its own topics only, a worker those of all devices."""


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_authority(tmp_path_factory.mktemp("ca"), "broker", DEVICE, "kiosk-9", "worker")


@pytest.fixture(scope="module")
def strangers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_authority(tmp_path_factory.mktemp("other"), DEVICE)


def started(folder: Path, authority: Path, settings: str) -> Iterator[Mosquitto]:
    (folder / "rules").write_text(RULES)
    files = f"cafile {authority}/ca.pem\ncertfile {authority}/broker.pem\nkeyfile {authority}/broker.key"
    broker = Mosquitto(folder, f"{settings}\nacl_file {folder}/rules\n{files}")
    broker.start()
    try:
        yield broker
    finally:
        broker.kill()


@pytest.fixture
def by_certificate(tmp_path: Path, authority: Path) -> Iterator[Mosquitto]:
    """Knows its clients by the name in their certificates."""
    yield from started(tmp_path, authority, "require_certificate true\nuse_identity_as_username true")


@pytest.fixture
def by_password(tmp_path: Path, authority: Path) -> Iterator[Mosquitto]:
    """Knows the kiosk and the worker by the password `secret`, over TLS."""
    if shutil.which("mosquitto_passwd") is None:
        pytest.skip("needs mosquitto_passwd")
    passwords = tmp_path / "passwords"
    passwords.touch()
    for user in (DEVICE, "worker"):
        subprocess.run(["mosquitto_passwd", "-b", str(passwords), user, "secret"], check=True, capture_output=True)
    yield from started(tmp_path, authority, f"allow_anonymous false\npassword_file {passwords}")


def with_certificate(broker: Mosquitto, authority: Path, name: str, folder: Path | None = None) -> SyncConfig:
    """`folder` holds the certificate where another authority has signed it."""
    own = folder or authority
    return SyncConfig(
        broker=broker.url.replace("mqtt:", "mqtts:"),
        ca_file=f"{authority}/ca.pem",
        cert_file=f"{own}/{name}.pem",
        key_file=f"{own}/{name}.key",
    )


def with_password(broker: Mosquitto, authority: Path, user: str, password: str) -> SyncConfig:
    file = broker._settings.with_name(f"password of {user}")
    file.write_text(f"{password}\n")
    url = broker.url.replace("mqtt://", f"mqtts://{user}@")
    return SyncConfig(broker=url, ca_file=f"{authority}/ca.pem", password_file=str(file))


def confirmed_through(kiosk: SyncConfig, worker: SyncConfig, cloud: Path) -> list[str]:
    """Forward two records; return the keys that the journal calls confirmed and the database holds."""

    async def play() -> list[str]:
        store = MemoryStore([make_change(1), make_change(2)])
        ingest = Ingest(worker, SqlStore(f"sqlite:///{cloud}"))
        forwarder = Forwarder(kiosk, DEVICE, store, lambda: None)
        async with running(ingest.run()), running(forwarder.run()):
            await until(lambda: len(store.confirmed) == 2)
            assert not forwarder.status(await store.counts()).alarm
        return sorted({key for key, _ in rows(cloud)} & set(store.confirmed))

    return asyncio.run(play())


def status_of(settings: SyncConfig, words: str) -> SyncStatus:
    """Return the status once the connection says this."""

    async def play() -> SyncStatus:
        store = MemoryStore([make_change(1)])
        forwarder = Forwarder(settings, DEVICE, store, lambda: None)
        async with running(forwarder.run()):
            await until(lambda: words in forwarder.connection)
            return forwarder.status(await store.counts())

    return asyncio.run(play())


def test_certificates_of_our_own_authority_carry_records_to_the_database(
    by_certificate: Mosquitto, authority: Path, tmp_path: Path
) -> None:
    kiosk, worker = (with_certificate(by_certificate, authority, name) for name in (DEVICE, "worker"))
    assert confirmed_through(kiosk, worker, tmp_path / "cloud.db") == ["session-0001", "session-0002"]


def test_passwords_over_tls_carry_records_to_the_database(
    by_password: Mosquitto, authority: Path, tmp_path: Path
) -> None:
    kiosk, worker = (with_password(by_password, authority, name, "secret") for name in (DEVICE, "worker"))
    assert confirmed_through(kiosk, worker, tmp_path / "cloud.db") == ["session-0001", "session-0002"]


def test_a_wrong_password_is_an_alarm(
    by_password: Mosquitto, authority: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = with_password(by_password, authority, DEVICE, "guess")
    status = status_of(settings, "does not let us in (Not authorized): check user, password and certificate")
    assert (status.alarm, status.connected, status.pending) == (True, False, 1)
    assert status.next_try_s is not None
    assert "guess" not in status.connection
    assert [one.levelno for one in caplog.records if "let us in" in one.message] == [logging.ERROR]


def test_a_missing_certificate_is_an_alarm_that_names_the_setting(by_certificate: Mosquitto, authority: Path) -> None:
    settings = SyncConfig(broker=by_certificate.url.replace("mqtt:", "mqtts:"), ca_file=f"{authority}/ca.pem")
    assert status_of(settings, "may want a client certificate (sync.cert_file)").alarm


def test_a_certificate_of_another_authority_is_an_alarm(
    by_certificate: Mosquitto, authority: Path, strangers: Path
) -> None:
    settings = with_certificate(by_certificate, authority, DEVICE, strangers)
    assert status_of(settings, "may not accept sync.cert_file").alarm


def test_a_broker_of_another_authority_is_an_alarm(by_certificate: Mosquitto, authority: Path, strangers: Path) -> None:
    settings = with_certificate(by_certificate, strangers, DEVICE)
    assert status_of(settings, "is not trusted").alarm


def test_a_certificate_for_another_name_is_an_alarm_that_says_so(by_certificate: Mosquitto, authority: Path) -> None:
    settings = with_certificate(by_certificate, authority, DEVICE)
    settings = msgspec.structs.replace(settings, broker=settings.broker.replace("127.0.0.1", "localhost"))
    assert status_of(settings, "its certificate is for another name than sync.broker has").alarm


@pytest.mark.parametrize("code", [9, 10])
def test_a_certificate_out_of_its_time_may_also_be_a_wrong_clock(code: int) -> None:
    error = ssl.SSLCertVerificationError()
    error.verify_code, error.verify_message = code, "certificate has expired"
    told = unreachable(parse_address(SyncConfig(broker="mqtts://broker.example")), error)
    assert "(certificate has expired): check the clock here" in told.words
    assert told.alarm


def test_another_kiosk_of_the_same_device_id_is_an_alarm() -> None:
    reason = ReasonCode(PacketTypes.DISCONNECT, identifier=0x8E)
    told = gone(parse_address(SyncConfig(broker="mqtt://broker.example")), reason)
    assert "another kiosk has this one's device id" in told.words
    assert told.alarm


def test_writing_as_another_device_is_an_alarm(by_certificate: Mosquitto, authority: Path) -> None:
    status = status_of(
        with_certificate(by_certificate, authority, "kiosk-9"), "does not let us write edge/v1/up/kiosk-1"
    )
    assert (status.alarm, status.connected) == (True, True)
    assert status.attempts == 1


def test_a_broker_that_speaks_no_tls_is_told_in_words(tmp_path: Path, authority: Path) -> None:
    broker = Mosquitto(tmp_path)
    broker.start()
    try:
        settings = SyncConfig(broker=broker.url.replace("mqtt:", "mqtts:"), ca_file=f"{authority}/ca.pem")
        assert status_of(settings, f"127.0.0.1:{broker.port}").connection != "Connecting to 127.0.0.1"
    finally:
        broker.kill()


def test_what_passes_by_itself_is_no_alarm() -> None:
    status = status_of(SyncConfig(broker=f"mqtt://127.0.0.1:{free_port()}"), "unreachable")
    assert not status.alarm
    assert status.attempts == 1


def test_the_alarm_ends_once_the_broker_lets_us_in(tmp_path: Path) -> None:
    async def play() -> None:
        broker = Mosquitto(tmp_path, "allow_anonymous false")
        broker.start()
        store = MemoryStore()
        forwarder = Forwarder(SyncConfig(broker=broker.url), DEVICE, store, lambda: None)
        try:
            async with running(forwarder.run()):
                await until(lambda: "does not let us in" in forwarder.connection)
                assert forwarder.status(await store.counts()).alarm
                broker.kill()
                broker._settings.write_text(broker._settings.read_text().replace("false", "true"))
                broker.start()
                forwarder.hurry()
                await until(lambda: forwarder.connection.startswith("Connected"))
                assert not forwarder.status(await store.counts()).alarm
        finally:
            broker.kill()

    asyncio.run(play())
