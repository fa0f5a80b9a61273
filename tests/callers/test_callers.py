# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who gets what: the table of docs/callers.md, each row a test, with real programs in real places.

The service, the bus, Flatpak and its proxy are real; the person is us.
"""

import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from flatpaks import Flatpaks  # noqa: E402
from parties import (NAME, PATH, PROGRAM, BROKER, Bus, Caller, Page, Portal,  # noqa: E402
                     Refused, await_owner)
from daemon_process import DAEMON, Daemon, Home, LIMIT_S  # noqa: E402

from gi.repository import GLib  # noqa: E402

APP, OTHER, SILENT = "org.biomcp.TestApp", "org.biomcp.TestOther", "org.biomcp.TestSilent"
TALK = f"[Context]\nshared=network;\n[Session Bus Policy]\n{NAME}=talk\n"
SERVER = NAME + ".Server1"
GRANT = NAME + ".Grant1"
PROPERTIES = "org.freedesktop.DBus.Properties"
NEEDS_CONSENT = "InteractionRequired"
GONE = ("org.freedesktop.DBus.Error.UnknownMethod", "org.freedesktop.DBus.Error.UnknownObject",
        "org.freedesktop.DBus.Error.UnknownInterface")
UNIT = "user.slice/user-{uid}.slice/user@{uid}.service/app.slice/test-client.service"
STRANGER = 65534
TRUE = GLib.Variant("b", True)


class World:
    """What is made once: the installation of Flatpaks, and the folder of everything."""

    def __init__(self):
        self.home = Home()
        self.folder = self.home.path
        self.folder.chmod(0o755)
        self.environment = dict(
            self.home.environment(), XDG_DATA_HOME=str(self.folder / "data"),
            XDG_DATA_DIRS="/usr/local/share:/usr/share")
        self.environment.pop("XDG_CONFIG_HOME")
        self.bus = self.home.bus = None
        (self.folder / "flatpak").mkdir()
        self.flatpaks = Flatpaks(self.folder / "flatpak", self.environment)
        self.flatpaks.make_runtime([PROGRAM, DAEMON])
        for app_id, context in ((APP, TALK), (OTHER, TALK), (SILENT, "[Context]\n")):
            self.flatpaks.make_app(app_id, PROGRAM, context)
        self.flatpaks.make_app(NAME, DAEMON, "[Context]\nshared=network;\n"
                               f"[Session Bus Policy]\n{NAME}=own\n")
        self.flatpaks.install(APP, OTHER, SILENT, NAME)


def setUpModule():
    global world  # pylint: disable=global-statement
    world = World()
    unittest.addModuleCleanup(world.home.remove)


class CallersTest(unittest.TestCase):
    def setUp(self):
        self.bus = world.home.bus = self.start(Bus(world.folder)).address
        self.portal = self.start(Portal(self.bus))
        self.environment = dict(world.environment, DBUS_SESSION_BUS_ADDRESS=self.bus)
        shutil.rmtree(world.folder / "state", ignore_errors=True)
        self.start_service()

    def start(self, party):
        self.addCleanup(party.stop)
        return party

    def start_service(self, listen="127.0.0.1:0"):
        self.daemon = self.start(Daemon(world.home, "--verbose", listen=listen))
        self.daemon.await_ready()
        self.issuer = self.daemon.issuer
        await_owner(self.bus, NAME)

    def run_program(self, *launcher, **how):
        return self.start(Caller(self.bus, *launcher, environment=self.environment, **how))

    def run_flatpak(self, app_id):
        return self.run_program("flatpak", "run", app_id, program="")

    def copy_program(self, *parts):
        copy = world.folder.joinpath("copies", self.id().rpartition(".")[2], *parts)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROGRAM, copy)
        return str(copy)

    def allow(self, caller, decision=None, **options):
        """The person allows it; the result, and what the caller was told on the way."""
        caller.request_token(**options)
        page = Page(self.issuer, self.portal.next_page())
        page.press("allow", decision)
        code, result = caller.await_response()
        self.assertEqual(code, 0, result)
        return result, page

    def read_grant(self, result, reader=None):
        """What is known of a grant, asked by a program that may look after the service."""
        reader = reader or self.run_program()
        properties, = reader.call(PROPERTIES + ".GetAll", f"('{GRANT}',)", result["grant"])
        return {name: properties[name] for name in ("AppId", "Trust", "Decision")}

    def assert_refused(self, caller, method, arguments="()", path=PATH, names=("AccessDenied",)):
        with self.assertRaises(Refused) as refused:
            caller.call(method, arguments, path)
        self.assertIn(refused.exception.name, names)

    def assert_no_manager(self, caller):
        self.assert_refused(caller, SERVER + ".GetStatus")
        self.assert_refused(caller, BROKER + ".SignOut")


class HostTest(CallersTest):
    def test_host_program(self):
        """Known by its path alone: for the session, and it may look after the service."""
        caller = self.run_program()
        self.assertEqual(caller.get_token(), NEEDS_CONSENT)
        result, page = self.allow(caller, "always")
        self.assertEqual(page.offered, ["session", "once"])
        self.assertEqual(self.read_grant(result), {
            "AppId": PROGRAM, "Trust": "claimed", "Decision": "session"})
        self.assertEqual(caller.get_token()["grant"], result["grant"])
        # The same program again is the same caller, for this session.
        self.assertEqual(self.run_program().get_token()["grant"], result["grant"])
        self.assertIn("version", caller.call(SERVER + ".GetStatus")[0])

    @contextlib.contextmanager
    def unit_of_a_user(self):
        """A control group as systemd makes one for a user's service."""
        unit = UNIT.format(uid=os.getuid())
        with open("/proc/self/cgroup", encoding="ascii") as file:
            is_old = ":name=systemd:" in file.read()
        kind = ["cgroup", "-o", "none,name=systemd"] if is_old else ["cgroup2"]
        mount = world.folder / "cgroup"
        mount.mkdir(exist_ok=True)
        done = subprocess.run(["mount", "-t", *kind, "none", str(mount)], capture_output=True,
                              text=True, timeout=LIMIT_S)
        if done.returncode != 0:
            self.skipTest("this machine lets us make no control groups: " + done.stderr)
        folders = [(mount / unit), *(mount / unit).parents][:unit.count("/") + 1]
        try:
            folders[0].mkdir(parents=True, exist_ok=True)
            yield folders[0] / "cgroup.procs"
        finally:
            for folder in folders:
                with contextlib.suppress(OSError):  # somebody else's unit is there as well
                    folder.rmdir()
            subprocess.run(["umount", str(mount)], check=True, timeout=LIMIT_S)

    def test_host_unit(self):
        """Known by its unit: always."""
        with self.unit_of_a_user() as processes:
            launcher = ["sh", "-c", f'echo $$ >"{processes}" && exec "$0"']
            caller = self.run_program(*launcher)
            result, page = self.allow(caller, "always")
            self.assertEqual(page.offered, ["always", "session", "once"])
            self.assertEqual(self.read_grant(result), {
                "AppId": "test-client.service", "Trust": "unit", "Decision": "always"})
            # The same program outside the unit is somebody else, another one inside is not.
            self.assertEqual(self.run_program().get_token(), NEEDS_CONSENT)
            again = self.run_program(*launcher, program=self.copy_program("another"))
            self.assertEqual(again.get_token()["grant"], result["grant"])
            caller.stop()
            again.stop()

    def test_other_user(self):
        """Does not get onto the bus, and gets nothing where the bus lets everybody in."""
        if os.getuid() != 0:
            self.skipTest("only root can be another user")
        stranger = {"user": STRANGER, "group": STRANGER, "extra_groups": []}
        program = self.copy_program("stranger")
        outside = self.start(Caller(self.bus, program=program, cwd="/", **stranger))
        self.assertFalse(outside.greeting.startswith("ready"), outside.greeting)
        self.daemon.stop()
        self.bus = world.home.bus = self.start(Bus(world.folder, is_open=True)).address
        self.start_service()
        caller = self.start(Caller(self.bus, program=program, cwd="/", **stranger))
        self.assertTrue(caller.greeting.startswith("ready"), caller.greeting)
        self.assertEqual(caller.get_token(), "AccessDenied")
        self.assert_no_manager(caller)
        self.assert_refused(caller, BROKER + ".RequestToken", "('', @as [], @a{sv} {})")
        self.assert_refused(caller, BROKER + ".SignIn", "('', @a{sv} {})")

    def test_forger_of_names(self):
        """A copied file name, process name or bus name is nobody else's identity."""
        result, _ = self.allow(self.run_program(), "session")
        program = self.copy_program("elsewhere", os.path.basename(PROGRAM))
        forger = self.run_program("bash", "-c", f'exec -a "{PROGRAM}" "$0"', program=program)
        self.assertEqual(forger.tell("own", APP).split()[0], "ok")
        self.assertEqual(forger.get_token(), NEEDS_CONSENT)
        own, _ = self.allow(forger, "session")
        self.assertNotEqual(own["grant"], result["grant"])
        self.assertEqual(self.read_grant(own)["AppId"], program)

    def test_exec_after_connecting(self):
        """The connection keeps the identity that it had at its first call."""
        other = self.copy_program("other")
        caller = self.run_program()
        result, _ = self.allow(caller, "session")
        self.assertEqual(caller.become(other), "ready again")
        self.assertEqual(caller.get_token()["grant"], result["grant"])
        # A connection of its own is another caller.
        self.assertEqual(self.run_program(program=other).get_token(), NEEDS_CONSENT)

    def test_exec_before_the_first_call(self):
        """What a program does before it calls does not count: it is what it then is."""
        other = self.copy_program("other")
        caller = self.run_program()
        self.assertEqual(caller.become(other), "ready again")
        result, _ = self.allow(caller, "session")
        self.assertEqual(self.read_grant(result), {
            "AppId": other, "Trust": "claimed", "Decision": "session"})

    def test_self_approval(self):
        """Not defended: a program outside a sandbox can press Allow. It shows, though."""
        caller = self.run_program()
        caller.request_token()
        _, (stage, hints) = caller.await_signal("Progress")
        self.assertEqual(stage, "browser")
        Page(self.issuer, hints["url"]).press("allow", "session")
        code, result = caller.await_response()
        self.assertEqual(code, 0)
        self.assertEqual(self.read_grant(result)["AppId"], PROGRAM)
        self.daemon.await_log(r"response 0 to ")

    def test_pairing(self):
        """With a key, always: whoever shows it, in another session too."""
        caller = self.run_program()
        result, page = self.allow(caller, "always", pair=TRUE)
        self.assertEqual(page.offered, ["session", "always", "once"])
        key = bytes(result["pairing-key"])
        self.assertEqual(len(key), 32)
        self.assertEqual(self.read_grant(result), {
            "AppId": PROGRAM, "Trust": "paired", "Decision": "always"})
        self.daemon.stop()
        self.start_service(self.issuer.removeprefix("http://"))
        again = self.run_program()
        wrong = key[:-1] + bytes([key[-1] ^ 1])
        self.assertEqual(again.get_token(), NEEDS_CONSENT)
        self.assertEqual(again.get_token(wrong), NEEDS_CONSENT)
        self.assertEqual(again.get_token(key)["grant"], result["grant"])
        again.call(GRANT + ".Revoke", path=result["grant"])
        self.assertEqual(again.get_token(key), NEEDS_CONSENT)


