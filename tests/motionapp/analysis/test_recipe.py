"""A recipe survives JSON and the command line, and says what is wrong with one that cannot be."""

import json
import os
import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from motionapp.analysis.recipe import Recipe
from motionapp.analysis.regions import Region
from motionapp.settings import PRESETS, FlowSettings, ViewSettings
from motionapp.types import MotionError

FULL = Recipe(
    flow=FlowSettings(alpha=2.5, penalty="quadratic"),
    regions=(Region.parse("hand=10,20,30,40"), Region("=sum(A1)", ((1.5, 2.25), (30.1, 4.0), (7.0, 50.0)))),
    from_s=1.5,
    to_s=9.25,
    step=3,
    mm_per_px=0.125,
    camera="affine",
    csv=False,
    plots=True,
    video="heat",
    side_by_side=True,
    fields="h5",
    view=ViewSettings(grid_px=24, colour_by_speed=True),
)


def options_of(words):
    """Read a command as a shell and a parser would: (single-valued options, regions, flags, files)."""
    single, regions, flags, files = {}, [], set(), []
    rest = iter(words)
    for word in rest:
        if word.startswith("--roi="):
            regions.append(Region.parse(word[6:]))
        elif word == "--roi":
            regions.append(Region.parse(next(rest)))
        elif word in ("--plots", "--no-csv", "--side-by-side"):
            flags.add(word)
        elif word.startswith("-"):
            single[word] = next(rest)
        else:
            files.append(word)
    return single, tuple(regions), flags, files


def recipe_of(command):
    """Return the recipe that a command stands for."""
    words = shlex.split(command)
    assert words[:2] == ["motionapp", "analyze"]
    single, regions, flags, _ = options_of(words[2:])
    base = Recipe.read(single.get("--recipe", "{}"))
    if "--preset" in single:
        base = replace(base, flow=PRESETS[single["--preset"]])
    return replace(
        base,
        regions=regions,
        from_s=float(single.get("--from", 0)),
        to_s=float(single["--to"]) if "--to" in single else None,
        step=int(single.get("--step", 1)),
        mm_per_px=float(single["--mm-per-px"]) if "--mm-per-px" in single else None,
        camera=single.get("--camera", "off"),
        video=single.get("--video", "off"),
        fields=single.get("--flow", "off"),
        csv="--no-csv" not in flags,
        plots="--plots" in flags,
        side_by_side="--side-by-side" in flags,
    )


@pytest.mark.parametrize("recipe", [Recipe(), FULL, Recipe(flow=PRESETS["live"], to_s=3)])
def test_json_gives_the_same_recipe(recipe):
    again = Recipe.from_json(recipe.to_json())
    assert again == recipe
    assert again.identity == recipe.identity


@pytest.mark.skipif(os.name == "nt", reason="quoted for another shell")
@pytest.mark.parametrize(
    "recipe", [Recipe(), FULL, Recipe(flow=PRESETS["accurate"], regions=(Region.parse("-a b='c'=0,0,5,5"),))]
)
def test_the_command_gives_the_same_recipe(recipe):
    again = recipe_of(recipe.command(Path("a clip's.mp4"), Path("out put")))
    assert again == recipe
    assert again.identity == recipe.identity


@pytest.mark.skipif(os.name == "nt", reason="quoted for another shell")
def test_the_command_is_short_and_names_files_as_files():
    assert Recipe().command(Path("clip.mp4")) == "motionapp analyze clip.mp4 --preset balanced"
    assert Recipe().command([Path("-a.mp4"), Path("b.mp4")], Path("o")) == (
        "motionapp analyze ./-a.mp4 b.mp4 -o o --preset balanced"
    )


