"""Attempts to get out of the sandbox.

Each body is the inside of a function that returns what it got hold of; it is refused when it raises or
returns something false. `NR` maps system call names to numbers, `call(name, *arguments)` makes one by
ctypes and raises `OSError` when it fails. `canary`, `port`, `pid`, `abstract` and `secret` describe the outside.
"""

# ruff: noqa: E501 - programs read best on their own lines
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

REFUSED: Final = "refused"
KILLED: Final = "code_error"


@dataclass(frozen=True)
class Snippet:
    group: str
    name: str
    body: str
    # Codes of the error that may end the call instead of a refusal seen by the code.
    ends_with: frozenset[str] = field(default_factory=frozenset)

    @property
    def id(self) -> str:
        return f"{self.group}-{self.name}"


PRELUDE: Final = """
import ctypes, os, sys
_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long

def call(name, *arguments):
    arguments = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    answer = _libc.syscall(ctypes.c_long(NR[name]), *arguments)
    if answer < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return [name, answer]

def attempt():
"""
EPILOGUE: Final = """
try:
    got = attempt()
except OSError as error:
    result = ["refused", type(error).__name__]
except (ImportError, RuntimeError, MemoryError, AttributeError, ValueError, TypeError, NameError, EOFError) as error:
    result = ["refused", type(error).__name__]
else:
    result = ["escaped", repr(got)] if got else ["refused", "nothing"]
"""


def code_of(snippet: Snippet) -> str:
    body = "\n".join(f"    {line}" for line in snippet.body.strip("\n").split("\n"))
    return f"{PRELUDE}{body}\n{EPILOGUE}"


def _group(group: str, bodies: dict[str, str], *ends_with: str) -> list[Snippet]:
    return [Snippet(group, name, body, frozenset(ends_with)) for name, body in bodies.items()]


FILES = _group(
    "files",
    {
        "read the canary": "return open(canary).read()",
        "read passwd": "return open('/etc/passwd').read()",
        "read shadow by os.open": "return os.read(os.open('/etc/shadow', os.O_RDONLY), 100)",
        "write the canary": "open(canary, 'w').write('gone'); return 'written'",
        "append to the canary": "open(canary, 'a').write('more'); return 'written'",
        "truncate the canary": "os.truncate(canary, 0); return 'truncated'",
        "delete the canary": "os.remove(canary); return 'deleted'",
        "rename the canary": "os.rename(canary, canary + '.old'); return 'renamed'",
        "chmod the canary": "os.chmod(canary, 0o777); return 'changed'",
        "make a link to the canary": "os.symlink(canary, '/tmp/link'); return 'linked'",
        "make a hard link": "os.link(canary, '/tmp/hard'); return 'linked'",
        "make a folder": "os.mkdir('/tmp/made'); return 'made'",
        "write into the standard library": "open(os.path.join(os.path.dirname(os.__file__), 'json', 'evil.py'), 'w')\nreturn 'written'",
        "temporary file": "import tempfile\nreturn tempfile.NamedTemporaryFile().name",
        "unnamed temporary file": "return os.open('/tmp', os.O_TMPFILE | os.O_RDWR)",
        "list the root": "return os.listdir('/')",
        "list the home": "return os.listdir(os.path.expanduser('~root'))",
        "walk up from the standard library": "base = os.path.dirname(os.__file__)\nreturn os.listdir(base + '/../../..')",
        "read a host package": "base = os.path.dirname(os.__file__) + '/site-packages'\n"
        "return [open(os.path.join(base, d, 'METADATA')).read() for d in os.listdir(base) if d.endswith('dist-info')]",
        "mmap the canary": "import mmap\nfd = os.open(canary, os.O_RDONLY)\nreturn mmap.mmap(fd, 0, prot=mmap.PROT_READ)[:4]",
        "openat2": "how = ctypes.create_string_buffer(24)\nNR['openat2'] = 437\nreturn call('openat2', -100, canary.encode(), how, 24)",
        "open_by_handle_at": "return call('open_by_handle_at', 0, ctypes.create_string_buffer(64), 0)",
        "mknod a disk": "os.mknod('/tmp/disk', 0o60660, os.makedev(8, 0)); return 'made'",
        "device file": "return os.read(os.open('/dev/mem', os.O_RDONLY), 4)",
        "sqlite database": "import sqlite3\nreturn sqlite3.connect('/tmp/evil.db').execute('create table t(x)')",
        "import from a folder": "sys.path.insert(0, os.path.dirname(canary))\nimport secret_module\nreturn 'imported'",
        "leave the tree by chroot trick": "os.chroot('.'); os.chdir('../../../..'); return os.listdir('.')",
        "raw write of a new file": "return call('openat', -100, b'/tmp/raw', 0o101, 0o644)",
    },
    KILLED,
)