class SandboxTest(CallersTest):
    def test_flatpak(self):
        """Known by its app id: always. It sees its own and looks after nothing."""
        foreign, _ = self.allow(self.run_program(), "session")
        caller = self.run_flatpak(APP)
        self.assertEqual(caller.get_token(), NEEDS_CONSENT)
        result, page = self.allow(caller, "always")
        self.assertEqual(page.offered, ["always", "session", "once"])
        self.assertEqual(self.read_grant(result), {
            "AppId": APP, "Trust": "sandbox", "Decision": "always"})
        self.assertEqual(self.run_flatpak(APP).get_token()["grant"], result["grant"])
        self.assertEqual(self.run_flatpak(OTHER).get_token(), NEEDS_CONSENT)
        self.assert_no_manager(caller)
        self.assert_refused(caller, GRANT + ".Revoke", path=foreign["grant"], names=GONE)
        # Nothing to be had by asking for a key, which it does not need.
        result, _ = self.allow(caller, "always", pair=TRUE, prompt=GLib.Variant("s", "consent"))
        self.assertNotIn("pairing-key", result)

    def test_flatpak_without_permission(self):
        """The proxy lets it see nobody."""
        caller = self.run_flatpak(SILENT)
        self.assertTrue(caller.greeting.startswith("ready"), caller.greeting)
        self.assertEqual(caller.get_token(), "org.freedesktop.DBus.Error.ServiceUnknown")
        self.assertNotEqual(caller.tell("own", NAME).split()[0], "ok")

    def test_flatpak_cannot_forge(self):
        """What tells who it is cannot be changed from inside."""
        caller = self.run_flatpak(APP)
        for path in ("/.flatpak-info", f"/run/user/{os.getuid()}/.flatpak/1/info",
                     f"/run/user/{os.getuid()}/flatpak-info"):
            with self.subTest(path):
                self.assertEqual(caller.tell("write", path).split()[0], "error")

    def test_flatpak_that_approves_itself(self):
        """It is not told the page, and nothing that it can call presses the button."""
        caller = self.run_flatpak(APP)
        request = caller.request_token()
        _, (stage, hints) = caller.await_signal("Progress")
        self.assertEqual((stage, hints), ("browser", {}))
        url = self.portal.next_page()
        for method, arguments in (
                ("org.freedesktop.Application.ActivateAction", "('allow', @av [], @a{sv} {})"),
                ("org.gtk.Actions.Activate", "('allow', @av [], @a{sv} {})"),
                (NAME + ".Request1.Allow", "()")):
            for path in (PATH, request):
                self.assert_refused(caller, method, arguments, path, GONE)
        other = self.run_flatpak(OTHER)
        self.assert_refused(other, NAME + ".Request1.Close", path=request, names=GONE)
        self.assertEqual(caller.get_token(), NEEDS_CONSENT)
        Page(self.issuer, url).press("deny")
        self.assertEqual(caller.await_response(), (1, {}))

    def container(self, *options):
        """Something like a sandbox that is not Flatpak's, with this machine's programs."""
        links = [["--symlink", os.readlink(f"/{name}"), f"/{name}"]
                 for name in ("bin", "lib", "lib64", "sbin") if os.path.islink(f"/{name}")]
        places = [["--bind", str(folder), str(folder)]
                  for folder in (world.folder, pathlib.Path(PROGRAM).resolve().parent)]
        command = ["bwrap", "--unshare-user", "--tmpfs", "/", "--proc", "/proc", "--dev", "/dev",
                   "--ro-bind", "/usr", "/usr", *sum(links + places, []), *options, "--"]
        done = subprocess.run([*command, "true"], capture_output=True, text=True, timeout=LIMIT_S)
        if done.returncode != 0:
            self.skipTest("this machine lets us make no user namespaces: " + done.stderr.strip())
        return command

    def test_container(self):
        """Not the program that has its path outside, and no manager."""
        result, _ = self.allow(self.run_program(), "session")
        caller = self.run_program(*self.container())
        self.assertEqual(caller.get_token(), NEEDS_CONSENT)
        self.assert_no_manager(caller)
        own, page = self.allow(caller, "always")
        self.assertEqual(page.offered, ["session", "once"])
        self.assertNotEqual(own["grant"], result["grant"])
        grant = self.read_grant(own)
        self.assertRegex(grant["AppId"], r"/caller@user:\[\d+\]$")
        self.assertEqual(grant["Trust"], "claimed")

    def info(self, text):
        path = world.folder / "forged-info"
        path.write_text(text)
        return ["--ro-bind", str(path), "/.flatpak-info"]

    def test_forger_of_a_sandbox(self):
        """A made-up .flatpak-info gets nothing at all."""
        self.allow(self.run_flatpak(APP), "always")
        for text in (f"[Application]\nname={APP}\n",
                     f"[Application]\nname={APP}\n[Instance]\ninstance-id=1\n", ""):
            with self.subTest(text):
                forger = self.run_program(*self.container(*self.info(text)))
                self.assertEqual(forger.get_token(), "AccessDenied")
                self.assert_no_manager(forger)

    def test_forger_outside_a_sandbox(self):
        """Not defended: the same user's programs can build a sandbox like one that runs."""
        result, _ = self.allow(self.run_flatpak(APP), "always")
        instances = sorted(world.folder.glob(".flatpak/*/info"), key=os.path.getmtime)
        text = next(path.read_text() for path in instances if f"name={APP}\n" in path.read_text())
        forger = self.run_program(*self.container(*self.info(text)))
        self.assertEqual(forger.get_token()["grant"], result["grant"])
        self.assert_no_manager(forger)


