#!/usr/bin/python3
"""Looks at the app's window as somebody who does not see it: every control has to have a name,
every page has to say what the day was, and what is pressed has to happen.

    look.py PROGRAM FOLDER

Pictures of the pages go into FOLDER, at 360 and at 1200 pixels, light and dark.
"""
import os
import subprocess
import sys
import time
import warnings

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

# What takes its place is not in Debian 12.
warnings.simplefilter("ignore", DeprecationWarning)

PATIENCE_S = 20
PAGES = ("Now", "Locks", "Learning", "Health")
# What holds others and is not used itself, and what is only read: a label can be copied.
NOT_USED = {"frame", "application", "filler", "panel", "list", "label"}


class Window:
    """The app in a window of its own."""

    def __init__(self, program, width, height, scheme, **environment):
        environment = dict(os.environ, ADW_DEBUG_COLOR_SCHEME=scheme, **environment)
        self.app = subprocess.Popen([program], env=environment)
        self.root = expect(self.find_root, "the app on the accessibility bus")
        self.size(width, height)

    def find_root(self):
        desktop = Atspi.get_desktop(0)
        for n in range(desktop.get_child_count()):
            app = desktop.get_child_at_index(n)
            if app and app.get_process_id() == self.app.pid and app.get_child_count():
                return app
        return None

    def size(self, width, height):
        found = subprocess.run(["xdotool", "search", "--onlyvisible", "--pid", str(self.app.pid)],
                               capture_output=True, text=True, check=False)
        window = found.stdout.split()[-1]
        subprocess.run(["xdotool", "windowmove", window, "0", "0", "windowsize", window, str(width), str(height)], check=True)
        self.width, self.extent = width, f"{width}x{height}+0+0"

    def showing(self):
        """All that is on a page; GTK 4.8 does not say which page it is."""
        return list(walk(self.root))

    def texts(self):
        return [name(one) for one in self.showing()]

    def expect_text(self, part):
        expect(lambda: any(part in text for text in self.texts()), f"{part!r} among {self.texts()}")

    def gathered(self):
        """How much of the motion is learnt, as the page says."""
        told = [text for text in self.texts() if " moments of motion. " in text]
        return int(told[0].split()[0]) if told else 0

    def press(self, label):
        def pressed():
            for one in self.showing():
                usable = one.get_role_name() not in NOT_USED and has(one, Atspi.StateType.SENSITIVE)
                # libadwaita 1.2 says the words of a dialog's buttons twice.
                if name(one) in (label, f"{label} {label}") and usable and actions(one):
                    return one.get_action_iface().do_action(0)
            return False

        expect(pressed, f"{label!r} to press")

    def nameless(self):
        """What can be used, and has no name."""
        usable = lambda one: actions(one) or has(one, Atspi.StateType.FOCUSABLE)
        return [describe(one) for one in self.showing()
                if usable(one) and one.get_role_name() not in NOT_USED and not name(one)]

    def beyond(self):
        """What does not fit into the width."""
        found = []
        for one in self.showing():
            component = attempt(one.get_component_iface)
            at = component and attempt(component.get_extents, Atspi.CoordType.WINDOW)
            if at and at.width > 0 and at.height > 0 and at.x + at.width > self.width:
                found.append(f"{name(one)!r}, {describe(one)}, to {at.x + at.width}")
        return found

    def picture(self, path):
        # Animations end within this.
        time.sleep(0.8)
        subprocess.run(["import", "-window", "root", "-crop", self.extent, "+repage",
                        "+dither", "-colors", "96", "-define", "png:compression-level=9", path], check=True)

    def close(self):
        self.app.terminate()
        self.app.wait(PATIENCE_S)


def walk(one, depth=0):
    yield one
    for n in range(one.get_child_count() if depth < 60 else 0):
        child = attempt(one.get_child_at_index, n)
        if child and has(child, Atspi.StateType.VISIBLE):
            yield from walk(child, depth + 1)


def has(one, state):
    return one.get_state_set().contains(state)


def attempt(ask, *arguments):
    """What is gone meanwhile is nothing."""
    try:
        return ask(*arguments)
    except GLib.Error:
        return None


