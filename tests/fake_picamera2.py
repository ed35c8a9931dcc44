"""A stand-in for `picamera2.Picamera2` 0.3.38: the real names, defaults, return shapes and exceptions, no hardware.

Like the real one it keeps a list of capture jobs: a frame goes to the oldest job, also to one that nobody waits for
any more, until `cancel_all_and_flush` clears the list. Without `wait=` a capture waits for ever.
"""

# The real signatures have parameters that we don't use:
# ruff: noqa: ARG002, B006, PLR0913, PLR0917

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, ClassVar

import numpy as np

from edge_agent.image import Image


def camera_info(model: str, number: int, bus: str = "i2c0mux/i2c@1") -> dict[str, Any]:
    return {"Model": model, "Location": 2, "Rotation": 180, "Id": f"/base/soc/{bus}/{model}@1a", "Num": number}


class FakePicamera2:
    """Subclass it (see `fake_picamera2`) to say which cameras there are and how they behave."""

    cameras: ClassVar[list[dict[str, Any]]] = []
    failure: ClassVar[Exception | None] = None
    """Why the camera can't be acquired."""
    stride_padding: ClassVar[int] = 0
    frames: ClassVar[deque[Image]] = deque()
    """What the sensor will deliver, one for each capture."""
    made: ClassVar[list["FakePicamera2"]] = []

    @staticmethod
    def global_camera_info() -> list[dict[str, Any]]:
        raise NotImplementedError

    def __init__(self, camera_num=0, verbose_console=None, tuning=None, allocator=None):  # type: ignore[no-untyped-def]
        if camera_num >= len(self.global_camera_info()):
            raise RuntimeError(
                f'No camera number {camera_num} found - use "rpicam-hello --list-cameras" to check connected cameras'
            )
        if self.failure:
            raise RuntimeError("Camera __init__ sequence did not complete.") from self.failure
        self.sensor_resolution = (4608, 2592)
        self.calls: list[str] = []
        self._config: dict[str, Any] = {}
        self._jobs: list[Future[Image]] = []
        self._lock = threading.Lock()
        self._started = False
        self.made.append(self)

    def create_video_configuration(  # type: ignore[no-untyped-def]
        self,
        main={},
        lores=None,
        raw={},
        transform=None,
        colour_space=None,
        buffer_count=6,
        controls={},
        display="main",
        encode="main",
        queue=True,
        sensor={},
        use_case="video",
    ):
        for stream in (main, lores or {}):
            for key in stream:
                if key not in ("format", "size", "stride", "preserve_ar"):
                    raise ValueError(f"Bad key {key!r}")
        main = {"format": "XBGR8888", "size": (1280, 720), "preserve_ar": True} | main
        if lores is not None:
            lores = {"format": "YUV420", "size": main["size"], "preserve_ar": False} | lores
        for stream in filter(None, (main, lores)):
            stream["size"] = tuple(side - side % 2 for side in stream["size"])
        return {
            "use_case": use_case,
            "buffer_count": buffer_count,
            "queue": queue,
            "main": main,
            "lores": lores,
            "raw": {"format": "SRGGB10_CSI2P", "size": main["size"]} | raw,
            "controls": {"FrameDurationLimits": (33333, 33333)} | controls,
            "sensor": sensor,
        }

    def configure(self, camera_config=None):  # type: ignore[no-untyped-def]
        if self._started:
            raise RuntimeError("Camera must be stopped before configuring")
        for name in ("main", "lores", "raw"):
            size = camera_config[name]["size"]
            if type(size) is not tuple or len(size) != 2:
                raise RuntimeError("size in " + name + " stream should be (width, height)")
            if size[0] % 2 or size[1] % 2:
                raise RuntimeError("width and height should be even")
        main, lores = camera_config["main"], camera_config["lores"]
        if lores["size"][0] > main["size"][0] or lores["size"][1] > main["size"][1]:
            raise RuntimeError("lores stream dimensions may not exceed main stream")
        if lores["format"] != "YUV420":
            raise RuntimeError("lores stream must be YUV")
        lores["stride"] = lores["size"][0] + self.stride_padding
        self._config = camera_config

    def camera_configuration(self) -> dict[str, Any]:
        return self._config

    def start(self, config=None, show_preview=False):  # type: ignore[no-untyped-def]
        if not self._config:
            raise RuntimeError("Camera has not been configured")
        self._started = True

    def capture_array(self, name="main", wait=None, signal_function=None):  # type: ignore[no-untyped-def]
        job: Future[Image] = Future()
        with self._lock:
            self._jobs.append(job)
        if self._started and self.frames:
            self.deliver(self.frames.popleft())
        if wait is None:
            wait = signal_function is None
        return job.result(timeout=None if wait is True else wait) if wait else job

    def deliver(self, array: Image) -> None:
        """The sensor's next frame: it goes to the oldest job."""
        with self._lock:
            if self._jobs:
                self._jobs.pop(0).set_result(array)

    def cancel_all_and_flush(self) -> None:
        with self._lock:
            self._jobs = []

    def stop(self) -> None:
        self.calls.append("stop")
        self._started = False

    def close(self) -> None:
        self.calls.append("close")


def fake_picamera2(
    *frames: Image,
    cameras: list[dict[str, Any]] | None = None,
    failure: Exception | None = None,
    stride_padding: int = 0,
    global_camera_info: Callable[[], list[dict[str, Any]]] | None = None,
) -> type[FakePicamera2]:
    """Return a class to be used as `picamera2.Picamera2`; by default one IMX708 is there."""
    found = [camera_info("imx708", 0)] if cameras is None else cameras
    return type(
        "Picamera2",
        (FakePicamera2,),
        {
            "global_camera_info": staticmethod(global_camera_info or (lambda: found)),
            "failure": failure,
            "stride_padding": stride_padding,
            "frames": deque(frames),
            "made": [],
        },
    )


def yuv420(width: int, height: int, stride: int, luma: int, chroma: tuple[int, int] = (128, 128)) -> Image:
    """One flat picture as picamera2 hands it out: planes Y, U, V, shape (height * 3 / 2, stride), padded with 0."""
    planes = []
    for level, across, down in ((luma, 1, 1), (chroma[0], 2, 2), (chroma[1], 2, 2)):
        plane = np.zeros((height // down, stride // across), np.uint8)
        plane[:, : width // across] = level
        planes.append(plane.ravel())
    return np.concatenate(planes).reshape(height * 3 // 2, stride)
