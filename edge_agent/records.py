"""What flows between the parts: frozen records, parsed once at the edge and valid from there on.

Times named `*_s` on a pose or a rep are seconds of one monotonic clock, where only differences mean anything;
times named `*_at`, `start_time` and `end_time` are ISO 8601 with offset.
"""

from typing import Annotated, Any, Literal

import msgspec

from edge_agent.phrase import Phrase

LANDMARK_COUNT = 33
_ALL_LANDMARKS = msgspec.Meta(min_length=LANDMARK_COUNT, max_length=LANDMARK_COUNT)

ImageLandmark = tuple[float, float, float, float]
"""x and y as shares of the frame's width and height, z on the scale of x (0 at the hips), visibility 0..1."""

WorldLandmark = tuple[float, float, float]
"""x, y, z in metres, origin between the hips, y pointing down."""


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of all records: immutable and strict about unknown fields. Each subclass repeats `frozen` and `kw_only`:
    msgspec hands the first down only at run time and the second not at all. With `gc=False` what comes in thousands is
    spared Python's search for cycles; such records hold none.
    """


# Vision to agent


class Pose(Record, frozen=True, kw_only=True):
    """One person: the 33 BlazePose landmarks in image and in world coordinates, in BlazePose's order."""

    image: Annotated[tuple[ImageLandmark, ...], _ALL_LANDMARKS]
    world: Annotated[tuple[WorldLandmark, ...], _ALL_LANDMARKS]


class PoseFrame(Record, frozen=True, kw_only=True, tag="frame"):
    """What vision saw in one frame; `pose` is None when nobody was found."""

    sequence: int
    time_s: float
    width: int
    height: int
    pose: Pose | None = None
    fps: float = 0.0
    """Frames analysed a second, over the last seconds."""
    skipped: int = 0
    """Camera frames not analysed since the start, because a newer one was there."""


class VisionStatus(Record, frozen=True, kw_only=True, tag="status"):
    """How the vision process is doing, in words a person can act on."""

    state: Literal["starting", "running", "camera_lost", "ended"]
    detail: Phrase = Phrase("")


# Coaching


class Fault(Record, frozen=True, kw_only=True, gc=False):
    """A form fault with its evidence: the figure measured and the threshold it broke."""

    key: str
    text: str
    value: float
    threshold: float
    unit: str


class Rep(Record, frozen=True, kw_only=True, gc=False):
    """One repetition. `start_s` and `end_s` count from the start of the session once it is part of one."""

    number: int
    start_s: float
    end_s: float
    full: bool = True
    side: Literal["both", "left", "right"] = "both"
    """The arm that worked by itself, or the leg that stepped ahead."""
    rom_deg: float | None = None
    """Range of motion of the exercise's main joint; None when this view can't show it."""
    eccentric_s: float = 0.0
    pause_s: float = 0.0
    concentric_s: float = 0.0
    peak_speed_deg_s: float | None = None
    symmetry: float | None = None
    """Smaller over larger range of the two sides, 0..1; None when one side is hidden."""
    faults: tuple[Fault, ...] = ()
    score: float = 1.0
    """Quality 0..1: depth against the person's own range, less what the faults cost."""
    confidence: float = 1.0
    """How sure the count of this rep is, 0..1."""
    doubtful: bool = False


# Sessions


class WorkoutSet(Record, frozen=True, kw_only=True, gc=False):
    """One set: what was measured, and what the member said about it."""

    number: int
    kind: Literal["warmup", "working"] = "working"
    started_at: str
    ended_at: str
    reps_full: int
    reps_partial: int = 0
    weight_kg: float | None = None
    rpe: float | None = None
    rep_assessment: Literal["bad", "good", "perfect"] | None = None
    rest_before_s: float | None = None
    notes: str | None = None
    interrupted: bool = False
    reps: tuple[Rep, ...] = ()
    hold_s: float | None = None
    """Seconds held, the rests between left out; None for what is counted in reps."""
    hold_faults: tuple[Fault, ...] = ()
    """Form faults while holding, each with its seconds."""
    measured_reps: int | None = None
    """Full reps the camera counted, where the member has corrected `reps_full`."""


class ExerciseEntry(Record, frozen=True, kw_only=True, gc=False):
    """Consecutive sets of one exercise. `exercise` is the key of its data file."""

    order: int
    exercise: str
    name: str
    muscles: tuple[str, ...] = ()
    sets: tuple[WorkoutSet, ...] = ()
    measured_exercise: str | None = None
    """Key of what the camera counted, where the member has said that it was another exercise."""


class Session(Record, frozen=True, kw_only=True, gc=False):
    """One workout, as kept in the journal and in the cloud database (SPEC S3.1)."""

    session_id: str
    user_id: str
    user_name: str
    device_id: str
    source: Literal["camera", "manual", "import"]
    start_time: str
    end_time: str
    duration_s: float
    exercises: tuple[ExerciseEntry, ...]
    calories_kcal: float | None = None
    accuracy: float | None = None
    """Mean score of all reps, 0..1."""
    feedback_points: tuple[str, ...] = ()
    notes: str | None = None
    program_id: str | None = None
    phase: int | None = None
    week: int | None = None
    day: int | None = None
    is_deload_week: bool | None = None
    focus: str | None = None
    clock_certain: bool = True
    """False when the wall clock had not been set since boot: the date may be wrong, durations are not."""
    boot_id: str = ""
    interrupted: bool = False

    @property
    def reps(self) -> int:
        """Full repetitions of the whole session."""
        return sum(workout_set.reps_full for entry in self.exercises for workout_set in entry.sets)

    @property
    def hold_s(self) -> float:
        """Seconds held in the whole session."""
        return sum(workout_set.hold_s or 0.0 for entry in self.exercises for workout_set in entry.sets)


