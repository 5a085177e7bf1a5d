"""Small data sets in the layouts of the published ones."""

import numpy as np

from motionapp.flowfiles import write_flow, write_picture


def write_image(path, seed=0, shape=(24, 32)):
    """Write a grey picture of noise, half of it black."""
    path.parent.mkdir(parents=True, exist_ok=True)
    grey = np.random.default_rng(seed).integers(-256, 256, shape).clip(0).astype(np.uint8)
    write_picture(path, np.repeat(grey[:, :, np.newaxis], 3, axis=2))
    return grey


def write_truth(path, shape=(24, 32)):
    """Write flow (2, -1) px that is unknown in the first row."""
    path.parent.mkdir(parents=True, exist_ok=True)
    flow = np.empty((2, *shape), np.float32)
    flow[0], flow[1] = 2.0, -1.0
    flow[:, 0] = np.nan
    write_flow(path, flow)


def middlebury(folder, names=("Grove", "Venus")):
    """Make the layout with everything in one folder per sequence."""
    for seed, name in enumerate(names):
        write_image(folder / name / "frame10.png", seed)
        write_image(folder / name / "frame11.png", seed + 100)
        write_truth(folder / name / "flow10.flo")
    return folder


def sintel(folder, passes=("clean", "final"), frames=3):
    """Make the layout with two scenes of some frames; the seed of a picture tells which it is."""
    for scene in ("alley_1", "market_2"):
        for number in range(1, frames + 1):
            for seed, one in enumerate(passes):
                write_image(folder / "training" / one / scene / f"frame_{number:04}.png", 10 * number + seed)
            if number < frames:
                write_truth(folder / "training" / "flow" / scene / f"frame_{number:04}.flo")
    return folder


def kitti(folder, flow="flow_occ", images="image_2"):
    """Make the layout with two pairs."""
    for number in range(2):
        write_image(folder / "training" / images / f"{number:06}_10.png", number)
        write_image(folder / "training" / images / f"{number:06}_11.png", number + 100)
        write_truth(folder / "training" / flow / f"{number:06}_10.png")
    return folder