def name(one):
    """GTK 4.8 gives the name of its class to what has none."""
    told = attempt(one.get_name) or ""
    return "" if told.startswith(("Gtk", "Adw")) else told


def actions(one):
    action = attempt(one.get_action_iface)
    return attempt(action.get_n_actions) if action else 0


def describe(one):
    above = one.get_parent()
    return f"{one.get_role_name()} in {above.get_role_name()} {name(above)!r}"


def expect(find, what):
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        try:
            found = find()
        except GLib.Error:
            found = None
        if found:
            return found
        time.sleep(0.1)
    sys.exit(f"look.py: there is no {what}")


def look_at_pages(window, folder, kind):
    for page in PAGES:
        window.press(page)
        time.sleep(0.5)
        nameless = window.nameless()
        if nameless:
            sys.exit(f"look.py: on {page} these have no name: {nameless}")
        beyond = window.beyond()
        if beyond:
            sys.exit(f"look.py: on {page} these are cut off: {beyond[:5]}")
        window.picture(f"{folder}/{page.lower()}-{kind}.png")


def look_without_anything(program, folder):
    """No daemon, no agent, no graspd, and a bus that comes and goes."""
    address = f"unix:path={folder}/bus"
    begin = lambda: subprocess.Popen(["dbus-daemon", "--session", "--nofork", f"--address={address}"])
    window = Window(program, 360, 720, "prefer-light", DBUS_SYSTEM_BUS_ADDRESS=address, GRASPD="/nonexistent",
                    GRASPD_SOCKET="/nonexistent", XDG_STATE_HOME=f"{folder}/none", LC_ALL="de_DE.UTF-8")
    window.expect_text("Niemand zu finden")
    for _ in range(2):
        bus = begin()
        window.expect_text("graspd ist aus")
        bus.terminate()
        bus.wait(PATIENCE_S)
        window.expect_text("Niemand zu finden")
    window.press("Zustand")
    window.expect_text("graspd doctor lässt sich nicht fragen")
    window.press("Sperren")
    window.expect_text("Es gibt keine Aufzeichnung")
    nameless, beyond = window.nameless(), window.beyond()
    if nameless or beyond:
        sys.exit(f"look.py: without anything these have no name or are cut off: {nameless + beyond}")
    window.close()


def main():
    program, folder = sys.argv[1:]
    look_without_anything(program, folder)
    window = Window(program, 360, 720, "prefer-light")
    window.expect_text("It takes you for its owner")
    if os.environ.get("DUMP"):
        for one in walk(window.root):
            print(one.get_role_name(), repr(name(one)), actions(one), has(one, Atspi.StateType.FOCUSABLE), has(one, Atspi.StateType.SHOWING))
    window.press("Health")
    window.expect_text("What is missing")
    expect(lambda: not any("Looking" in text for text in window.texts()), "end of what doctor does")
    look_at_pages(window, folder, "360")
    window.press("Locks")
    window.expect_text("it lay still")
    window.expect_text("the motion was not yours")
    window.press("No, it was not me: the lock was right")
    window.expect_text("You said: it was not me.")
    window.press("Now")
    window.expect_text("One lock because of the motion")
    window.expect_text("0 false, 1 right")
    window.press("Pause for 20 minutes")
    window.expect_text("Paused")
    window.picture(f"{folder}/paused-360.png")
    window.press("Watch again")
    window.expect_text("Watching")
    window.press("Learning")
    window.press("Begin a sitting")
    window.expect_text("moments of motion. About")
    window.press("Throw away")
    window.press("Keep")
    expect(lambda: window.gathered() > 9, "progress of the sitting")
    window.picture(f"{folder}/gathering-360.png")
    # The sitting ends with the window.
    window.close()
    for width, height, scheme, kind in ((1200, 800, "prefer-light", "1200"), (360, 720, "prefer-dark", "dark")):
        window = Window(program, width, height, scheme)
        window.expect_text("graspd")
        look_at_pages(window, folder, kind)
        window.close()
    print("the app's window: every control has a name, and what is pressed happens")


if __name__ == "__main__":
    main()
