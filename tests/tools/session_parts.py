# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The parts of tests/tools/session: processes, the private bus and keyring, the service."""

import ctypes
import os
import re
import secrets
import select
import shutil
import signal
import socket
import subprocess
import tempfile

READY_LIMIT_S = 60  # generous: the service may run under valgrind on a busy machine
STOP_LIMIT_S = 10
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36

STATUS = re.compile(r'^STATUS=Issuer (\S+), MCP URL (\S+)$', re.MULTILINE)

libc = ctypes.CDLL(None, use_errno=True)

BUS_CONFIG = '''<busconfig>
  <type>session</type>
  <listen>unix:path={folder}/bus</listen>
  <auth>EXTERNAL</auth>
  <servicedir>{folder}/services</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
'''


class Failure(Exception):
    def __init__(self, message, code=1):
        super().__init__(message)
        self.code = code


class Stopped(Exception):
    pass


class StopRequest:
    """Turns SIGINT, SIGTERM and SIGHUP into something that a poll can wait for."""

    def __init__(self):
        self.signal = 0
        self._target = None
        self._reader, self._writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def fileno(self):
        return self._reader

    def forward_to(self, pid):
        self._target = pid
        if self.signal:
            self._forward(self.signal)

    def _forward(self, number):
        # The terminal sends SIGINT to the command itself.
        if self._target is not None and number != signal.SIGINT:
            try:
                os.kill(self._target, number)
            except ProcessLookupError:
                pass

    def _on_signal(self, number, _frame):
        self.signal = number
        os.write(self._writer, b'.')
        self._forward(number)


def wait_any(things, limit_s):
    """Waits until one of these can be read; returns those that can, none at the limit."""
    poller = select.poll()
    numbers = {}
    for thing in things:
        number = thing if isinstance(thing, int) else thing.fileno()
        numbers[number] = thing
        poller.register(number, select.POLLIN)
    return [numbers[number] for number, _ in poller.poll(limit_s * 1000)]


class Household:
    """The processes and folders that we made; they end with us, in reverse order."""

    def __init__(self):
        self._children = []
        self._folder = None
        # What our command leaves running becomes our child and is stopped too.
        libc.prctl(PR_SET_CHILD_SUBREAPER, 1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for child in reversed(self._children):
            stop_child(child)
        stop_strays()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def folder(self):
        if self._folder is None:
            self._folder = tempfile.mkdtemp(prefix='biomcp-auth-')
        return self._folder

    def start(self, command, environment, **how):
        """A session of its own keeps Ctrl-C for us; the child ends if we are killed."""
        def before_exec():
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)

        child = subprocess.Popen(command, env=environment, start_new_session=True,
                                 preexec_fn=before_exec, **how)
        self._children.append(child)
        return child

    def stop(self, child):
        self._children.remove(child)
        stop_child(child)


def stop_child(child):
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def stop_strays():
    """Stops what the command left behind: our own descendants, each by its id."""
    for number in [signal.SIGTERM] + 10 * [signal.SIGKILL]:
        with open('/proc/thread-self/children', encoding='ascii') as file:
            pids = [int(word) for word in file.read().split()]
        for pid in pids:
            handle = os.pidfd_open(pid)
            os.kill(pid, number)
            if wait_any([handle], 2):
                os.waitpid(pid, 0)
            os.close(handle)