NETWORK = _group(
    "network",
    {
        "tcp to the canary": "import socket\nsocket.create_connection(('127.0.0.1', port), 2); return 'connected'",
        "raw tcp socket call": "return call('socket', 2, 1, 0)",
        "udp": "import socket\nreturn socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 53))",
        "ipv6": "import socket\nreturn socket.socket(socket.AF_INET6)",
        "raw packets": "import socket\nreturn socket.socket(socket.AF_PACKET, socket.SOCK_RAW)",
        "netlink": "import socket\nreturn socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
        "vsock": "import socket\nreturn socket.socket(socket.AF_VSOCK)",
        "kernel crypto socket": "import socket\nreturn socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET)",
        "unix socket of the host": "import socket\nsocket.socket(socket.AF_UNIX).connect('/run/docker.sock'); return 'connected'",
        "abstract unix socket": "import socket\nsocket.socket(socket.AF_UNIX).connect(abstract); return 'connected'",
        "dns": "import socket\nreturn socket.getaddrinfo('example.com', 80)",
        "http library": "import urllib.request\nreturn urllib.request.urlopen(f'http://127.0.0.1:{port}/').read()",
        "asyncio connection": "import asyncio\nreturn asyncio.run(asyncio.wait_for(asyncio.open_connection('127.0.0.1', port), 2))",
        "listen": "import socket\nreturn socket.create_server(('127.0.0.1', 0)).getsockname()",
        "inet socketpair": "import socket\nreturn socket.socketpair(socket.AF_INET)",
    },
    KILLED,
)

PROCESSES = _group(
    "processes",
    {
        "fork": "return os.fork() or os._exit(0)",
        "vfork by raw call": "return call('vfork' if 'vfork' in NR else 'clone', 0x4111, 0, 0, 0, 0)",
        "clone by raw call": "return call('clone', 17, 0, 0, 0, 0)",
        "clone3": "return call('clone3', ctypes.create_string_buffer(64), 64)",
        "thread": "import threading\nt = threading.Thread(target=print)\nt.start(); return 'started'",
        "process pool": "from concurrent.futures import ProcessPoolExecutor\nreturn ProcessPoolExecutor(1).submit(os.getpid).result(2)",
        "subprocess": "import subprocess\nreturn subprocess.check_output(['/bin/true'])",
        "shell": "return os.system('true') == 0",
        "popen": "return os.popen('id').read()",
        "posix_spawn": "return os.posix_spawn('/bin/true', ['true'], {})",
        "exec": "os.execv('/bin/sh', ['sh'])",
        "exec of python": "os.execv(sys.executable, [sys.executable, '-c', ''])",
        "pty": "import pty\nreturn pty.spawn('/bin/sh')",
        "fork bomb": "children = []\nfor _ in range(100):\n    children.append(os.fork())\nreturn children",
        "thread bomb": "import _thread\nreturn [_thread.start_new_thread(print, ()) for _ in range(1000)]",
        "kill the host": "os.kill(pid, 9); return 'killed'",
        "kill everything": "os.kill(-1, 9); return 'killed'",
        "kill the zygote": "os.kill(os.getppid() or 1, 9); return 'killed'",
        "kill process one": "os.kill(1, 9); return 'killed'",
        "kill the process group": "os.killpg(0, 9); return 'killed'",
        "stop the zygote": "import signal\nos.kill(1, signal.SIGSTOP); return 'stopped'",
        "signal by pidfd": "fd = os.pidfd_open(1)\nimport signal\nsignal.pidfd_send_signal(fd, 9); return 'killed'",
        "change priority": "return os.nice(-10)",
        "change affinity": "os.sched_setaffinity(0, {0}); return 'pinned'",
        "new session": "return os.setsid()",
    },
    KILLED,
)