class SessionPage(Record, frozen=True, kw_only=True):
    """A page of sessions, newest first; `next_cursor` is None on the last page."""

    sessions: tuple[Session, ...]
    next_cursor: str | None = None


# Sync: what goes up and what comes back

ENTITIES = ("session", "member", "program", "progress", "readiness", "check_in")
"""The kinds of records. All of them are kept, forwarded and merged alike."""

Operation = Literal["put", "delete"]


class Change(Record, frozen=True, kw_only=True):
    """One version of one record on its way to the cloud.

    `rev` is a hybrid logical clock reading whose text sorts by age; `hash` is `canonical.digest(doc)`.
    """

    entity: str
    key: str
    rev: str
    op: Operation
    hash: str
    doc: dict[str, Any] | None


class PackedChange(Record, frozen=True, kw_only=True, gc=False):
    """A change whose document is still JSON, `null` for a deletion: what needs no look inside is passed on as it is.

    On the wire it is the same as a `Change`.
    """

    entity: str
    key: str
    rev: str
    op: Operation
    hash: str
    doc: msgspec.Raw


class Receipt(Record, frozen=True, kw_only=True, gc=False):
    """The cloud's word on one change: sent only after its database committed, or refused for good."""

    entity: str
    key: str
    rev: str
    hash: str
    status: Literal["stored", "stale", "rejected"]
    reason: str = ""


SyncState = Literal["saved", "handed_over", "confirmed", "refused"]


class Whereabouts(Record, frozen=True, kw_only=True):
    """Where one session is: saved here, handed over to the broker, confirmed by the cloud database, or refused."""

    session_id: str
    state: SyncState
    rev: str
    hash: str
    saved_at: str
    file: str
    confirmed_at: str | None = None
    reason: str = ""


class FeedPlace(Record, frozen=True, kw_only=True):
    """How far this kiosk has read the cloud's changes. `cursor` is the cloud's, empty at the beginning; `filled` once
    all that was there has arrived, this kiosk's own included.
    """

    cursor: str = ""
    filled: bool = False


class Refusal(Record, frozen=True, kw_only=True):
    """A version that the cloud can't take; it is parked alone until somebody tries it again."""

    entity: str
    key: str
    op: Operation
    saved_at: str
    reason: str


class OutboxCounts(Record, frozen=True, kw_only=True):
    """How much of the journal the cloud has; `oldest_saved_at` is the age of the oldest unconfirmed change."""

    pending: int
    confirmed: int
    refused: int
    oldest_saved_at: str | None = None


class SyncStatus(Record, frozen=True, kw_only=True):
    """The forwarder in figures. `connection` is in words; `next_try_s` counts down from now."""

    enabled: bool
    connected: bool
    connection: str
    pending: int
    handed_over: int
    confirmed: int
    refused: int
    alarm: bool = False
    """Whether somebody must change something, such as a password, before it can go on."""
    attempts: int = 0
    """Failures in a row: of connecting, or of handing over while connected."""
    next_try_s: float | None = None
    oldest_saved_at: str | None = None
    fetched_at: str | None = None
    """When this kiosk last had all that the cloud has, since it started."""
    refusals: tuple[Refusal, ...] = ()
    """The first fifty."""


# The live view

VisionState = Literal["starting", "running", "camera_lost", "ended", "lost"]
"""`camera_lost`: vision has no picture; `lost`: the vision process is gone; `ended`: a film is over."""


class Sight(Record, frozen=True, kw_only=True):
    """What the camera can tell of an exercise from where it sees the person."""

    view: str
    """`front`, `oblique`, `side` or `rear`."""
    recordings: int = 0
    """How many with known counts there are of this exercise from there; 0 when too few to tell."""
    within_one: int = 0
    """How many of them are counted within one rep."""
    range: Literal["", "measured", "estimated", "not"] = ""
    """How the range of motion is told; empty for what is held."""
    depth_hidden: bool = False
    """Whether this exercise's depth is judged, but not from there."""


class LiveState(Record, frozen=True, kw_only=True):
    """All that a live page shows, except the skeleton."""

    phase: Literal["waiting", "ready", "set", "rest"]
    exercise: str
    """Empty while it is to be found out."""
    exercise_name: str
    automatic: bool = False
    """Whether the exercise is recognised, and was not chosen."""
    kept: bool = True
    """Whether this training will be saved; not for a trainee who wants no history."""
    reps: int = 0
    partial_reps: int = 0
    hold_s: int | None = None
    """Whole seconds held in the newest set; None for an exercise that is counted in reps."""
    set_number: int = 0
    set_elapsed_s: float | None = None
    rest_elapsed_s: float | None = None
    cue: str = ""
    trainee: str = ""
    """Name of the member who trains; empty while it is somebody unnamed."""
    advice: str = ""
    """What to do about where the person stands, by name (`coaching.placement`); never within a set."""
    sight: Sight | None = None
    """What can be told from where the camera sees them; None within a set and while the exercise isn't known."""
    session_id: str | None = None
    """Of the running session, or None."""
    session_reps: int = 0
    session_hold_s: int = 0
    last_session_id: str | None = None
    last_session_state: SyncState | None = None
    vision: VisionState = "starting"
    vision_detail: str = ""
    fps: float = 0.0
    skipped: int = 0
    sync: str = ""
    """The connection to the cloud in words."""
    trouble: str = ""
    """What somebody must look after, such as a session that can't be saved, in words; empty when all is well."""


class LivePose(Record, frozen=True, kw_only=True):
    """The newest skeleton: 33 x (x, y, visibility), x and y as shares of the frame; empty without a person."""

    width: int
    height: int
    landmarks: tuple[tuple[float, float, float], ...] = ()
