"""What a process may still do once it is about to read a file of a stranger's.

Run inside that process, before the file is opened. What it says is what the system granted: on one
without these means the process is a process of its own all the same, under its parent's clock.
"""

from __future__ import annotations

import ctypes
import platform
import struct
from typing import Final

MIB: Final = 1 << 20
#: Seconds of the processor. 200,000 rows as xlsx take 12 (`docs/performance.md`).
CPU_SECONDS: Final = 90
#: Files open at once: imports, the file itself, the pipes, and those of the reader inside.
FILES: Final = 64

_PR_SET_NO_NEW_PRIVS: Final = 38
_PR_SET_SECCOMP: Final = 22
_SECCOMP_MODE_FILTER: Final = 2
_ALLOW: Final = 0x7FFF0000
_REFUSE: Final = 0x00050000 | 1  # SECCOMP_RET_ERRNO with EPERM
_KILL: Final = 0x80000000

#: By machine: its name in the kernel (AUDIT_ARCH), and the calls that lead out of the process
#: (linux/include/uapi/asm-generic/unistd.h; x86 has numbers of its own): socket, socketpair,
#: connect, bind, sendto, ptrace, process_vm_readv/writev, io_uring_setup, pidfd_getfd, mount, bpf.
_MACHINES: Final = {
    "x86_64": (0xC000003E, (41, 53, 42, 49, 44, 101, 310, 311, 425, 438, 165, 321)),
    "aarch64": (0xC00000B7, (198, 199, 203, 200, 206, 117, 270, 271, 425, 438, 40, 280)),
}
#: Calls that change what is on the disk, which a limit on sizes lets pass: our user could delete or
#: empty the key file. truncate, ftruncate, fallocate, rename, renameat, renameat2, mkdir, mkdirat,
#: rmdir, creat, link, linkat, unlink, unlinkat, symlink, symlinkat, mknod, mknodat, the chmods and
#: chowns, setxattr and removexattr with their like, openat2, open_by_handle_at.
_CHANGES: Final = {
    "x86_64": (
        *(76, 77, 285, 82, 264, 316, 83, 258, 84, 85, 86, 265, 87, 263, 88, 266, 133, 259),
        *(90, 91, 268, 452, 92, 93, 94, 260, 188, 189, 190, 197, 198, 199, 437, 304),
    ),
    "aarch64": (
        *(45, 46, 47, 38, 276, 34, 37, 35, 36, 33, 52, 53, 452, 54, 55),
        *(5, 6, 7, 14, 15, 16, 437, 265),
    ),
}
#: `open` and `openat`, and where in `struct seccomp_data` their flags stand.
_OPENS: Final = {"x86_64": ((2, 24), (257, 32)), "aarch64": ((56, 32),)}
#: O_WRONLY, O_RDWR, O_CREAT, O_TRUNC: the same numbers on both. What is mapped into memory for
#: writing is bound by no limit on sizes.
_WRITES: Final = 0o1 | 0o2 | 0o100 | 0o1000
#: Calls of the x32 family have this bit, and other numbers for the same.
_X32: Final = 0x40000000


def confine(memory: int, seconds: int = CPU_SECONDS) -> tuple[str, ...]:
    """Give up what reading a file does not need; returns what the system granted.

    `memory`: bytes of address space; `seconds`: of the processor. No file can be written
    or changed (nothing is a file but what had been opened before), no core is left behind, no
    socket is made.
    """
    granted = []
    if _limit(memory, seconds):
        granted.append("limits")
    if _no_way_out():
        granted.append("no_sockets")
    return tuple(granted)


def _limit(memory: int, seconds: int) -> bool:
    try:
        import resource  # noqa: PLC0415 - not on Windows

        for name, most in (
            (resource.RLIMIT_AS, memory),
            (resource.RLIMIT_CPU, seconds),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_NOFILE, FILES),
        ):
            resource.setrlimit(name, (most, most))
    except (ImportError, ValueError, OSError):
        return False
    return True


def _no_way_out() -> bool:
    """A filter in the kernel, which children inherit and nobody takes off again."""
    machine = _MACHINES.get(platform.machine())
    if machine is None or platform.system() != "Linux":
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    arch, calls = machine
    program = _program(arch, calls + _CHANGES[platform.machine()], _OPENS[platform.machine()])
    length = len(program) // 8
    kept = ctypes.create_string_buffer(program, len(program))
    filter_ = ctypes.create_string_buffer(struct.pack("HxxxxxxP", length, ctypes.addressof(kept)))
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, filter_, 0, 0) == 0)


def _program(arch: int, calls: tuple[int, ...], opens: tuple[tuple[int, int], ...]) -> bytes:
    """Classic BPF over `struct seccomp_data`: the call's number at 0, the machine at 4."""
    load, equal, at_least, any_of, give = 0x20, 0x15, 0x35, 0x45, 0x06
    lines = [(load, 0, 0, 4), (equal, 1, 0, arch), (give, 0, 0, _KILL), (load, 0, 0, 0)]
    lines += [(at_least, 0, 1, _X32), (give, 0, 0, _REFUSE)]
    for call in calls:
        lines += [(equal, 0, 1, call), (give, 0, 0, _REFUSE)]
    for call, flags in opens:
        lines += [(equal, 0, 4, call), (load, 0, 0, flags), (any_of, 0, 1, _WRITES)]
        lines += [(give, 0, 0, _REFUSE), (give, 0, 0, _ALLOW)]
    lines.append((give, 0, 0, _ALLOW))
    return b"".join(struct.pack("HBBI", *line) for line in lines)
