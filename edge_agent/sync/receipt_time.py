"""How long to wait for a receipt: as long as receipts take at present, and a margin. Pure.

TCP's rule (RFC 6298): a smoothed mean plus four times the smoothed deviation, doubled when it was too short. A database
that is slow is waited for; what is sent again too early would make it slower still. Receipts repeat the id of their
message, so what was sent again is measured too, where TCP has to leave it out (Karn's rule). Times are seconds of a
monotonic clock.
"""

SHORTEST_S = 5.0
LONGEST_S = 60.0
"""However slow receipts are: what a killed worker had in its hands is lost, and is not to lie for long."""

_REMEMBERED = 1000
"""Messages whose receipt may still come; for older ones nothing is learnt."""


class ReceiptTime:
    """Learns from the messages of one kiosk. A message's id is larger than those before it."""

    def __init__(self) -> None:
        self._sent_s: dict[int, float] = {}
        self._last_sent = 0
        self._last_doubled = 0
        self._mean_s: float | None = None
        self._deviation_s = 0.0
        self.wait_s = SHORTEST_S
        """After so long a receipt is late."""

    def sent(self, message_id: int, now_s: float) -> None:
        """A message goes out."""
        self._last_sent = message_id
        self._sent_s[message_id] = now_s
        if len(self._sent_s) > _REMEMBERED:
            del self._sent_s[next(iter(self._sent_s))]

    def came(self, message_id: int, now_s: float) -> float | None:
        """The receipts of a message are here; return how long they took, None when they are here again."""
        sent_s = self._sent_s.pop(message_id, None)
        if sent_s is None:
            return None
        took_s = now_s - sent_s
        if self._mean_s is None:
            self._mean_s, self._deviation_s = took_s, took_s / 2
        else:
            self._deviation_s += (abs(self._mean_s - took_s) - self._deviation_s) / 4
            self._mean_s += (took_s - self._mean_s) / 8
        self.wait_s = self._measured_s()
        return took_s

    def late(self, message_id: int) -> None:
        """A message has waited in vain. Those that were under way together count once."""
        if message_id > self._last_doubled:
            self._last_doubled = self._last_sent
            self.wait_s = _within_bounds(2 * self.wait_s)

    def forget(self) -> None:
        """The connection broke: what was late was lost with it. What was measured stays."""
        self._sent_s.clear()
        self.wait_s = self._measured_s()

    def _measured_s(self) -> float:
        return _within_bounds((self._mean_s or 0.0) + 4 * self._deviation_s)


def _within_bounds(wait_s: float) -> float:
    return min(max(wait_s, SHORTEST_S), LONGEST_S)
