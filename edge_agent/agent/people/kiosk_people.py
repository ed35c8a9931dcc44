"""Members at this kiosk: `interface.People` over the journal, the spot and the desk where PINs are checked."""

from edge_agent.agent.people.bearers import Bearers
from edge_agent.agent.people.callers import Callers
from edge_agent.agent.people.devices import Devices
from edge_agent.agent.people.directory import Directory, folded
from edge_agent.agent.people.joining import Joining
from edge_agent.agent.people.leaving import Leaving
from edge_agent.agent.people.owners import Owners
from edge_agent.agent.people.pairing import Pairing
from edge_agent.agent.people.profiles import changed_profile
from edge_agent.agent.people.signing_in import SigningIn
from edge_agent.agent.spot import Spot
from edge_agent.config import Config
from edge_agent.errors import PermanentError
from edge_agent.interface.people import Account, Departure, Device, Person, ProfileChange, Role


class KioskPeople:
    """Implements `interface.People`. Belongs to one event loop."""

    def __init__(
        self,
        config: Config,
        directory: Directory,
        spot: Spot,
        bearers: Bearers,
        leaving: Leaving,
    ) -> None:
        self.guest_id = config.session.user_id
        self.may_join = config.members.may_join
        self._directory = directory
        self._spot = spot
        self._leaving = leaving
        self._devices = Devices(directory)
        self._signing_in = SigningIn(directory, self._devices)
        self._owners = Owners(directory)
        self._joining = Joining(
            directory, self._owners, self._signing_in, config.session.user_name, has_broker=bool(config.sync.broker)
        )
        self._callers = Callers(bearers, directory, self._joining.strangers, self.guest_id)
        self._pairing = Pairing(self._signing_in)
        self.trust_commands = self._callers.trust_commands
        self.admit = self._joining.admit

    async def load(self) -> None:
        """Learn who owns the kiosk, and forget who was deleted elsewhere; whenever something has come down."""
        gone = await self._directory.ask(lambda accounts: accounts.orphans())
        for user_id in gone:
            await self._directory.keep(lambda accounts, one=user_id: accounts.remove_member(one))  # type: ignore[misc]
            self._spot.drop(user_id)
        await self._owners.learn()
        if self._spot.trainee:
            try:
                account = await self._directory.account(self._spot.trainee.user_id)
            except PermanentError:
                self._spot.drop(self._spot.trainee.user_id)
            else:
                if account != self._spot.trainee:
                    self._spot.learn(account)

    async def close(self) -> None:
        await self._callers.close()
        await self._signing_in.close()

    # Claiming

    @property
    def claimed(self) -> bool:
        return self._owners.claimed

    def claim_code(self) -> str | None:
        return self._owners.claim_code()

    async def claim(self, code: str, name: str, pin: str) -> Person:
        return (await self._joining.claim(code, name, pin)).person

    # Signing in

    async def sign_in(self, name: str, pin: str, address: str) -> Person:
        return (await self._signing_in.sign_in(name, pin, address)).person

    async def bearer(self, token: str) -> Person:
        return await self._callers.bearer(token)

    async def confirm(self, user_id: str, pin: str) -> None:
        await self._signing_in.confirm(await self._directory.account(user_id), pin)

    async def change_pin(self, user_id: str, old: str, new: str, address: str) -> None:
        await self._signing_in.change_pin(await self._directory.account(user_id), old, new, address)

    async def reset_code(self, user_id: str) -> str:
        return await self._signing_in.reset_code(user_id)

    async def set_pin(self, name: str, code: str, pin: str, address: str) -> Person:
        return (await self._signing_in.set_pin(name, code, pin, address)).person

    # Members

    async def person(self, user_id: str) -> Person:
        return (await self.account(user_id)).person

    async def account(self, user_id: str) -> Account:
        return await self._joining.account(user_id)

    async def accounts(self) -> tuple[Account, ...]:
        return await self._directory.accounts()

    async def admit_workouts(self, user_id: str) -> Account:
        """Return the member as `admit` does, if they want workouts to be kept. Raises `PermanentError`."""
        account = await self.admit(user_id)
        if not account.profile.keeps_history:
            raise PermanentError("you have chosen that nothing is kept under your name; change that in your profile")
        return account

    def body_weight_kg(self, account: Account | None) -> float:
        """Return what calories are counted with; None is somebody unnamed."""
        return self._spot.body_weight_kg(account)

    async def join(self, name: str, pin: str, role: Role = "member") -> Person:
        return (await self._joining.join(name, pin, role)).person

    async def join_here(self, code: str, name: str, pin: str, address: str) -> Person:
        await self._pairing.check(code, address)
        if not self.may_join:
            raise PermanentError("only the owner makes new members here")
        person = await self.join(name, pin)
        self._signing_in.desk.meet(folded(name), address)
        return person

    async def rename(self, user_id: str, name: str) -> Account:
        name = self._joining.free_of_guest(name)
        await self._directory.check_free(name, user_id)
        before = await self.admit(user_id)
        async with self._directory.one_at_a_time:
            account = await self._directory.rename(user_id, name)
        await self._signing_in.rename(before.name, account.name)
        self._spot.learn(account)
        return account

    async def change_profile(self, user_id: str, change: ProfileChange) -> Account:
        coaches = {one.user_id for one in await self.coaches()}
        now = self._directory.writer.wall.stamp()
        changed_profile((await self.account(user_id)).profile, change, coaches, now)  # nobody joins by what is refused
        await self.admit(user_id)
        account = await self._directory.change_profile(
            user_id, lambda before: changed_profile(before, change, coaches, now)
        )
        self._spot.learn(account)
        return account

    async def change_role(self, user_id: str, role: Role) -> Account:
        await self.admit(user_id)
        async with self._directory.one_at_a_time:
            if role != "owner":
                self._owners.refuse_last(user_id)
            await self._directory.change_access(user_id, role=role)
            await self._owners.learn()
        return await self._directory.account(user_id)

    async def coaches(self) -> tuple[Person, ...]:
        return tuple(one.person for one in await self._directory.with_role("coach"))

    async def sharing_with(self, coach_id: str) -> tuple[Person, ...]:
        return tuple(one.person for one in await self._directory.sharing_with(coach_id))

    # Leaving

    async def leave(self, user_id: str, code: str = "") -> Departure:
        account = await self._directory.account(user_id)
        async with self._directory.one_at_a_time:
            self._owners.refuse_last(user_id)
            self._spot.drop(user_id)
            departure = await self._leaving.leave(user_id, code)
            await self._owners.learn()
        await self._signing_in.forget(account.name)
        self._joining.strangers.forget(user_id)
        return departure

    async def departure(self, code: str) -> Departure:
        return await self._leaving.departure(code)

    # Devices

    async def remember(self, user_id: str, device_name: str) -> str:
        await self._directory.account(user_id)
        return await self._devices.remember(user_id, device_name)

    async def recall(self, secret: str) -> tuple[Person, str] | None:
        recalled = await self._devices.recall(secret)
        if recalled is None:
            return None
        user_id, following = recalled
        try:
            return await self.person(user_id), following
        except PermanentError:  # deleted elsewhere a moment ago
            return None

    async def devices(self, user_id: str) -> tuple[Device, ...]:
        return await self._devices.of(user_id)

    async def forget(self, user_id: str, device_id: str) -> None:
        await self._devices.forget(user_id, device_id)

    async def forget_holder(self, secret: str) -> None:
        await self._devices.forget_holder(secret)

    # At the spot

    def trainee(self) -> Person | None:
        return self._spot.trainee.person if self._spot.trainee else None

    async def train(self, user_id: str | None) -> None:
        self._spot.train(None if user_id is None else await self.admit(user_id))

    def pairing_code(self) -> str:
        return self._pairing.code()

    async def pair(self, code: str, user_id: str, address: str) -> None:
        await self._pairing.check(code, address)
        await self.train(user_id)