class ServiceInSandboxTest(CallersTest):
    """The service is a Flatpak itself, and sees nobody's process."""

    def start_service(self):
        own = world.folder / ".var/app" / NAME
        shutil.rmtree(own, ignore_errors=True)
        config = own / "config/biomcp-auth/config.ini"
        config.parent.mkdir(parents=True)
        shutil.copytree(world.home.secrets, own / "secrets")
        config.write_text(f"[service]\nsecrets-folder={own}/secrets\nlisten=127.0.0.1:0\n")
        self.service = subprocess.Popen(
            ["flatpak", "run", NAME, "--verbose"], env=self.environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.addCleanup(self.stop_service)
        await_owner(self.bus, NAME)
        reader = self.start(Caller(self.bus))
        self.issuer, = reader.call(PROPERTIES + ".Get", f"('{BROKER}', 'Issuer')")

    def stop_service(self):
        subprocess.run(["flatpak", "kill", NAME], env=self.environment, timeout=LIMIT_S)
        self.service.wait(LIMIT_S)
        self.service.stdout.close()

    def allow(self, caller, decision=None, **options):
        """The proxy lets the service answer calls, and send signals to nobody."""
        caller.request_token(**options)
        page = Page(self.issuer, self.portal.next_page())
        page.press("allow", decision)
        return caller.get_token(), page

    def test_everybody_is_nameless(self):
        """Allowed for its connection, of use to nobody else, and nobody looks after it."""
        host, again, app = self.run_program(), self.run_program(), self.run_flatpak(APP)
        for caller in (host, app):
            self.assertEqual(caller.get_token(), NEEDS_CONSENT)
            result, page = self.allow(caller, "always")
            self.assertEqual(page.offered, ["once"])
            grant = self.read_grant(result, caller)
            self.assertRegex(grant.pop("AppId"), r"^:\d+\.\d+$")
            self.assertEqual(grant, {"Trust": "claimed", "Decision": "once"})
            self.assert_no_manager(caller)
            self.assert_refused(again, GRANT + ".Revoke", path=result["grant"], names=GONE)
        self.assertEqual(again.get_token(), NEEDS_CONSENT)
        self.assertEqual(self.run_flatpak(APP).get_token(), NEEDS_CONSENT)

    def test_pairing(self):
        """The only way to be remembered. The key comes in an answer."""
        caller = self.run_flatpak(APP)
        request = caller.request_token(pair=TRUE, **{"await": TRUE})
        page = Page(self.issuer, self.portal.next_page())
        self.assertEqual(page.offered, ["once", "always"])
        page.press("allow", "always")
        code, result = caller.call(NAME + ".Request1.Await", path=request)
        self.assertEqual(code, 0, result)
        grant = self.read_grant(result, caller)
        self.assertRegex(grant["AppId"], "^paired-[0-9a-f]{8}$")
        self.assertEqual((grant["Trust"], grant["Decision"]), ("paired", "always"))
        caller.stop()
        again = self.run_flatpak(APP)
        self.assertEqual(again.get_token(), NEEDS_CONSENT)
        self.assertEqual(again.get_token(bytes(result["pairing-key"]))["grant"], result["grant"])
        self.assert_no_manager(again)


def main():
    """Ends with a line that tests/tools/run-suites counts."""
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules[__name__])
    result = unittest.TextTestRunner(verbosity=2).run(suite)
    failed = len(result.failures) + len(result.errors)
    for test, reason in result.skipped:
        print(f"SKIP {test.id().removeprefix('__main__.')} {reason}")
    skipped = len(result.skipped)
    print(f"{max(result.testsRun - failed - skipped, 0)} passed, {failed} failed, {skipped} skipped",
          flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
