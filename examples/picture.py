"""PNG files of grey and RGB pixels, with NumPy and zlib; and the picture that the tour filters.

`python picture.py FILE` draws the picture: two spheres on a chequered floor, lit from the left.
"""

import struct
import sys
import zlib

import numpy as np

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def write_png(path, pixels):
    """Writes an array of uint8, (height, width) or (height, width, 3), as a PNG file."""
    pixels = np.ascontiguousarray(pixels, dtype=np.uint8)
    height, width = pixels.shape[:2]
    rows = pixels.reshape(height, -1)
    # Each row begins with its filter: 0, none.
    data = np.zeros((height, rows.shape[1] + 1), np.uint8)
    data[:, 1:] = rows

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2 if pixels.ndim == 3 else 0, 0, 0, 0)
    with open(path, "wb") as file:
        file.write(SIGNATURE + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(data.tobytes(), 9)) + chunk(b"IEND", b""))


def read_png(path):
    """The pixels of a PNG file of 8-bit grey or RGB, not interlaced, as `write_png` takes them.

    ValueError if the file is something else.
    """
    with open(path, "rb") as file:
        data = file.read()
    if not data.startswith(SIGNATURE):
        raise ValueError(f"{path} is not a PNG file")
    at, parts = len(SIGNATURE), []
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        body = data[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", body)
        elif kind == b"IDAT":
            parts.append(body)
        at += 12 + length
    if depth != 8 or colour not in (0, 2) or interlaced:
        raise ValueError(f"{path}: only 8-bit grey or RGB without interlacing can be read")
    channels = 3 if colour == 2 else 1
    rows = np.frombuffer(zlib.decompress(b"".join(parts)), np.uint8).reshape(height, 1 + width * channels)
    out = np.zeros((height + 1, width * channels), np.uint8)
    for y, row in enumerate(rows):
        out[y + 1] = unfilter(row[0], row[1:], out[y], channels)
    shape = (height, width, 3) if channels == 3 else (height, width)
    return out[1:].reshape(shape)


def unfilter(kind, row, above, step):
    """A row without its filter (PNG specification, section 9)."""
    if kind == 0:
        return row
    if kind == 2:
        return row + above
    row, above = row.astype(int), above.astype(int)
    for i in range(len(row)):
        left = row[i - step] if i >= step else 0
        if kind == 1:
            guess = left
        elif kind == 3:
            guess = (left + above[i]) // 2
        else:
            corner = above[i - step] if i >= step else 0
            p = left + above[i] - corner
            guess = min((left, above[i], corner), key=lambda v: abs(p - v))
        row[i] = (row[i] + guess) & 255
    return row.astype(np.uint8)


def draw(width=320, height=240):
    """The picture: an array (height, width, 3) of uint8, made by casting a ray for each pixel."""
    y, x = np.mgrid[0:height, 0:width]
    rays = np.dstack([(x - width / 2) / width, (height / 2 - y) / width, np.full(x.shape, 0.9)])
    rays /= np.linalg.norm(rays, axis=2, keepdims=True)
    eye = np.array([0.0, 1.1, -3.0])
    light = np.array([-0.6, 0.7, -0.4])
    light /= np.linalg.norm(light)

    sky = np.array([150, 190, 235]) * (1 - 0.5 * rays[..., 1:2].clip(0, 1)) / 255
    colour = sky.copy()
    nearest = np.full(x.shape, np.inf)

    # The floor, y = 0.
    down = rays[..., 1] < -1e-3
    distance = np.where(down, -eye[1] / np.where(down, rays[..., 1], -1), np.inf)
    spot = eye + rays * np.where(down, distance, 0)[..., None]
    squares = (np.floor(spot[..., 0]) + np.floor(spot[..., 2])) % 2
    floor = np.where(squares[..., None] > 0, [0.85, 0.82, 0.75], [0.35, 0.28, 0.25])
    fog = np.exp(-0.06 * np.where(down, distance, 0))[..., None]
    colour = np.where(down[..., None], floor * fog + sky * (1 - fog), colour)
    nearest = np.where(down, distance, nearest)

    for centre, radius, tint in [((-0.7, 0.8, 1.2), 0.8, (0.9, 0.35, 0.25)), ((0.9, 0.5, 0.4), 0.5, (0.25, 0.55, 0.9))]:
        offset = eye - np.array(centre)
        b = rays @ offset
        under = b * b - (offset @ offset - radius * radius)
        distance = -b - np.sqrt(np.where(under > 0, under, np.nan))
        hit = np.nan_to_num(distance, nan=np.inf) < nearest
        normal = (eye + rays * np.where(hit, distance, 0)[..., None] - np.array(centre)) / radius
        shade = 0.25 + 0.75 * (normal @ light).clip(0, 1)
        mirrored = rays - 2 * (rays * normal).sum(axis=2, keepdims=True) * normal
        gloss = (mirrored @ light).clip(0, 1) ** 40
        colour = np.where(hit[..., None], np.array(tint) * shade[..., None] + gloss[..., None], colour)
        nearest = np.where(hit, distance, nearest)
    return (colour.clip(0, 1) * 255).astype(np.uint8)


if __name__ == "__main__":
    write_png(sys.argv[1], draw())
