"""The one table of everything a person can do here; menus, toolbar, shortcuts and the key page are made from it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QWidget

#: What must be there for a command to make sense: any source, one that can be sought in, a shown picture, or something
#: that only the classifier knows of.
Need = Literal["", "source", "seekable", "picture", "classifier"]


@dataclass(frozen=True, slots=True)
class Command:
    """One user-visible command.

    ``menu`` is the path of its menu ("View/Preset" is a submenu). Commands of one ``group`` exclude each other.
    ``section`` starts a new section of the menu. A ``submenu`` command is a menu filled when it is opened.
    ``repeats``: holding the key down repeats the command.
    """

    id: str
    text: str
    menu: str
    tip: str
    keys: tuple[str, ...] = ()
    checkable: bool = False
    group: str = ""
    section: bool = False
    submenu: bool = False
    repeats: bool = False
    needs: Need = ""

    @property
    def label(self) -> str:
        """The text without mnemonics and dots, as the key page shows it."""
        return self.text.replace("&", "").rstrip("…")


COMMANDS: tuple[Command, ...] = (
    Command("open", "&Open…", "File", "Open a video, a picture or a folder of pictures", ("Ctrl+O",)),
    Command("open_folder", "Open fol&der…", "File", "Open a folder of pictures as a clip"),
    Command("recent", "Open &recent", "File", "The ten files opened last", submenu=True),
    Command("paste", "Open pasted p&ath", "File", "Open the file whose path is on the clipboard", ("Ctrl+V",)),
    Command("cameras", "&Camera", "File", "Look through a camera", section=True, submenu=True),
    Command("network", "&Network camera…", "File", "Open a camera by its address (http MJPEG or rtsp)"),
    Command("scenes", "S&ynthetic scene", "File", "Scenes that know their true motion", submenu=True),
    Command("close_source", "Close source", "File", "Back to the start page", ("Ctrl+W",), needs="source"),
    Command(
        "export", "&Export…", "File", "Save flow or picture of the shown frame", ("Ctrl+E",),
        section=True, needs="picture",
    ),
    Command("analyse", "Ana&lyse…", "File", "Write tables, plots and videos of files", ("Ctrl+Shift+A",)),
    Command("open_results", "Open res&ults…", "File", "Show a table of numbers beside its video"),
    Command("preferences", "&Preferences…", "File", "Folders, cameras, colours, start", ("Ctrl+,",), section=True),
    Command("quit", "&Quit", "File", "Close the window; what is being recorded is kept", ("Ctrl+Q",), section=True),
    Command("arrows", "&Arrows", "View", "Motion as arrows", checkable=True, group="view"),
    Command("colour", "&Colour", "View", "Direction as hue, speed as saturation", checkable=True, group="view"),
    Command("heat", "&Heat", "View", "Speed as a heat map", checkable=True, group="view"),
    Command("off", "&Off", "View", "The picture alone", checkable=True, group="view"),
    Command("next_view", "&Next view", "View", "Arrows, colour, heat, off in turn", ("V",)),
    Command("mirror", "&Mirror", "View", "Left and right exchanged", ("M",), checkable=True, section=True),
    Command("rotate", "&Rotate 90°", "View", "Turn the picture clockwise", ("R",)),
    Command("fit", "F&it picture", "View", "The whole picture, as large as it goes", ("Ctrl+0",), needs="picture"),
    Command("live", "&Live", "View/Preset", "Fast enough for a camera", checkable=True, group="preset", section=True),
    Command("balanced", "&Balanced", "View/Preset", "Half resolution, more steps", checkable=True, group="preset"),
    Command("accurate", "&Accurate", "View/Preset", "Full resolution, for files", checkable=True, group="preset"),
    Command("fullscreen", "&Full screen", "View", "Only the picture", ("F", "F11"), checkable=True, section=True),
    Command("leave", "&Leave full screen", "View", "Leave full screen; back to the picture", ("Esc",)),
    Command("show_panel", "&Settings panel", "View", "Show or hide the settings", checkable=True, section=True),
    Command("show_motion", "Motion over &time", "View", "Show or hide the plot of motion", checkable=True),
    Command("show_descent", "&Descent", "View", "Show or hide the plot of the energy", checkable=True),
    Command("show_motiongram", "Motion&gram", "View", "Show or hide where it moves, line by line", checkable=True),
    Command("show_results", "R&esults", "View", "Show or hide the numbers of an analysis", checkable=True),
    Command("show_regions", "Regions on the pict&ure", "View", "Show what is drawn on the picture", checkable=True),
    Command("show_label", "La&bel on the picture", "View", "Write what is recognised over the picture", checkable=True),
    Command("reset_layout", "Reset la&yout", "View", "Every panel back to its place"),
    Command("play", "&Play or pause", "Playback", "Play or pause; a camera is frozen", ("Space",), needs="source"),
    Command("backward", "Play &backward", "Playback", "Again: faster", ("J",), section=True, needs="seekable"),
    Command("pause", "Pa&use", "Playback", "Stop at this frame", ("K",), needs="source"),
    Command("forward", "Play &forward", "Playback", "Again: faster", ("L",), needs="source"),
    Command(
        "previous", "Previous frame", "Playback", "One frame back", ("Left", ","),
        section=True, repeats=True, needs="seekable",
    ),
    Command("next", "Next frame", "Playback", "One frame on", ("Right", "."), repeats=True, needs="seekable"),
    Command("second_back", "One second back", "Playback", "", ("Shift+Left",), repeats=True, needs="seekable"),
    Command("second_on", "One second on", "Playback", "", ("Shift+Right",), repeats=True, needs="seekable"),
    Command("start", "To the &start", "Playback", "First frame, or the in mark", ("Home",), needs="seekable"),
    Command("end", "To the &end", "Playback", "Last frame, or the out mark", ("End",), needs="seekable"),
    Command("slower", "S&lower", "Playback", "Half the speed", ("[",), section=True, needs="seekable"),
    Command("faster", "Fas&ter", "Playback", "Twice the speed", ("]",), needs="seekable"),
    Command("normal_speed", "&Normal speed", "Playback", "1×", ("Backspace",), needs="seekable"),
    Command("set_in", "Set &in mark", "Playback", "The range begins here", ("I",), section=True, needs="seekable"),
    Command("set_out", "Set &out mark", "Playback", "The range ends here", ("O",), needs="seekable"),
    Command("clear_range", "&Clear marks", "Playback", "Play the whole file", needs="seekable"),
    Command("loop", "Loop", "Playback", "Start again at the end", ("Ctrl+L",), checkable=True, needs="seekable"),
    Command("record", "&Record", "Record", "Record picture and overlay", ("Ctrl+R",), checkable=True, needs="source"),
    Command("snapshot", "&Snapshot", "Record", "Save the picture with its overlay as PNG", ("S",), needs="picture"),
    Command("show_folder", "Show &folder", "Record", "Open the folder of recordings and snapshots", section=True),
    Command("train", "&Train", "Train", "Train the classifier, or stop and keep its best weights", ("T",)),
    Command("train_step", "One &step", "Train", "One step of descent, with its numbers", needs="classifier"),
    *(
        Command(
            f"sample_{number}", f"Sample of class &{number}", "Train/Record a sample",
            f"Hold the key to record a sample of class {number}; chosen here, it counts 3, 2, 1 first", (f"{number}",),
            section=number == 1, needs="classifier",
        )
        for number in range(1, 10)
    ),
    Command("show_classify", "Classify &panel", "Train", "Bring the panel of the classifier to the front"),
    Command("undo_sample", "&Undo last sample", "Train", "Remove what was recorded or imported last", ("Ctrl+Z",)),
    Command("add_class", "&Add class", "Train", "Another kind of motion"),
    Command("import_samples", "&Import folder…", "Train", "Record clips from a folder for each class"),
    Command("open_project", "&Open project…", "Train", "Samples, settings and model from a file", section=True),
    Command("save_project", "Sa&ve project…", "Train", "Save samples, settings and model", ("Ctrl+S",)),
    Command("last_samples", "Open samples of &last time", "Train", "What was kept when the window was closed"),
    Command("open_model", "Open &model…", "Train", "Recognise with a trained model from a file", section=True),
    Command("save_model", "Save mo&del…", "Train", "Save what was learned", needs="classifier"),
    Command("export_onnx", "&Export ONNX…", "Train", "Save what was learned for other programs", needs="classifier"),
    Command("lab_filters", "&Filters", "Labs", "Kernels acting on the picture: convolution and correlation"),
    Command("lab_pyramids", "&Pyramids", "Labs", "Gaussian and Laplacian pyramids, blending, coring, compression"),
    Command("lab_steerable", "&Steerable", "Labs", "Steered derivatives and bands; one picture in four transforms"),
    Command("lab_magnify", "&Magnify", "Labs", "Tiny motions made visible"),
    Command("lab_descent", "&Descent", "Labs", "How the motion is found: descent at a point and of the whole field"),
    Command("lab_network", "&Network", "Labs", "From one neuron to networks, number by number"),
    Command("lab_descents", "&Two descents", "Labs", "Motion and network learn the same way, on one page"),
    Command("start_lecture", "Start &lecture", "Labs", "From pixels to motion to networks", ("F5",), section=True),
    Command("open_lecture", "&Open lecture…", "Labs", "Show the scenes of a lecture script"),
    Command("keys", "All &keys", "Help", "Every key and what it does", ("F1", "?")),
    Command("log_folder", "Show &log folder", "Help", "Where problems are written down"),
)  # fmt: skip

#: What can be done in the window of a lab; its own keys, as the key page shows them.
LAB_COMMANDS: tuple[Command, ...] = (
    Command("freeze", "Freeze", "In a lab", "Stand at this picture, or go on", ("Space",), checkable=True),
    Command("step", "Step", "In a lab", "The next step, or the next picture", (".", "Right"), repeats=True),
    Command("reset", "Reset", "In a lab", "Forget what was clicked, painted and stepped", ("Backspace",)),
    Command("projector", "Projector", "In a lab", "Type and lines for the back row", ("P",), checkable=True),
    Command("fullscreen", "Full screen", "In a lab", "Only the lab", ("F11", "F"), checkable=True),
    Command("next_scene", "Next scene", "In a lab", "The next scene of the lecture", ("PgDown",)),
    Command("previous_scene", "Previous scene", "In a lab", "The scene before", ("PgUp",)),
    Command("start_lecture", "Start lecture", "In a lab", "From its first scene", ("F5",)),
    Command("add_scene", "Add scene", "In a lab", "Add what is on show to a lecture script", ("Ctrl+D",)),
    Command("leave", "Leave", "In a lab", "Leave full screen, then the lecture", ("Esc",)),
    Command("close", "Close the lab", "In a lab", "Back to the main window", ("Ctrl+W",)),
    Command("keys", "All keys", "In a lab", "Every key and what it does", ("F1", "?")),
)  # fmt: skip

#: The commands whose keys are held, in the order of the classes.
HELD = tuple(f"sample_{number}" for number in range(1, 10))

#: The labs: id of the command → id of the lab.
LABS: Mapping[str, str] = {
    command.id: command.id.removeprefix("lab_") for command in COMMANDS if command.id.startswith("lab_")
}

BY_ID: Mapping[str, Command] = {command.id: command for command in COMMANDS}


def menu_titles() -> tuple[str, ...]:
    """Return the top-level menus in order."""
    return tuple(dict.fromkeys(command.menu.split("/")[0] for command in COMMANDS))


def key_names(command: Command) -> list[str]:
    """Return each of the command's keys as it is written on this system, e.g. "F" and "F11"."""
    return [QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) for key in command.keys]


