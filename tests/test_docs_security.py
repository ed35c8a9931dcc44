"""The table of rights in the documentation is what the guard matrix expects."""

from pathlib import Path

from tests.guard_table import ALLOWED, Persona, refusal

PAGE = Path(__file__).parents[1] / "docs" / "security.md"
COLUMNS: dict[Persona, str] = {
    "nobody": "not signed in",
    "own screen": "own screen",
    "mia": "Mia",
    "noah": "another member",
    "coach of mia": "her coach",
    "other coach": "another coach",
    "owner": "owner",
}
ROWS = {
    "public": "health, version, metrics, OpenAPI document",
    "anybody": "pages to set up, sign in, join, pair; receipts by code",
    "member": "own profile, PIN, phones, coaches to choose from",
    "own file": "import and export of one's own, the phone app",
    "own thing": "forget Mia's phone",
    "owner": "list of members, roles, codes for new PINs",
    "sync": "sync",
    "reads data": "Mia's history and figures",
    "changes data": "add a workout of Mia",
    "reads a workout": "read Mia's workout",
    "changes a workout": "correct or delete it",
    "restores a workout": "take its deletion back",
    "claims a workout": "claim it, though it has a name",
    "live": "live page and stream",
    "controls": "choose the exercise, end the workout",
    "own screen": "QR picture, signing in for training by PIN",
}
WORDS = {401: "sign in", 403: "no", 404: "-"}


def rendered() -> str:
    lines = [f"| | {' | '.join(COLUMNS.values())} |", f"|---|{'---|' * len(COLUMNS)}"]
    for name, words in ROWS.items():
        cells = ["yes" if persona in ALLOWED[name] else WORDS[refusal(name, persona)] for persona in COLUMNS]
        lines.append(f"| {words} | {' | '.join(cells)} |")
    return "\n".join(lines)


def test_every_class_of_routes_has_a_row() -> None:
    assert ROWS.keys() == ALLOWED.keys()


def test_the_table_of_rights_is_what_the_matrix_expects() -> None:
    told = PAGE.read_text(encoding="utf-8").partition("<!-- rights -->\n")[2].partition("\n<!-- /rights -->")[0]
    assert told == rendered()
