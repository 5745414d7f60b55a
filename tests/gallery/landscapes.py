"""Photographs of places that do not exist: a terrain of noise, seen by a camera, in light and air.

Lengths are in metres, colours are linear light. The picture is found column by column: along each
line of sight the steepest angle seen so far only grows, so that the first ground that hides a pixel
can be searched for.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from tests.gallery.fields import Colour, Field, blurred, mixed, octaves, sampled

WIDTH, HEIGHT = 1200, 900
_FAR = 5200.0
_STEPS = 1100  # along a line of sight
_MAP = 2048  # samples of the terrain along a side
_SPAN = 6000.0  # metres along a side of the terrain
_METRE = (_MAP - 1) / _SPAN
_OPENING = 0.62  # the slope of the outermost line of sight
_SNOW: Colour = (0.86, 0.89, 0.95)


@dataclass(frozen=True)
class Scene:
    """What is there, when, and in which weather.

    ``sun`` is its azimuth and elevation in degrees, from straight ahead and from the horizon.
    ``foreground`` is how high the land is before the camera, of ``relief``. A scene with a ``lake``
    has it at height 0.
    """

    seed: int
    zenith: Colour
    horizon: Colour
    light: Colour
    sun: tuple[float, float]
    low: Colour
    high: Colour
    rock: Colour
    relief: float
    haze: float
    clouds: float
    tilt: float
    snow_from: float = 1e9
    forms: int = 5
    ridged: float = 0.75
    roughness: float = 0.5
    foreground: float = 0.02
    lake: bool = True
    eye: float = 26.0
    stars: bool = False


def photograph(scene: Scene) -> Image.Image:
    """Take a picture of 1200 by 900 pixels."""
    random = np.random.default_rng(scene.seed)
    return _developed(_View(scene, random).seen(), random)


@dataclass(frozen=True)
class _Ground:
    """What each line of sight meets: places on the map, the distance, and whether it is ground."""

    row: Field
    column: Field
    distance: Field
    is_hit: NDArray[np.bool_]


class _View:
    """One look at a terrain."""

    def __init__(self, scene: Scene, random: np.random.Generator) -> None:
        self._scene = scene
        self._random = random
        self._heights = self._terrain()
        azimuth, elevation = np.radians(scene.sun)
        level = np.cos(elevation)
        self._to_sun = np.array(
            [np.sin(azimuth) * level, np.sin(elevation), np.cos(azimuth) * level]
        )
        self._sideways = np.linspace(-_OPENING, _OPENING, WIDTH)
        steepest = _OPENING * HEIGHT / WIDTH
        self._upwards = np.linspace(steepest, -steepest, HEIGHT) + scene.tilt

    def seen(self) -> Field:
        """Return the light that comes from everywhere: rows, columns, red green blue."""
        ground = self._met()
        lit = self._lit(ground)
        sky = self._sky()
        land = self._in_air(lit, ground.distance, sky)
        picture = np.where(ground.is_hit[..., None], land, sky)
        return self._with_lake(picture, ground) if self._scene.lake else picture

    def _terrain(self) -> Field:
        """Return heights; the camera stands in the middle of the first row and looks along rows."""
        scene = self._scene
        size = (_MAP, _MAP)
        rough = octaves(
            self._random, size, scene.forms, ridged=scene.ridged, roughness=scene.roughness
        )
        broad = octaves(self._random, size, 2)
        away = np.linspace(0, 1, _MAP)[:, None]
        across = np.abs(np.linspace(-1, 1, _MAP))[None, :]
        valley = 0.25 + 0.75 * np.clip(across * 2.2 - 0.25, 0, 1) ** 1.2
        rise = np.clip(away * 1.9, scene.foreground, 1) * (valley * (1 - away) + away)
        heights: Field = (rough * 0.75 + broad * 0.5 + 0.18) * rise * scene.relief
        return heights - 34 * (1 - np.clip(away * 2.6, 0, 1)) if scene.lake else heights

    def _met(self) -> _Ground:
        z = np.geomspace(6, _FAR, _STEPS)
        row = np.broadcast_to(z[:, None] * _METRE, (_STEPS, WIDTH))
        height = sampled(self._heights, row, self._column(z[:, None]))
        if self._scene.lake:
            height = np.maximum(height, 0)
        slope = np.maximum.accumulate((height - self._scene.eye) / z[:, None], axis=0)
        found = np.stack(
            [np.searchsorted(slope[:, place], self._upwards) for place in range(WIDTH)], axis=1
        )
        step = np.minimum(found, _STEPS - 1)
        before = np.maximum(step - 1, 0)
        places = np.broadcast_to(np.arange(WIDTH), step.shape)
        low, high = slope[before, places], slope[step, places]
        part = np.clip((self._upwards[:, None] - low) / np.maximum(high - low, 1e-9), 0, 1)
        distance = z[before] + part * (z[step] - z[before])
        return _Ground(distance * _METRE, self._column(distance), distance, found < _STEPS)

    def _column(self, distance: Field) -> Field:
        """Return where on the map each line of sight is, at a distance."""
        column: Field = (distance * self._sideways / _SPAN + 0.5) * (_MAP - 1)
        return column

    def _lit(self, ground: _Ground) -> Field:
        scene = self._scene
        place = (ground.row, ground.column)
        grain = sampled(octaves(self._random, (_MAP, _MAP), 160), *place)
        by_row: Field = np.gradient(self._heights, 1 / _METRE, axis=0)
        by_column: Field = np.gradient(self._heights, 1 / _METRE, axis=1)
        rough = grain * 0.35 * (0.3 + np.exp(-ground.distance / 900))
        across, away = sampled(by_column, *place) + rough, sampled(by_row, *place) - rough
        normal = np.stack([-across, np.ones_like(across), -away], axis=-1)
        normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
        colour = self._coloured(sampled(self._heights, *place), 1 - normal[..., 1], grain)
        sun = np.clip(normal @ self._to_sun, 0, None) * sampled(self._sunny(), *place)
        sky = np.array(scene.zenith) * 0.5 + np.array(scene.horizon) * 0.25
        above = (0.35 + 0.65 * normal[..., 1])[..., None]
        light: Field = colour * (sun[..., None] * np.array(scene.light) + above * sky)
        return light

    def _coloured(self, height: Field, steep: Field, grain: Field) -> Field:
        """Return the colour of the ground: meadows, bare rock where it is steep, snow up high."""
        scene = self._scene
        share = np.clip(height / scene.relief * 1.6 + grain * 0.5, 0, 1)
        meadow = mixed(scene.low, scene.high, share)
        bare = mixed(meadow, scene.rock, np.clip((steep - 0.22 + grain * 0.12) * 6, 0, 1))
        snow = np.clip((height - scene.snow_from + grain * 260) / 60, 0, 1)
        snow *= np.clip((0.62 - steep) * 6, 0, 1)
        coloured: Field = mixed(bare, _SNOW, snow) * (1 + 0.45 * grain[..., None])
        return coloured

    def _sunny(self) -> Field:
        """Return how much sun reaches each place of the map: a walk towards it, in steps."""
        free = np.ones_like(self._heights)
        for reach in np.geomspace(12, 1500, 26):
            shift = (
                -round(self._to_sun[2] * reach * _METRE),
                -round(self._to_sun[0] * reach * _METRE),
            )
            there = np.roll(self._heights, shift, axis=(0, 1))
            above = there - (self._heights + self._to_sun[1] * reach)
            free = np.minimum(free, np.clip(1 - above / (0.06 * reach + 6), 0, 1))
        return free

    def _sky(self) -> Field:
        scene = self._scene
        level = np.clip(self._upwards, 0, None)[:, None] * np.ones(WIDTH)
        ahead = np.stack(
            np.broadcast_arrays(self._sideways[None, :], self._upwards[:, None], 1.0), axis=-1
        )
        ahead = ahead / np.linalg.norm(ahead, axis=-1, keepdims=True)
        towards = np.clip(ahead @ self._to_sun, -1, 1)
        glow = np.exp((towards - 1) * 14) * 0.25 + np.exp((towards - 1) * 160) * 0.45
        disc = np.clip((towards - 0.99945) / 0.00025, 0, 1) * 4
        sky = mixed(scene.horizon, scene.zenith, np.clip(level / 0.55, 0, 1) ** 0.6)
        sky = sky + (glow + disc)[..., None] * np.array(scene.light)
        if scene.stars:
            sky = sky + self._stars(level)[..., None]
        return self._clouded(sky, level, towards)

    def _stars(self, level: Field) -> Field:
        spots = np.zeros(level.shape)
        rows, columns = (self._random.integers(0, side, 1500) for side in level.shape)
        spots[rows, columns] = self._random.pareto(1.6, 1500).clip(0, 9) * 0.8
        line = np.linspace(0.9, -0.5, WIDTH)[None, :] - level * 2.2
        milky = np.exp(-(line**2) / 0.06) * (0.06 + 0.07 * octaves(self._random, level.shape, 4))
        stars: Field = (blurred(spots, 0.8) + np.clip(milky, 0, None)) * np.clip(level * 9, 0, 1)
        return stars

    def _clouded(self, sky: Field, level: Field, towards: Field) -> Field:
        """Lay clouds over the sky, on a ceiling that comes down towards the horizon."""
        scene = self._scene
        noise = octaves(self._random, (700, 1400), 14, roughness=0.58)
        depth = np.clip(0.16 / (level + 0.10), 0, 1.58)
        thick = sampled(noise, depth / 1.6 * 699, (self._sideways * depth * 0.7 + 0.5) * 1399)
        cover = np.clip((thick - 0.34 + 0.62 * scene.clouds) * 4.2, 0, 1)
        cover = 0.88 * cover * np.clip(level * 14, 0, 1)
        silver = (0.35 + 0.65 * np.clip(towards, 0, 1) ** 3)[..., None]
        bright = np.array(scene.light) * silver * 0.55 + np.array(scene.horizon) * 0.45
        shade = 1.12 - 0.9 * np.clip(thick - 0.05 + 0.3 * scene.clouds, 0, 1)
        return mixed(sky, bright * np.clip(shade, 0.3, 1)[..., None], cover)

    def _in_air(self, light: Field, distance: Field, sky: Field) -> Field:
        """Let what is far away turn into the colour of the air before it."""
        level = int(np.argmin(np.abs(self._upwards - 0.02)))
        air = cv2.blur(sky[level][None], (121, 1)) * 0.55 + np.array(self._scene.horizon) * 0.45
        return mixed(air, light, np.exp(-((distance / self._scene.haze) ** 1.25)))

    def _with_lake(self, picture: Field, ground: _Ground) -> Field:
        """Let the lake mirror what is above it; near waves are larger."""
        flat = (self._scene.eye / np.maximum(-self._upwards, 1e-6))[:, None]
        wet = ground.is_hit & (self._upwards < 0)[:, None]
        wet &= np.abs(ground.distance - flat) < flat * 0.02 + 2
        shore = int(np.searchsorted(-self._upwards, 0))
        rows = np.arange(HEIGHT)[:, None]
        near = np.clip((rows - shore) / (HEIGHT - shore), 0, 1)
        shake = (self._waves() * (0.25 + near * 1.9)).round()
        mirrored = np.clip(2 * shore - rows + shake, 0, shore - 1).astype(int)
        image = picture[mirrored, np.arange(WIDTH)]
        clear = np.broadcast_to(0.86 - 0.42 * near, wet.shape)
        water = mixed(np.array(self._scene.zenith) * 0.12, image, clear)
        return mixed(picture, water, blurred(wet.astype(float), 0.7))

    def _waves(self) -> Field:
        """Return by how many pixels waves shift what is mirrored."""
        swell = octaves(self._random, (HEIGHT, WIDTH), 9) * 10
        ripples = octaves(self._random, (HEIGHT // 6, WIDTH), 60) * 34
        wide = cv2.resize(ripples, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
        waves: Field = swell + wide
        return waves


def _developed(light: Field, random: np.random.Generator) -> Image.Image:
    """Expose, as film does: corners darken, bright parts glow and roll off, there is grain.

    The curve is the fit by Krzysztof Narkowicz of the film curve of ACES.
    """
    y, x = np.ogrid[-1 : 1 : HEIGHT * 1j, -1 : 1 : WIDTH * 1j]
    light = light * (1 - 0.11 * (x * x + y * y))[..., None]
    light = 0.72 * (light + 0.35 * blurred(np.clip(light - 0.9, 0, 3), 18))
    film = (light * (2.51 * light + 0.03)) / (light * (2.43 * light + 0.59) + 0.14)
    grain = blurred(random.standard_normal((HEIGHT, WIDTH)), 0.6) * 0.022
    shown = np.clip(np.clip(film, 0, 1) ** (1 / 2.2) + grain[..., None], 0, 1)
    picture = Image.fromarray((shown * 255).astype(np.uint8))
    return picture.filter(ImageFilter.UnsharpMask(1.2, 60, 2))
