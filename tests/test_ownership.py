"""Whose deletion takes a record along, on kiosks and in the cloud."""

from typing import Any

import pytest

from edge_agent.cloud import versions
from edge_agent.cloud.documents import program_of
from edge_agent.ownership import OF_A_PROGRAM, owners
from edge_agent.records import Change
from tests.cloud_parts import check, check_in, member, one_of_each, program, progress, session
from tests.sync_parts import DEVICE


def test_a_workout_belongs_to_its_member_and_to_no_program() -> None:
    assert owners("session", {"user_id": "ann", "program_id": "plan"}) == [("member", "ann")]


@pytest.mark.parametrize("entity", OF_A_PROGRAM)
def test_what_goes_with_a_program_has_two_owners(entity: str) -> None:
    assert owners(entity, {"user_id": "ann", "program_id": "plan"}) == [("member", "ann"), ("program", "plan")]


def test_a_member_belongs_to_nobody() -> None:
    assert not owners("member", {"user_id": "ann"})


@pytest.mark.parametrize("doc", [{}, {"user_id": None, "program_id": 7}])
def test_what_names_nobody_has_no_owner(doc: dict[str, Any]) -> None:
    assert not owners("progress", doc)


def test_a_check_in_without_a_program_goes_with_none() -> None:
    assert owners("check_in", {"user_id": "ann", "program_id": None}) == [("member", "ann")]


@pytest.mark.parametrize("change", [session(1, "a"), member(1), program(1), progress(1), check_in(1, "a")])
def test_a_worker_also_locks_the_owner_that_is_written_itself(change: Change) -> None:
    itself = {(change.entity, change.key)} if change.entity in ("member", "program") else set()
    assert set(versions.owners([check(change, DEVICE)])) == {*owners(change.entity, change.doc or {}), *itself}


@pytest.mark.parametrize("change", one_of_each(), ids=lambda change: change.entity)
def test_the_clouds_column_names_the_same_program(change: Change) -> None:
    delivery = check(change, DEVICE)
    assert delivery.document
    programs = [key for entity, key in versions.owners([delivery]) if entity == "program"]
    assert programs == [key for key in [program_of(delivery.document)] if key]