ESCALATION = _group(
    "escalation",
    {
        "ptrace the host": "return call('ptrace', 16, pid, 0, 0)",
        "ptrace traceme": "return call('ptrace', 0, 0, 0, 0) or 'traced'",
        "read host memory": "return call('process_vm_readv', pid, 0, 1, 0, 1, 0)",
        "write host memory": "return call('process_vm_writev', pid, 0, 1, 0, 1, 0)",
        "mount proc": "return call('mount', b'proc', b'/tmp', b'proc', 0, 0)",
        "unmount": "return call('umount2', b'/', 2)",
        "pivot_root": "return call('pivot_root', b'.', b'.')",
        "new user namespace": "return call('unshare', 0x10000000)",
        "enter a namespace": "return call('setns', 0, 0)",
        "bpf": "return call('bpf', 0, ctypes.create_string_buffer(64), 64)",
        "io_uring": "return call('io_uring_setup', 8, ctypes.create_string_buffer(120))",
        "keyctl": "return call('keyctl', 0, -3, 1)",
        "add_key": "return call('add_key', b'user', b'x', b'y', 1, -3)",
        "perf": "return call('perf_event_open', ctypes.create_string_buffer(128), 0, -1, -1, 0)",
        "userfaultfd": "return call('userfaultfd', 0)",
        "load a kernel module": "return call('finit_module', 0, b'', 0)",
        "kexec": "return call('kexec_load', 0, 0, 0, 0)",
        "reboot": "return call('reboot', 0xfee1dead, 672274793, 0)",
        "memfd exec": "fd = os.memfd_create('x')\nos.write(fd, b'#!/bin/sh\\n')\nos.execve(fd, ['x'], {})",
        "execveat": "return call('execveat', 0, b'', 0, 0, 0x1000)",
        "become root": "os.setuid(0); return 'root'",
        "become another group": "os.setgroups([0]); return 'root'",
        "raise own limits": "import resource\nresource.setrlimit(resource.RLIMIT_NPROC, (100, 100)); return 'raised'",
        "limits of the host": "import resource\nreturn resource.prlimit(pid, resource.RLIMIT_NOFILE)",
        "drop the filter": "return call('seccomp', 1, 0, ctypes.create_string_buffer(16))",
        "allow ptrace by prctl": "answer = _libc.prctl(0x59616d61, -1, 0, 0, 0)\nreturn answer == 0",
        "executable memory": "import mmap\nreturn mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)",
        "memory made executable": "NR['mprotect'] = NR.get('mprotect', 10)\n"
        "page = ctypes.c_void_p.from_buffer(ctypes.create_string_buffer(4096))\n"
        "return call('mprotect', id(page) & ~4095, 4096, 7)",
        "load a shared library": "return ctypes.CDLL('libresolv.so.2')",
        "ctypes callback": "made = ctypes.CFUNCTYPE(ctypes.c_int)(lambda: 7)\nreturn made() == 7 and open(canary).read()",
        "shared memory": "from multiprocessing import shared_memory\nreturn shared_memory.SharedMemory(create=True, size=16).name",
        "message queue": "NR['mq_open'] = 240 if 'open' in NR else 180\nreturn call('mq_open', b'evil', 0o102, 0o600, 0)",
        "system V memory": "NR['shmget'] = 29 if 'open' in NR else 194\nreturn call('shmget', 0x1234, 4096, 0o1666)",
        "x32 system call": "NR['x32'] = 0x40000000 + 39\nreturn 'open' in NR and call('x32')",
        "tiocsti": "import fcntl\nfcntl.ioctl(0, 0x5412, b'x'); return 'typed'",
        "own a socket": "import fcntl\nfcntl.fcntl(0, 8, pid); return 'owned'",
        "hostname": "import socket\nsocket.sethostname('evil'); return 'renamed'",
        "clock": "import time\ntime.clock_settime(time.CLOCK_REALTIME, 0); return 'changed'",
        "seccomp notify": "return call('seccomp', 1, 8, ctypes.create_string_buffer(16))",
    },
    KILLED,
)

