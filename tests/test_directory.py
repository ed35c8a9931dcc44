"""Members as they stand in the journal, whoever wrote their records."""

from pathlib import Path
from typing import Any

import pytest

from edge_agent.agent.kiosk import Kiosk
from edge_agent.agent.people.directory import account_of, folded, sound_name
from edge_agent.errors import PermanentError
from edge_agent.interface.people import Profile, ProfileChange
from edge_agent.journal.tables import Journal
from tests.people_parts import PIN, tell


@pytest.mark.parametrize(
    ("document", "name", "profile"),
    [
        ({}, "u1", Profile()),
        ({"name": 7, "profile": "none", "created_at": 5}, "u1", Profile()),
        ({"name": "Ann", "profile": {"units": "imperial", "newer": {}}}, "Ann", Profile(units="imperial")),
        ({"name": "Ann", "profile": {"units": "stones", "time_zone": "UTC"}}, "Ann", Profile(time_zone="UTC")),
        ({"name": "Ann", "profile": {"coaches": [7], "planned_days": "all"}}, "Ann", Profile()),
    ],
)
def test_what_can_not_be_understood_of_a_record_is_passed_over(
    tmp_path: Path, document: dict[str, Any], name: str, profile: Profile
) -> None:
    with Journal.open(tmp_path) as journal:
        journal.put_record("member", "u1", {"user_id": "u1"} | document, "1", "now")
        account = account_of(journal.accounts, "u1")
    assert (account.name, account.profile, account.created_at) == (name, profile, None)


def test_what_a_newer_program_knows_of_a_profile_stays(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        record = {"user_id": "u1", "name": "Ann", "profile": {"newer": 1, "units": "metric"}, "more": 2}
        await kiosk._writer.put("member", "u1", record)
        await kiosk.people.change_profile("u1", ProfileChange(units="imperial"))
        await kiosk.people.rename("u1", "Anna")
        kept = await kiosk._journal.record("member", "u1")
        assert (kept["more"], kept["profile"]["newer"], kept["profile"]["units"]) == (2, 1, "imperial")
        assert kept["name"] == "Anna"

    tell(tmp_path, story)


@pytest.mark.parametrize("name", ["", "  ", "a" * 61, "a\nb\x00", "\u202eevil", "\ud800"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(PermanentError):
        sound_name(name)


def test_names_are_compared_without_capitals_and_spaces() -> None:
    assert sound_name("  Ann   Lee ") == "Ann Lee"
    assert folded("\uff21\uff2e\uff2e  lee") == folded("Ann Lee")
    assert folded("STRASSE") == folded("straße")


def test_members_are_listed_by_name(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        for name in ("bob", "Carl", "Ann"):
            await kiosk.people.join(name, PIN, "coach")
        assert [one.name for one in await kiosk.people.accounts()] == ["Ann", "bob", "Carl"]
        assert [one.name for one in await kiosk.people.coaches()] == ["Ann", "bob", "Carl"]

    tell(tmp_path, story)


@pytest.mark.parametrize(
    "profile",
    [
        ProfileChange(body_weight_kg=5),
        ProfileChange(body_weight_kg=float("nan")),
        ProfileChange(time_zone="Mars/Olympus"),
        ProfileChange(time_zone="../../etc/passwd"),
        ProfileChange(planned_days=(7,)),
        ProfileChange(coaches={"nobody": True}),
    ],
)
def test_a_profile_that_is_not_sound_is_refused(tmp_path: Path, profile: ProfileChange) -> None:
    async def story(kiosk: Kiosk) -> None:
        ann = await kiosk.people.join("Ann", PIN)
        with pytest.raises(PermanentError):
            await kiosk.people.change_profile(ann.user_id, profile)

    tell(tmp_path, story)


def test_what_is_left_out_of_a_change_stays(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        ann, carl = await kiosk.people.join("Ann", PIN), await kiosk.people.join("Carl", PIN, "coach")
        cora = await kiosk.people.join("Cora", PIN, "coach")
        shares = ProfileChange(coaches={carl.user_id: True}, keeps_history=False, body_weight_kg=70)
        await kiosk.people.change_profile(ann.user_id, shares)
        change = ProfileChange(coaches={cora.user_id: True, carl.user_id: False}, body_weight_kg=None)
        profile = (await kiosk.people.change_profile(ann.user_id, change)).profile
        assert (profile.coaches, profile.keeps_history, profile.body_weight_kg) == ((cora.user_id,), False, None)

    tell(tmp_path, story)


def test_the_time_of_consent_changes_with_the_consent(tmp_path: Path) -> None:
    async def story(kiosk: Kiosk) -> None:
        ann = await kiosk.people.join("Ann", PIN)
        joined = (await kiosk.people.account(ann.user_id)).profile.consented_at
        same = await kiosk.people.change_profile(ann.user_id, ProfileChange(units="imperial"))
        assert same.profile.consented_at == joined
        other = await kiosk.people.change_profile(ann.user_id, ProfileChange(in_gym_figures=True))
        assert (other.profile.consented_at or "") > (joined or "")

    tell(tmp_path, story)