def ask_bus(method, environment=None):
    result = subprocess.run(
        ['gdbus', 'call', '--session', '--timeout', '5', '--dest', 'org.freedesktop.DBus',
         '--object-path', '/', '--method', 'org.freedesktop.DBus.' + method],
        env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    return result.stdout if result.returncode == 0 else ''


def has_session_keyring():
    """Is there a session bus on which a keyring runs or can be started?"""
    runtime = os.environ.get('XDG_RUNTIME_DIR', '')
    if not os.environ.get('DBUS_SESSION_BUS_ADDRESS') and not os.path.exists(runtime + '/bus'):
        return False
    if shutil.which('gdbus') is None:
        return False
    return any("'org.freedesktop.secrets'" in ask_bus(method)
               for method in ('ListNames', 'ListActivatableNames'))


def start_private_session(house, environment, keyring, keep_config):
    folder = house.folder
    homes = {'XDG_RUNTIME_DIR': 'run', 'XDG_DATA_HOME': 'data', 'XDG_STATE_HOME': 'state'}
    if not keep_config:
        homes.update(XDG_CONFIG_HOME='config', XDG_CONFIG_DIRS='config-dirs')
    for name, leaf in homes.items():
        os.mkdir(os.path.join(folder, leaf), 0o700)
        environment[name] = os.path.join(folder, leaf)
    for name in ('GNOME_KEYRING_CONTROL', 'DBUS_SYSTEM_BUS_ADDRESS'):
        environment.pop(name, None)
    start_bus(house, environment)
    start_keyring(house, environment, keyring)


def start_bus(house, environment):
    os.mkdir(os.path.join(house.folder, 'services'))
    config = os.path.join(house.folder, 'bus.conf')
    with open(config, 'w', encoding='utf-8') as file:
        file.write(BUS_CONFIG.format(folder=house.folder))
    log = os.path.join(house.folder, 'bus.log')
    reader, writer = os.pipe()
    with open(log, 'wb') as output:  # as root it has something to say about limits
        house.start(['dbus-daemon', '--nofork', '--nopidfile', '--config-file', config,
                     f'--print-address={writer}'],
                    environment, stdin=subprocess.DEVNULL, stderr=output, pass_fds=[writer])
    os.close(writer)
    with os.fdopen(reader, encoding='ascii') as file:
        address = file.readline().strip()
    if not address:
        with open(log, encoding='utf-8') as file:
            raise Failure('the private bus did not start: ' + file.read().strip())
    environment['DBUS_SESSION_BUS_ADDRESS'] = address


def start_keyring(house, environment, kind):
    if kind == 'missing':
        return
    password = secrets.token_urlsafe(32).encode()
    child = start_keyring_daemon(house, environment, password)
    if kind == 'locked':
        # The first one made the login keyring; the second one finds it and cannot open it.
        house.stop(child)
        start_keyring_daemon(house, environment, None)


def start_keyring_daemon(house, environment, password):
    command = ['gnome-keyring-daemon', '--foreground', '--components=secrets']
    if password is not None:
        command.append('--unlock')
    child = house.start(command, environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                        stderr=subprocess.DEVNULL)
    try:
        child.stdin.write(password or b'')
        child.stdin.close()
    except BrokenPipeError:
        pass
    waited = subprocess.run(['gdbus', 'wait', '--session', '--timeout', '20',
                             'org.freedesktop.secrets'], env=environment,
                            stdin=subprocess.DEVNULL)
    if waited.returncode != 0:
        raise Failure('the private keyring did not start')
    return child


class Service:
    """The daemon, ready: it said READY=1, and its status names issuer and MCP URL."""

    def __init__(self, house, command, environment, log, stop):
        address = os.path.join(house.folder, 'notify')
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.bind(address)
            output = open(log, 'ab') if log else None
            self._child = house.start(command, dict(environment, NOTIFY_SOCKET=address),
                                      stdin=subprocess.DEVNULL, stdout=output, stderr=output)
            if output:
                output.close()
            self.pid = self._child.pid
            self._handle = os.pidfd_open(self.pid)
            self.issuer, self.mcp_url = self._await_ready(notify, stop)

    def _await_ready(self, notify, stop):
        while True:
            ready = wait_any([notify, self._handle, stop], READY_LIMIT_S)
            if stop in ready:
                raise Stopped()
            if notify in ready:
                lines = notify.recv(65536).decode().split('\n')
                if 'READY=1' in lines:
                    status = STATUS.search('\n'.join(lines))
                    if status is None:
                        raise Failure('the service does not say at which URL it is')
                    return status.groups()
            elif self._handle in ready:
                code = self._child.wait()
                raise Failure(f'the service ended at once (exit code {code})', abs(code) or 1)
            else:
                raise Failure(f'the service was not ready within {READY_LIMIT_S} s')

    def finish(self):
        """Asks the service to stop unless it has ended; returns its exit code."""
        stop_child(self._child)
        return self._child.returncode

    def wait(self, stop):
        while True:
            ready = wait_any([self._handle, stop], 3600)
            if self._handle in ready:
                return abs(self._child.wait())
            if stop in ready:
                os.read(stop.fileno(), 64)
                if stop.signal == signal.SIGHUP:
                    self._child.send_signal(signal.SIGHUP)
                else:
                    self._child.terminate()
                    return abs(self._child.wait())
