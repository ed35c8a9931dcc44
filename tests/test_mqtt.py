"""The connection against real brokers."""

import asyncio
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_agent import wire
from edge_agent.config import SyncConfig
from edge_agent.mqtt import NOBODY_LISTENS, NOT_AUTHORISED, ClientOptions, link
from tests.brokers import BROKERS, Broker, Mosquitto, broker_named
from tests.certificates import make_authority
from tests.patience import patience_s
from tests.ports import free_port
from tests.sync_parts import connecting, until

pytestmark = pytest.mark.process


def client(name: str = "one", subscribe: str = "test/#", **options: object) -> ClientOptions:
    return ClientOptions(client_id=name, subscribe=subscribe, **options)  # type: ignore[arg-type]


@pytest.fixture(params=BROKERS)
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    with broker_named(request.param, tmp_path) as broker:
        broker.start()
        yield broker


def test_a_message_arrives_with_its_properties(broker: Broker) -> None:
    async def play() -> None:
        async with connecting(broker.url, client()) as (connection, heard):
            await until(lambda: connection.connected)
            assert connection.publish("test/a", b"payload", b"42") is not None
            await until(lambda: heard.messages and heard.answers)
            (message,) = heard.messages
            assert (message.topic, message.payload, message.correlation) == ("test/a", b"payload", b"42")
            assert message.properties == dict(wire.PROPERTIES)
            assert heard.answers == [0]

    asyncio.run(play())


def test_what_is_too_long_for_the_broker_is_not_sent_and_ends_nothing(tmp_path: Path) -> None:
    broker = Mosquitto(tmp_path, "allow_anonymous true\nmax_packet_size 2000")

    async def play() -> None:
        async with connecting(broker.url, client()) as (connection, heard):
            await until(lambda: connection.connected)
            for size in range(1700, 2100):
                connection.publish("test/a", b"x" * size, b"42")
            connection.publish("test/a", b"end")
            await until(lambda: heard.messages and heard.messages[-1].payload == b"end")
            assert not heard.losses
            assert 1800 < max(len(one.payload) for one in heard.messages) < 2000

    broker.start()
    try:
        asyncio.run(play())
    finally:
        broker.kill()


def test_it_connects_again_after_the_broker_was_killed(broker: Broker) -> None:
    async def play() -> None:
        async with connecting(broker.url, client()) as (connection, heard):
            await until(lambda: connection.connected)
            broker.kill()
            await until(lambda: heard.losses)
            assert not connection.connected
            assert connection.publish("test/a", b"lost") is None
            broker.start()
            await until(lambda: connection.connected)
            connection.publish("test/a", b"after")
            await until(lambda: heard.messages)
            assert [message.payload for message in heard.messages] == [b"after"]

    asyncio.run(play())


def test_presence_is_retained_while_connected_and_after(broker: Broker) -> None:
    async def play() -> None:
        presence = client("one", presence_topic="state/one", birth=b"here", will=b"gone")
        async with connecting(broker.url, client("watch", "state/+")) as (watch, heard):
            await until(lambda: watch.connected)
            async with connecting(broker.url, presence):
                await until(lambda: [message.payload for message in heard.messages] == [b"here"])
            await until(lambda: [message.payload for message in heard.messages] == [b"here", b"gone"])
        async with connecting(broker.url, client("late", "state/+")) as (_, heard):
            await until(lambda: [message.payload for message in heard.messages] == [b"gone"])

    asyncio.run(play())


def test_the_broker_keeps_messages_for_who_asked_for_that(broker: Broker) -> None:
    async def play() -> None:
        async with connecting(broker.url, client("sender", "none")) as (sender, _):
            async with connecting(broker.url, client("kiosk", session_expiry_s=60)) as (kiosk, _):
                await until(lambda: kiosk.connected and sender.connected)
            sender.publish("test/a", b"meanwhile")
            async with connecting(broker.url, client("kiosk", session_expiry_s=60)) as (_, heard):
                await until(lambda: heard.messages)
                assert heard.messages[0].payload == b"meanwhile"

    asyncio.run(play())