PROC = _group(
    "proc",
    {
        "own environment": "return open('/proc/self/environ').read()",
        "memory of the host": "return open(f'/proc/{pid}/mem', 'rb')",
        "environment of the host": "return open(f'/proc/{pid}/environ').read()",
        "command line of the zygote": "return open('/proc/1/cmdline').read()",
        "list processes": "return os.listdir('/proc')",
        "root link of the host": "return os.listdir(f'/proc/{pid}/root')",
        "descriptors": "return os.listdir('/proc/self/fd')",
        "write own memory": "return open('/proc/self/mem', 'wb')",
        "kernel parameters": "return open('/proc/sys/kernel/core_pattern').read()",
        "sys": "return os.listdir('/sys')",
        "cgroups": "return os.listdir('/sys/fs/cgroup')",
        "environment has no host value": "return [v for v in os.environ.values() if v == secret]",
        "arguments have no secret": "return [v for v in sys.orig_argv if secret in v]",
        "resolve the working folder": "return os.path.exists(canary)",
    },
    KILLED,
)

PARENT = _group(
    "parent",
    {
        "descriptors above the channel": "found = []\nfor fd in range(1, 300):\n    try:\n        found.append((fd, os.fstat(fd)))\n"
        "    except OSError:\n        pass\nreturn found",
        "host modules": "return [m for m in sys.modules if m.split('.')[0] in ('runtime', 'django', 'pydantic', 'orjson')\n"
        "    or m.startswith('accounts.') and not m.startswith('accounts.access')]",
        "import the host's code": "import runtime.sandbox\nreturn 'imported'",
        "import a host package": "import pydantic\nreturn 'imported'",
        "ask the zygote for a child": "import socket\n"
        "return [socket.socket(fileno=fd).send(b'{\"kill\": 1}') for fd in (3, 4, 5, 6)]",
        "pass a descriptor": "import socket\na, b = socket.socketpair()\nsocket.send_fds(a, [b'x'], [0]); return 'passed'",
        "pass a descriptor to the host": "import array, socket\nsocket.socket(fileno=os.dup(0)).sendmsg([b'x'], "
        "[(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [0]))]); return 'passed'",
        "credentials of the other end": "import socket\nreturn socket.socket(fileno=os.dup(0)).getsockopt("
        "socket.SOL_SOCKET, socket.SO_PEERCRED, 12)",
        "steal a descriptor": "return call('pidfd_getfd', 0, 0, 0)",
    },
    KILLED,
)

OBJECT_GRAPH = _group(
    "object-graph",
    {
        "subclasses walk": "for kind in object.__subclasses__():\n    if kind.__name__ == 'Popen':\n"
        "        return kind(['/bin/true']).wait()\n"
        "import subprocess\nreturn subprocess.Popen(['/bin/true']).wait() == 0",
        "builtins by globals": "return print.__self__.open(canary).read()",
        "frames of the harness": "import gc\nframe = sys._getframe()\nwhile frame:\n"
        "    for value in frame.f_locals.values():\n        if isinstance(value, str) and value == secret and frame.f_back is None:\n"
        "            return value\n    frame = frame.f_back\nreturn open(canary).read()",
        "loader": "return __builtins__['__import__']('os').open(canary, 0) if isinstance(__builtins__, dict) else "
        "__builtins__.__import__('os').open(canary, 0)",
        "every open in memory": "import gc, io\nfor thing in gc.get_objects():\n    if isinstance(thing, io.TextIOWrapper):\n"
        "        return thing.buffer.raw.name\nreturn None",
        "secrets in memory": "import gc\nreturn [o for o in gc.get_objects() if isinstance(o, dict) and o.get('LOCKGATE_CANARY')]",
        "patched open": "import io\nreturn io.FileIO(canary).read()",
        "code object forging": "def f(): pass\nf.__code__ = compile('open(p).read()', 'x', 'eval')\nf.__globals__['p'] = canary\nreturn f()",
        "unpickle a reducer": "import pickle\nclass R:\n    def __reduce__(self): return (os.system, ('true',))\n"
        "return pickle.loads(b\"cos\\nsystem\\n(S'true'\\ntR.\") == 0",
        "jail lock undone": "zygote = sys.modules.get('jail.landlock')\nzygote.Ruleset(zygote.abi()).enforce()\nreturn open(canary).read()",
    },
    KILLED,
)

ALL: Final = [*FILES, *NETWORK, *PROCESSES, *ESCALATION, *PROC, *PARENT, *OBJECT_GRAPH]

