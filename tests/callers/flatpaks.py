# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Real Flatpaks with a runtime made of this machine's own libraries: it takes seconds."""

import os
import pathlib
import re
import shutil
import subprocess

LIMIT_S = 120
RUNTIME = "org.biomcp.TestPlatform"
BRANCH = "1"


def libraries_of(programs):
    """Where the dynamic linker finds what these need, itself included."""
    found = set()
    for program in programs:
        told = subprocess.run(["ldd", program], capture_output=True, text=True, check=True,
                              timeout=LIMIT_S).stdout
        found |= set(re.findall(r"(/\S+) \(0x", told))
    return found


class Flatpaks:
    """An installation of its own: a runtime, and apps of one program each."""

    def __init__(self, folder, environment):
        self.folder = pathlib.Path(folder)
        self.environment = environment
        self.repository = self.folder / "repository"
        self.architecture = self.run("flatpak", "--default-arch").strip()
        self.run("ostree", "init", f"--repo={self.repository}", "--mode=bare-user-only")

    def run(self, *command):
        done = subprocess.run(command, env=self.environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=LIMIT_S)
        if done.returncode != 0:
            raise AssertionError(f"{command}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def export(self, tree, *options):
        self.run("flatpak", "build-export", "--disable-sandbox", "--no-update-summary", *options,
                 str(self.repository), str(tree), BRANCH)

    def make_runtime(self, programs):
        tree = self.folder / "runtime"
        usr = tree / "files"
        (usr / "etc").mkdir(parents=True)
        (usr / "etc/ld.so.conf").touch()  # Flatpak fills it
        (usr / "bin").mkdir()
        shutil.copy("/sbin/ldconfig", usr / "bin")
        for library in libraries_of(programs):
            place = usr / library.removeprefix("/usr/").lstrip("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(library, place)
        reference = f"{RUNTIME}/{self.architecture}/{BRANCH}"
        (tree / "metadata").write_text(
            f"[Runtime]\nname={RUNTIME}\nruntime={reference}\nsdk={reference}\n")
        self.export(tree, "--runtime", "--files=files", "--metadata=metadata")

    def make_app(self, app_id, program, context):
        """context: lines of the groups after [Application] of its metadata."""
        tree = self.folder / app_id
        (tree / "files/bin").mkdir(parents=True)
        (tree / "export").mkdir()
        shutil.copy(program, tree / "files/bin")
        reference = f"{RUNTIME}/{self.architecture}/{BRANCH}"
        (tree / "metadata").write_text(
            f"[Application]\nname={app_id}\nruntime={reference}\nsdk={reference}\n"
            f"command={os.path.basename(program)}\n{context}")
        self.export(tree)

    def install(self, *app_ids):
        self.run("flatpak", "build-update-repo", "--no-update-appstream", str(self.repository))
        self.run("flatpak", "--user", "remote-add", "--no-gpg-verify", "tests",
                 str(self.repository))
        self.run("flatpak", "--user", "install", "-y", "--noninteractive", "tests",
                 f"{RUNTIME}//{BRANCH}", *app_ids)