def test_without_acknowledgement_a_message_comes_again(broker: Broker) -> None:
    async def play() -> None:
        options = client("kiosk", session_expiry_s=60, manual_ack=True)
        async with connecting(broker.url, client("sender", "none")) as (sender, _):
            await until(lambda: sender.connected)
            async with connecting(broker.url, options) as (kiosk, heard):
                await until(lambda: kiosk.connected)
                sender.publish("test/a", b"twice")
                await until(lambda: heard.messages)
            async with connecting(broker.url, options) as (kiosk, heard):
                await until(lambda: heard.messages)
                kiosk.acknowledge(heard.messages[0])

    asyncio.run(play())


def test_an_acknowledgement_of_an_earlier_connection_is_not_sent(broker: Broker) -> None:
    async def play() -> None:
        options = client("kiosk", session_expiry_s=60, manual_ack=True)
        async with connecting(broker.url, options) as (kiosk, heard):
            await until(lambda: kiosk.connected)
            kiosk.publish("test/a", b"before")
            await until(lambda: heard.messages)
            broker.kill()
            await until(lambda: heard.losses)
            broker.start()
            await until(lambda: kiosk.connected)
            kiosk.acknowledge(heard.messages[0])  # would be a protocol error
            kiosk.publish("test/a", b"after")
            await until(lambda: len(heard.messages) == 2)
            assert heard.losses == 1

    asyncio.run(play())


def test_an_unreachable_broker_is_a_state_in_words() -> None:
    async def play() -> None:
        async with connecting(f"mqtt://127.0.0.1:{free_port()}", client()) as (connection, heard):
            await until(lambda: heard.losses)
            assert "unreachable (Connection refused)" in connection.words
            assert connection.failures == 1
            assert connection.next_try_s is not None
            assert 0 < connection.next_try_s <= 1.25

    asyncio.run(play())


def test_an_unknown_host_is_a_state_in_words() -> None:
    async def play() -> None:
        async with connecting("mqtt://no-such-host.invalid", client()) as (connection, heard):
            await until(lambda: heard.losses)
            assert "no-such-host.invalid:1883 is unreachable" in connection.words

    asyncio.run(play())


def test_hurry_tries_now() -> None:
    """By itself the third pause is eleven seconds at least."""

    async def play() -> None:
        async with connecting(f"mqtt://127.0.0.1:{free_port()}", client()) as (connection, heard):
            for losses in range(1, 5):
                await until(lambda losses=losses: heard.losses == losses, within_s=10)  # type: ignore[misc]
                connection.hurry()

    asyncio.run(play())


def test_something_that_is_no_broker_is_a_state_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link, "_ANSWER_WITHIN_S", 0.5)

    async def play() -> None:
        server = await asyncio.start_server(
            lambda _, writer: writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "127.0.0.1"
        )
        port = server.sockets[0].getsockname()[1]
        async with connecting(f"mqtt://127.0.0.1:{port}", client()) as (connection, heard):
            await until(lambda: heard.losses)
            assert f"127.0.0.1:{port}" in connection.words
        server.close()

    asyncio.run(play())


def test_stopping_does_not_wait_for_a_silent_broker() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:

        async def play() -> float:
            url = f"mqtt://127.0.0.1:{silent.getsockname()[1]}"
            async with connecting(url, client()):
                await asyncio.get_running_loop().run_in_executor(None, silent.accept)
                begun_s = time.monotonic()
            return time.monotonic() - begun_s

        assert asyncio.run(play()) < patience_s(1)


# What only mosquitto does


@pytest.fixture
def needs_password(tmp_path: Path) -> Iterator[Mosquitto]:
    """Knows `gym`, password `secret`, who may write to `test/open` only."""
    if shutil.which("mosquitto_passwd") is None:
        pytest.skip("needs mosquitto_passwd")
    passwords, rules = tmp_path / "passwords", tmp_path / "rules"
    subprocess.run(["mosquitto_passwd", "-b", "-c", str(passwords), "gym", "secret"], check=True)
    rules.write_text("user gym\ntopic readwrite test/open\ntopic read test/#\n")
    broker = Mosquitto(tmp_path, f"allow_anonymous false\npassword_file {passwords}\nacl_file {rules}")
    broker.start()
    try:
        yield broker
    finally:
        broker.kill()


