"""The web app over one agent: pages, JSON interface and live stream, with everything they are made of."""

from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.template import TemplateConfig

from edge_agent import __version__
from edge_agent.config import MembersConfig
from edge_agent.interface import KioskAgent
from web import display, measures, phrases, problems
from web.api import (
    history,
    kiosk,
    live,
    members,
    metrics,
    people,
    seed,
    sessions,
    signing,
    spot,
    sync,
    transfer,
    workouts,
)
from web.assets import Assets
from web.cookies import set_waiting
from web.dependencies import provided
from web.feedback import feedback
from web.gate import Gate, visitor_of
from web.headers import add_headers
from web.inputs import MAX_BODY_BYTES
from web.live import Streams
from web.origin import other_sites_refused
from web.pages.history import exercise_page, exercises_page, history_page
from web.pages.kiosk import live_page, sync_page
from web.pages.people import claim_page, join_page, left_page, members_page, pair_page, profile_page, sign_in_page
from web.pages.transfer import export_page, import_page
from web.pages.workouts import add_page, session_page
from web.reader import PageWords, read_by_browser, reader, script_words
from web.rights import PUBLIC, check_all
from web.spot_address import PhoneAddress
from web.uploads import Uploads

_DEFAULTS = MembersConfig()

_PAGES = (
    *(live_page, sync_page),
    *(import_page, export_page),
    *(claim_page, sign_in_page, join_page, pair_page),
    *(profile_page, members_page, left_page),
    *(history_page, exercises_page, exercise_page),
    *(session_page, add_page),
)
_API = (
    *(live.show_live, live.stream_live, live.list_exercises, live.choose_exercise, live.finish_session),
    *(sessions.list_sessions, sessions.show_session, sessions.show_whereabouts),
    *(workouts.correct_session, workouts.add_session, workouts.delete_session, workouts.restore_session),
    *(sync.show_sync, sync.retry_sync, sync.retry_refused),
    *(kiosk.show_health, kiosk.show_version, metrics.show_metrics),
    history.router,
    *(transfer.start_import, transfer.show_import, transfer.export_workouts),
    *(seed.take_summary, seed.list_sessions, seed.show_stats, seed.delete_session),
    *(signing.show_standing, signing.claim, signing.join, signing.set_pin),
    *(signing.sign_in, signing.stay, signing.sign_out),
    *(people.show_me, people.change_profile, people.rename, people.change_pin, people.leave, people.show_departure),
    *(people.list_devices, people.forget_device, people.list_coaches, people.list_sharing),
    *(members.list_members, members.add_member, members.change_role, members.make_reset_code),
    *(spot.show_spot, spot.show_qr, spot.train, spot.pair, spot.train_unnamed),
    *(spot.list_claimable, spot.claim_workout),
)


def create_app(
    agent: KioskAgent,
    name: str,
    streams: Streams | None = None,
    *,
    host_names: tuple[str, ...] = (),
    address: str = "",
    settings: MembersConfig = _DEFAULTS,
) -> Litestar:
    """Build the app; `name` is the kiosk's, as people read it, `address` what phones open. `server.serve` runs it."""
    open_streams = Streams() if streams is None else streams
    gate = Gate(agent, settings)
    assets = Assets()
    app = Litestar(
        route_handlers=[*_PAGES, *_API, assets.router()],
        dependencies=provided(agent, open_streams, gate),
        state=State(
            {
                "streams": open_streams,
                "uploads": Uploads(),
                "gate": gate,
                "phone_address": PhoneAddress(address, host_names),
            }
        ),
        guards=[read_by_browser, other_sites_refused(_own_names(host_names, address))],
        before_send=[add_headers, set_waiting],
        after_exception=[problems.find_out_who_asks],
        exception_handlers=problems.handlers(),
        request_max_body_size=MAX_BODY_BYTES,
        template_config=TemplateConfig(instance=_templates(name, assets, gate)),
        # The interactive documentation would be loaded from another host: only the document itself is served.
        openapi_config=OpenAPIConfig(
            title=name,
            version=__version__,
            render_plugins=[JsonRenderPlugin()],
            openapi_router=Router("/schema", route_handlers=[], guards=[PUBLIC], include_in_schema=False),
        ),
        type_encoders=phrases.ENCODERS,
        logging_config=None,
    )
    check_all(app)
    return app


def _own_names(names: tuple[str, ...], address: str) -> tuple[str, ...]:
    host = urlsplit(address).hostname
    return (*names, host) if host else names


def _templates(name: str, assets: Assets, gate: Gate) -> JinjaTemplateEngine:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=phrases.finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= display.FILTERS | measures.FILTERS | {"feedback": feedback, "told": phrases.said}
    environment.globals |= {
        "name": name,
        "asset": assets.url,
        "t": PageWords(),
        "script_texts": script_words,
        "reader": reader,
        "unit": measures.unit,
        "visitor_of": visitor_of,
        "is_claimed": lambda: gate.people.claimed,
        "version": __version__,
    }
    return JinjaTemplateEngine.from_environment(environment)
