import hashlib
import re
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
    code = {path.name: re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL) for path in folder.rglob("*.[jc]s*")}
    assert [name for name, text in code.items() if "://" in text] == []


def test_files_of_others_are_as_they_were_published() -> None:
    folder = Path(__file__).parents[1] / "web" / "static" / "vendor"
    written = dict(
        re.findall(r"^\| `([\w.]+)` .*\| `([0-9a-f]{64})` \|$", (folder / "README.md").read_text(), re.MULTILINE)
    )
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.js")}
    assert found == written


def test_only_one_module_knows_the_chart_library() -> None:
    scripts = (Path(__file__).parents[1] / "web" / "static" / "js").glob("*.js")
    assert [path.name for path in scripts if "vendor/" in path.read_text()] == ["charts.js"]
