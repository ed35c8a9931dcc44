"""MQTT 5 over paho: a connection that comes back by itself, and what passes through it."""

from edge_agent.mqtt.connection import Connection
from edge_agent.mqtt.messages import NOBODY_LISTENS, NOT_AUTHORISED, ClientOptions, Listener, Message
from edge_agent.mqtt.words import Ending

__all__ = ["NOBODY_LISTENS", "NOT_AUTHORISED", "ClientOptions", "Connection", "Ending", "Listener", "Message"]