def test_a_part_is_enough_and_presets_have_names():
    recipe = Recipe.from_json(
        '{"flow": "live", "regions": ["hand=1,2,3,4", {"name": "b", "points": [[0, 0], [2, 2]]}]}'
    )
    assert recipe == Recipe(flow=PRESETS["live"], regions=(Region.parse("hand=1,2,3,4"), Region.parse("b=0,0,2,2")))
    assert Recipe.from_json('{"flow": {"alpha": 2}}').flow == FlowSettings(alpha=2)
    assert Recipe.from_json("{}") == Recipe()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not JSON"),
        ("[1]", "object with flow"),
        ('{"camra": "off"}', "'camra'; known are flow"),
        ('{"camera": "on"}', "camera is 'on'; it can be off, median, affine"),
        ('{"video": 1}', "video is 1"),
        ('{"fields": "mat"}', "npz, h5"),
        ('{"csv": 1}', "true or false"),
        ('{"step": 0}', "step is 0"),
        ('{"step": 1.5}', "whole number"),
        ('{"from_s": -1}', "from_s is -1"),
        ('{"from_s": NaN}', "from_s"),
        ('{"from_s": 3, "to_s": 2}', "from from_s (3) on"),
        ('{"mm_per_px": 0}', "above 0"),
        ('{"flow": "quick"}', "live, balanced, accurate"),
        ('{"flow": {"alpha": 99}}', "flow.alpha is 99; it can be a number from 0.0 to 10.0"),
        ('{"flow": {"levels": 1.5}}', "whole number from 1 to 12"),
        ('{"flow": {"penalty": "cubic"}}', "charbonnier, quadratic"),
        ('{"flow": {"alfa": 1}}', "'alfa'; known are finest"),
        ('{"view": {"mirror": 2}}', "view.mirror is 2; it can be true or false"),
        ('{"regions": "a=1,2,3,4"}', "list of regions"),
        ('{"regions": [{"points": [[0, 0], [1, 1]]}]}', "name of a region is null"),
        ('{"regions": [{"name": "a", "points": [[0, 0], [1]]}]}', "points of region “a”"),
        ('{"regions": [{"name": "a", "point": []}]}', "'point'"),
        ('{"regions": ["a=0,0,1,1", "A=0,0,2,2"]}', "already"),
        ('{"regions": ["all=0,0,1,1"]}', "whole picture"),
        ('{"regions": [3]}', "A region is 3"),
    ],
)
def test_what_cannot_be_is_named(text, said):
    with pytest.raises(MotionError) as caught:
        Recipe.from_json(text)
    assert said in str(caught.value)


def test_identity_is_of_what_changes_a_result():
    assert Recipe(from_s=1, to_s=2).identity == Recipe(from_s=1.0, to_s=2.0).identity
    assert Recipe(view=ViewSettings(grid_px=8), side_by_side=True).identity == Recipe().identity
    drawn = Recipe(video="arrows")
    assert replace(drawn, view=ViewSettings(mode="heat")).identity == drawn.identity
    others = [
        Recipe(),
        drawn,
        replace(drawn, view=ViewSettings(grid_px=8)),
        replace(drawn, side_by_side=True),
        Recipe(flow=PRESETS["live"]),
        Recipe(regions=(Region.parse("a=0,0,1,1"),)),
        Recipe(regions=(Region.parse("b=0,0,1,1"),)),
        Recipe(step=2),
        Recipe(mm_per_px=1.0),
        Recipe(camera="median"),
        Recipe(plots=True),
        Recipe(fields="npz"),
    ]
    assert len({one.identity for one in others}) == len(others)


def test_recipes_are_read_from_files_and_from_results(tmp_path):
    path = tmp_path / "r.json"
    path.write_text(FULL.to_json(), encoding="utf-8")
    assert Recipe.read(str(path)) == FULL
    path.write_text(json.dumps({"complete": True, "recipe": json.loads(FULL.to_json())}), encoding="utf-8")
    assert Recipe.read(str(path)) == FULL
    assert Recipe.read(FULL.to_json()) == FULL


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b'{"step": 0}', b"[" * 100_000, b"1"])
def test_a_file_that_is_no_recipe_is_named(tmp_path, content):
    path = tmp_path / "r.json"
    path.write_bytes(content)
    with pytest.raises(MotionError, match=r"r\.json"):
        Recipe.read(str(path))
    with pytest.raises(MotionError, match="no recipe"):
        Recipe.read(str(tmp_path))


def test_the_command_line_can_read_recipes_without_numpy():
    code = "import sys, motionapp.analysis.recipe; print('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "False"