def make_actions(
    window: QWidget, handlers: Mapping[str, Callable[[], None]], commands: Sequence[Command] = COMMANDS
) -> dict[str, QAction]:
    """Make an action for each of ``commands`` but the submenus, each calling its handler, and give them to ``window``.

    They belong to the window itself, so that their keys work while menus and toolbar are hidden.

    Raises
    ------
    ValueError
        If a command has no handler, or a handler no command.
    """
    wanted = {command.id for command in commands if not command.submenu}
    if wanted != set(handlers):
        raise ValueError(f"commands and handlers differ: {sorted(wanted ^ set(handlers))}")
    actions: dict[str, QAction] = {}
    groups: dict[str, QActionGroup] = {}
    for command in commands:
        if command.submenu:
            continue
        action = QAction(command.text, window)
        action.setObjectName(command.id)
        action.setShortcuts([QKeySequence(key) for key in command.keys])
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.setAutoRepeat(command.repeats)
        action.setCheckable(command.checkable)
        action.setToolTip(tooltip(command))
        action.setMenuRole(_ROLES.get(command.id, QAction.MenuRole.NoRole))
        action.triggered.connect(lambda _checked=False, run=handlers[command.id]: run())
        if command.group:
            group = groups.setdefault(command.group, QActionGroup(window))
            group.setExclusionPolicy(QActionGroup.ExclusionPolicy.ExclusiveOptional)
            group.addAction(action)
        actions[command.id] = action
    window.addActions(list(actions.values()))
    return actions


def tooltip(command: Command) -> str:
    """Return what the command does, and its keys."""
    keys = f" ({', '.join(key_names(command))})" if command.keys else ""
    return f"{command.tip or command.label}{keys}"


def enable(actions: Mapping[str, QAction], *, source: bool, seekable: bool, picture: bool) -> None:
    """Enable the commands whose needs are met; a key whose command makes no sense now does nothing."""
    met = {"": True, "source": source, "seekable": source and seekable, "picture": picture}
    for name, action in actions.items():
        if BY_ID[name].needs != "classifier":
            action.setEnabled(met[BY_ID[name].needs])


_ROLES = {"quit": QAction.MenuRole.QuitRole, "preferences": QAction.MenuRole.PreferencesRole}
