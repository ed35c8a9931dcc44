"""What goes wrong in a gym, done to landmarks: few frames, jitter, hidden limbs, losses, second persons, skew cameras.

Each is the same every time for the same recording.
"""

import zlib
from collections.abc import Callable

import numpy as np

from edge_agent.evaluation.clips import Clip, Figures, Landmarks

Random = np.random.Generator
Perturbation = Callable[[Landmarks, Random], Landmarks]

_PAIRED = [(left, left + 1) for left in range(11, 32, 2)] + [(1, 4), (2, 5), (3, 6), (7, 8), (9, 10)]
_LIMBS = (
    (11, (13, 15, 17, 19, 21)),
    (12, (14, 16, 18, 20, 22)),
    (23, (25, 27, 29, 31)),
    (24, (26, 28, 30, 32)),
)
"""Root of each limb, and what is beyond it."""


def at_rate(fps: float) -> Perturbation:
    """Return what keeps about `fps` frames a second of a faster recording."""

    def keep(landmarks: Landmarks, _: Random) -> Landmarks:
        ticks = np.floor(landmarks.times_s * fps + 1e-6)
        kept = np.flatnonzero(np.diff(ticks, prepend=-1) > 0)
        return landmarks._replace(
            image=landmarks.image[kept], world=landmarks.world[kept], times_s=landmarks.times_s[kept]
        )

    return keep


def jittered(landmarks: Landmarks, random: Random) -> Landmarks:
    """Move each landmark in each frame by 6 % of the torso (standard deviation), in the picture and in the room."""
    image, world = landmarks.image.copy(), landmarks.world.copy()
    noise = random.normal(0, 0.06 * torso(landmarks), image[:, :, :2].shape)
    image[:, :, :2] += noise / (landmarks.width, landmarks.height)
    world += random.normal(0, 0.06 * 0.5, world.shape)
    return landmarks._replace(image=image, world=world)


def limb_hidden(landmarks: Landmarks, random: Random) -> Landmarks:
    """Hide one arm or leg all along: what is beyond its root is a guess near it, with little visibility."""
    root, beyond = _LIMBS[random.integers(len(_LIMBS))]
    image, world = landmarks.image.copy(), landmarks.world.copy()
    for joint in beyond:
        guess = random.normal(0, 0.3 * torso(landmarks), (len(image), 2))
        image[:, joint, :2] = image[:, root, :2] + guess / (landmarks.width, landmarks.height)
        image[:, joint, 3] *= 0.1
        world[:, joint] = world[:, root] + random.normal(0, 0.15, (len(world), 3))
    return landmarks._replace(image=image, world=world)


def lost_in_bursts(landmarks: Landmarks, random: Random) -> Landmarks:
    """Lose the person for 0.3 to 0.8 seconds, once in 3 seconds or so."""
    image, world = landmarks.image.copy(), landmarks.world.copy()
    for start_s, length_s in _bursts(landmarks, random, every_s=3.0, shortest_s=0.3, longest_s=0.8):
        lost = (landmarks.times_s >= start_s) & (landmarks.times_s < start_s + length_s)
        image[lost], world[lost] = np.nan, np.nan
    return landmarks._replace(image=image, world=world)


def second_person(landmarks: Landmarks, random: Random) -> Landmarks:
    """Let the estimator jump to somebody behind, doing the same at another moment, for 0.1 to 0.4 s every 2 s or so."""
    image, world = landmarks.image.copy(), landmarks.world.copy()
    seen = np.flatnonzero(landmarks.seen)
    aside = 0.3 if np.nanmean(image[:, :, 0]) < 0.5 else -0.3
    for start_s, length_s in _bursts(landmarks, random, every_s=2.0, shortest_s=0.1, longest_s=0.4):
        there = np.flatnonzero((landmarks.times_s >= start_s) & (landmarks.times_s < start_s + length_s))
        there = there[landmarks.seen[there]]
        other = random.choice(seen, len(there)) if len(seen) else there
        image[there] = landmarks.image[other]
        hips = image[there][:, [23, 24], :2].mean(axis=1, keepdims=True)
        image[there, :, :2] = hips + 0.6 * (image[there, :, :2] - hips) + (aside, 0.0)
        world[there] = landmarks.world[other]
    return landmarks._replace(image=image, world=world)


def mirrored(landmarks: Landmarks, _: Random) -> Landmarks:
    """Show the picture in a mirror: left is right."""
    order = np.arange(33)
    for left, right in _PAIRED:
        order[left], order[right] = right, left
    image, world = landmarks.image[:, order].copy(), landmarks.world[:, order].copy()
    image[:, :, 0] = 1 - image[:, :, 0]
    world[:, :, 0] *= -1
    return landmarks._replace(image=image, world=world)


def tilted(landmarks: Landmarks, _: Random) -> Landmarks:
    """Roll the camera by 10 degrees."""
    turn = _rotation(10.0)
    size = np.array((landmarks.width, landmarks.height))
    image, world = landmarks.image.copy(), landmarks.world.copy()
    image[:, :, :2] = ((image[:, :, :2] - 0.5) * size @ turn) / size + 0.5
    world[:, :, :2] = world[:, :, :2] @ turn
    return landmarks._replace(image=image, world=world)


PERTURBATIONS: dict[str, Perturbation] = {
    "15 fps": at_rate(15),
    "10 fps": at_rate(10),
    "8 fps": at_rate(8),
    "jitter": jittered,
    "limb hidden": limb_hidden,
    "bursts": lost_in_bursts,
    "second person": second_person,
    "mirrored": mirrored,
    "tilted": tilted,
}


def perturbed(clip: Clip, name: str) -> Landmarks:
    """Return what the estimator would have seen of the clip under the perturbation; as it was, for an empty name."""
    if not name:
        return clip.landmarks
    random = np.random.default_rng(zlib.crc32(f"{clip.name} {name}".encode()))
    return PERTURBATIONS[name](clip.landmarks, random)


def torso(landmarks: Landmarks) -> float:
    """Return the person's torso at its longest, pixels; a trunk that leans to the camera is foreshortened."""
    points = landmarks.pixels[landmarks.seen][:, :, :2]
    if not len(points):
        return 1.0
    trunk = points[:, [11, 12]].mean(axis=1) - points[:, [23, 24]].mean(axis=1)
    return float(np.percentile(np.linalg.norm(trunk, axis=1), 90))


def _bursts(
    landmarks: Landmarks, random: Random, *, every_s: float, shortest_s: float, longest_s: float
) -> list[tuple[float, float]]:
    count = max(1, round(landmarks.duration_s / every_s))
    starts = random.uniform(0, max(landmarks.duration_s - longest_s, 0.0), count)
    return [(float(start_s), float(random.uniform(shortest_s, longest_s))) for start_s in starts]


def _rotation(degrees: float) -> Figures:
    angle = np.radians(degrees)
    return np.array(((np.cos(angle), np.sin(angle)), (-np.sin(angle), np.cos(angle))))
