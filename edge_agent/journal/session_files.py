"""The readable JSON file of each finished session, beside the journal."""

import json
from pathlib import Path

from edge_agent.errors import PermanentError
from edge_agent.exporting.training_log import file_names, to_training_log
from edge_agent.journal.files import Files, write_whole
from edge_agent.records import Session


def write_session_file(files: Files, folder: Path, session: Session, known_name: str = "") -> str:
    """Write the session's file, whole and durable, and return its name. Raises `OSError`.

    `known_name` is the name the session already has; a name taken by another session is passed over.
    """
    name = next(
        (name for name in file_names(session) if name == known_name or _is_free(folder / name, session.session_id)),
        None,
    )
    if name is None:
        raise PermanentError(
            "{folder}: all file names for session {session_id} are taken by other files",
            folder=folder,
            session_id=session.session_id,
        )
    text = json.dumps(to_training_log(session), ensure_ascii=False, indent=2) + "\n"
    write_whole(files, folder / name, [text.encode()])
    return name


def _is_free(path: Path, session_id: str) -> bool:
    try:
        content = json.loads(path.read_bytes())
    except FileNotFoundError:
        return True
    except ValueError:
        return False
    return isinstance(content, dict) and content.get("_id") == session_id