# Whole programs whose end is told by the error alone: name -> (code, the codes that are right).
FORGE = "import os, struct\nframe = lambda tag, body: struct.pack('!IB', len(body) + 1, ord(tag)) + body\n"
ENDINGS: Final = {
    "memory: one huge string": ("result = 'x' * (1 << 34)", {"memory"}),
    "memory: doubling list": ("x = [0]\nwhile True:\n    x = x * 2", {"memory"}),
    "memory: many small objects": ("x = []\nwhile True:\n    x.append({'k': len(x)})", {"memory"}),
    "memory: caught and tried again": (
        "x = []\nwhile True:\n    try:\n        x.append('y' * 5_000_000 + str(len(x)))\n    except MemoryError:\n        pass",
        {"timeout", "memory"},
    ),
    "memory: huge integer": ("result = 10 ** (10 ** 9)", {"memory", "timeout"}),
    "memory: json blow-up": (
        "x = []\nfor _ in range(40):\n    x = [x, x]\nresult = x",
        {"output_too_large"},
    ),
    "memory: decompression bomb": (
        "import zlib\nz = zlib.compress(bytes(10_000_000), 9) * 1\nresult = ''\n"
        "while True:\n    result += zlib.decompress(z).decode()",
        {"memory"},
    ),
    "memory: ends inside the result": ("result = ['a' * 1000] * 3_000_000", {"output_too_large"}),
    "time: endless loop": ("while True:\n    pass", {"timeout"}),
    "time: sleep": ("import time\ntime.sleep(60)", {"timeout"}),
    "time: every exception caught": (
        "import time\nwhile True:\n    try:\n        time.sleep(1)\n    except BaseException:\n        pass",
        {"timeout"},
    ),
    "time: signals ignored": (
        "import signal\nfor n in range(1, 65):\n    try:\n        signal.signal(n, signal.SIG_IGN)\n"
        "    except (OSError, ValueError):\n        pass\nwhile True:\n    pass",
        {"timeout"},
    ),
    "time: catastrophic regex": ("result = bool(re.match('(a+)+$', 'a' * 40 + 'b'))", {"timeout"}),
    "time: long computation in C": ("result = sum(range(10 ** 12))", {"timeout"}),
    "time: deadlock": ("import threading\nl = threading.Lock()\nl.acquire()\nl.acquire()", {"timeout"}),
    "time: read from the channel": ("import os\nos.read(0, 1)", {"timeout"}),
    "time: compile bomb": (
        "result = eval('(' * 80 + '1' + ')' * 80 + '**9' * 12)",
        {"timeout", "memory", "code_error"},
    ),
    "signals: kill itself": ("import os\nos.kill(os.getpid(), 9)\nresult = 1", {"code_error"}),
    "signals: abort": ("import os\nos.abort()", {"code_error"}),
    "signals: segmentation fault": ("import ctypes\nctypes.string_at(1)", {"code_error"}),
    "signals: stack overflow": (
        "import sys\nsys.setrecursionlimit(10 ** 9)\ndef f(n):\n    return [f(n + 1)]\nf(0)",
        {"code_error", "memory", "timeout"},
    ),
    "harness: exit": ("raise SystemExit(0)", {"code_error"}),
    "harness: exit at once": ("import os\nos._exit(0)", {"code_error"}),
    "harness: exception that cannot be printed": (
        "class E(Exception):\n    def __str__(self):\n        raise ValueError\nraise E",
        {"code_error"},
    ),
    "harness: exception that exits when printed": (
        "import os\nclass E(Exception):\n    def __str__(self):\n        os._exit(0)\nraise E",
        {"code_error"},
    ),
    "harness: base exception": ("class E(BaseException): pass\nraise E('out')", {"code_error"}),
    "harness: deleted builtins": (
        "import builtins\nfor n in list(vars(builtins)):\n    delattr(builtins, n)",
        {"code_error"},
    ),
    "harness: closed channel": ("import os\nos.close(0)\nresult = 1", {"code_error"}),
    "harness: replaced encoder": (
        "import sys\nsys.modules['jail.execution'].to_json = lambda *a, **k: b'[NaN]'\nresult = 1",
        {"code_error"},
    ),
    "harness: module table cleared": (
        "import sys\nsys.modules.clear()\nimport nothing_like_this",
        {"code_error"},
    ),
    "harness: lying subclass": (
        "class D(dict):\n    def items(self):\n        raise KeyError('no')\nresult = D(a={1})",
        {"code_error", "invalid_output"},
    ),
    "harness: hash bomb in keys": (
        "class K(str):\n    def __hash__(self):\n        raise ValueError('no')\nresult = {K('a'): 1}",
        {"code_error"},
    ),
    "channel: forged huge length": (
        "import os\nos.write(0, b'\\xff\\xff\\xff\\xffR')\nwhile True: pass",
        {"code_error"},
    ),
    "channel: forged unknown frame": (
        FORGE + "os.write(0, frame('Z', b'{}'))\nwhile True: pass",
        {"code_error"},
    ),
    "channel: forged wrong call": (
        FORGE + "os.write(0, frame('R', struct.pack('!II', 999999, 0) + b'1'))\nwhile True: pass",
        {"code_error"},
    ),
    "channel: forged NaN": (
        FORGE + "os.write(0, frame('R', struct.pack('!II', CALL, 0) + b'[NaN]'))\nwhile True: pass",
        {"code_error"},
    ),
    "channel: forged infinity": (
        FORGE + "os.write(0, frame('R', struct.pack('!II', CALL, 0) + b'[1e999]'))\nwhile True: pass",
        {"code_error"},
    ),
    "channel: forged NUL": (
        FORGE + "os.write(0, frame('R', struct.pack('!II', CALL, 0) + b'\"\\\\u0000\"'))\nwhile True: pass",
        {"code_error"},
    ),
    "channel: forged surrogate": (
        FORGE + "os.write(0, frame('R', struct.pack('!II', CALL, 0) + b'\"\\\\ud800\"'))\nwhile True: pass",
        {"code_error"},
    ),
    "channel: forged bad bytes": (
        FORGE + "os.write(0, frame('R', struct.pack('!II', CALL, 0) + b'\"\\xff\\xfe\"'))\nwhile True: pass",
        {"code_error"},
    ),
    "channel: forged deep JSON": (
        FORGE
        + "os.write(0, frame('R', struct.pack('!II', CALL, 0) + b'[' * 50000 + b']' * 50000))\nwhile True: pass",
        {"code_error"},
    ),
    "channel: forged pickle": (
        FORGE
        + "os.write(0, frame('R', struct.pack('!II', CALL, 0) + b'cos\\nsystem\\n.'))\nwhile True: pass",
        {"code_error"},
    ),
    "channel: forged failure": (
        FORGE + "os.write(0, frame('E', struct.pack('!II', CALL, 0) + b'[1]'))\nwhile True: pass",
        {"code_error"},
    ),
    "channel: forged many values": (
        FORGE
        + "body = frame('R', struct.pack('!II', CALL, 0) + b'[' + b'0,' * 4_050_000 + b'0]')\nview = memoryview(body)\n"
        "while view: view = view[os.write(0, view):]\nwhile True: pass",
        {"code_error"},
    ),
    "channel: two answers": (
        FORGE
        + "one = frame('R', struct.pack('!II', CALL, 0) + b'1')\nos.write(0, one + one)\nwhile True: pass",
        {"code_error"},
    ),
    "channel: half a frame": (
        FORGE + "os.write(0, frame('R', b'x' * 100)[:50])\nos._exit(0)",
        {"code_error"},
    ),
    "channel: raw flood": ("import os\nwhile True:\n    os.write(0, b'\\0' * 65536)", {"code_error"}),
    "channel: flood of lines": (
        FORGE + "line = frame('L', b'i' + b'x' * 1000)\nwhile True: os.write(0, line)",
        {"code_error"},
    ),
    "output: endless printing": ("while True:\n    print('x' * 1000)", {"timeout"}),
    "output: endless line": ("while True:\n    print('x' * 1000, end='')", {"timeout"}),
    "output: endless logging": ("import logging\nwhile True:\n    logging.error('x' * 1000)", {"timeout"}),
    "result: deep list": ("x = []\nfor _ in range(100_000):\n    x = [x]\nresult = x", {"invalid_output"}),
    "result: contains itself": ("result = []\nresult.append(result)", {"invalid_output"}),
    "result: too large": ("result = 'x' * (5 << 20)", {"output_too_large"}),
    "result: NUL": ("result = {'a': ['\\0']}", {"invalid_output"}),
    "result: half a surrogate": ("result = '\\ud800'", {"invalid_output"}),
    "result: not a number": ("result = [1, float('nan')]", {"invalid_output"}),
    "result: bytes": ("result = b'x'", {"invalid_output"}),
    "result: module": ("import os\nresult = os", {"invalid_output"}),
}