def with_password(broker: Mosquitto, folder: Path, password: str) -> SyncConfig:
    (folder / "password").write_text(password)
    return SyncConfig(broker=broker.url.replace("//", "//gym@"), password_file=str(folder / "password"))


def test_a_wrong_password_is_a_state_in_words(needs_password: Mosquitto, tmp_path: Path) -> None:
    async def play() -> None:
        async with connecting(with_password(needs_password, tmp_path, "wrong"), client()) as (connection, heard):
            await until(lambda: heard.losses)
            assert "does not let us in" in connection.words
            assert "check user, password" in connection.words

    asyncio.run(play())


def test_a_topic_that_is_not_allowed_is_told_by_its_code(needs_password: Mosquitto, tmp_path: Path) -> None:
    async def play() -> None:
        async with connecting(with_password(needs_password, tmp_path, "secret"), client()) as (connection, heard):
            await until(lambda: connection.connected)
            connection.publish("test/open", b"")
            connection.publish("test/closed", b"")
            await until(lambda: len(heard.answers) == 2)
            assert heard.answers == [0, NOT_AUTHORISED]

    asyncio.run(play())


def test_that_nobody_listens_is_told_by_its_code(tmp_path: Path) -> None:
    async def play(url: str) -> None:
        async with connecting(url, client()) as (connection, heard):
            await until(lambda: connection.connected)
            connection.publish("nobody", b"")
            await until(lambda: heard.answers == [NOBODY_LISTENS])

    with broker_named("mosquitto", tmp_path) as broker:
        broker.start()
        asyncio.run(play(broker.url))


@pytest.fixture
def certificates(tmp_path: Path) -> Path:
    return make_authority(tmp_path, "broker", "client")


@pytest.fixture
def tls_broker(certificates: Path) -> Iterator[Mosquitto]:
    """Wants a client certificate."""
    files = f"cafile {certificates}/ca.pem\ncertfile {certificates}/broker.pem\nkeyfile {certificates}/broker.key"
    broker = Mosquitto(certificates, f"allow_anonymous true\n{files}\nrequire_certificate true")
    broker.start()
    try:
        yield broker
    finally:
        broker.kill()


def with_tls(broker: Mosquitto, **files: str) -> SyncConfig:
    return SyncConfig(broker=broker.url.replace("mqtt:", "mqtts:"), **files)


def test_a_client_certificate_lets_in(tls_broker: Mosquitto, certificates: Path) -> None:
    async def play() -> None:
        files = {"ca_file": "ca.pem", "cert_file": "client.pem", "key_file": "client.key"}
        settings = with_tls(tls_broker, **{key: str(certificates / name) for key, name in files.items()})
        async with connecting(settings, client()) as (connection, heard):
            await until(lambda: connection.connected)
            for number in range(30):
                connection.publish("test/a", b"%d" % number)
            await until(lambda: len(heard.messages) == 30 and len(heard.answers) == 30)
            assert [message.payload for message in heard.messages] == [b"%d" % number for number in range(30)]

    asyncio.run(play())


def test_a_broker_of_another_authority_is_not_trusted(tls_broker: Mosquitto) -> None:
    async def play() -> None:
        async with connecting(with_tls(tls_broker), client()) as (connection, heard):
            await until(lambda: heard.losses)
            assert "is not trusted" in connection.words
            assert "sync.ca_file" in connection.words

    asyncio.run(play())


def test_without_a_client_certificate_it_stays_out(tls_broker: Mosquitto, certificates: Path) -> None:
    async def play() -> None:
        settings = with_tls(tls_broker, ca_file=str(certificates / "ca.pem"))
        async with connecting(settings, client()) as (connection, heard):
            await until(lambda: heard.losses)
            assert not heard.connects
            assert "127.0.0.1" in connection.words

    asyncio.run(play())
