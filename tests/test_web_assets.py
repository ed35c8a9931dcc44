from pathlib import Path

from litestar import Litestar
from litestar.testing import TestClient

from web.assets import Assets


def test_the_address_changes_with_any_content(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("one")
    before = Assets(tmp_path).url("a.css")
    (tmp_path / "a.css").write_text("two")
    assert Assets(tmp_path).url("a.css") != before


def test_the_address_stays_with_the_same_content(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("one")
    assert Assets(tmp_path).url("a.css") == Assets(tmp_path).url("a.css")


def test_files_are_kept_by_browsers_for_good() -> None:
    assets = Assets()
    with TestClient(Litestar([assets.router()], logging_config=None)) as client:
        answer = client.get(assets.url("js/live.js"))
    assert (answer.status_code, "immutable" in answer.headers["cache-control"]) == (200, True)


def test_nothing_outside_the_folder_is_served() -> None:
    assets = Assets()
    with TestClient(Litestar([assets.router()], logging_config=None)) as client:
        assert client.get(assets.url("%2e%2e/app.py")).status_code == 404


def test_no_script_or_style_names_another_host() -> None:
    folder = Path(__file__).parents[1] / "web" / "static"
    named = [path.name for path in folder.rglob("*.[jc]s*") if "://" in path.read_text()]
    assert named == []
