"""Who trains at this spot by name: until their workout ends, or nobody has been there for some minutes."""

import time
from collections.abc import Callable

import uuid_utils

from edge_agent import service
from edge_agent.agent.sight import Sight
from edge_agent.agent.training import Training
from edge_agent.config import SessionConfig
from edge_agent.interface.people import Account
from edge_agent.records import Session
from edge_agent.sessions.facts import SessionFacts

_WAITS_FOR_TRAINEE_S = 180.0


OnChange = Callable[[Session | None, bool], None]
"""Told of another trainee, with a workout that ended by that and whether it is to be kept."""


class Spot:
    """Belongs to one event loop. Without a trainee, whoever trains is unnamed: `guest`."""

    def __init__(self, guest: SessionConfig, device_id: str, sight: Sight) -> None:
        self.trainee: Account | None = None
        self._guest = guest
        self._device_id = device_id
        self._sight = sight
        self._seen_s = time.monotonic()
        self._on_change: OnChange = lambda _session, _keeps: None
        self._training: Training | None = None

    def watch(self, training: Training, on_change: OnChange) -> None:
        """Say whose workouts are counted there."""
        self._training, self._on_change = training, on_change

    def facts(self) -> SessionFacts:
        """Return what is known of a workout that begins now."""
        trainee = self.trainee
        return SessionFacts(
            session_id=str(uuid_utils.uuid7()),
            user_id=trainee.user_id if trainee else self._guest.user_id,
            user_name=trainee.name if trainee else self._guest.user_name,
            device_id=self._device_id,
            body_weight_kg=self.body_weight_kg(trainee),
            boot_id=service.boot_id(),
            clock_certain=service.clock_is_certain(),
        )

    def body_weight_kg(self, account: Account | None) -> float:
        """Return what calories are counted with."""
        return (account.profile.body_weight_kg if account else None) or self._guest.body_weight_kg

    @property
    def keeps(self) -> bool:
        """Whether what is trained now is kept."""
        return self.trainee is None or self.trainee.profile.keeps_history

    def train(self, account: Account | None) -> None:
        """Take who trains from now on. An unnamed workout that runs becomes theirs; another one's ends."""
        assert self._training
        builder, ended = self._training.builder, None
        user_id = account.user_id if account else self._guest.user_id
        if builder and builder.user_id == self._guest.user_id and account:
            builder.belongs_to(account.user_id, account.name, self.body_weight_kg(account))
        elif builder and builder.user_id != user_id:
            ended = self._training.finish(self._sight.now())
        keeps, self.trainee = self.keeps, account
        self._seen_s = time.monotonic()
        self._on_change(ended, keeps)

    def learn(self, account: Account) -> None:
        """Take a changed name or profile of whoever trains."""
        if self.trainee and self.trainee.user_id == account.user_id:
            self.train(account)

    def drop(self, user_id: str) -> None:
        """Forget a member and their running workout, which is not kept."""
        assert self._training
        builder, ended = self._training.builder, None
        if builder and builder.user_id == user_id:
            ended = self._training.finish(self._sight.now())
        if self.trainee and self.trainee.user_id == user_id:
            self.trainee = None
        self._on_change(ended, False)

    def see(self) -> None:
        """Let time pass: a trainee who isn't there and does nothing is none any more."""
        assert self._training
        now_s = time.monotonic()
        if self._training.present or self._training.builder:
            self._seen_s = now_s
        elif self.trainee and now_s - self._seen_s >= _WAITS_FOR_TRAINEE_S:
            self.ended()

    def ended(self) -> None:
        """A workout is over, and with it the time of who did it."""
        if self.trainee:
            self.trainee = None
            self._on_change(None, True)
