"""A short tour of NumPy on Adder: real input, results worth a look, and how long each part took.

Reads `data/`, writes `edges.png` and `sunspots.png` into the current directory.
"""

import csv
import pathlib
import sys
import time

import numpy as np

from picture import read_png, write_png

HERE = pathlib.Path(__file__).parent
DATA = HERE / "data"


def table(name):
    """The rows of a CSV file, without its head."""
    with open(DATA / name, newline="") as file:
        return list(csv.reader(file))[1:]


def columns(name):
    """The columns of a CSV file of numbers, as arrays of float64."""
    return np.array(table(name), dtype=float).T


def edges():
    """Sobel's filter over a smoothed picture; writes edges.png."""
    pixels = read_png(DATA / "picture.png")
    grey = pixels @ np.array([0.299, 0.587, 0.114])
    kernel = np.exp(-0.5 * (np.arange(-3, 4) / 1.2) ** 2)
    kernel /= kernel.sum()
    for axis in (0, 1):
        grey = np.apply_along_axis(np.convolve, axis, grey, kernel, mode="same")
    dx = grey[1:-1, 2:] - grey[1:-1, :-2]
    dy = grey[2:, 1:-1] - grey[:-2, 1:-1]
    strength = np.hypot(dx, dy)
    strength = 255 * (1 - (strength / np.percentile(strength, 99.5)).clip(0, 1))
    write_png("edges.png", strength.astype(np.uint8))
    height, width = strength.shape
    print(f"  {width} x {height} pixels filtered; look at edges.png")


def fit():
    """Least squares: a parabola through the yearly means of CO2 on Mauna Loa."""
    year, ppm = columns("co2.csv")
    t = year - 2000
    design = np.stack([np.ones_like(t), t, t * t], axis=1)
    (level, slope, bend), residual, rank, _ = np.linalg.lstsq(design, ppm)
    print(f"  CO2 in 2000: {level:.1f} ppm, growing by {slope:.2f} ppm a year, and that by {2 * bend:.4f} a year")
    print(f"  standard deviation from the parabola: {np.sqrt(residual[0] / len(t)):.2f} ppm")


def spectrum():
    """Fourier transform of the yearly sunspot numbers; writes sunspots.png."""
    year, spots = columns("sunspots.csv")
    window = np.hanning(len(spots))
    power = np.abs(np.fft.rfft((spots - spots.mean()) * window)) ** 2
    frequency = np.fft.rfftfreq(len(spots))
    strongest = np.argsort(power)[::-1][:3]
    print("  strongest periods in years:", ", ".join(f"{1 / frequency[i]:.1f}" for i in strongest))
    plot = np.full((160, 3 * len(spots)), 255, np.uint8)
    heights = (spots / spots.max() * 150).astype(int)
    for i, h in enumerate(heights):
        plot[159 - h :, 3 * i : 3 * i + 2] = 60
    write_png("sunspots.png", plot)
    print("  look at sunspots.png")


def clusters(k=6):
    """k-means (Lloyd's algorithm) over the capitals, as points on the unit sphere."""
    rows = table("capitals.csv")
    names = np.array([r[0] for r in rows])
    latitude, longitude = np.radians(np.array([r[1:] for r in rows], dtype=float).T)
    points = np.stack(
        [np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)], axis=1
    )
    # The first centres: each time the point farthest from those there are.
    centres = points[[0]]
    while len(centres) < k:
        nearest = (points @ centres.T).max(axis=1)
        centres = np.vstack([centres, points[nearest.argmin()]])
    for rounds in range(1, 100):
        label = (points @ centres.T).argmax(axis=1)
        moved = np.stack([points[label == j].sum(axis=0) for j in range(k)])
        moved /= np.linalg.norm(moved, axis=1, keepdims=True)
        if np.allclose(moved, centres):
            break
        centres = moved
    print(f"  {len(names)} capitals in {k} groups after {rounds} rounds; the most central of each:")
    for j in range(k):
        members = names[label == j]
        middle = members[(points[label == j] @ centres[j]).argmax()]
        print(f"    {middle} ({len(members)}): {', '.join(members[:4])}, ...")


def main():
    print(f"NumPy {np.__version__} on Python {sys.version}")
    for part in (edges, fit, spectrum, clusters):
        print(part.__doc__.splitlines()[0])
        began = time.process_time()
        part()
        print(f"  {1000 * (time.process_time() - began):.0f} ms")


if __name__ == "__main__":
    main()
